"""Paints one row of a log, and the scroll bar with what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from machete_tui.logs.levels import DEBUG, ERROR, FATAL, TRACE, WARN
from machete_tui.logs.query import NOTHING, Query
from machete_tui.ui.logs.layout import Layout, Row
from machete_tui.ui.widgets.cells import clean, fit

SOURCES = 8
"""Colours that sources take in turn."""

LEVEL_STYLES = {TRACE: "quiet", DEBUG: "quiet", WARN: "warn", ERROR: "bad", FATAL: "fatal"}


@dataclass(slots=True)
class Painter:
    """Rows as strips.

    Attributes:
        style: the style of a component class by its short name.
        query: what to mark in texts.
        left: first column of the texts that is seen.
        bookmarks: numbers of the lines that a person marked.
        cursor: the line under the cursor; -1 for none.
        selected: first and last line selected.
        around: tells whether a line stands only around one that is meant.
    """

    layout: Layout
    style: Callable[[str], Style]
    query: Query = NOTHING
    left: int = 0
    bookmarks: set[int] = field(default_factory=set)
    cursor: int = -1
    selected: tuple[int, int] = (1, 0)
    around: Callable[[int], bool] = lambda number: False

    def row(self, row: Row) -> Strip:
        """Return one row; neighbours of one style are one segment, for each costs bytes on the line."""
        width, number, base = self.layout.width, row.line.number, self.style("base")
        if self.selected[0] <= number <= self.selected[1]:
            base = base + self.style("selected")
        elif number == self.cursor:
            base = base + self.style("cursor")
        name = self.layout.names[row.line.source] if row.line.source < len(self.layout.names) else ""
        if not name:
            return self._mark(row, base)
        quiet = base + self.style("quiet")
        sign, sign_style = self._gutter(row, base)
        parts: list[tuple[str, Style]] = [(sign, sign_style)]
        if row.time:
            parts.append((row.time, quiet))
        if row.name:
            parts.append((row.name, base + self.style(f"source-{row.line.source % SOURCES}")))
        room = width - 1 - len(row.time) - _cells(row.name)
        left = 0 if self.layout.wrap else self.left
        seen = clean(row.text[left : left + room + 1])
        spare = room - _cells(seen)
        if spare < 0:
            seen, spare = fit(seen, max(room, 0)), 0
        tone = "quiet" if self.around(number) else LEVEL_STYLES.get(row.level, "")
        style = base + self.style(tone) if tone else base
        segments = [Segment(text, look) for text, look in parts]
        if self.query:
            segments += self._marked(seen, style)
            segments.append(Segment(" " * spare, base))
        else:
            segments.append(Segment(seen + " " * spare, style))
        return Strip(segments, width)

    def _mark(self, row: Row, base: Style) -> Strip:
        tone = {"✗": "bad", "!": "warn"}.get(row.text[:1], "busy")
        text = f"── {clean(row.text)} "
        sign, style = self._gutter(row, base)
        room = self.layout.width - 1
        text = fit(text, room) if len(text) >= room else text + "─" * (room - len(text))
        look = base + self.style(tone)
        return Strip([Segment(sign, style), Segment(fit(text, room), look)], self.layout.width)

    def _gutter(self, row: Row, base: Style) -> tuple[str, Style]:
        number = row.line.number
        if row.part == 0 and number in self.bookmarks:
            return "●", base + self.style("busy")
        if number == self.cursor and row.part == 0:
            return "›", base + self.style("busy")
        return " ", base

    def _marked(self, text: str, style: Style) -> list[Segment]:
        parts: list[Segment] = []
        at = 0
        for start, stop in self.query.spans(text):
            if start > at:
                parts.append(Segment(text[at:start], style))
            parts.append(Segment(text[start:stop], style + self.style("found")))
            at = stop
        return [*parts, Segment(text[at:], style)] if at < len(text) or not parts else parts


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
