"""``host.list|show|use``: the hosts that can be operated, and which one it is."""

from __future__ import annotations

import os
from collections.abc import Iterator

from machete_tui.core import hosts
from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Done, Listing, column
from machete_tui.operations.configuration import of
from machete_tui.operations.queries import Nothing
from machete_tui.operations.registry import arg, operation


@dataclass(frozen=True, slots=True)
class HostRow:
    """One host; ``current`` for the one that is operated."""

    current: bool = column("NOW", lambda now: "●" if now else "")
    name: str = column("NAME")
    url: str = column("URL")
    origin: str = column("FROM")
    mode: str = column("MODE", lambda mode: mode or "-")
    problem: str = column("PROBLEM", lambda problem: problem or "-")


@dataclass(frozen=True, slots=True)
class HostDetail:
    """The host that is operated: its Engine as it answers now, and where what belongs to it is kept."""

    name: str
    url: str
    engine: str
    api: str
    containers: int
    state: str
    read_only: bool
    production: bool


@dataclass(frozen=True, slots=True)
class UseHost:
    """Which host to operate from now on."""

    host: str = arg("its name; local for this machine", positional=True, kind="host", metavar="NAME")


@operation("host.list", "list the hosts: this machine, docker contexts, those of the configuration")
def list_hosts(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    """List them, this machine first; asks none of them anything."""
    config = of(ctx)
    for mistake in config.mistakes:
        if mistake.part in ("", "hosts", "host"):
            yield Note(f"{config.path}: {mistake}", "warning")
    now = ctx.settings.host or hosts.LOCAL
    yield Result(Listing(tuple(row(host, now) for host in every(ctx))))


@operation("host.show", "show the host that is operated, and its Engine")
def show_host(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    """Ask its Engine what it is."""
    settings = ctx.settings
    info = ctx.engine.info()
    yield Result(
        HostDetail(
            name=settings.host or hosts.LOCAL,
            url=settings.docker_host or f"unix://{settings.socket}",
            engine=f"{info.name} {info.version}",
            api=info.api,
            containers=len(ctx.engine.containers()),
            state=str(settings.state_dir),
            read_only=settings.read_only,
            production=settings.production,
        )
    )


@operation("host.use", "operate another host from now on; changes nothing on any host", role="operator")
def use_host(ctx: Context, request: UseHost, cancel: Cancel) -> Iterator[Event]:
    """Remember its name for the starts to come."""
    host = hosts.find(ctx.settings, of(ctx), request.host, os.environ)
    hosts.remember(ctx.settings, host.url if host.origin == "url" else host.name)
    if os.environ.get("DOCKER_HOST"):
        yield Note("DOCKER_HOST is set, and goes before what is chosen here", "warning")
    mode = f", {_mode(host)}" if _mode(host) else ""
    yield Result(Done(f"{host.name} is operated from now on: {host.url}{mode}"))


def every(ctx: Context) -> list[hosts.HostInfo]:
    """Return every host that has a name; in the demo only the pretended machine."""
    environ = os.environ if ctx.settings.config else {}
    return hosts.known(ctx.settings, of(ctx), environ)


def row(host: hosts.HostInfo, now: str) -> HostRow:
    """Return a host as a row; ``now`` is the name of the one that is operated."""
    return HostRow(host.name == now, host.name, host.url, host.origin, _mode(host), host.broken)


def _mode(host: hosts.HostInfo) -> str:
    modes = ["production"] * host.production + ["read-only"] * host.read_only
    return ", ".join(modes)
