"""Charts in one widget, drawn line by line: only rows that changed are painted again.

board = ChartBoard()
board.show([Chart("CPU", "%", points, 300.0), …])
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from machete_tui.core.plot import Chart, Run, draw
from machete_tui.ui.sparks import glyphs
from machete_tui.ui.widgets.notice import Notice, notice_line

GAP = 2
WIDE = 56
"""Columns that a chart has at least where there are several side by side."""

LEAST, MOST = 8, 16
"""Rows of a chart where there are several."""


class ChartBoard(ScrollView, can_focus=True):
    """Several charts in a grid that suits the room there is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--line",
        "chart--peak",
        "chart--limit",
        "chart--mark",
        "chart--quiet",
        "chart--strong",
        "chart--bad",
        "chart--warn",
    }

    DEFAULT_CSS = """
    ChartBoard {
        height: 1fr; width: 1fr; padding: 0 1; overflow-x: hidden;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        background: $background; color: $foreground;
        & > .chart--line { color: $success; }
        & > .chart--peak { color: $quiet; }
        & > .chart--limit { color: $error; }
        & > .chart--mark { color: $accent; }
        & > .chart--quiet { color: $quiet; }
        & > .chart--strong { text-style: bold; }
        & > .chart--bad { color: $error; }
        & > .chart--warn { color: $warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "by(1)", "Down", show=False, id="charts.down", tooltip="a chart down"),
        Binding("up,k", "by(-1)", "Up", show=False, id="charts.up", tooltip="a chart up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="charts.page-down", tooltip="a page down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="charts.page-up", tooltip="a page up"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._charts: tuple[Chart, ...] = ()
        self._notice: Notice | None = None
        self._lines: list[list[Run]] = []
        self._drawn: dict[int, tuple[Chart, list[list[Run]]]] = {}
        self._shape = (1, LEAST, 0)
        self._styles: dict[str, Style] = {}

    def say(self, notice: Notice | None) -> None:
        """Set what is shown while there are no charts."""
        if notice != self._notice:
            self._notice = notice
            if not self._charts:
                self.refresh()

    def show(self, charts: Sequence[Chart]) -> None:
        """Show these charts."""
        if len(charts) != len(self._charts) or bool(charts) != bool(self._charts):
            self._drawn.clear()
            self._charts = tuple(charts)
            self._arrange()
            self.refresh()
            return
        self._charts = tuple(charts)
        self._repaint()

    def on_resize(self) -> None:
        """Arrange the charts into the new room."""
        self._arrange()
        self.refresh()

    def action_by(self, charts: int) -> None:
        """Scroll by charts."""
        self.scroll_to(y=self.scroll_offset.y + charts * self._shape[1], animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        page = max(1, self.size.height // self._shape[1])
        self.action_by(by * page)

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changed."""
        self._styles.clear()
        super().notify_style_update()

    # Painting

    def _arrange(self) -> None:
        width, height = self.scrollable_content_region.width, self.size.height
        count = len(self._charts)
        if not count or width <= 0 or height <= 0:
            return
        across = 1 if count == 1 else max(1, min(count, (width + GAP) // (WIDE + GAP), 3))
        down = math.ceil(count / across)
        tall = height if count == 1 else max(LEAST, min(MOST, height // down))
        if count > 1 and tall * down > height:  # scrolled: whole charts on a page
            tall = max(LEAST, height // max(1, height // LEAST))
        self._shape = (across, tall, (width - GAP * (across - 1)) // across)
        self._drawn.clear()
        self._lines = self._draw()
        self.virtual_size = Size(width, down * tall)

    def _draw(self) -> list[list[Run]]:
        across, tall, wide = self._shape
        lines: list[list[Run]] = []
        kind = glyphs()
        for first in range(0, len(self._charts), across):
            rows: list[list[Run]] = [[] for _ in range(tall)]
            for place in range(first, min(first + across, len(self._charts))):
                chart = self._charts[place]
                kept = self._drawn.get(place)
                if kept is None or kept[0] != chart:
                    kept = self._drawn[place] = (chart, draw(chart, wide, tall - 1, kind))
                for row, drawn in zip(rows, kept[1], strict=False):
                    if place > first:
                        row.append((" " * GAP, ""))
                    row.extend(drawn)
            lines += rows
        return lines

    def _repaint(self) -> None:
        old, self._lines = self._lines, self._draw()
        top = self.scroll_offset.y
        dirty = [
            Region(0, index - top, self.size.width, 1)
            for index in range(top, min(len(self._lines), top + self.size.height))
            if index >= len(old) or old[index] != self._lines[index]
        ]
        if dirty:
            self.refresh(*dirty)

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            part = f"chart--{name}"
            style = self.rich_style if name == "base" else self.get_component_rich_style(part, partial=True)
            self._styles[name] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one line of the charts, or of the notice."""
        width, base = self.size.width, self._style("base")
        if not self._charts:
            return notice_line(self._notice, y, width, self.size.height, base, self._style)
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, base)
        segments = [
            Segment(text, base + self._style(tone) if tone else base) for text, tone in self._lines[index]
        ]
        return Strip(segments).adjust_cell_length(width, base)
