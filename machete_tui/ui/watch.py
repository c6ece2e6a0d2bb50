"""Follows the engine's events in a thread and keeps trying when the engine is away.

It posts three kinds of news to the event loop and holds no state of the screen: the engine answers,
the engine is lost, something happened to a container. There is no polling: while nothing happens the
thread sleeps in a read, and while the engine is away it sleeps between two tries.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_PROJECT, LABEL_SERVICE, EngineEvent, EngineInfo, EventStream
from machete_tui.core.errors import EngineUnavailable, MacheteError
from machete_tui.ui.loop import Loop

FIRST_WAIT = 0.5
LONGEST_WAIT = 10.0
"""Seconds between two tries: each wait is twice the one before, up to this."""

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
        stirred: called on the loop when containers of services changed.
    """

    def __init__(
        self,
        context: Callable[[], Context],
        up: Callable[[EngineInfo | None], None],
        down: Callable[[MacheteError, float], None],
        stirred: Callable[[], None],
    ) -> None:
        self._context = context
        self._up, self._down, self._stirred = up, down, stirred
        self._loop = Loop()
        self._cancel = Cancel()
        self._hurry = threading.Event()

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
                with self._cancel.closing(stream.close):
                    for batch in stream:
                        if matters(batch):
                            self._loop.post(self._stirred)
                error: MacheteError = EngineUnavailable(
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


def matters(events: Iterable[EngineEvent]) -> bool:
    """Return whether any of the events may change what a list of services shows."""
    return any(
        event.action.startswith(STIRS) and (LABEL_SERVICE in event.labels or LABEL_PROJECT in event.labels)
        for event in events
    )
