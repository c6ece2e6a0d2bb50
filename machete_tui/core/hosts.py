"""The hosts that can be operated, where each is named, and which one it is now.

A host comes from ``[hosts.NAME]`` of the configuration, from a docker context, from ``DOCKER_HOST``, or is
given as a URL. What belongs to it is kept in a state folder of its own, so that two hosts never share a
service, a port or a history; this machine's own (and what ``DOCKER_HOST`` names by a socket) is the state
folder itself.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from machete_tui.core.errors import InvalidInput, NotFound
from machete_tui.core.frozen import dataclass
from machete_tui.core.settings import Settings

if TYPE_CHECKING:
    from machete_tui.core.config import Config, HostEntry

LOCAL = "local"
"""Name of this machine's own Engine."""

CHOSEN = "host"
"""File in the state folder with the name of the host that was chosen."""

_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*", re.ASCII)
_DEFAULT_SOCKET = "unix:///var/run/docker.sock"


@dataclass(frozen=True, slots=True)
class HostInfo:
    """One host.

    Attributes:
        name: of the host.
        url: address of its Engine.
        origin: ``this machine``, ``config``, ``docker context``, ``DOCKER_HOST`` or ``url``.
        tls: folder of its certificates; empty for none.
        read_only: whether changes are refused.
        production: whether changes want its name typed.
        broken: why it cannot be used; empty for one that can.
    """

    name: str
    url: str
    origin: str
    tls: str = ""
    read_only: bool = False
    production: bool = False
    broken: str = ""


def known(
    settings: Settings, config: Config | None, environ: Mapping[str, str] = os.environ
) -> list[HostInfo]:
    """Return every host that has a name, this machine's own first."""
    entries = {entry.name: entry for entry in (config.hosts if config else ())}
    found = {LOCAL: HostInfo(LOCAL, _DEFAULT_SOCKET, "this machine")}
    if environ.get("DOCKER_HOST"):
        found[LOCAL] = HostInfo(LOCAL, environ["DOCKER_HOST"], "DOCKER_HOST")
    for context in contexts(settings.docker_config):
        found.setdefault(context.name, context)
    for name, entry in entries.items():
        base = found.get(name) or HostInfo(name, "", "config")
        found[name] = _with(base, entry)
    for host in list(found.values()):  # a host is protected however it is called
        alike = [h for h in found.values() if h.url and _same(h.url) == _same(host.url)]
        found[host.name] = replace(
            host,
            read_only=any(h.read_only for h in alike) or host.read_only,
            production=any(h.production for h in alike) or host.production,
        )
    return [found.pop(LOCAL), *(found[name] for name in sorted(found))]


def _with(base: HostInfo, entry: HostEntry) -> HostInfo:
    """Return a host with what the configuration says of it."""
    told = replace(base, read_only=entry.read_only, production=entry.production, broken=entry.broken)
    if entry.url:
        told = replace(told, url=entry.url, origin="config", tls="")
    if not told.url and not told.broken:
        told = replace(told, broken="it has no url, and there is no docker context of its name")
    return told


def wanted(settings: Settings, config: Config | None, given: str, environ: Mapping[str, str]) -> str:
    """Return the name or URL of the host to operate: what docker would take, or was chosen.

    In this order: ``--host``, ``DOCKER_HOST``, ``DOCKER_CONTEXT``, the one chosen with ``host.use``,
    ``host`` of the configuration, docker's current context, this machine.
    """
    if given:
        return given
    if environ.get("DOCKER_HOST"):
        return LOCAL
    chosen = environ.get("DOCKER_CONTEXT") or remembered(settings)
    chosen = chosen or (config.host if config else "") or current_context(settings.docker_config)
    return LOCAL if chosen in ("", "default") else chosen


def find(settings: Settings, config: Config | None, name: str, environ: Mapping[str, str]) -> HostInfo:
    """Return the host of a name or a URL; raises InvalidInput or NotFound with what was expected."""
    hosts = known(settings, config, environ)
    if "://" in name:
        from machete_tui.core.config_rules import WrongValue, check_url

        try:
            url = check_url(name)
        except WrongValue as error:
            raise InvalidInput(
                f"--host {error}", "a name works too: --run host.list", field="--host"
            ) from error
        found = next((h for h in hosts if _same(h.url) == _same(url)), None) or HostInfo(
            _slug(url), url, "url"
        )
    else:
        named = LOCAL if name == "default" else name
        maybe = next((h for h in hosts if h.name == named), None)
        if maybe is None:
            import difflib

            near = difflib.get_close_matches(name, [h.name for h in hosts], 2, 0.5)
            hint = (
                f"did you mean {' or '.join(near)}?" if near else "`machete-tui --run host.list` lists them"
            )
            raise NotFound(f"there is no host {name!r}", hint, field="--host")
        found = maybe
    if found.broken:
        where = f" of {config.path}" if config else ""
        raise InvalidInput(
            f"the host {found.name} cannot be used: {found.broken}", f"mend it in [hosts.{found.name}]{where}"
        )
    return found


def applied(settings: Settings, host: HostInfo) -> Settings:
    """Return the settings of a host: its Engine, its protections, its own state folder."""
    local = host.name == LOCAL and not host.url.startswith(("ssh:", "tcp:", "http"))
    home = settings.home
    return replace(
        settings,
        docker_host="" if host.url == _DEFAULT_SOCKET else host.url,
        docker_tls=host.tls,
        host="" if host.name == LOCAL else host.name,
        read_only=settings.read_only or host.read_only,
        production=host.production,
        home_dir=home,
        state_dir=home if local else home / "hosts" / (_slug(host.url) if host.name == LOCAL else host.name),
    )


def remembered(settings: Settings) -> str:
    """Return the name of the host that was chosen before; empty for none."""
    try:
        return (settings.home / CHOSEN).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def remember(settings: Settings, name: str) -> None:
    """Choose a host for the starts to come."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = settings.home / CHOSEN
    if name == LOCAL:
        file.unlink(missing_ok=True)
    else:
        file.write_text(f"{name}\n", encoding="utf-8")


def contexts(folder: Path) -> list[HostInfo]:
    """Return the contexts of the docker client, by name; those that cannot be read are left out."""
    import hashlib

    found = []
    metas = sorted(folder.joinpath("contexts", "meta").glob("*/meta.json"))
    for file in metas:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            name, url = str(data["Name"]), str(data["Endpoints"]["docker"]["Host"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if not _NAME.fullmatch(name):
            continue
        digest = hashlib.sha256(name.encode()).hexdigest()
        tls = folder / "contexts" / "tls" / digest / "docker"
        found.append(HostInfo(name, url, "docker context", str(tls) if tls.is_dir() else ""))
    return sorted(found, key=lambda host: host.name)


def current_context(folder: Path) -> str:
    """Return the name of the context that the docker client uses; empty for its default."""
    try:
        data = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return str(data.get("currentContext") or "")
    except (OSError, ValueError, AttributeError):
        return ""


def _same(url: str) -> str:
    """Return a URL in the one form that all of its spellings share."""
    scheme, _, rest = url.partition("://")
    if scheme == "unix":
        return url.rstrip("/")
    return f"{scheme}://{rest.rstrip('/').lower().removesuffix(':22' if scheme == 'ssh' else ':')}"


def _slug(url: str) -> str:
    """Return a URL as the name of a folder."""
    import hashlib

    text = re.sub(r"[^A-Za-z0-9.]+", "-", url.rstrip("/")).strip("-.").lower()
    return text if len(text) <= 60 else f"{text[:48]}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
