"""Cells and columns of a table: typed, with widths and priorities, laid out into a given width."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from rich.cells import cell_len, set_cell_size

R = TypeVar("R")

Tone = Literal["", "good", "warn", "bad", "busy", "quiet", "strong", "link"]
"""What a text means; the theme gives each its colour and the text itself says the same."""

GAP = 2
"""Columns between two cells."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Cell(NamedTuple):
    """A text and its tone."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column.

    Attributes:
        id: its name, for sorting and for tests.
        title: its heading.
        cell: what a row shows in it.
        width: columns that it needs at least.
        grow: its share of what is left over; 0 keeps ``width``.
        most: columns that it never exceeds when growing; 0 for no limit.
        priority: 0 is always shown; of the others the highest numbers go first when room is short.
        right: set against the right side.
        sort: what to sort by; default the text. None as a value sorts last.
        ages: whether its text depends on the time, so that the table looks again when it may change.
        falls: whether choosing it to sort by begins with the greatest.
        sized: in place of ``cell`` where what is shown depends on the width that the column got.
    """

    id: str
    title: str
    cell: Callable[[R], Cell]
    width: int
    grow: int = 0
    most: int = 0
    priority: int = 0
    right: bool = False
    sort: Callable[[R], Any] | None = None
    ages: bool = False
    falls: bool = False
    sized: Callable[[R, int], Cell] | None = None

    def shown(self, row: R, width: int) -> Cell:
        """Return what a row shows in a column of that width."""
        return self.cell(row) if self.sized is None else self.sized(row, width)

    @property
    def name(self) -> str:
        """What people call it; short titles are written out where their id says more."""
        words = self.id.replace("_", " ")
        return words.upper() if words == "cpu" else words.capitalize()


def clean(text: str) -> str:
    """Return ``text`` with control characters, which could act on the terminal, made visible as ``·``."""
    return _CONTROL.sub("·", text)


def sentence(text: str) -> str:
    """Return ``text`` with a capital letter at its start, unless it starts with a name (``service.list``)."""
    first = text.split(" ", 1)[0]
    return text if "." in first or "/" in first or "-" in first else text[:1].upper() + text[1:]


def fit(text: str, width: int, right: bool = False) -> str:
    """Return ``text`` in exactly ``width`` columns, cut with ``…`` where it is too long."""
    if width <= 0:
        return ""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    space = " " * (width - length)
    return space + text if right else text + space


def layout(columns: Sequence[Column[R]], width: int) -> list[tuple[Column[R], int]]:
    """Choose the columns that fit into ``width`` and give each its width, by priority, then growth."""
    shown = list(columns)

    def needed() -> int:
        return sum(c.width for c in shown) + GAP * max(0, len(shown) - 1)

    while needed() > width and any(c.priority for c in shown):
        worst = max(c.priority for c in shown)
        last = max(i for i, c in enumerate(shown) if c.priority == worst)
        del shown[last]
    widths = [c.width for c in shown]
    spare = width - needed()
    if spare < 0:
        return _shrunk(shown, widths, -spare)
    while spare > 0:
        growing = [i for i, c in enumerate(shown) if c.grow and (not c.most or widths[i] < c.most)]
        if not growing:
            break
        shares = sum(shown[i].grow for i in growing)
        given = 0
        for i in growing:
            more = max(1, spare * shown[i].grow // shares)
            if shown[i].most:
                more = min(more, shown[i].most - widths[i])
            more = min(more, spare - given)
            widths[i] += more
            given += more
        spare -= given
    return list(zip(shown, widths, strict=True))


def _shrunk(shown: list[Column[R]], widths: list[int], lack: int) -> list[tuple[Column[R], int]]:
    """Take what lacks from the widest columns; drop those from the right that would vanish."""
    while lack > 0 and widths:
        widest = max(range(len(widths)), key=lambda i: widths[i])
        if widths[widest] <= 4:
            lack -= widths.pop() + GAP
            shown.pop()
        else:
            widths[widest] -= 1
            lack -= 1
    return list(zip(shown, widths, strict=True))
