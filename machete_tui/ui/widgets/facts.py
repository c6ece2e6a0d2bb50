"""Names and values under each other, the values aligned and wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from machete_tui.ui.widgets.cells import Cell, clean
from machete_tui.ui.widgets.header import TONES

Fact = tuple[str, Sequence[Cell]]
"""A name, and its value as cells that stand side by side."""


class Facts(Widget):
    """A block of facts as high as it needs."""

    DEFAULT_CSS = "Facts { height: auto; width: 1fr; padding: 0 1; }"

    def __init__(self, facts: Sequence[Fact] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._facts = tuple(facts)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the facts need at that width."""
        return len(self._drawn(width))

    def render(self) -> RenderResult:
        """Return the lines."""
        return Content("\n").join(self._drawn(self.content_size.width))

    def _drawn(self, width: int) -> list[Content]:
        if not self._facts:
            return []
        left = max(len(name) for name, _ in self._facts) + 2
        room = max(10, width - left)
        lines: list[Content] = []
        for name, cells in self._facts:
            whole = "  ".join(clean(cell.text) for cell in cells)
            head = Content.styled(f"{name:<{left}}", "$quiet")
            if len(whole) <= room:
                lines.append(head + Content("  ").join(_styled(cell) for cell in cells))
                continue
            for index, part in enumerate(textwrap.wrap(whole, room) or [""]):
                tone = TONES.get(cells[0].tone, "") if len(cells) == 1 else ""
                lines.append((Content(" " * left) if index else head) + Content.styled(part, tone))
        return lines


def _styled(cell: Cell) -> Content:
    style = {"strong": "bold", "link": "$primary"}.get(cell.tone) or TONES.get(cell.tone, "")
    return Content.styled(clean(cell.text), style)
