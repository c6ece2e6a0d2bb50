"""Which lines of a spool are shown: all, or those that a filter lets pass, addressed by their numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from machete_tui.logs.leveler import Leveler
from machete_tui.logs.levels import NONE
from machete_tui.logs.query import NOTHING, Query
from machete_tui.logs.scan import Scan
from machete_tui.logs.spool import Kept, Spool


class LogView:
    """The lines that are shown, and among them those that were looked for.

    A line keeps its number for good, so that nothing jumps when older lines are dropped.

    Args:
        spool: where the lines are.
        told: called from other threads when a search has news.
    """

    def __init__(self, spool: Spool, told: Callable[[], None] | None = None) -> None:
        self.spool = spool
        self.leveler = Leveler(spool)
        self.query = NOTHING
        self.level = NONE
        self.context = -1
        self.search: Scan | None = None
        self.filter: Scan | None = None
        self._told = told

    def find(self, query: Query) -> None:
        """Look for an expression; an empty one ends looking."""
        self.query = query
        if self.search is not None:
            self.search.close()
        self.search = Scan(self.spool, query, told=self._told, leveler=self.leveler) if query else None
        if self.context >= 0:
            self._sift()

    def show(self, *, level: int | None = None, context: int | None = None) -> None:
        """Show only lines of a least level; of those looked for, with so many around, or all (-1)."""
        self.level = self.level if level is None else level
        self.context = self.context if context is None else context
        self._sift()

    def poke(self) -> None:
        """Have searches look at what came."""
        for scan in (self.search, self.filter):
            if scan is not None:
                scan.poke()

    def close(self) -> None:
        """End the searches."""
        for scan in (self.search, self.filter):
            if scan is not None:
                scan.close()

    def _sift(self) -> None:
        if self.filter is not None:
            self.filter.close()
            self.filter = None
        only = self.query if self.context >= 0 else NOTHING
        if only or self.level != NONE:
            self.filter = Scan(
                self.spool,
                only,
                level=self.level,
                context=max(self.context, 0),
                told=self._told,
                leveler=self.leveler,
            )

    @property
    def sifted(self) -> bool:
        """Whether lines are left out."""
        return self.filter is not None

    @property
    def count(self) -> int:
        """How many lines are shown."""
        if self.filter is None:
            return len(self.spool)
        shown = self.filter.shown
        return len(shown) - bisect_left(shown, self.spool.first)

    @property
    def found(self) -> int:
        """How many lines were found."""
        return self.search.count() if self.search is not None else 0

    def shows(self, number: int) -> bool:
        """Return whether a line is among those shown."""
        if self.filter is None:
            return self.spool.first <= number < self.spool.end
        shown = self.filter.shown
        at = bisect_left(shown, number)
        return at < len(shown) and shown[at] == number

    def is_hit(self, number: int) -> bool:
        """Return whether a line is meant by the filter itself and is not only shown around one."""
        if self.filter is None or not self.filter.context:
            return True
        hits = self.filter.hits
        at = bisect_left(hits, number)
        return at < len(hits) and hits[at] == number

    def index(self, number: int) -> int:
        """Return how many shown lines stand before a line."""
        if self.filter is None:
            return max(0, min(number, self.spool.end) - self.spool.first)
        shown = self.filter.shown
        return max(0, bisect_left(shown, number) - bisect_left(shown, self.spool.first))

    def number(self, index: int) -> int | None:
        """Return the line at an index among those shown; the nearest there is, None when there is none."""
        if self.filter is None:
            first, end = self.spool.first, self.spool.end
            return min(max(first + index, first), end - 1) if end > first else None
        shown = self.filter.shown
        low = bisect_left(shown, self.spool.first)
        return shown[min(max(low + index, low), len(shown) - 1)] if low < len(shown) else None

    def onwards(self, number: int, count: int) -> Sequence[int]:
        """Return up to ``count`` shown lines from a line on."""
        if self.filter is None:
            start = max(number, self.spool.first)
            return range(start, min(start + count, self.spool.end))
        shown = self.filter.shown
        at = bisect_left(shown, max(number, self.spool.first))
        return shown[at : at + count]

    def up_to(self, number: int, count: int) -> Sequence[int]:
        """Return up to ``count`` shown lines that end with a line, oldest first."""
        if self.filter is None:
            stop = min(number + 1, self.spool.end)
            return range(max(stop - count, self.spool.first), stop)
        shown = self.filter.shown
        at = bisect_right(shown, number)
        return shown[max(at - count, bisect_left(shown, self.spool.first)) : at]

    def last(self) -> int | None:
        """Return the last line shown."""
        return self.number(self.count - 1)

    def lines(self, numbers: Sequence[int]) -> list[Kept]:
        """Return lines by their numbers; neighbours are read together."""
        if isinstance(numbers, range):
            return self.spool.lines(numbers.start, numbers.stop)
        found: list[Kept] = []
        start = 0
        for at in range(1, len(numbers) + 1):
            if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
                found += self.spool.lines(numbers[start], numbers[at - 1] + 1)
                start = at
        return found

    def density(self, cells: int) -> list[bool]:
        """Return for each of so many equal parts of what is shown whether something was found in it."""
        marks = [False] * cells
        if self.search is None or not cells:
            return marks
        hits, count = self.search.hits, self.count
        at = bisect_left(hits, self.spool.first)
        if at >= len(hits) or not count:
            return marks
        for cell in range(cells):
            start = self.number(cell * count // cells)
            stop = self.number((cell + 1) * count // cells - 1) if (cell + 1) * count // cells > 0 else None
            if start is None or stop is None:
                continue
            at = bisect_left(hits, start)
            marks[cell] = at < len(hits) and hits[at] <= max(stop, start)
        return marks
