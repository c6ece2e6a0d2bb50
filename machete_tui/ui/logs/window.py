"""The part of a log that is on the screen: where it begins, what follows, how it moves."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.logs.spool import Kept
from machete_tui.ui.logs.layout import Layout, Row
from machete_tui.ui.logs.view import LogView


class Window:
    """A window of some height over the rows of a view.

    Attributes:
        top: number of the line in its first row; ``part``: which of that line's rows it is.
        follow: whether it stands at the end.
    """

    def __init__(self, view: LogView, layout: Layout) -> None:
        self.view, self.layout = view, layout
        self.top = 0
        self.part = 0
        self.follow = True
        self.height = 1
        self._rows: list[Row] | None = None

    def forget(self) -> None:
        """Lay out again when asked the next time."""
        self._rows = None

    def rows(self) -> list[Row]:
        """Return the rows that are seen, from the top; fewer than the height when there are no more."""
        if self._rows is None:
            self._rows = self._ending() if self.follow else self._beginning()
            if self._rows:
                self.top, self.part = self._rows[0].line.number, self._rows[0].part
        return self._rows

    @property
    def at_end(self) -> bool:
        """Whether the last row of the last line is seen."""
        rows, last = self.rows(), self.view.last()
        return last is None or (bool(rows) and rows[-1].line.number == last and self._is_last_part(rows[-1]))

    def shift(self, rows: int) -> None:
        """Move by so many rows, down or (below 0) up, not beyond the ends."""
        self.rows()
        if rows > 0:
            self._down(rows)
        elif rows < 0:
            self._up(-rows)
        self.forget()

    def place(self, number: int, above: int) -> None:
        """Begin so that a line is seen with about so many rows above it."""
        self.top, self.part = number, 0
        self._up(above)
        self.forget()

    def _down(self, need: int) -> None:
        for line, level in self._levelled(self.view.onwards(self.top, need + 1)):
            left = len(self.layout.rows(line, level)) - (self.part if line.number == self.top else 0)
            start = self.part if line.number == self.top else 0
            self.top = line.number
            if need < left:
                self.part = start + need
                return
            need -= left
            self.part = 0
        last = self.view.last()
        self.top = last if last is not None else self.top

    def _up(self, need: int) -> None:
        if self.part >= need:
            self.part -= need
            return
        need, self.part = need - self.part, 0
        before = self.view.up_to(self.top - 1, need) if self.top else ()
        for line, level in reversed(self._levelled(before)):
            self.top = line.number
            size = len(self.layout.rows(line, level))
            if size >= need:
                self.part = size - need
                return
            need -= size

    def _beginning(self) -> list[Row]:
        rows: list[Row] = []
        skip = self.part
        for line, level in self._levelled(self.view.onwards(self.top, self.height)):
            rows += self.layout.rows(line, level)[skip if line.number == self.top else 0 :]
            if len(rows) >= self.height:
                return rows[: self.height]
        return self._ending()

    def _ending(self) -> list[Row]:
        last = self.view.last()
        if last is None:
            return []
        parts: list[list[Row]] = []
        size = 0
        for line, level in reversed(self._levelled(self.view.up_to(last, self.height))):
            parts.append(self.layout.rows(line, level))
            size += len(parts[-1])
            if size >= self.height:
                break
        rows = [row for part in reversed(parts) for row in part]
        return rows[-self.height :]

    def _levelled(self, numbers: Sequence[int]) -> list[tuple[Kept, int]]:
        lines = self.view.lines(numbers)
        return list(zip(lines, self.view.leveler.of(lines), strict=True))

    def _is_last_part(self, row: Row) -> bool:
        return row.part == len(self.layout.rows(row.line, row.level)) - 1
