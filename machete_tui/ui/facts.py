"""Asks in the background what the list does not tell: restarts of containers, drift from compose files.

One thread, asleep while there is nothing to ask. Restarts are asked for while a column shows them: each
container once, and again when it was started. Files are compared once after the list, and again when the
containers of a project are others, or when asked; between two comparisons it rests, so that many projects do
not make the machine busy.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field

from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_COMPOSE_HASH, ComposeProject, Container, Engine
from machete_tui.core.errors import MacheteError, NotFound
from machete_tui.core.frozen import dataclass
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.loop import Loop

FIRST_WAIT = 2.0
"""Seconds after the first list before files are compared: the start belongs to the screen."""

REST = 9.0
"""How many times as long as a comparison took the thread rests after it."""

AT_ONCE = 200
"""Containers that are asked for between two looks at what else there is to do."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found.

    Attributes:
        restarts: container id -> how often the engine restarted it.
        drift: row key -> how many components differ from their files; rows that cannot be compared lack.
    """

    restarts: Mapping[str, int] = field(default_factory=dict)
    drift: Mapping[str, int] = field(default_factory=dict)

    def restarts_of(self, containers: Sequence[Container]) -> int | None:
        """Return the restarts of containers together; None while one of them is not counted."""
        counts = [self.restarts.get(c.id) for c in containers]
        known = [count for count in counts if count is not None]
        return sum(known) if known and len(known) == len(counts) else None


class FactsReader:
    """The thread.

    Args:
        context: gives the context.
        read: called on the event loop with what is known, whenever something new is.
        started: gives the ids of containers that were started since it was last called.
    """

    def __init__(
        self,
        context: Callable[[], Context],
        read: Callable[[Facts], None],
        started: Callable[[], set[str]],
    ) -> None:
        self._context = context
        self._read = read
        self._started = started
        self._loop = Loop()
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._fleet = Fleet()
        self._restarts_wanted = False
        self._thread: threading.Thread | None = None
        self._restarts: dict[str, int] = {}
        self._drift: dict[str, int] = {}
        self._compared: dict[str, object] = {}

    def follow(self, fleet: Fleet) -> None:
        """Take a new picture of the fleet."""
        with self._lock:
            self._fleet = fleet
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="facts", daemon=True)
            self._thread.start()
        self._news.set()

    def want_restarts(self, wanted: bool) -> None:
        """Count restarts from now on, or no more."""
        self._restarts_wanted = wanted
        self._news.set()

    def again(self) -> None:
        """Compare all files again."""
        with self._lock:
            self._compared.clear()
        self._news.set()

    def stop(self) -> None:
        """End without waiting."""
        self._stopped.set()
        self._news.set()

    def _work(self) -> None:
        if self._stopped.wait(FIRST_WAIT):
            return
        while True:
            self._news.wait()
            if self._stopped.is_set():
                return
            self._news.clear()
            with self._lock:
                fleet = self._fleet
            with suppress(MacheteError):  # the engine is away: its watch says so, and comes here again
                self._look(fleet)
            with suppress(MacheteError):
                self._context().store.close()

    def _look(self, fleet: Fleet) -> None:
        engine = self._context().engine
        if self._restarts_wanted:
            self._count(engine, fleet)
        for row in fleet.rows:
            if self._news.is_set() or self._stopped.is_set():
                return  # a newer picture; what was compared is not compared again
            if row.kind != "container":
                self._compare(row, fleet)

    def _count(self, engine: Engine, fleet: Fleet) -> None:
        again = self._started()
        there = {c.id for c in fleet.containers}
        self._restarts = {k: v for k, v in self._restarts.items() if k in there}
        missing = [c.id for c in fleet.containers if c.id not in self._restarts or c.id in again]
        for number, ident in enumerate(missing):
            if self._stopped.is_set():
                return
            try:
                self._restarts[ident] = engine.container(ident).restarts
            except NotFound:
                continue
            if number % AT_ONCE == AT_ONCE - 1:
                self._tell()
        if missing:
            self._tell()

    def _compare(self, row: ServiceRow, fleet: Fleet) -> None:
        containers = fleet.members(row)
        hashes = sorted((c.id, c.labels.get(LABEL_COMPOSE_HASH, "")) for c in containers)
        if not hashes:
            self._drift.pop(row.key, None)
            return
        sign = (row.release, tuple(hashes))
        with self._lock:
            if self._compared.get(row.key) == sign:
                return
            self._compared[row.key] = sign
        from machete_tui.operations.drift import drifted

        began = time.monotonic()
        context = self._context()
        project = _project(context, row, containers)
        try:
            if project is None or context.engine.compose_missing(project):
                self._drift.pop(row.key, None)
                return
            self._drift[row.key] = drifted(context.engine.composed(project), containers)
        except MacheteError:
            self._drift.pop(row.key, None)
        self._tell()
        self._stopped.wait((time.monotonic() - began) * REST)

    def _tell(self) -> None:
        self._loop.post(self._read, Facts(dict(self._restarts), dict(self._drift)))


def _project(context: Context, row: ServiceRow, containers: Sequence[Container]) -> ComposeProject | None:
    if row.kind == "project":
        from machete_tui.operations.adopted import project_of

        return project_of(row.name, containers)
    from machete_tui.operations.releases import live_release
    from machete_tui.operations.releases import project_of as release_project

    service = context.store.services.find(row.name)
    release = live_release(context, service) if service is not None else None
    return release_project(row.name, release) if release is not None else None
