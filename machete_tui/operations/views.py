"""What lists and detail pages show: joined from the store and the engine, ready for any front."""

from __future__ import annotations

from dataclasses import field

from machete_tui.core.clock import duration, iso
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import column
from machete_tui.operations.service_row import ServiceRow as ServiceRow
from machete_tui.operations.service_row import or_dash
from machete_tui.operations.service_row import size as size


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """One container of a service."""

    name: str = column("NAME")
    component: str = column("COMPONENT")
    state: str = column("STATE")
    health: str = column("HEALTH", or_dash)
    image: str = column("IMAGE")
    release: int = column("RELEASE", lambda n: f"#{n}" if n else "-", right=True)
    ports: str = column("PORTS", or_dash)
    status: str = column("STATUS")
    id: str = field(default="")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a deployment."""

    step: str = column("STEP")
    title: str = column("WHAT")
    status: str = column("STATUS")
    seconds: float | None = column("TIME", duration, right=True)
    detail: str = column("DETAIL", or_dash)


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """One deployment in a list."""

    service: str = column("SERVICE")
    number: int = column("NO", right=True)
    kind: str = column("KIND")
    status: str = column("STATUS")
    release: int = column("RELEASE", lambda n: f"#{n}" if n else "-", right=True)
    started: float = column("STARTED", iso, whole=True)
    seconds: float | None = column("TIME", duration, right=True, spare=1)
    actor: str = column("ACTOR", spare=2)
    commit: str = column("COMMIT", lambda c: c[:8] or "-", spare=3, default="")
    reason: str = column("REASON", or_dash, fold=True, default="")
    id: str = field(default="")


@dataclass(frozen=True, slots=True)
class DeploymentDetail:
    """One deployment with its steps and, where it failed, why and what the containers said."""

    deployment: DeploymentRow
    steps: tuple[StepRow, ...]
    suggestion: str = ""
    log_tail: tuple[str, ...] = ()
    previous: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release: whether it is live and whether it can be live again."""

    number: int = column("RELEASE", lambda n: f"#{n}", right=True)
    live: bool = column("LIVE", lambda v: "live" if v else "-")
    kept: bool = column("KEPT", lambda v: "kept" if v else "images gone")
    created: float = column("CREATED", iso)
    commit: str = column("COMMIT", lambda c: c[:8] or "-")
    dirty: bool = column("DIRTY", lambda v: "yes" if v else "-")
    images: str = column("IMAGES")


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """The service's own page: secrets in ``environment`` are masked."""

    service: ServiceRow
    source: str
    branch: str
    commit: str
    containers: tuple[ContainerRow, ...]
    environment: dict[str, str]
    addresses: dict[str, str]
    volumes: tuple[str, ...]
    limits: dict[str, str]
    replicas: dict[str, int]
    releases: tuple[ReleaseRow, ...]
    last_deployment: DeploymentDetail | None


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One component's health: what the engine says and what its port answers now."""

    component: str = column("COMPONENT")
    container: str = column("CONTAINER")
    state: str = column("STATE")
    health: str = column("HEALTH", or_dash)
    answer: str = column("ANSWER", or_dash)
    seconds: float | None = column("TIME", lambda v: "-" if v is None else f"{v * 1000:.0f}ms", right=True)
    restarts: int = column("RESTARTS", right=True)


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of a service's log, from any of its containers."""

    at: float
    container: str
    component: str
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class PortRow:
    """A host port that is held, and whether something listens on it now."""

    port: int = column("PORT", right=True)
    service: str = column("SERVICE", or_dash)
    component: str = column("COMPONENT", or_dash)
    since: float = column("SINCE", iso, whole=True)
    in_use: bool = column("IN USE", lambda v: "yes" if v else "no")
    note: str = column("NOTE", or_dash, fold=True)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One row of the audit trail."""

    seq: int = column("SEQ", right=True, spare=1)
    at: float = column("AT", iso, whole=True)
    actor: str = column("ACTOR")
    action: str = column("ACTION", whole=True)
    service: str = column("SERVICE", or_dash)
    outcome: str = column("OUTCOME")
    seconds: float = column("TIME", duration, right=True, spare=2)
    detail: str = column("DETAIL", or_dash, fold=True)


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """What differs between two releases, by part, each as lines of a unified diff.

    Attributes:
        service: whose.
        before: older release's number; ``after`` the newer one's.
        summary: one line per change, for people (``commit 1a2b3c4d -> 5e6f7a8b``).
        parts: (name of the part, unified diff): ``compose.yml``, ``environment``, ``web.Dockerfile``, …
    """

    service: str
    before: int
    after: int
    summary: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
