"""Node: the commands that build it and run it in production."""

from __future__ import annotations

import posixpath
import re

from machete_tui.core.frozen import dataclass
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.node_manager import run_script
from machete_tui.detection.families.node_rules import DEVELOPMENT, ENTRIES, SCRIPTS, Framework
from machete_tui.detection.folder import Folder, Table, table, words

_ASSIGNMENT = re.compile(r"^(?:cross-env(?:-shell)?\s+)?((?:[A-Z_][A-Z0-9_]*=\S*\s+)*)(?:cross-env\s+)?")
_SHELL = re.compile(r"[&|;<>$`(]")
_RUNS = re.compile(
    r"^(?:npm run|npm|yarn run|yarn|pnpm run|pnpm|bun run)\s+(?:-s\s+|--silent\s+)?([\w:.-]+)\s*$"
)
_RUNNERS = frozenset({"node", "bun", "tsx", "ts-node", "babel-node", "deno", "pm2", "pm2-runtime", "esno"})
_NOT_BUILD = re.compile(r"\bdocker\b|^echo\b|\bnodemon\b|--watch\b")
_OUT_DIR = re.compile(r'"outDir"\s*:\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Started:
    """How it starts: the command, the main file it names, the script it is from, what the script says."""

    command: str
    entry: str = ""
    script: str = ""
    said: str = ""


def production_script(pkg: Table, manager: str) -> Started | None:
    """Return the first script of package.json that runs it for production, not one that watches."""
    scripts = {k: v for k, v in table(pkg, "scripts").items() if isinstance(v, str)}
    for name in SCRIPTS:
        said = scripts.get(name, "").strip()
        for _ in range(3):
            alias = _RUNS.match(said)
            if not alias or alias[1] not in scripts or alias[1] == name:
                break
            said = scripts[alias[1]].strip()
        if not said or DEVELOPMENT.search(said):
            continue
        if name in {"serve", "server"} and not re.search(r"\b(node|bun|tsx)\s+\S", said):
            continue
        command, entry = _simplified(said, words(pkg, "main"))
        return Started(command or run_script(manager, name), entry, name, said)
    return None


def _simplified(said: str, main: str) -> tuple[str, str]:
    """Return (the command without its wrapper, entry); an empty command when it needs its script."""
    assigned = _ASSIGNMENT.match(said)
    bare = said[assigned.end() :] if assigned else said
    settings = [a for a in (assigned[1].split() if assigned else []) if not a.startswith("NODE_ENV=")]
    parts = bare.split()
    entry = ""
    if parts and parts[0] in _RUNNERS:
        entry = next((p for p in parts[1:] if not p.startswith("-") and p not in {"run", "start"}), "")
        if entry in {".", "./"}:
            entry = main or "index.js"
            bare = f"{parts[0]} {entry}"
    entry = "" if _SHELL.search(entry) else posixpath.normpath(entry) if entry else ""
    if settings or _SHELL.search(bare) or not parts:
        return "", entry
    if parts[0] == "pm2":
        return (f"node {entry}", entry) if entry.endswith((".js", ".mjs", ".cjs")) else ("", entry)
    return bare, entry


def find_entry(pkg: Table, folder: Folder) -> str:
    """Return the main file, from package.json or by its usual names; empty when there is none."""
    named = [words(pkg, "main"), words(pkg, "module")]
    bins = pkg.get("bin")
    named.append(bins if isinstance(bins, str) else next(iter(table(bins).values()), "") if bins else "")
    for name in named:
        path = posixpath.normpath(name) if isinstance(name, str) and name else ""
        for candidate in (path, f"{path}.js", f"{path}/index.js") if path else ():
            if folder.has(candidate):
                return candidate
    return next((entry for entry in ENTRIES if folder.has(entry)), "")


def start_entry(draft: Draft, pkg: Table, folder: Folder, entry: str) -> None:
    """Set the start command that runs a main file directly, building TypeScript where that is needed."""
    draft.entry = entry
    runtime = "bun" if draft.package_manager == "bun" else "node"
    if not entry.endswith(("ts", "tsx")) or runtime == "bun":
        draft.start_command = f"{runtime} {entry}"
        return
    draft.fact("typescript", True)
    deps = {**table(pkg, "devDependencies"), **table(pkg, "dependencies")}
    if draft.build_command or "typescript" in deps:
        draft.build_command = draft.build_command or "tsc"
        main = words(pkg, "main")
        draft.start_command = (
            f"node {main if main.startswith(('dist', 'build', 'lib')) else built(folder, entry)}"
        )
        return
    tool = next((t for t in ("tsx", "ts-node") if t in deps), "node")
    draft.start_command = f"{tool} {entry}"


def built(folder: Folder, entry: str) -> str:
    """Return where tsc puts a TypeScript file, by the tsconfig's outDir (``dist`` when it has none)."""
    found = _OUT_DIR.search(folder.text("tsconfig.json"))
    out = posixpath.normpath(found[1]) if found else "dist"
    inner = entry.removeprefix("src/")
    return posixpath.join(out, re.sub(r"\.([mc]?)tsx?$", r".\1js", inner))


def find_build(draft: Draft, pkg: Table, root: Folder | None, framework: Framework | None) -> None:
    """Set the build command: the ``build`` script, the workspace's Turborepo, else the framework's own."""
    scripts = table(pkg, "scripts")
    name = next((n for n in ("build", "build:prod", "build:production", "compile") if n in scripts), "")
    if name and not _NOT_BUILD.search(str(scripts[name])):
        draft.build_command = run_script(draft.package_manager, name)
        if root is not None and root.has("turbo.json") and name == "build" and words(pkg, "name"):
            draft.build_command = f"turbo run build --filter={words(pkg, 'name')}"
    elif framework is not None:
        draft.build_command = framework.build
    draft.fact("has_build", bool(draft.build_command))
