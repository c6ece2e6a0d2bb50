"""Looks for lines in a spool, in a thread of its own: from the end backwards, then along as lines come."""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from machete_tui.logs.leveler import Leveler
from machete_tui.logs.levels import NONE
from machete_tui.logs.query import NOTHING, Query
from machete_tui.logs.spool import Piece, Spool

PORTION = 1 << 18
"""Bytes searched in one go: some milliseconds in which nothing else of the process runs."""

_BREATH = 0.0005  # seconds in which the screen may have its turn
_FIRST_NEWS, _LATER_NEWS = 0.03, 0.5


class Scan:
    """The lines that a query and a least level mean, and those around them.

    Args:
        spool: where to look.
        query: what for.
        level: least level of a line; NONE for any.
        context: how many lines before and after each are shown too.
        told: called from the thread when there is news.
        leveler: reads levels; one for all scans of a spool.

    Attributes:
        hits: numbers of the lines found, in order. The thread only ever appends to it or puts another in
            its place: take it once and use that.
        shown: the same with the lines around them.
        done: whether all that was there at its start has been searched.
    """

    def __init__(
        self,
        spool: Spool,
        query: Query = NOTHING,
        *,
        level: int = NONE,
        context: int = 0,
        told: Callable[[], None] | None = None,
        leveler: Leveler | None = None,
    ) -> None:
        self.query, self.level, self.context = query, level, context
        self.hits = array("Q")
        self.shown = self.hits
        self.done = False
        self.searched = 0
        self._spool = spool
        self._leveler = leveler or Leveler(spool)
        self._told = told
        self._closed = False
        self._poked = threading.Event()
        self._owed = 0  # lines below this number are shown as context of the last hit
        self._thread = threading.Thread(target=self._work, name="scan", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread soon."""
        self._closed = True
        self._poked.set()

    def poke(self) -> None:
        """Have it look at lines that came."""
        self._poked.set()

    def join(self, timeout: float = 10.0) -> None:
        """Wait until it has ended (for tests)."""
        self._thread.join(timeout)

    def count(self) -> int:
        """Return how many of the lines that are kept were found."""
        hits = self.hits
        return len(hits) - bisect_left(hits, self._spool.first)

    def after(self, number: int, by: int) -> int | None:
        """Return the next hit after (``by`` 1) or before (-1) a line, None when there is none."""
        hits = self.hits
        if by > 0:
            at = bisect_right(hits, number)
            return hits[at] if at < len(hits) else None
        at = bisect_left(hits, number) - 1
        return hits[at] if at >= 0 and hits[at] >= self._spool.first else None

    def _work(self) -> None:
        end = self._spool.end
        self._backwards(end)
        if self._closed:
            return
        self.done = True
        self._tell()
        while not self._closed:
            self._poked.wait()
            self._poked.clear()
            if self._closed:
                return
            until = self._spool.end
            fresh = array("Q")
            for piece in self._spool.pieces(end, until, PORTION):
                if self._closed:
                    return
                fresh += self._of(piece)
            if until > end:
                end = until
                self._grow(fresh, until)
                self._tell()

    def _backwards(self, end: int) -> None:
        parts: list[array[int]] = []
        news, pause = time.monotonic() + _FIRST_NEWS, _FIRST_NEWS * 2
        told_any = False
        for piece in self._spool.pieces(self._spool.first, end, PORTION, backwards=True):
            if self._closed:
                return
            parts.append(self._of(piece))
            self.searched += len(piece.data)
            now = time.monotonic()
            if now >= news or (not told_any and parts[-1]):
                told_any = told_any or bool(parts[-1])
                self._publish(parts, end)
                self._tell()
                news, pause = now + pause, min(pause * 2, _LATER_NEWS)
            time.sleep(_BREATH)
        self._publish(parts, end)

    def _publish(self, parts: list[array[int]], end: int) -> None:
        hits = array("Q")
        for part in reversed(parts):
            hits += part
        shown = around(hits, self.context, self._spool.first, end) if self.context else hits
        if hits:
            self._owed = hits[-1] + 1 + self.context
        self.hits, self.shown = hits, shown

    def _grow(self, fresh: array[int], end: int) -> None:
        shown = self.shown
        if self.context:
            low = max(shown[-1] + 1 if shown else 0, self._spool.first)
            more = array("Q", range(low, min(self._owed, end)))
            low += len(more)
            more += around(fresh, self.context, low, end)
            shown.extend(more)
        self.hits.extend(fresh)
        if fresh:
            self._owed = fresh[-1] + 1 + self.context
        first = self._spool.first
        if self.hits and len(self.hits) > 1000 and self.hits[len(self.hits) // 2] < first:
            self.hits = self.hits[bisect_left(self.hits, first) :]
            self.shown = shown[bisect_left(shown, first) :] if self.context else self.hits

    def _of(self, piece: Piece) -> array[int]:
        if self.level == NONE:
            return self.query.hits(piece)
        meant = self._leveler.least(piece, self.level)
        if not self.query:
            return meant
        found = set(self.query.hits(piece))
        return array("Q", (n for n in meant if n in found))

    def _tell(self) -> None:
        if self._told is not None and not self._closed:
            self._told()


def around(hits: array[int], context: int, low: int, end: int) -> array[int]:
    """Return the hits with so many lines before and after each, every line once, in order."""
    shown = array("Q")
    for hit in hits:
        start = max(low, hit - context)
        low = max(low, min(end, hit + context + 1))
        if start < low:
            shown.extend(range(start, low))
    return shown
