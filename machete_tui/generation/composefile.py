"""Reads a source's own compose files as compose would: several files, ``extends``, ``include``, variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machete_tui.core.errors import InvalidInput
from machete_tui.core.yamlsafe import load_file
from machete_tui.generation import dotenv

LIMIT = 1 << 20
"""Bytes that a compose file may have."""

_DEEPEST = 10
_AS_MAPPING = ("environment", "labels", "extra_hosts", "sysctls", "annotations")
_AS_LIST = ("env_file", "dns", "dns_search", "tmpfs", "profiles")
_REPLACED = ("command", "entrypoint", "test")
_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<word>(?:[^{}]|\$\{[^{}]*\})*))?\})"
)

Values = Mapping[str, str]


@dataclass(slots=True)
class Project:
    """Compose files merged into one.

    Attributes:
        base: folder that relative paths start from, relative to the source's root.
        services: name -> definition in its long forms.
        top: everything else at the top level.
        variables: of the source's own ``.env``.
        warnings: what was left out, a line each.
    """

    base: str
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def read(root: str, files: tuple[str, ...]) -> Project:
    """Read the source's compose files in order.

    Raises:
        InvalidInput: a file is no compose file, lies outside the source, or extends or includes itself.
        NotFound: a file is not there.
    """
    if not files:
        raise InvalidInput("The source names no compose file", field="compose_files")
    base = posixpath.dirname(files[0]) or "."
    project = Project(base=base)
    project.variables = _variables(root, base, project.warnings)
    for file in files:
        _add(project, root, file, base, 0)
    if not project.services:
        raise InvalidInput(f"{files[0]} names no service", "Add one under services:.", field=files[0])
    return project


def interpolate(value: Any, known: Values) -> Any:
    """Return a value with its variables filled in as compose does it; unknown ones become empty."""
    if isinstance(value, dict):
        return {k: interpolate(v, known) for k, v in value.items()}
    if isinstance(value, list):
        return [interpolate(v, known) for v in value]
    return _VARIABLE.sub(lambda m: _filled(m, known), value) if isinstance(value, str) else value


def references(value: Any) -> dict[str, bool]:
    """Return the variables that a value refers to, and whether each does without a value of its own."""
    found: dict[str, bool] = {}
    if isinstance(value, dict):
        for inner in value.values():
            _join(found, references(inner))
    elif isinstance(value, list):
        for inner in value:
            _join(found, references(inner))
    elif isinstance(value, str):
        for match in _VARIABLE.finditer(value):
            if name := match["plain"] or match["name"]:
                how = match["how"] or ""
                _join(found, {name: how.endswith(("-", "+"))})
                _join(found, references(match["word"] or ""))
    return found


def service_ports(body: Mapping[str, Any], known: Values) -> list[tuple[int, str]]:
    """Return the container ports that a service publishes with their protocol, in order, ranges written out.

    Raises:
        InvalidInput: for a port that is none.
    """
    found: list[tuple[int, str]] = []
    for entry in interpolate(body.get("ports") or [], known):
        if isinstance(entry, dict):
            inside, protocol = str(entry.get("target", "")), str(entry.get("protocol") or "tcp")
        else:
            text, _, protocol = str(entry).partition("/")
            inside, protocol = text.rpartition(":")[2], protocol or "tcp"
        low, _, high = inside.partition("-")
        if (
            not low.isdecimal()
            or not (high or low).isdecimal()
            or not 0 < int(low) <= int(high or low) < 65536
        ):
            raise InvalidInput(f"{entry!r} is not a port", "Write HOST:CONTAINER.", field="ports")
        found += [(port, protocol) for port in range(int(low), min(int(high or low), int(low) + 99) + 1)]
    return list(dict.fromkeys(found))


def inside(root: str, path: str, what: str) -> str:
    """Return a path relative to the source's root in its normal form.

    Raises:
        InvalidInput: when it leaves the source, by name or by a link.
    """
    normal = posixpath.normpath(path)
    if posixpath.isabs(normal):
        normal = posixpath.relpath(normal, root)
    leaves = normal.startswith("..") or not Path(root, normal).resolve().is_relative_to(Path(root).resolve())
    if leaves:
        raise InvalidInput(f"{what} {path} leaves the source", "Keep it inside the source.", field=what)
    return normal


def _add(project: Project, root: str, file: str, base: str, depth: int) -> None:
    data = _document(root, file, depth)
    for entry in _list(data.pop("include", None)):
        _include(project, root, file, entry, depth)
    services = data.pop("services", None) or {}
    if not isinstance(services, dict):
        raise InvalidInput(f"{file}: services must be a mapping", field=file)
    for name, body in services.items():
        resolved = _extended(root, file, name, body, services, base, depth)
        project.services[name] = merged(project.services.get(name, {}), resolved)
    for key in ("version", "name"):
        data.pop(key, None)
    project.top = merged(project.top, data)


def _document(root: str, file: str, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise InvalidInput(f"{file} includes or extends itself", field=file)
    path = inside(root, file, "The compose file")
    data = load_file(Path(root, path), file, limit=LIMIT).data
    if not isinstance(data, dict):
        raise InvalidInput(f"{file} is not a compose file: a mapping was expected", field=file)
    return data


def _include(project: Project, root: str, file: str, entry: Any, depth: int) -> None:
    """Add an included file; its paths are made relative to the project's own folder."""
    paths = _list(entry.get("path") if isinstance(entry, dict) else entry)
    here = posixpath.dirname(file)
    for path in paths:
        target = posixpath.normpath(posixpath.join(here, str(path)))
        folder = posixpath.dirname(target) or "."
        part = Project(base=project.base)
        _add(part, root, target, folder, depth + 1)
        for name, body in part.services.items():
            moved = _moved(body, folder, project.base)
            project.services[name] = merged(project.services.get(name, {}), moved)
        project.top = merged(project.top, part.top)


def _extended(
    root: str, file: str, name: str, body: Any, services: Mapping[str, Any], base: str, depth: int
) -> dict[str, Any]:
    """Return a service's definition on top of what it extends."""
    if not isinstance(body, dict):
        raise InvalidInput(f"{file}: the service {name} must be a mapping", field=f"services.{name}")
    if depth > _DEEPEST:
        raise InvalidInput(f"{file}: the service {name} extends itself", field=f"services.{name}")
    own = normalised(body)
    extends = own.pop("extends", None)
    if extends is None:
        return own
    other = str(extends.get("service", "")) if isinstance(extends, dict) else str(extends)
    from_file = str(extends.get("file") or "") if isinstance(extends, dict) else ""
    folder = base
    if from_file:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), from_file))
        services = _document(root, path, depth + 1).get("services") or {}
        file, folder = path, posixpath.dirname(path) or "."
    if other not in services:
        raise InvalidInput(f"{file}: there is no service {other} to extend", field=f"services.{name}")
    below = _extended(root, file, other, services[other], services, folder, depth + 1)
    below.pop("depends_on", None)
    return merged(_moved(below, folder, base) if from_file else below, own)


def normalised(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service's definition in the long forms that can be merged."""
    found = {str(k): v for k, v in body.items()}
    for key in _AS_MAPPING:
        if isinstance(found.get(key), list):
            found[key] = _pairs(found[key])
    for key in _AS_LIST:
        if key in found:
            found[key] = _list(found[key])
    if isinstance(found.get("build"), str):
        found["build"] = {"context": found["build"]}
    build = found.get("build")
    if isinstance(build, dict) and isinstance(build.get("args"), list):
        found["build"] = build | {"args": _pairs(build["args"])}
    if isinstance(found.get("depends_on"), list):
        found["depends_on"] = {str(n): {"condition": "service_started"} for n in found["depends_on"]}
    if isinstance(found.get("networks"), list):
        found["networks"] = {str(n): None for n in found["networks"]}
    return found


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two definitions merged as compose does it: mappings deeply, lists joined, commands replaced."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            found[key] = merged(old, value)
        elif key == "volumes" and isinstance(old, list) and isinstance(value, list):
            taken = {_target(v) for v in value}
            found[key] = [v for v in old if _target(v) not in taken] + value
        elif isinstance(old, list) and isinstance(value, list) and key not in _REPLACED:
            found[key] = old + [v for v in value if v not in old]
        else:
            found[key] = value
    return found


def _moved(body: Mapping[str, Any], folder: str, base: str) -> dict[str, Any]:
    """Return a definition whose relative paths start from ``base`` instead of ``folder``."""

    def move(path: str) -> str:
        if not path.startswith(".") and "/" in path and path.startswith(("/", "~", "$")):
            return path
        return f"./{posixpath.relpath(posixpath.join(folder, path), base)}"

    found = dict(body)
    build = found.get("build")
    if isinstance(build, dict) and "://" not in str(build.get("context", "")):
        found["build"] = build | {"context": move(str(build.get("context") or "."))}
    if "env_file" in found:
        found["env_file"] = [
            {**e, "path": move(str(e.get("path", "")))} if isinstance(e, dict) else move(str(e))
            for e in found["env_file"]
        ]
    volumes = []
    for entry in found.get("volumes") or []:
        if (
            isinstance(entry, dict)
            and entry.get("type") == "bind"
            and str(entry.get("source", "")).startswith(".")
        ):
            entry = entry | {"source": move(str(entry["source"]))}
        elif isinstance(entry, str) and entry.startswith("."):
            source, colon, rest = entry.partition(":")
            entry = f"{move(source)}{colon}{rest}"
        volumes.append(entry)
    return found | ({"volumes": volumes} if volumes else {})


def _target(entry: Any) -> str:
    if isinstance(entry, dict):
        return str(entry.get("target", ""))
    parts = str(entry).split(":")
    return parts[1] if len(parts) > 1 else parts[0]


def _pairs(entries: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        name, sign, value = str(entry).partition("=")
        found[name] = value if sign else None
    return found


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _join(found: dict[str, bool], more: Mapping[str, bool]) -> None:
    for name, optional in more.items():
        found[name] = found.get(name, True) and optional


def _filled(match: re.Match[str], known: Values) -> str:
    if match["escaped"]:
        return "$"
    name, how = match["plain"] or match["name"], match["how"] or ""
    word = str(interpolate(match["word"] or "", known))
    there = name in known and (known[name] != "" or not how.startswith(":"))
    if how.endswith("+"):
        return word if there else ""
    return known[name] if there else (word if how.endswith("-") else known.get(name, ""))


def _variables(root: str, base: str, warnings: list[str]) -> dict[str, str]:
    """Return the source's own ``.env``; earlier names are filled into later values, as compose does it."""
    path = Path(root, base, ".env")
    if not path.is_file() or not path.resolve().is_relative_to(Path(root).resolve()):
        return {}
    try:
        return dotenv.parse_as_compose(
            path.read_text(encoding="utf-8", errors="replace")[:LIMIT],
            lambda value, known: str(interpolate(value, known)),
        )
    except (InvalidInput, OSError) as error:
        warnings.append(f".env of the source is not used: {error}")
        return {}
