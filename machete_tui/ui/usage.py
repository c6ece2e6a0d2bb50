"""The thread that measures: each second for the recorder, and for the screens while one looks.

It sleeps between two readings; a reading is of the kernel's files and asks the engine for nothing while no
container comes or goes. Where the engine is on another machine a reading is dear: then it measures each
second only while somebody looks.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable

from machete_tui.core.alerts import Alarm, Alert
from machete_tui.core.context import Context
from machete_tui.core.engine import EngineEvent
from machete_tui.core.errors import MacheteError
from machete_tui.core.frozen import dataclass
from machete_tui.operations.recording import Recorder
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.loop import Loop

EVERY = 1.0
"""Seconds between two readings."""

SHARE = 0.02
"""Largest share of a core that measuring may take: where a reading costs more, they are fewer."""

SELDOM = 30.0
"""Seconds between two readings of a remote engine while nobody looks."""

FIRST_GAP = 0.5
"""Seconds between the first two: a rate is the difference of two readings."""

REST = 0.7
"""Seconds that it waits at the start, so as not to be in the way of the first paint."""

STIRS = ("start", "die", "destroy", "rename", "pause", "unpause", "restart")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a service uses: ``cpu`` in percent of one core, ``memory`` in bytes."""

    cpu: float
    memory: int


class UsageMeter:
    """Records all containers, services and the machine for as long as the app runs.

    Args:
        context: gives the context.
        measured: called on the event loop with the usage by :func:`usage_key`, while somebody looks.
        alerted: called on it when alerts began or ended: with all there are, and those to be told now.
        services: gives the names of machete-tui's own services.
    """

    def __init__(
        self,
        context: Callable[[], Context],
        measured: Callable[[dict[str, Usage]], None],
        alerted: Callable[[tuple[Alert, ...], tuple[Alert, ...]], None],
        services: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self.recorder = Recorder(context)
        self._context = context
        self._services = services
        self._measured = measured
        self._alerted = alerted
        self._alarm: Alarm | None = None
        self._loop = Loop()
        self._wanted: set[str] = set()
        self._wake = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """Who looks."""
        return frozenset(self._wanted)

    def start(self) -> None:
        """Begin to record."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="usage", daemon=True)
            self._thread.start()

    def want(self, wanted: bool, who: str = "") -> None:
        """Tell the screens from now on, or no more; ``who`` asks, and each asks for itself."""
        if wanted:
            self._wanted.add(who)
            self._wake.set()
        else:
            self._wanted.discard(who)

    def containers_changed(self) -> None:
        """List the containers again before the next reading."""
        self.recorder.happened()

    def heard(self, events: Iterable[EngineEvent]) -> None:
        """Take what the engine told; from any thread."""
        found = [event for event in events if event.action in STIRS]
        if found:
            self.recorder.happened(e.container for e in found if e.action in ("start", "restart"))

    def stop(self) -> None:
        """End without waiting."""
        self._stopped = True
        self._wake.set()

    def _work(self) -> None:
        self._sleep(time.monotonic() + REST)
        recorder, readings = self.recorder, 0
        try:
            recorder.recall()
        except MacheteError:
            pass  # what cannot be read is a gap
        except Exception as error:
            self._fault(error)
        due = time.monotonic()
        while not (self._stopped or self._loop.closed):
            began = time.thread_time()
            try:
                recorder.step()
                readings += 1
            except MacheteError:
                readings = 0  # the engine is away: its watch says so and comes back by itself
            except Exception as error:
                readings = 0
                self._fault(error)
            if readings:
                self._look()
            if self._wanted and readings > 1:
                self._loop.post(self._measured, usage_of(recorder, self._services()))
            recorder.every = max(EVERY, (time.thread_time() - began) / SHARE)
            wait = FIRST_GAP if readings == 1 else recorder.every
            if not recorder.cheap and not self._wanted:
                wait = SELDOM
            due = max(due + wait, time.monotonic() + wait / 2)
            self._sleep(due)

    def _sleep(self, due: float) -> None:
        """Sleep until a time; where readings are dear, only until somebody looks."""
        while not self._stopped and (left := due - time.monotonic()) > 0:
            if self._wake.wait(left):
                self._wake.clear()
                if not self.recorder.cheap:
                    return

    def _look(self) -> None:
        context = self._context()
        alarm = self._alarm = self._alarm or Alarm(context.settings)
        change = alarm.look(self.recorder.readings, context.clock.monotonic())
        if change.began or change.ended:
            self._loop.post(self._alerted, alarm.active, change.began)

    def _fault(self, error: Exception) -> None:
        with contextlib.suppress(Exception):
            self._context().log.write("error", "measuring failed", reason=repr(error))


def usage_of(recorder: Recorder, services: frozenset[str]) -> dict[str, Usage]:
    """Return the usage of all whose CPU is known, by :func:`usage_key`."""
    found: dict[str, Usage] = {}
    ids = {container.name: container.id for container in recorder.containers}
    for subject, reading in recorder.readings.items():
        if reading.cpu is None or subject.kind == "host":
            continue
        name = subject.name
        if subject.kind == "container":
            key = f"container:{ids.get(name, name)}"
        else:
            key = name if name in services else f"project:{name}"
        found[key] = Usage(reading.cpu, int(reading.memory or 0))
    return found


def usage_key(row: ServiceRow) -> str:
    """Return under what a row's usage, and a job that changes it, is found."""
    return row.name if row.kind == "service" else row.key
