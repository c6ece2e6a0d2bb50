"""Node.js: npm, pnpm, yarn and bun; servers, full-stack frameworks, bundled sites, plain scripts."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection import backing, versions
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families import node_sites
from machete_tui.detection.families.base import Family, finish, version
from machete_tui.detection.families.node_manager import find_manager
from machete_tui.detection.families.node_rules import (
    BUNDLERS,
    ELSEWHERE,
    FRONT_END,
    META,
    SERVERS,
    SYSTEM_PACKAGES,
    WORKERS,
    Framework,
)
from machete_tui.detection.families.node_start import find_build, find_entry, production_script, start_entry
from machete_tui.detection.folder import Folder, Table, table, words
from machete_tui.detection.ports import from_command

SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".vue", ".svelte")

_LISTENS = re.compile(r"\.listen\(|\bcreateServer\(|\bBun\.serve\(|\bDeno\.serve\(|\bserve\(\s*\{")
_STAYS = re.compile(
    r"\bsetInterval\(|\bnew Worker\(|\.subscribe\(|\.consume\(|\bwhile\s*\(\s*true|\.schedule\(|\.on\("
)
_PROVIDER = re.compile(r'datasource\s+\w+\s*\{[^}]*?provider\s*=\s*"(\w+)"')
_FASTIFY_LOCAL = re.compile(r"\.listen\(\s*\{(?![^}]*host)[^}]*\}")


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a folder with a package.json, or with nothing but a main script."""
    if not folder.has("package.json"):
        return _script(folder)
    pkg = folder.json("package.json")
    draft = Draft("node", folder.shown)
    draft.shows(folder.evidence("package.json", "manifest of Node.js"), 0.5)
    if folder.is_broken("package.json"):
        draft.doubt(folder.evidence("package.json", "could not be read"), 0.5)
    draft.suggested = words(pkg, "name").rpartition("/")[2]
    find_manager(draft, folder, root)
    _versions(draft, folder, root, pkg)
    deps = {**table(pkg, "devDependencies"), **table(pkg, "dependencies")}
    _dependencies(draft, folder, pkg, deps)
    if root is not None:
        draft.fact("context", root.shown)
        draft.fact("workspace", words(pkg, "name"))
    code = Code(folder, SUFFIXES)
    _application(draft, folder, root, pkg, deps, code)
    elsewhere = next((p for p in ELSEWHERE if p in deps), "")
    if elsewhere and not _first(SERVERS, table(pkg, "dependencies")) and not _first(META, deps):
        draft.deployable = False
        draft.doubt(
            folder.evidence("package.json", f"{elsewhere}: not for a container", f'"{elsewhere}"'), 0.5
        )
    finish(draft, code, _default_port(draft))
    if draft.kind == "web" and draft.framework == "fastify" and (hit := code.find(_FASTIFY_LOCAL)):
        draft.fact("bind", "loopback")
        where = f"{folder.where(hit.file)} line {hit.line}"
        draft.recommendations.append(f"{where}: Fastify binds to localhost unless host is '0.0.0.0'")
    return draft


def _application(
    draft: Draft, folder: Folder, root: Folder | None, pkg: Table, deps: Table, code: Code
) -> None:
    meta = _first(META, deps)
    if meta is not None:
        _named(draft, folder, meta)
        find_build(draft, pkg, root, meta)
        node_sites.settle(draft, folder, deps, meta)
        if draft.kind == "web":
            _meta_server(draft, folder, pkg, meta)
        return
    server = _first(SERVERS, table(pkg, "dependencies"))
    if server is not None and not server.start and not _is_used(server, code):
        server = None
    bundler = _first(BUNDLERS, deps)
    find_build(draft, pkg, root, server or bundler)
    started = production_script(pkg, draft.package_manager)
    if (
        bundler is not None
        and not _runs_server(server, started is not None, folder, pkg)
        and _site(draft, folder, deps, bundler)
    ):
        return
    if server is not None:
        _named(draft, folder, server)
    _start(draft, folder, pkg, server)
    _kind(draft, folder, deps, code, server)


def _meta_server(draft: Draft, folder: Folder, pkg: Table, meta: Framework) -> None:
    started = production_script(pkg, draft.package_manager)
    if started is not None:
        draft.start_command = started.command
        draft.fact("script", started.script)
        line = f'"{started.script}"'
        draft.shows(folder.evidence("package.json", f"script {started.script}: {started.said}", line), 0.4)
    port, _ = from_command(started.said if started else "")
    why = f"script {started.script}" if started and port else f"default of {meta.name}"
    draft.listen(port or meta.port, why, "" if port else "PORT")
    draft.health_path = node_sites.file_route(folder, meta.name)


def _site(draft: Draft, folder: Folder, deps: Table, bundler: Framework) -> bool:
    if not node_sites.bundled(draft, folder, deps, bundler):
        return False
    draft.shows(
        folder.evidence("package.json", f"built by {bundler.name}", f'"{bundler.packages[0]}"'),
        bundler.weight,
    )
    return True


def _runs_server(server: Framework | None, starts: bool, folder: Folder, pkg: Table) -> bool:
    return server is not None and (starts or bool(find_entry(pkg, folder)))


def _is_used(server: Framework, code: Code) -> bool:
    """Return whether the code imports a server's package, or there is no code to tell."""
    names = "|".join(re.escape(p) for p in server.packages)
    imported = re.compile(rf"(?:require\(|from|import|import\()\s*[\"'](?:npm:)?(?:{names})[\"'/@]")
    return not code.files or code.find(imported) is not None or code.find(_LISTENS) is not None


def _first(frameworks: tuple[Framework, ...], deps: Table) -> Framework | None:
    return next((f for f in frameworks if any(p in deps for p in f.packages)), None)


def _named(draft: Draft, folder: Folder, framework: Framework) -> None:
    draft.framework = framework.name
    package = next(
        (p for p in framework.packages if folder.line("package.json", f'"{p}"')), framework.packages[0]
    )
    draft.shows(folder.evidence("package.json", f"depends on {package}", f'"{package}"'), framework.weight)


def _start(draft: Draft, folder: Folder, pkg: Table, server: Framework | None) -> None:
    started = production_script(pkg, draft.package_manager)
    if started is not None:
        draft.start_command, draft.entry = started.command, started.entry
        draft.fact("script", started.script)
        draft.shows(
            folder.evidence(
                "package.json", f"script {started.script}: {started.said}", f'"{started.script}"'
            ),
            0.5,
        )
        tool = started.command.split()[0]
        only_dev = {**table(pkg, "devDependencies")}
        draft.fact("keep_dev", tool in only_dev and tool not in table(pkg, "dependencies"))
        if draft.entry and not draft.build_command and not _exists(folder, draft.entry):
            draft.doubt(
                folder.evidence("package.json", f"{draft.entry} is not there", f'"{started.script}"'), 0.6
            )
        elif draft.entry and folder.has(draft.entry):
            draft.shows(Evidence(folder.where(draft.entry), 0, "main file"), 0.3)
        return
    entry = find_entry(pkg, folder)
    if server is not None and server.start:
        draft.start_command = server.start
        draft.entry = entry
    elif entry:
        start_entry(draft, pkg, folder, entry)
        draft.shows(Evidence(folder.where(entry), 0, "main file"), 0.4)
        draft.fact("keep_dev", draft.start_command.split()[0] in table(pkg, "devDependencies"))
    draft.fact("has_build", bool(draft.build_command))


def _exists(folder: Folder, entry: str) -> bool:
    return any(folder.has(f"{entry}{end}") for end in ("", ".js", ".mjs", ".cjs", ".ts", "/index.js"))


def _kind(draft: Draft, folder: Folder, deps: Table, code: Code, server: Framework | None) -> None:
    if not draft.start_command:
        draft.deployable = False
        draft.kind = "cli"
        draft.doubt(folder.evidence("package.json", "nothing that starts it in production"), 0.5)
        if FRONT_END.search(" ".join(deps)):
            draft.doubt(
                folder.evidence("package.json", "builds assets for a server of another language"), 0.5
            )
        return
    listens = code.find(_LISTENS)
    if server is not None or listens is not None:
        draft.kind = "web"
        if listens is not None:
            draft.shows(code.evidence(listens, "serves HTTP"), 0.3)
    elif any(w in deps for w in WORKERS) or code.find(_STAYS):
        draft.kind = "worker"
    else:
        draft.kind = "cli"


def _default_port(draft: Draft) -> int:
    known = next((f for f in (*META, *SERVERS) if f.name == draft.framework), None)
    return known.port if known is not None else 3000


def _versions(draft: Draft, folder: Folder, root: Folder | None, pkg: Table) -> None:
    for place in (folder, root) if root is not None else (folder,):
        own = pkg if place is folder else place.json("package.json")
        asked = [(f, place.text(f).strip(), "") for f in (".nvmrc", ".node-version") if place.has(f)]
        if place.has(".tool-versions"):
            tool = versions.tool_version(place.text(".tool-versions"), "nodejs", "node")
            asked.append((".tool-versions", tool, "node"))
        asked.append(("package.json", words(own, "volta", "node"), '"volta"'))
        asked.append(("package.json", words(own, "engines", "node"), '"engines"'))
        if any(text for _, text, _ in asked):
            version(draft, place, asked)
            return
    version(draft, folder, [])


def _dependencies(draft: Draft, folder: Folder, pkg: Table, deps: Table) -> None:
    runtime = table(pkg, "dependencies")
    draft.fact("has_dependencies", bool(runtime))
    draft.fact("npmrc", folder.has(".npmrc"))
    draft.fact("typescript", "typescript" in deps and folder.has("tsconfig.json"))
    backing.need_drivers(
        draft, ((p, folder.evidence("package.json", f"depends on {p}", f'"{p}"')) for p in runtime)
    )
    draft.system_packages = list(dict.fromkeys(s for d in runtime for s in SYSTEM_PACKAGES.get(d, ())))
    folders = [f for f in ("patches",) if folder.has_folder(f)]
    if "@prisma/client" in deps or "prisma" in deps:
        schema = words(pkg, "prisma", "schema") or "prisma/schema.prisma"
        provider = _PROVIDER.search(folder.text(schema)) if folder.has(schema) else None
        draft.fact("prisma", schema.rpartition("/")[0] if folder.has(schema) else "")
        if provider and (kind := backing.SCHEMES.get(provider[1])):
            draft.needs(kind, folder.evidence(schema, f"Prisma provider {provider[1]}", "provider"))
        if provider:
            folders.append(schema.rpartition("/")[0])
    draft.fact("patches", " ".join(folders))


def _script(folder: Folder) -> Draft | None:
    entry = next(
        (
            e
            for e in ("server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs")
            if folder.has(e)
        ),
        "",
    )
    if not entry or folder.has("index.html"):
        return None
    draft = Draft("node", folder.shown, entry=entry, start_command=f"node {entry}")
    draft.shows(Evidence(folder.where(entry), 0, "JavaScript file with a main file's name"), 0.4)
    code = Code(folder, SUFFIXES)
    listens = code.find(_LISTENS)
    draft.kind = "web" if listens else "worker" if code.find(_STAYS) else "cli"
    if listens:
        draft.shows(code.evidence(listens, "serves HTTP"), 0.4)
    _versions(draft, folder, None, {})
    finish(draft, code, 3000)
    return draft


FAMILY = Family(
    "node",
    ("package.json",),
    ("server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs"),
    describe,
)
