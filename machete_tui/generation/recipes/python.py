"""Python: pip, uv, Poetry, Pipenv and PDM, each installing into one virtual environment that is copied on."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath

from machete_tui.generation import bases, quoting
from machete_tui.generation.recipes.ground import Ground, Recipe

IGNORE = (
    "**/__pycache__",
    "**/*.py[co]",
    "**/.venv",
    "**/venv",
    "**/.pytest_cache",
    "**/.mypy_cache",
    "**/.ruff_cache",
    "**/.tox",
    "**/*.egg-info",
    "**/htmlcov",
)

VENV = "/opt/venv"

_INCLUDE = re.compile(r"(?m)^\s*(?:-r|--requirement|-c|--constraint)[=\s]\s*(?P<path>\S+)")
_LOCAL = re.compile(r"(?m)^\s*(?:-e|--editable)\s|^\s*\.{1,2}(?:/|\s|$)|^\s*file:")
_GRACE = {
    "gunicorn": ("GUNICORN_CMD_ARGS", "--graceful-timeout=8 --worker-tmp-dir=/dev/shm"),
    "uvicorn": ("UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "8"),
}
"""Server -> variable and value that make it finish its requests within the stop grace of 10 seconds."""

_TOOLS = {
    "uv": "'uv==0.*'",
    "poetry": "'poetry==2.*' 'poetry-plugin-export==1.*'",
    "pipenv": "'pipenv>=2024'",
    "pdm": "'pdm==2.*'",
}
"""Package manager -> how it is installed; within these versions its commands stay the same."""

_DEPENDENCIES = (
    "import pathlib, tomllib; "
    "project = tomllib.loads(pathlib.Path('pyproject.toml').read_text()).get('project', {}); "
    r"print(*project.get('dependencies', []), sep='\n')"
)


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a Python component."""
    component = ground.component
    tool, before, after = _install(ground)
    server = ground.fact("server")
    extra = " ".join(quoting.requirements(ground.fact("extra_packages")))
    if extra and before and before[-1].rpartition("&& ")[2].startswith("pip install"):
        before[-1] += f" {extra}"
    elif extra:
        before.append(f"pip install {extra}")
    values: dict[str, object] = {
        "image": bases.image("python", component.runtime_version),
        "venv": VENV,
        "tool": _TOOLS.get(tool, ""),
        "uv": tool == "uv",
        "git": any("git+" in ground.read(path) for path in ground.present(_read_by_pip(ground))),
        "manifests": _manifests(ground),
        "before": before,
        "after": after,
        "extra": bool(extra),
        "compiles": bool(ground.fact("compiles")),
        "build": ground.run(),
        "placeholders": _placeholders(component.required_env) if component.build_command else [],
        "settings": ground.fact("settings"),
        "server": [_GRACE[server]] if server in _GRACE else [],
    }
    return Recipe("python.j2", values, IGNORE)


def _install(ground: Ground) -> tuple[str, list[str], list[str]]:
    """Return the tool to install first, the commands before the source is copied, and those after."""
    component = ground.component
    lock, requirements = ground.fact("lock"), ground.fact("requirements")
    manager = component.package_manager
    installable = bool(ground.fact("installable"))
    if manager == "uv" and (lock == "uv.lock" or requirements == "pyproject.toml"):
        frozen = "--frozen " if lock else ""
        member = f" --package {quoting.shell(ground.fact('workspace'))}" if ground.fact("workspace") else ""
        sync = f"uv sync {frozen}--no-dev --no-editable{member}"
        return "uv", [f"{sync} --no-install-project"], [sync] if installable else []
    if manager == "poetry" and requirements == "pyproject.toml":
        if lock:
            # pip takes the exported list from any mirror; poetry itself insists on the public index.
            export = "poetry export --only main --without-hashes --output /tmp/requirements.txt"
            after = ["pip install --no-deps ."] if installable else []
            return "poetry", [f"{export} && pip install --requirement /tmp/requirements.txt"], after
        poetry = "poetry install --only main --no-interaction"
        return "poetry", [f"{poetry} --no-root"], [poetry] if installable else []
    if manager == "pipenv" or requirements == "Pipfile":
        how = "--deploy" if lock else "--skip-lock"
        return "pipenv", [f"pipenv install {how}"], []
    if manager == "pdm" and lock == "pdm.lock":
        export = "pdm export --production --without-hashes --output /tmp/requirements.txt"
        after = ["pip install --no-deps ."] if installable else []
        return "pdm", [f"{export} && pip install --requirement /tmp/requirements.txt"], after
    if requirements == "pyproject.toml":
        read = f'python -c "{_DEPENDENCIES}" > /tmp/requirements.txt'
        known = component.runtime_version.split(".")[:2] not in (["3", "8"], ["3", "9"], ["3", "10"])
        before = [f"{read} && pip install --requirement /tmp/requirements.txt"] if known else []
        return "", before, ["pip install ."] if installable or not known else []
    if requirements in ("setup.py", "setup.cfg"):
        return "", [], ["pip install ."]
    if requirements:
        where = posixpath.dirname(requirements)
        command = f"pip install --requirement {quoting.shell(requirements)}"
        local = any(
            _LOCAL.search(ground.read(ground.prefix + path)) for path in _included(ground, requirements)
        )
        if local and not where:
            return "", [], [command]
        return "", [command], []
    return "", [], []


def _manifests(ground: Ground) -> list[tuple[list[str], str]]:
    """Return the files that installing reads, grouped by the folder that they belong in."""
    names = [ground.fact("requirements"), ground.fact("lock")]
    if names[0].endswith((".txt", ".in")):
        names += _included(ground, names[0])
    if "pyproject.toml" in names or names[1]:
        names += ["pyproject.toml", ".python-version", "uv.toml", "poetry.toml"]
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(n for n in names if n):
        for path in (ground.prefix + name, name):
            if ground.has(path):
                parent = posixpath.dirname(path)
                groups.setdefault(f"./{parent}/" if parent else "./", []).append(path)
                break
    if ground.inside and ground.fact("workspace"):
        for path in ground.members(("pyproject.toml",)):
            parent = posixpath.dirname(path)
            target = f"./{parent}/" if parent else "./"
            if path not in groups.setdefault(target, []):
                groups[target].append(path)
    return [(paths, target) for target, paths in groups.items()]


def _read_by_pip(ground: Ground) -> list[str]:
    first = ground.fact("requirements")
    names = _included(ground, first) if first.endswith((".txt", ".in")) else [first]
    return [ground.prefix + name for name in names if name]


def _included(ground: Ground, first: str) -> list[str]:
    """Return a requirements file and those that it includes."""
    found, todo = [first], [first]
    while todo and len(found) < 30:
        current = todo.pop()
        for match in _INCLUDE.finditer(ground.read(ground.prefix + current)):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(current), match["path"]))
            inside = not PurePosixPath(path).is_absolute() and not path.startswith("..")
            if inside and path not in found:
                found.append(path)
                todo.append(path)
    return found


def _placeholders(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return a harmless value for each variable that the code insists on, for the build command only."""
    found = []
    for name in names:
        if re.match(r"[A-Za-z_]\w*\Z", name):
            url = "sqlite:////tmp/build.db" if name.endswith(("DATABASE_URL", "DB_URL")) else "placeholder"
            found.append((name, url))
    return found
