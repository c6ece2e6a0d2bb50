"""What machete-tui remembers: services, releases, deployments and the audit trail.

All are immutable; a change is a new value written to the store. Times are Unix seconds, sizes bytes.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from machete_tui.core.checkout import SourceRef
from machete_tui.core.frozen import dataclass

if TYPE_CHECKING:
    from machete_tui.core.source import Detection

ServiceStatus = Literal["pending", "building", "deploying", "running", "failed", "stopped", "degraded"]
DeploymentStatus = Literal["running", "succeeded", "failed", "rolled_back", "cancelled", "interrupted"]
DeploymentKind = Literal["deploy", "rebuild", "update", "scale", "rollback"]
StepStatus = Literal["running", "done", "failed", "skipped", "undone"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one container may use; 0 means no limit. ``cpus`` in cores, ``memory`` in bytes."""

    cpus: float = 0.0
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """What the operator named and operates.

    Attributes:
        id: UUIDv7.
        name: DNS label, unique; also the compose project's name.
        team: owner; ``default`` until teams exist.
        source: where its code comes from.
        status: the last known state; the fronts combine it with what the engine says now.
        stack: for lists: the main component's stack and framework (``python/flask``).
        port: the stable host port of its first web component; 0 for none.
        release: number of the live release; 0 for none.
        created: when it was first deployed.
        updated: when anything of it last changed.
        reason: one line about why it failed or is degraded; empty otherwise.
        replicas: containers wanted of each compose service of the live release.
    """

    id: str
    name: str
    source: SourceRef
    team: str = "default"
    status: ServiceStatus = "pending"
    stack: str = ""
    port: int = 0
    release: int = 0
    created: float = 0.0
    updated: float = 0.0
    reason: str = ""
    replicas: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleaseImage:
    """The image of one component in a release: its tag here and its immutable id (``sha256:…``)."""

    component: str
    tag: str
    id: str


@dataclass(frozen=True, slots=True)
class Release:
    """An immutable thing that can be live: images, compose text, environment, commit, detection.

    Attributes:
        id: UUIDv7.
        service_id: whose it is.
        number: 1, 2, 3, … within the service.
        created: when it was recorded.
        commit: full SHA or empty; ``branch`` and ``dirty`` as in the checkout.
        images: what was built for it.
        compose: the rendered compose file's text; holds names, never secret values.
        environment: operator's names and values; a secret's value is ``secret:sha256:…`` (8 hex digits),
            its real value is only in the release folder's 0600 ``.env``.
        detection: what the source was.
        folder: the release's own folder in the state directory.
        kept: whether its images are still there, so that it can be live again.
        port: host port of the first web component; ``ports`` maps each component to all of its own.
    """

    id: str
    service_id: str
    number: int
    created: float
    detection: Detection
    commit: str = ""
    branch: str = ""
    dirty: bool = False
    images: tuple[ReleaseImage, ...] = ()
    compose: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = ""
    kept: bool = True
    port: int = 0
    ports: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a deployment as the journal holds it; ``data`` is what undoing it needs."""

    name: str
    title: str
    status: StepStatus
    started: float
    finished: float | None = None
    detail: str = ""
    data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deployment:
    """The act of putting a release live.

    Attributes:
        id: UUIDv7.
        service_id: whose it is; ``service`` is its name at that time.
        number: 1, 2, 3, … within the service.
        kind: what was asked for.
        status: running until it ended.
        release: number of the release it made or put live; 0 while there is none.
        previous: number of the release that was live before; 0 for none.
        actor: who.
        pid: process that owns it while it runs; ``pid_started`` tells a reused pid apart.
        started: when; ``finished`` when it ended.
        reason: one line about why it failed.
        suggestion: what to do about it.
        log_tail: last lines (up to 200) of the containers that failed their gate, oldest first.
        steps: the journal.
    """

    id: str
    service_id: str
    service: str
    number: int
    kind: DeploymentKind
    status: DeploymentStatus
    started: float
    actor: str = ""
    release: int = 0
    previous: int = 0
    pid: int = 0
    pid_started: str = ""
    finished: float | None = None
    reason: str = ""
    suggestion: str = ""
    log_tail: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class PortLease:
    """A host port held in the database: by a service's component, or reserved by hand (no service)."""

    port: int
    service: str = ""
    component: str = ""
    since: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class VolumeClaim:
    """A named volume or host directory held by a service; ``target`` is the path in the container."""

    source: str
    service: str
    component: str
    target: str


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One row of the audit trail.

    Attributes:
        seq: sequence number, without gaps.
        at: when.
        actor: OS user, with the SSH client's address where there is one (``ana@192.0.2.7``).
        action: the operation's name (``service.deploy``).
        service: its object's name; empty for the system.
        outcome: ok, failed, cancelled.
        seconds: duration.
        detail: one line; never a secret.
    """

    seq: int
    at: float
    actor: str
    action: str
    service: str
    outcome: str
    seconds: float
    detail: str = ""
