"""Python: what is required, by which file and package manager, for which version."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection import backing, versions
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import version
from machete_tui.detection.families.python_rules import LOCKS, REQUIREMENTS, SYSTEM_PACKAGES
from machete_tui.detection.folder import Folder, items, table, words

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?", re.MULTILINE)
_INCLUDE = re.compile(r"^\s*(?:-r|--requirement)[ =]+(\S+)", re.MULTILINE)
_SETUP_LIST = re.compile(r"install_requires\s*=\s*\[(.*?)\]", re.DOTALL)
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
_PYTHON_REQUIRES = re.compile(r"python_requires\s*=\s*[\"']?([^\"'\n]+)")


def requirements(draft: Draft, folder: Folder, root: Folder | None) -> dict[str, Evidence]:
    """Return requirement (normalised name, and ``name[extra]``) -> evidence; fill in what installs them."""
    home = root if root is not None and not any(folder.has(lock) for lock in LOCKS) else folder
    locks = [lock for lock in LOCKS if home.has(lock)]
    found: dict[str, Evidence] = {}
    listed = folder.first(*REQUIREMENTS)
    if folder.has("pyproject.toml"):
        _pyproject(draft, folder, found)
    if folder.has("Pipfile"):
        _pipfile(draft, folder, found)
    if listed:
        _requirements_file(folder, listed, found, 0)
        if not draft.package_manager or (not locks and draft.package_manager == "pip"):
            draft.package_manager = "pip"
            draft.fact("requirements", listed)
    if not found and folder.first("setup.py", "setup.cfg"):
        _setup(draft, folder, found)
    if locks:
        lock = next((k for k in locks if LOCKS[k] == draft.package_manager), locks[0])
        draft.package_manager = LOCKS[lock]
        draft.fact("lock", lock)
        draft.fact("requirements", "Pipfile" if lock == "Pipfile.lock" else "pyproject.toml")
        draft.shows(Evidence(home.where(lock), 0, f"lock file of {LOCKS[lock]}"), 0.3)
    if len(locks) > 1:
        draft.doubt(
            Evidence(home.where(locks[1]), 0, f"a second lock file beside {draft.facts['lock']}"), 0.93
        )
        draft.recommendations.append(
            f"{' and '.join(locks)} lie in {home.shown}: {draft.facts['lock']} is used; remove the other"
        )
    draft.package_manager = draft.package_manager or "pip"
    native = [d for d in found if f"{d}[binary]" not in found]
    draft.system_packages = list(dict.fromkeys(s for d in native for s in SYSTEM_PACKAGES.get(d, ())))
    draft.fact("compiles", any(p in {"gcc", "g++"} for p in draft.system_packages))
    backing.need_drivers(draft, found.items())
    if "celery[redis]" in found:
        draft.needs("redis", found["celery[redis]"])
    return found


def normal(name: str) -> str:
    """Return a distribution's name in its normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _add(found: dict[str, Evidence], text: str, evidence: Evidence) -> None:
    match = _REQUIREMENT.match(text)
    if not match:
        return
    name = normal(match[1])
    found.setdefault(name, evidence)
    for extra in (match[2] or "").strip("[]").split(","):
        if extra.strip():
            found.setdefault(f"{name}[{extra.strip().lower()}]", evidence)


def _requirements_file(folder: Folder, name: str, found: dict[str, Evidence], depth: int) -> None:
    for number, line in enumerate(folder.text(name).splitlines(), 1):
        include = _INCLUDE.match(line)
        if include and depth < 3:
            base = name.rpartition("/")[0]
            path = f"{base}/{include[1]}" if base else include[1]
            if folder.has(path):
                _requirements_file(folder, path, found, depth + 1)
        elif not line.lstrip().startswith(("#", "-")):
            egg = re.search(r"#egg=([\w.-]+)", line)
            text = egg[1] if egg else line
            _add(found, text, Evidence(folder.where(name), number, f"requires {text.strip()[:60]}"))


def _pyproject(draft: Draft, folder: Folder, found: dict[str, Evidence]) -> None:
    data = folder.toml("pyproject.toml")

    def add(text: str) -> None:
        name = _REQUIREMENT.match(text)
        if name:
            _add(found, text, folder.evidence("pyproject.toml", f"requires {text[:60]}", name[1]))

    for text in items(data, "project", "dependencies"):
        if isinstance(text, str):
            add(text)
    poetry = table(data, "tool", "poetry")
    for name, spec in table(poetry, "dependencies").items():
        if name.lower() != "python":
            extras = items(spec, "extras")
            add(name + (f"[{','.join(map(str, extras))}]" if extras else ""))
    draft.suggested = words(data, "project", "name") or words(poetry, "name")
    tools = table(data, "tool")
    manager = next((m for m in ("poetry", "pdm", "uv") if m in tools), "")
    if not found and manager != "poetry" and not table(data, "project"):
        return
    draft.package_manager = manager or "pip"
    draft.fact("requirements", "pyproject.toml")
    draft.fact("installable", "build-system" in data and bool(table(data, "project") or poetry))
    if poetry.get("package-mode") is False or table(tools, "uv").get("package") is False:
        draft.facts.pop("installable", None)


def _pipfile(draft: Draft, folder: Folder, found: dict[str, Evidence]) -> None:
    for name in table(folder.toml("Pipfile"), "packages"):
        _add(found, name, folder.evidence("Pipfile", f"requires {name}", name))
    draft.package_manager = "pipenv"
    draft.fact("requirements", "Pipfile")


def _setup(draft: Draft, folder: Folder, found: dict[str, Evidence]) -> None:
    name = folder.first("setup.py", "setup.cfg")
    text = folder.text(name)
    block = _SETUP_LIST.search(text)
    listed = _QUOTED.findall(block[1]) if block else []
    if name == "setup.cfg" and (block := re.search(r"install_requires\s*=\s*\n((?:[ \t]+.*\n?)+)", text)):
        listed = block[1].split("\n")
    for requirement in listed:
        _add(
            found,
            requirement.strip(),
            folder.evidence(name, f"requires {requirement.strip()[:60]}", requirement),
        )
    draft.package_manager = "pip"
    draft.fact("requirements", name)
    draft.fact("installable", True)


def python_version(draft: Draft, folder: Folder, root: Folder | None) -> None:
    """Set the runtime version from the files that say one, the exact ones first."""
    for place in (folder, root) if root is not None else (folder,):
        asked: list[tuple[str, str, str]] = []
        if place.has(".python-version"):
            asked.append((".python-version", (place.text(".python-version").split() or [""])[0], ""))
        if place.has("runtime.txt"):
            asked.append(("runtime.txt", place.text("runtime.txt").strip().removeprefix("python-"), ""))
        if place.has(".tool-versions"):
            asked.append(
                (".tool-versions", versions.tool_version(place.text(".tool-versions"), "python"), "")
            )
        if place.has("Pipfile"):
            pipfile = place.toml("Pipfile")
            exact = words(pipfile, "requires", "python_full_version") or words(
                pipfile, "requires", "python_version"
            )
            asked.append(("Pipfile", exact, "python_"))
        if place.has("pyproject.toml"):
            data = place.toml("pyproject.toml")
            asked.append(("pyproject.toml", words(data, "project", "requires-python"), "requires-python"))
            asked.append(
                ("pyproject.toml", words(data, "tool", "poetry", "dependencies", "python"), "python =")
            )
        for name in ("setup.py", "setup.cfg"):
            if place.has(name) and (match := _PYTHON_REQUIRES.search(place.text(name))):
                asked.append((name, match[1].strip(), "python_requires"))
        if any(text for _, text, _ in asked):
            version(draft, place, asked)
            return
    version(draft, folder, [])
