"""Measures what rows of the list use while somebody looks: one thread, asleep when nobody does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from machete_tui.core.context import Context
from machete_tui.core.engine import Container, Engine
from machete_tui.core.errors import MacheteError
from machete_tui.operations.foreign import owner_of
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.loop import Loop

EVERY = 3.0
"""Seconds between two measures."""

SHARE = 0.02
"""Largest share of the time that measuring may take: where a measure is slow, they are fewer."""

FIRST_GAP = 0.5
"""Seconds between the first two: CPU is the difference of two readings."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a service uses: ``cpu`` in percent of one core, ``memory`` in bytes."""

    cpu: float
    memory: int


class UsageMeter:
    """Measures all services' containers while it is wanted.

    Args:
        context: gives the context.
        measured: called on the event loop with the usage: of services by name, of other rows by key.
        services: gives the names of machete-tui's own services.
    """

    def __init__(
        self,
        context: Callable[[], Context],
        measured: Callable[[dict[str, Usage]], None],
        services: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._context = context
        self._services = services
        self._measured = measured
        self._loop = Loop()
        self._wanted = threading.Event()
        self._stale = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def want(self, wanted: bool) -> None:
        """Measure from now on, or sleep."""
        if not wanted:
            self._wanted.clear()
            return
        self._wanted.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="usage", daemon=True)
            self._thread.start()

    def containers_changed(self) -> None:
        """List the containers again before the next measure."""
        self._stale.set()

    def stop(self) -> None:
        """End without waiting."""
        self._stopped.set()
        self._wanted.set()

    def _work(self) -> None:
        containers: list[Container] = []
        first = True
        self._stale.set()
        while True:
            self._wanted.wait()
            if self._stopped.is_set():
                return
            began = time.monotonic()
            try:
                engine = self._context().engine
                if self._stale.is_set():
                    self._stale.clear()
                    containers = engine.containers(every=False)
                    first = True
                usage = measure(engine, containers, self._services())
                if not first:
                    self._loop.post(self._measured, usage)
            except MacheteError:
                self._stale.set()  # the engine is away: its watch says so and comes back by itself
            wait = FIRST_GAP if first else max(EVERY, (time.monotonic() - began) / SHARE)
            first = False
            if self._stopped.wait(wait):
                return


def measure(engine: Engine, containers: list[Container], services: frozenset[str]) -> dict[str, Usage]:
    """Return usage by :func:`usage_key`, containers added up; CPU is since the last call."""
    samples = engine.sample(containers) if containers else {}
    found: dict[str, Usage] = {}
    for container in containers:
        sample = samples.get(container.id)
        if sample is None:
            continue
        found[f"container:{container.id}"] = Usage(sample.cpu, sample.memory)
        kind, name = owner_of(container, services)
        if kind != "container":
            key = name if kind == "service" else f"{kind}:{name}"
            before = found.get(key, Usage(0.0, 0))
            found[key] = Usage(before.cpu + sample.cpu, before.memory + sample.memory)
    return found


def usage_key(row: ServiceRow) -> str:
    """Return under what a row's usage, and a job that changes it, is found."""
    return row.name if row.kind == "service" else row.key
