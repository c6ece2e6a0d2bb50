"""Keeps the picture of the services true: first list, events, reconnecting.

All methods run on the event loop and only replace ``shell.fleet``; whatever blocks is a job.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from textual.app import App
from textual.timer import Timer

from machete_tui.core.context import Context
from machete_tui.core.engine import Container, EngineEvent, EngineInfo
from machete_tui.core.errors import MacheteError
from machete_tui.operations.queries import ListServices
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.aftermath import Aftermath
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job, UnexpectedError
from machete_tui.ui.postmortems import EndKeeper
from machete_tui.ui.prefetch import FirstList, Prefetch
from machete_tui.ui.watch import EngineWatch

DEBOUNCE = 0.01
"""Seconds that events are collected before the list is read again."""

SETTLE = 1.0
"""Seconds between the engine's first answer and the look at what a crash left."""

SHORTEST = 0.25
"""Seconds between two lists, however many events come."""

SHARE = 0.2
"""Largest share of the time that listing may take: where a list takes long, they are fewer."""


class Owner(Protocol):
    """The app as the keeper sees it."""

    bridge: Bridge
    fleet: Fleet
    demo: bool

    @property
    def context(self) -> Context:
        """The context."""

    def set_fleet(self, fleet: Fleet) -> None:
        """Publish a new picture."""


class FleetKeeper:
    """Owner of the service list's life.

    Args:
        owner: the app.
        prefetch: the context and the first list.
        heard: called with every batch of the engine's events, in the thread that reads them.
    """

    def __init__(
        self,
        owner: Owner,
        prefetch: Prefetch,
        heard: Callable[[tuple[EngineEvent, ...]], None] = lambda _: None,
    ) -> None:
        assert isinstance(owner, App)
        self._app: App[int] = owner
        self._owner: Owner = owner
        self._prefetch = prefetch
        self.ends = EndKeeper(lambda: prefetch.context)

        def hear(batch: tuple[EngineEvent, ...]) -> None:
            heard(batch)
            self.ends.hear(batch)

        self._watch = EngineWatch(lambda: prefetch.context, self._up, self._down, self.stirred, hear)
        self._timer: Timer | None = None
        self._listing: Job | None = None
        self._again = False
        self._last = 0.0
        self._took = 0.0
        self._stopped = False
        self._aftermath = Aftermath(owner.bridge, lambda: owner.fleet, self._tell)

    def start(self) -> None:
        """Take the first list, at once where it is there, and follow the engine from then on."""
        first = self._prefetch.first(0)
        if first is not None:
            self._first(first)
        else:
            self._owner.bridge.call("first list", lambda _, __: self._prefetch.first(), on_end=self._waited)

    def stop(self) -> None:
        """Stop following; what was asked before changes nothing any more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.stop()
        self._watch.stop()

    def retry(self) -> None:
        """Ask again now, the engine too."""
        self._watch.retry_now()
        self.refresh()

    def stirred(self) -> None:
        """Read the list soon: something happened."""
        if self._timer is None:
            shortest = max(SHORTEST, self._took / SHARE)
            wait = max(DEBOUNCE, shortest - (time.monotonic() - self._last))
            self._timer = self._app.set_timer(wait, self.refresh)

    def refresh(self) -> None:
        """Read the list now; once more afterwards when one is being read."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._listing is not None:
            self._again = True
            return
        self._last = time.monotonic()
        self._listing = self._owner.bridge.run(
            "service.list", ListServices(), label="list services", quiet=True, on_end=self._listed
        )

    def take_started(self) -> set[str]:
        """Return the ids of containers that were started since the last call."""
        return self._watch.take_started()

    def _waited(self, job: Job) -> None:
        if isinstance(job.value, FirstList) and not self._stopped:
            self._first(job.value)

    def _first(self, first: FirstList) -> None:
        self._watch.start(first.stream)
        self._take(first.rows, first.at, _error(first.failure), _error(first.trouble), first.containers)

    def _listed(self, job: Job) -> None:
        self._listing = None
        self._took = time.monotonic() - self._last
        if self._stopped:
            return
        fleet = self._owner.fleet
        if job.state == "done":
            now = self._owner.context.clock.now()
            containers = getattr(job.value, "containers", ())
            self._take(tuple(job.value.rows), now, None, fleet.trouble, containers)
        else:
            self._take((), 0.0, job.error, fleet.trouble)
        if self._again:
            self._again = False
            self.refresh()

    def _take(
        self,
        rows: tuple[ServiceRow, ...],
        at: float,
        failure: MacheteError | None,
        trouble: MacheteError | None,
        containers: tuple[Container, ...] = (),
    ) -> None:
        """Replace the picture by what a list said: without the engine, that is what SQLite knows."""
        fleet = self._owner.fleet
        if failure is not None:
            self._owner.set_fleet(replace(fleet, failure=failure, trouble=trouble, loaded=True))
        else:
            self._owner.set_fleet(
                replace(
                    fleet,
                    rows=rows,
                    at=at,
                    loaded=True,
                    failure=None,
                    trouble=trouble,
                    containers=containers,
                )
            )

    def _up(self, info: EngineInfo | None) -> None:
        if self._stopped:
            return
        fleet = self._owner.fleet
        was_away = fleet.trouble is not None
        self._owner.set_fleet(replace(fleet, trouble=None, info=info or fleet.info))
        if was_away:
            self.refresh()
        if not self._owner.demo:
            self._app.set_timer(SETTLE, self._aftermath.look)

    def _tell(self, text: str, failed: bool) -> None:
        self._app.notify(text, severity="error" if failed else "information", timeout=8)

    def _down(self, error: MacheteError, retry: float) -> None:
        if self._stopped:
            return
        fleet = self._owner.fleet
        first_time = fleet.trouble is None
        self._owner.set_fleet(replace(fleet, trouble=error))
        if first_time:
            self.refresh()


def _error(error: Exception | None) -> MacheteError | None:
    if error is None or isinstance(error, MacheteError):
        return error
    return UnexpectedError(f"{type(error).__name__}: {error}", "Ctrl+R tries again")
