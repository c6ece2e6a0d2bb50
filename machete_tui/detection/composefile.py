"""Compose files of a source, read as far as detection needs: services, builds, ports, order."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Any

from machete_tui.core.errors import InvalidInput
from machete_tui.core.yamlsafe import Loaded
from machete_tui.detection import environment
from machete_tui.detection.folder import Folder, items, table, words

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""Names that compose itself looks for, in its order."""

OVERRIDES = (
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
)
"""Names that compose adds by itself."""

_VARIABLE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)(?:(:?[-?+])([^{}]*))?\})")
_HEALTH_URL = re.compile(r"https?://[^/\s\"'|]+(/[\w./-]*)?")


@dataclass(slots=True)
class ComposeService:
    """One service of a compose file.

    Attributes:
        name: as written.
        line: of its entry, and ``file`` where it stands.
        image: reference, variables filled in; empty when only built.
        context: build folder relative to the source's root; None when nothing is built.
        dockerfile: of the build, relative to the context; ``target`` its stage.
        outside: why its build folder cannot be used; empty when it can.
        published: (container port, line) of each published TCP port.
        exposed: container ports of ``expose``.
        command: text of ``command``, else of ``entrypoint``.
        needs: names in ``depends_on`` and ``links``.
        variables: names that it sets; ``required`` those without value that are asked from outside.
        profiles: its profiles.
        mounts: (host side, container side) of each bind mount.
        health: path that its health check asks over HTTP.
        replicas: of ``deploy`` or ``scale``.
    """

    name: str
    file: str
    line: int
    image: str = ""
    context: str | None = None
    dockerfile: str = ""
    target: str = ""
    outside: str = ""
    published: list[tuple[int, int]] = field(default_factory=list)
    exposed: list[int] = field(default_factory=list)
    command: str = ""
    needs: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)
    mounts: list[tuple[str, str]] = field(default_factory=list)
    health: str = ""
    replicas: int = 1


@dataclass(slots=True)
class ComposeFile:
    """A source's compose file: its path from the root, its services in order, what is odd about it."""

    files: tuple[str, ...]
    services: list[ComposeService]
    remarks: list[str] = field(default_factory=list)


def read(folder: Folder) -> ComposeFile | None:
    """Return the folder's compose file; None when there is none or it cannot be read (kept as a warning)."""
    name = folder.first(*NAMES)
    if not name:
        return None
    loaded = _load(folder, name)
    if loaded is None:
        return None
    values = environment.assignments(folder.text(".env")) if folder.has(".env") else {}
    listed = table(loaded.data, "services")
    services = [_service(folder, name, loaded, str(n), values) for n in listed if isinstance(listed[n], dict)]
    found = ComposeFile((folder.where(name),), services)
    override = folder.first(*OVERRIDES)
    if override:
        found.remarks.append(
            f"{folder.where(override)} is not used: name its settings in {name} if production needs them"
        )
    if isinstance(loaded.data, dict) and "include" in loaded.data:
        found.remarks.append(f"{folder.where(name)} includes other files: their services are not listed here")
    return found


def _load(folder: Folder, name: str) -> Loaded | None:
    from machete_tui.core import yamlsafe

    text = re.sub(r"!(?:reset|override)\b", "", folder.text(name))
    try:
        return yamlsafe.load(text, folder.where(name), limit=1 << 20)
    except InvalidInput as error:
        folder.tree.warn(f"{folder.where(name)}: {error.what.removeprefix(folder.where(name)).strip()}")
        return None


def _service(folder: Folder, file: str, loaded: Loaded, name: str, values: dict[str, str]) -> ComposeService:
    data = table(loaded.data, "services", name)
    found = ComposeService(name, folder.where(file), loaded.line("services", name))
    fill = _Filler(values, found.required)
    found.image = fill(words(data, "image"))
    _build(folder, data.get("build"), found, fill)
    for index, entry in enumerate(items(data, "ports")):
        port = _container_port(entry, fill)
        if port:
            found.published.append((port, loaded.line("services", name, "ports", index)))
    found.exposed = [int(e) for e in map(str, items(data, "expose")) if e.isdecimal()]
    found.command = _text(data.get("command") or data.get("entrypoint"))
    found.needs = [*_names(data.get("depends_on")), *(str(x).partition(":")[0] for x in items(data, "links"))]
    found.variables = [n.partition("=")[0] for n in _names(data.get("environment"))]
    for value in table(data, "environment").values():
        fill(str(value))
    for value in items(data, "environment"):
        fill(str(value))
    found.profiles = [str(p) for p in items(data, "profiles")]
    found.mounts = [m for entry in items(data, "volumes") if (m := _bind(entry, fill))]
    url = _HEALTH_URL.search(_text(table(data, "healthcheck").get("test")))
    found.health = (url[1] or "/") if url else ""
    replicas = table(data, "deploy").get("replicas", data.get("scale", 1))
    found.replicas = replicas if isinstance(replicas, int) and replicas > 0 else 1
    return found


class _Filler:
    """Fills in variables as compose does, noting those that have neither value nor default."""

    def __init__(self, values: dict[str, str], required: list[str]) -> None:
        self._values = values
        self._required = required

    def __call__(self, text: str) -> str:
        return _VARIABLE.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        name, sign, default = match[1] or match[2], match[3] or "", match[4] or ""
        if not name:
            return "$"
        value = self._values.get(name, "")
        if sign.endswith("+"):
            return default if value else ""
        if value or sign.endswith("-"):
            return value or default
        if name not in self._values and name not in self._required:
            self._required.append(name)
        return value


def _build(folder: Folder, build: Any, found: ComposeService, fill: _Filler) -> None:
    if build is None:
        return
    context = fill(build if isinstance(build, str) else words(build, "context") or ".")
    if re.match(r"[a-z]+://|git@|github\.com/", context):
        found.outside = f"it is built from {context}, which is not in the source"
        found.context = ""
        return
    path = posixpath.normpath(posixpath.join(folder.path, context)) if context else folder.path
    path = "" if path == "." else path
    if path.startswith(("..", "/")):
        found.outside = f"its build folder {context} is outside the source"
    elif not folder.tree.has_folder(path) and path:
        found.outside = f"its build folder {context} is not there"
    found.context = path
    if isinstance(build, dict):
        found.dockerfile = fill(words(build, "dockerfile"))
        found.target = fill(words(build, "target"))
        if build.get("dockerfile_inline"):
            found.dockerfile = ""


def _container_port(entry: Any, fill: _Filler) -> int:
    if isinstance(entry, dict):
        target = fill(words(entry, "target"))
        return int(target) if target.isdecimal() and words(entry, "protocol") != "udp" else 0
    text, _, protocol = fill(str(entry)).partition("/")
    number = text.rpartition(":")[2].partition("-")[0]
    return int(number) if number.isdecimal() and protocol in {"", "tcp"} else 0


def _bind(entry: Any, fill: _Filler) -> tuple[str, str] | None:
    if isinstance(entry, dict):
        if words(entry, "type") == "bind":
            return fill(words(entry, "source")), words(entry, "target")
        return None
    host, _, rest = fill(str(entry)).partition(":")
    return (host, rest.partition(":")[0]) if rest and host.startswith((".", "/", "~")) else None


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [str(k) for k in value]
    return [str(v) for v in value] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return " ".join(str(v) for v in value) if isinstance(value, list) else str(value or "")
