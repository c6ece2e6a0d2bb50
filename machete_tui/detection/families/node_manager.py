"""Node: the package manager, its lock file and its version."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection.draft import Draft
from machete_tui.detection.folder import Folder, table, words

LOCKS: dict[str, str] = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
"""Lock file -> package manager, in the order taken when nothing tells which of two is meant."""

_LOCK_VERSION = re.compile(r"lockfileVersion['\"]?:\s*['\"]?(\d+)")
_USED = re.compile(r"\b(npm|yarn|pnpm|bun)\s+(?:install|ci|i|add|run|workspace|--prefix|dev|start|build)\b")


def find_manager(draft: Draft, folder: Folder, root: Folder | None) -> None:
    """Set package manager and its facts, from the folder or from its workspace's root."""
    home = root if root is not None and not any(folder.has(lock) for lock in LOCKS) else folder
    pkg = folder.json("package.json")
    declared = words(pkg, "packageManager") or words(home.json("package.json"), "packageManager")
    locks = [lock for lock in LOCKS if home.has(lock)]
    managers = list(dict.fromkeys(LOCKS[lock] for lock in locks))
    name, _, version = declared.partition("@")
    if name in {"npm", "yarn", "pnpm", "bun"}:
        draft.package_manager = name
        draft.fact("package_manager_version", version.split("+")[0])
        file = "package.json" if words(pkg, "packageManager") else ""
        draft.shows(
            (folder if file else home).evidence("package.json", f"packageManager {name}", "packageManager")
        )
    elif len(managers) == 1:
        draft.package_manager = managers[0]
    elif managers:
        draft.package_manager = _meant(home, managers)
    else:
        draft.package_manager = _meant(home, ["npm", "yarn", "pnpm", "bun"])
    lock = next((lock for lock in locks if LOCKS[lock] == draft.package_manager), "")
    if lock:
        draft.fact("lock", lock)
        draft.shows(Evidence(home.where(lock), 0, f"lock file of {draft.package_manager}"), 0.2)
        _lock_facts(draft, home, lock)
    elif table(pkg, "dependencies") or table(pkg, "devDependencies"):
        draft.recommendations.append(
            f"{folder.where('package.json')} has no lock file: each build may get other versions"
        )
    if len(managers) > 1:
        others = ", ".join(x for x in locks if x != lock)
        draft.doubt(
            Evidence(
                home.where(others.split(",")[0]), 0, f"a second lock file: {others} beside {lock or 'none'}"
            ),
            0.93,
        )
        draft.recommendations.append(
            f"lock files of {' and '.join(managers)} lie in {home.shown}: {draft.package_manager} is used;"
            " remove the other, or set packageManager in package.json"
        )


def _lock_facts(draft: Draft, home: Folder, lock: str) -> None:
    head = home.tree.head(home.where(lock))
    if lock == "yarn.lock":
        draft.fact("yarn_berry", "__metadata:" in head)
    if lock == "pnpm-lock.yaml" and "package_manager_version" not in draft.facts:
        found = _LOCK_VERSION.search(head)
        major = {"5": "7", "6": "8"}.get(found[1], found[1]) if found else ""
        draft.fact("package_manager_version", major)


def _meant(folder: Folder, managers: list[str]) -> str:
    """Return which manager the scripts, engines, Dockerfile or README speak of; else the first."""
    pkg = folder.json("package.json")
    engines = [m for m in managers if m in table(pkg, "engines")]
    if len(engines) == 1 and engines[0] != "npm":
        return engines[0]
    texts = [" ".join(str(s) for s in table(pkg, "scripts").values())]
    texts += [folder.tree.read(folder.where(n)) or "" for n in ("Dockerfile", "README.md") if folder.has(n)]
    for text in texts:
        counts = {m: 0 for m in managers}
        for used in _USED.findall(text):
            if used in counts:
                counts[used] += 1
        best = max(managers, key=lambda m: counts[m])
        if counts[best]:
            return best
    return managers[0]


def run_script(manager: str, script: str) -> str:
    """Return the command that runs a script of package.json."""
    return f"{manager} run {script}"
