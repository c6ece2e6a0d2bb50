"""Brings the lines of several containers into one order by time, as they come, within a bound of waiting.

Each source is in order by itself and stays so, whatever its clock does. A batch waits only for sources
that are busy: one that has been quiet for a moment, or has ended, has nothing older to tell.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable

from machete_tui.core.logs import LogBatch

QUIET = 0.06
"""Seconds without a line after which a source is not waited for."""

OPENING = 2.0
"""Seconds that a source may take to tell its first line."""

FIRST = 0.3
"""Seconds that a source that is open may take to tell its first line."""

LONGEST = 1.0
"""Seconds that a batch waits at most once every source has opened."""

_FULL = 1 << 20  # bytes of one source that may wait; its reader waits then


class Lane:
    """One source of a :class:`Merger`; one thread puts into it."""

    def __init__(self, merger: Merger, source: int) -> None:
        self._merger = merger
        self.source = source
        self.waiting: deque[tuple[float, LogBatch]] = deque()
        self.size = 0
        self.heard = time.monotonic()
        self.opened = False
        self.spoken = False
        self.ended = False

    def put(self, batch: LogBatch) -> None:
        """Add a batch; waits while too much of this source waits."""
        self._merger.put(self, batch)

    def ready(self) -> None:
        """Tell that it is open and has nothing to say yet."""
        self._merger.mark(self, ended=False)

    def end(self) -> None:
        """Tell that nothing more comes."""
        self._merger.mark(self, ended=True)


class Merger:
    """Merges lanes into ``sink``.

    Args:
        sink: gets runs of lines of one source, from one thread at a time.
    """

    def __init__(self, sink: Callable[[int, LogBatch], None]) -> None:
        self._sink = sink
        self._changed = threading.Condition()
        self._lanes: list[Lane] = []
        self._closed = False
        self._sinking = False
        self._thread: threading.Thread | None = None

    def lane(self, source: int) -> Lane:
        """Open a lane for a source."""
        lane = Lane(self, source)
        with self._changed:
            self._lanes.append(lane)
        return lane

    def close(self) -> None:
        """End it: what waits is dropped, and readers that wait go on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def empty(self) -> bool:
        """Whether everything that was put has reached the sink."""
        with self._changed:
            return not self._sinking and not any(lane.waiting for lane in self._lanes)

    def put(self, lane: Lane, batch: LogBatch) -> None:
        """Add a batch to a lane."""
        if not len(batch):
            return
        with self._changed:
            lane.heard, lane.opened, lane.spoken = time.monotonic(), True, True
            alone = len(self._lanes) == 1 and not lane.waiting and not self._sinking
            if not alone:
                while lane.size >= _FULL and not self._closed:
                    self._changed.wait(0.2)
                if self._closed:
                    return
                lane.waiting.append((lane.heard, batch))
                lane.size += len(batch.text)
                self._begin()
                self._changed.notify_all()
        if alone:
            self._sink(lane.source, batch)

    def mark(self, lane: Lane, *, ended: bool) -> None:
        """Note that a lane is open, or has ended."""
        with self._changed:
            lane.opened, lane.heard = True, time.monotonic()
            lane.ended = lane.ended or ended
            if lane.ended and not lane.waiting and lane in self._lanes:
                self._lanes.remove(lane)
            self._changed.notify_all()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="merge", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                taken: tuple[int, LogBatch] | None = None
                while not self._closed:
                    taken, wait = self._next()
                    if taken is not None:
                        break
                    self._changed.wait(wait)
                if taken is None:
                    return
                self._sinking = True
            self._sink(*taken)
            with self._changed:
                self._sinking = False
                self._changed.notify_all()

    def _next(self) -> tuple[tuple[int, LogBatch] | None, float | None]:
        """Return the next run of lines, or how long to wait for one."""
        now = time.monotonic()
        heads = [lane for lane in self._lanes if lane.waiting]
        if not heads:
            return None, None
        first = min(heads, key=lambda lane: lane.waiting[0][1].times[0])
        arrived = first.waiting[0][0]
        wait = 0.0
        for lane in self._lanes:
            if lane.waiting or lane.ended:
                continue
            patience = QUIET if lane.spoken else FIRST if lane.opened else OPENING
            wait = max(wait, min(lane.heard + patience - now, arrived + max(LONGEST, patience) - now))
        if wait > 0:
            return None, wait
        overdue = [lane for lane in heads if now - lane.waiting[0][0] > LONGEST + OPENING]
        if overdue and first not in overdue:
            first = overdue[0]
        bound = min((h.waiting[0][1].times[0] for h in heads if h is not first), default=None)
        arrived, batch = first.waiting.popleft()
        count = len(batch) if bound is None else max(1, bisect_right(batch.times, bound))
        first.size -= len(batch.text)
        if count < len(batch):
            rest = batch.part(count, len(batch))
            first.waiting.appendleft((arrived, rest))
            first.size += len(rest.text)
            batch = batch.part(0, count)
        if first.ended and not first.waiting:
            self._lanes.remove(first)
        return (first.source, batch), 0.0
