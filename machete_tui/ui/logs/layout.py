"""One line of a log as rows of the screen: its gutter, time, name and text, folded, wrapped or cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from rich.cells import cell_len

from machete_tui.logs.fold import folded, unfolded
from machete_tui.logs.levels import NAMES
from machete_tui.logs.spool import Kept
from machete_tui.ui.logs.times import WIDTHS, TimeMode, shown
from machete_tui.ui.widgets.cells import clean, fit

NAME_MOST = 22
"""Columns that a source's name may take."""


class Row(NamedTuple):
    """One row of the screen: which line, which of its rows, what stands before the text, the text."""

    line: Kept
    level: int
    part: int
    time: str
    name: str
    text: str


@dataclass(slots=True)
class Layout:
    """How lines are laid out now.

    Attributes:
        width: columns for all.
        times: how times are shown. ``now``: what relative times are relative to.
        wrap: whether long lines go on in the next row.
        fold: whether JSON lines are made readable.
        unfolded: numbers of lines that are taken apart.
        names: sources by number; ``show_names`` whether they are shown.
    """

    width: int = 80
    times: TimeMode = "off"
    now: float = 0.0
    wrap: bool = False
    fold: bool = True
    show_names: bool = True
    names: list[str] = field(default_factory=list)
    unfolded: set[int] = field(default_factory=set)

    @property
    def name_width(self) -> int:
        """Columns of the name with what divides it from the text."""
        if not self.show_names:
            return 0
        longest = max((len(name) for name in self.names), default=0)
        room = min(NAME_MOST, max(6, self.width // 4))
        return min(longest, room) + 3 if longest else 0

    @property
    def prefix(self) -> int:
        """Columns before the text: gutter, time, name."""
        return 1 + WIDTHS[self.times] + self.name_width

    @property
    def room(self) -> int:
        """Columns for the text."""
        return max(8, self.width - self.prefix)

    def rows(self, line: Kept, level: int) -> list[Row]:
        """Return the rows of a line; never none."""
        name = self.names[line.source] if line.source < len(self.names) else ""
        if not name:
            return [Row(line, level, 0, "", "", line.text)]
        texts = self._texts(line, level)
        if self.wrap:
            texts = [part for text in texts for part in wrapped(text, self.room)]
        time = shown(line.at, self.times, self.now)
        label = self._label(name, line.error)
        blank = " " * len(time), " " * (len(label) - 3) + (" ┊ " if label else "")
        return [
            Row(line, level, n, *((time, label) if n == 0 else blank), text) for n, text in enumerate(texts)
        ]

    def _label(self, name: str, error: bool) -> str:
        width = self.name_width - 3
        if width <= 0:
            return ""
        kept = name if len(name) <= width else "…" + name[len(name) - width + 1 :]
        return fit(kept, width) + (" ┃ " if error else " │ ")

    def _texts(self, line: Kept, level: int) -> list[str]:
        text = line.text
        if text[:1] not in ("{", "\ufeff", " "):
            return [text]
        if line.number in self.unfolded:
            return [clean(part) for part in unfolded(text)]
        if self.fold and (short := folded(text)) is not None:
            return [f"{NAMES[level].upper():<5} {clean(short)}" if level else clean(short)]
        return [text]


def wrapped(text: str, room: int) -> list[str]:
    """Return a text in parts of at most ``room`` columns."""
    if text.isascii():
        return [text[at : at + room] for at in range(0, len(text), room)] or [""]
    parts: list[str] = []
    begin = width = 0
    for at, letter in enumerate(text):
        size = cell_len(letter)
        if width + size > room:
            parts.append(text[begin:at])
            begin, width = at, 0
        width += size
    parts.append(text[begin:])
    return parts
