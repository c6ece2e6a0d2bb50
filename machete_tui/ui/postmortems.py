"""Keeps how containers end while the app runs: their last lines are gone once they are removed."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterable

from machete_tui.core.context import Context
from machete_tui.core.engine import EngineEvent

WAITING = 50
"""Ends that may wait; more at once than that are not kept: a machine on which all dies has other cares."""

AGAIN = 10.0
"""Seconds in which a container that ends over and over is looked at once."""


class EndKeeper:
    """Looks at containers that ended, one after the other, in a thread that begins with the first."""

    def __init__(self, context: Callable[[], Context]) -> None:
        self._context = context
        self._queue: queue.Queue[EngineEvent] = queue.Queue(WAITING)
        self._looked: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def hear(self, events: Iterable[EngineEvent]) -> None:
        """Take note of the ends among events; never waits."""
        for event in events:
            if event.action != "die" or self._lately(event.container):
                continue
            with contextlib.suppress(queue.Full):
                self._queue.put_nowait(event)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="post-mortems", daemon=True)
                self._thread.start()

    def settled(self) -> bool:
        """Return whether every end that was heard of has been looked at (for tests)."""
        return not self._queue.unfinished_tasks

    def _lately(self, container: str) -> bool:
        now = time.monotonic()
        if now - self._looked.get(container, -AGAIN) < AGAIN:
            return True
        if len(self._looked) > 1000:
            self._looked.clear()
        self._looked[container] = now
        return False

    def _work(self) -> None:
        from machete_tui.operations.postmortems import record

        while True:
            event = self._queue.get()
            try:
                record(self._context(), event)
            except Exception as error:
                with contextlib.suppress(Exception):
                    self._context().log.write("warning", "an end was not kept", error=str(error))
            finally:
                self._queue.task_done()
