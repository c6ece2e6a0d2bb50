"""What pages of single containers and of adopted projects show."""

from __future__ import annotations

from dataclasses import field

from machete_tui.core.clock import duration, iso
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import column
from machete_tui.operations.service_row import ServiceRow, or_dash
from machete_tui.operations.views import ContainerRow


@dataclass(frozen=True, slots=True)
class ContainerLine:
    """One container in the list of all: ``of`` is its service or project."""

    name: str = column("NAME")
    of: str = column("OF", or_dash)
    state: str = column("STATE")
    health: str = column("HEALTH", or_dash)
    image: str = column("IMAGE")
    ports: str = column("PORTS", or_dash)
    uptime: float | None = column("UPTIME", duration, right=True)
    restarts: int | None = column("RESTARTS", lambda v: "-" if v is None else str(v), right=True)
    status: str = column("STATUS")
    kind: str = field(default="")
    component: str = field(default="")
    id: str = field(default="")


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One run of a container's health check."""

    at: float = column("AT", iso)
    exit_code: int = column("EXIT", right=True)
    said: str = column("SAID", or_dash)


@dataclass(frozen=True, slots=True)
class ContainerPage:
    """Everything about one container; secrets in ``environment`` are masked.

    Attributes:
        line: as lists show it.
        image_id: ``sha256:…``.
        command: what it runs.
        created: Unix seconds; ``started`` and ``finished`` of its last run, 0 for never.
        exit_code: of its last run; None while it runs and before the first.
        oom_killed: whether its last run ended for lack of memory.
        restart_policy: what the engine does when it ends.
        error: the engine's own reason why it did not start.
        ports: published ports (``0.0.0.0:8080 -> 80/tcp``).
        mounts: (source, target).
        networks: name -> address.
        environment: names and values.
        cpus: cores that it may use; 0 for no limit. ``memory`` in bytes likewise.
        checks: the last runs of its health check, oldest first.
    """

    line: ContainerLine
    image_id: str
    command: str
    created: float
    started: float
    finished: float
    exit_code: int | None
    oom_killed: bool
    restart_policy: str
    error: str
    ports: tuple[str, ...]
    mounts: tuple[tuple[str, str], ...]
    networks: dict[str, str]
    environment: dict[str, str]
    cpus: float
    memory: int
    checks: tuple[HealthCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    """An adopted project.

    Attributes:
        project: as lists show it.
        folder: where compose ran; empty when its containers do not say.
        files: its compose files in order.
        missing: why these cannot be used; empty when they can.
        containers: all of them.
        volumes: names of its volumes, and ``networks`` of its networks.
    """

    project: ServiceRow
    folder: str
    files: tuple[str, ...]
    missing: str
    containers: tuple[ContainerRow, ...]
    volumes: tuple[str, ...]
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One difference between what runs and what the files say."""

    component: str = column("COMPONENT")
    container: str = column("CONTAINER", or_dash)
    what: str = column("WHAT")
    how: str = column("HOW")
