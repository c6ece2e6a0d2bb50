"""A row in the list of services. A module of its own, because it is on the start-up path of every front."""

from __future__ import annotations

from dataclasses import field

from machete_tui.core.clock import duration
from machete_tui.core.engine import Container
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Listing, column


def size(value: float) -> str:
    """Return bytes as people say them (``512 B``, ``14.2 MiB``), in powers of 1024; ``-`` for none."""
    if value <= 0:
        return "-"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1000:
            whole = unit == "B" or value >= 100 or value == int(value)
            return f"{value:.0f} {unit}" if whole else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def or_dash(value: object) -> str:
    """Return what is there, or a dash."""
    return str(value) if value else "-"


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One row of the list: a service, a compose project made elsewhere, or a container.

    Attributes:
        name: its name.
        team: its owner; empty for what was made elsewhere.
        status: what the store and the engine together say.
        health: of all its containers: ``healthy``, ``starting``, ``unhealthy``, or empty when none tells.
        stack: stack and framework of the main component; empty where nobody detected one.
        release: live release's number; 0 for none.
        address: URL on this machine, or ``address:port`` of what was made elsewhere; empty without a port.
        uptime: seconds since the youngest of its running containers started; None when none runs.
        cpu: percent of one core, all containers together; None when not measured.
        memory: bytes, all containers together; None when not measured.
        containers: how many run, and ``wanted`` how many there should be.
        kind: ``service``, ``project`` or ``container``.
        image: images of its containers, the main one's first.
        ports: published ports (``8080->80``).
        restarts: how often the engine restarted its containers; None when not counted.
        reason: one line about why it is failed or degraded.
        id: of a container; empty for what has several.
        parent: service or project that a container belongs to; empty for none.
    """

    name: str = column("NAME")
    team: str = column("TEAM", or_dash, spare=6)
    status: str = column("STATUS")
    health: str = column("HEALTH", or_dash)
    stack: str = column("STACK", or_dash, spare=3)
    release: int = column("RELEASE", lambda n: f"#{n}" if n else "-", right=True)
    address: str = column("ADDRESS", or_dash, whole=True)
    uptime: float | None = column("UPTIME", duration, right=True, spare=2)
    cpu: float | None = column("CPU", lambda v: "-" if v is None else f"{v:.1f}%", right=True, spare=1)
    memory: float | None = column("MEMORY", lambda v: "-" if v is None else size(v), right=True, spare=1)
    containers: int = column("UP", right=True, spare=5, default=0)
    wanted: int = column("OF", right=True, spare=5, default=0)
    kind: str = column("KIND", spare=4, default="service")
    image: str = column("IMAGE", or_dash, spare=8, default="")
    ports: str = column("PORTS", or_dash, spare=7, default="")
    restarts: int | None = column(
        "RESTARTS", lambda v: "-" if v is None else str(v), right=True, spare=9, default=None
    )
    reason: str = column("REASON", fold=True, default="")
    id: str = field(default="")
    parent: str = field(default="")

    @property
    def key(self) -> str:
        """Its identity among all rows: a service and a container may have one name."""
        return f"{self.kind}:{self.id or self.name}"


@dataclass(frozen=True, slots=True)
class ServiceListing(Listing[ServiceRow]):
    """The list of services, with the containers that it was made of; those are no part of what is printed."""

    containers: tuple[Container, ...] = ()
