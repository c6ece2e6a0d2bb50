"""The other ports: the host, Git, and the store. Protocols only; ``context`` plugs in what fills them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from machete_tui.core.cancel import Cancel
from machete_tui.core.checkout import Checkout, SourceRef
from machete_tui.core.frozen import dataclass
from machete_tui.core.models import (
    Deployment,
    DeploymentKind,
    DeploymentStatus,
    EventRecord,
    PortLease,
    Release,
    Service,
    Step,
    StepStatus,
    VolumeClaim,
)
from machete_tui.core.postmortem import PostMortemStore

if TYPE_CHECKING:
    from machete_tui.core.series import MetricStore


@dataclass(frozen=True, slots=True)
class Probe:
    """One answer of a health probe.

    Attributes:
        ok: whether it counts as healthy.
        status: HTTP status; 0 when there was no HTTP answer.
        seconds: how long it took.
        said: one line for people (``HTTP 200``, ``connection refused``, ``no answer in 2 s``).
    """

    ok: bool
    status: int
    seconds: float
    said: str


class Host(Protocol):
    """The machine that machete-tui stands on (or, for the in-memory engine, a pretended one)."""

    def port_free(self, port: int) -> bool:
        """Return whether a TCP port can be bound on all addresses now, by a real bind."""

    def probe(self, port: int, path: str, *, host: str = "127.0.0.1", timeout: float = 2.0) -> Probe:
        """Ask a port of this machine over HTTP; below 400 is healthy, below 500 when ``path`` is empty.

        With an empty ``path``, ``/`` is asked and a server that answers anything below 500 counts.
        """

    def disk_free(self, path: str) -> int:
        """Return the free bytes of the file system that holds ``path`` or its nearest parent."""

    def memory_free(self) -> int:
        """Return the bytes of memory available to new processes."""

    def prepare_folder(self, path: str, uid: int, gid: int) -> None:
        """Make a folder for a mount, with its owner; one that exists keeps its contents and owner."""


class Sources(Protocol):
    """Brings sources onto this machine."""

    def branches(self, source: SourceRef, cancel: Cancel) -> tuple[str, ...]:
        """Return the remote's branch names, the default one first, then tags as ``tag:NAME``."""

    def fetch(self, source: SourceRef, into: str, cancel: Cancel) -> Checkout:
        """Validate the source, then clone it (shallow, with submodules) into ``into``, or take the folder."""


class ServiceStore(Protocol):
    """Services."""

    def all(self) -> list[Service]:
        """Return every service, by name."""

    def find(self, name: str) -> Service | None:
        """Return the service of that name, or None."""

    def save(self, service: Service) -> None:
        """Insert it, or replace the one with its id; raises Conflict when the name is another's."""

    def remove(self, service_id: str) -> None:
        """Remove it with its releases, deployments, ports and claims."""


class ReleaseStore(Protocol):
    """Releases."""

    def of(self, service_id: str) -> list[Release]:
        """Return a service's releases, newest first."""

    def find(self, service_id: str, number: int) -> Release | None:
        """Return one release, or None."""

    def add(self, release: Release) -> None:
        """Record a new release."""

    def coming_number(self, service_id: str) -> int:
        """Return the number that the next release will get, without giving it away."""

    def next_number(self, service_id: str) -> int:
        """Return the number that the next release gets; numbers are never used twice."""

    def forget_images(self, release_id: str) -> None:
        """Mark a release as no longer bootable."""

    def remove(self, release_id: str) -> None:
        """Remove one release, when its deployment is undone before it was ever live."""


class DeploymentStore(Protocol):
    """Deployments and their journal."""

    def begin(self, service: Service, kind: DeploymentKind, actor: str, previous: int) -> Deployment:
        """Record a new running deployment owned by this process."""

    def step(
        self,
        deployment_id: str,
        name: str,
        title: str,
        status: StepStatus,
        detail: str = "",
        data: dict[str, str] | None = None,
    ) -> Step:
        """Write one step before or after it acted; the first write of a name starts its clock."""

    def release(self, deployment_id: str, number: int) -> None:
        """Note which release it makes or puts live."""

    def finish(
        self,
        deployment_id: str,
        status: DeploymentStatus,
        reason: str = "",
        suggestion: str = "",
        log_tail: Sequence[str] = (),
    ) -> Deployment:
        """Record how it ended."""

    def find(self, deployment_id: str) -> Deployment | None:
        """Return it with its steps, or None."""

    def of(self, service_id: str = "", limit: int = 50) -> list[Deployment]:
        """Return deployments, newest first, of one service if named; steps included."""

    def unfinished(self) -> list[Deployment]:
        """Return those whose status is ``running``, oldest first."""


class PortStore(Protocol):
    """Leases of host ports, unique across processes."""

    def all(self) -> list[PortLease]:
        """Return every lease, by port."""

    def lease(self, lease: PortLease) -> None:
        """Hold one port; raises Conflict naming the holder."""

    def release(self, port: int) -> None:
        """Give one up; one that is free is not an error."""

    def release_service(self, service: str) -> None:
        """Give up all of a service's."""


class ClaimStore(Protocol):
    """Volumes and host directories held by services."""

    def all(self) -> list[VolumeClaim]:
        """Return every claim, by source."""

    def replace(self, service: str, claims: Sequence[VolumeClaim]) -> None:
        """Set a service's claims; raises Conflict naming the service that holds one of them."""


class EventStore(Protocol):
    """The audit trail."""

    def add(
        self, actor: str, action: str, service: str, outcome: str, seconds: float, detail: str = ""
    ) -> EventRecord:
        """Append a row with the next sequence number."""

    def last(self, limit: int = 100, *, service: str = "", after: int = 0) -> list[EventRecord]:
        """Return rows, newest first, of one service if named, with a sequence number above ``after``."""


class PreferenceStore(Protocol):
    """What an operator chose of the app's looks."""

    def all(self) -> dict[str, str]:
        """Return every one, by name."""

    def set(self, name: str, value: str) -> None:
        """Keep one; an empty value forgets it."""


class Store(Protocol):
    """Everything that is remembered: one SQLite file. A connection belongs to one thread."""

    services: ServiceStore
    releases: ReleaseStore
    deployments: DeploymentStore
    ports: PortStore
    claims: ClaimStore
    events: EventStore
    preferences: PreferenceStore
    postmortems: PostMortemStore

    @property
    def metrics(self) -> MetricStore:
        """Readings of the last 30 days."""

    def transaction(self) -> AbstractContextManager[None]:
        """Do all that is written in the body, or nothing of it."""

    def lock(self, service: str, holder: str) -> AbstractContextManager[None]:
        """Hold a service for one deployment, across processes; raises Conflict naming the holder.

        The operating system frees it when the process dies, however it dies.
        """

    def held(self, service: str) -> str:
        """Return who holds the service's lock now, or an empty text."""

    def close(self) -> None:
        """Close this thread's connection."""
