"""Follows the engine's events in a thread and keeps trying when the engine is away.

It posts three kinds of news to the event loop and holds no state of the screen: the engine answers,
the engine is lost, something happened to a container. Lists are not polled: while nothing happens the
thread sleeps in a read, and while the engine is away it sleeps between two tries. An engine that hangs says
nothing at all, and neither does one where nothing happens: a second thread asks now and then which it is.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Engine, EngineEvent, EngineInfo, EventStream
from machete_tui.core.errors import EngineUnavailable, MacheteError
from machete_tui.ui.loop import Loop

FIRST_WAIT = 0.5
LONGEST_WAIT = 10.0
"""Seconds between two tries: each wait is twice the one before, up to this."""

PULSE = 10.0
"""Seconds between two questions whether the engine, silent so far, still answers."""

STIRS = (
    "create",
    "destroy",
    "die",
    "health_status",
    "kill",
    "oom",
    "pause",
    "rename",
    "restart",
    "start",
    "stop",
    "unpause",
    "update",
)
"""Actions that may change what a list shows; ``exec_*`` of health checks come often and do not."""


class EngineWatch:
    """One thread that follows the engine.

    Args:
        context: gives the context.
        up: called on the loop when the engine answers, with what it says of itself.
        down: called on the loop when it does not, with the error and the seconds until the next try.
        stirred: called on the loop when containers changed, once however many events wait for it.
        heard: called in the thread that reads with every batch of events.
    """

    def __init__(
        self,
        context: Callable[[], Context],
        up: Callable[[EngineInfo | None], None],
        down: Callable[[MacheteError, float], None],
        stirred: Callable[[], None],
        heard: Callable[[tuple[EngineEvent, ...]], None] = lambda _: None,
    ) -> None:
        self._context = context
        self._up, self._down, self._stirred, self._heard = up, down, stirred, heard
        self._loop = Loop()
        self._cancel = Cancel()
        self._hurry = threading.Event()
        self._lock = threading.Lock()
        self._started: set[str] = set()
        self._told = False  # whether the loop has still to hear of a change

    def start(self, stream: EventStream | None = None) -> None:
        """Begin, on a stream that is open already if there is one."""
        threading.Thread(target=self._work, args=(stream,), name="watch", daemon=True).start()

    def stop(self) -> None:
        """End without waiting; closing a stream may block, so a thread does it."""
        self._hurry.set()
        threading.Thread(target=self._cancel.cancel, daemon=True).start()

    def retry_now(self) -> None:
        """Try again at once instead of at the end of the wait."""
        self._hurry.set()

    def take_started(self) -> set[str]:
        """Return the ids of containers that were started since the last call."""
        with self._lock:
            started, self._started = self._started, set()
        return started

    def _hear(self, batch: Iterable[EngineEvent]) -> None:
        """Tell the loop of a change; while it is busy, or its terminal another's, one word is enough."""
        with self._lock:
            self._started.update(e.container for e in batch if e.action == "start")
            if self._told or not matters(batch):
                return
            self._told = True
        self._loop.post(self._tell)

    def _tell(self) -> None:
        with self._lock:
            self._told = False
        self._stirred()

    def _work(self, stream: EventStream | None) -> None:
        wait = FIRST_WAIT
        while not self._cancel.cancelled:
            try:
                engine = self._context().engine
                if stream is None:
                    stream = engine.events()
                info: EngineInfo | None = None
                with contextlib.suppress(MacheteError):
                    info = engine.info()
                self._loop.post(self._up, info)
                wait = FIRST_WAIT
                with self._cancel.closing(stream.close), _Pulse(engine, stream) as pulse:
                    for batch in stream:
                        self._heard(batch)
                        self._hear(batch)
                error: MacheteError = pulse.lost or EngineUnavailable(
                    "the engine closed its event stream", "see whether it runs: systemctl status docker"
                )
            except MacheteError as caught:
                error = caught
            except Exception as caught:
                error = EngineUnavailable(f"its events cannot be read: {caught}", "see 8 System")
            stream = None
            if self._cancel.cancelled:
                return
            self._loop.post(self._down, error, wait)
            self._hurry.wait(wait)
            self._hurry.clear()
            wait = min(wait * 2, LONGEST_WAIT)


class _Pulse:
    """While the body runs: asks whether an engine answers, and closes its event stream when it does not.

    Attributes:
        lost: why the stream was closed; None while it was not.
    """

    def __init__(self, engine: Engine, stream: EventStream) -> None:
        self._engine, self._stream = engine, stream
        self._over = threading.Event()
        self.lost: MacheteError | None = None

    def __enter__(self) -> _Pulse:
        threading.Thread(target=self._work, name="pulse", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _work(self) -> None:
        while not self._over.wait(PULSE):
            try:
                self._engine.ping()
            except MacheteError as error:
                if not self._over.is_set():
                    self.lost = error
                    self._stream.close()
                return


def matters(events: Iterable[EngineEvent]) -> bool:
    """Return whether any of the events may change what a list shows."""
    return any(event.action.startswith(STIRS) for event in events)
