"""Two columns of text that wrap under themselves: reasons, plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

_GAP = 2


class Row(NamedTuple):
    """A heading on the left, empty for one that continues the row above; None for text over both columns."""

    label: Content | None
    text: Content


class Rows(Widget):
    """Rows, the left column as wide as its widest heading.

    Args:
        rows: what to show.
        most: columns that the left one may have at most.
    """

    DEFAULT_CSS = "Rows { height: auto; width: 1fr; }"

    def __init__(self, rows: Sequence[Row] = (), *, most: int = 30, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows = tuple(rows)
        self._most = most

    @property
    def plain(self) -> str:
        """The text without styles, a line for each row."""
        return "\n".join(
            f"{row.label.plain if row.label else ''} {row.text.plain}".strip() for row in self._rows
        )

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self._rows = tuple(rows)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines they take at this width."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Return all lines."""
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        wide = min(self._most, max((r.label.cell_length for r in self._rows if r.label), default=0))
        lines: list[Content] = []
        for label, text in self._rows:
            if label is None:
                lines += text.wrap(max(8, width)) or [Content("")]
                continue
            head = label.truncate(wide, ellipsis=True)
            for place, part in enumerate(text.wrap(max(8, width - wide - _GAP)) or [Content("")]):
                start = head if not place else Content("")
                lines.append(start + Content(" " * (wide + _GAP - start.cell_length)) + part)
        return lines
