"""Rows in columns, drawn line by line: the painting half of :class:`~machete_tui.ui.widgets.table.Table`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from machete_tui.ui.widgets.cells import GAP, Cell, Column, clean, fit, layout
from machete_tui.ui.widgets.filters import Filter
from machete_tui.ui.widgets.notice import Notice, notice_line

R = TypeVar("R")
GUTTER = 3
"""Columns before the first cell: a margin, the cursor's sign, the mark's sign."""


class RowGrid(ScrollView, Generic[R]):
    """Draws rows; which ones, in which order and with which marks, is told by its subclass.

    Args:
        columns: what each row shows.
        key: a row's identity.
        id: of the widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--mark",
        "table--good",
        "table--warn",
        "table--bad",
        "table--busy",
        "table--quiet",
        "table--strong",
        "table--link",
    }

    DEFAULT_CSS = """
    RowGrid {
        height: 1fr; width: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; overflow-x: hidden;
        background: $background;
        color: $foreground;
        & > .table--header { color: $quiet; text-style: bold; }
        & > .table--cursor { background: $block-cursor-blurred-background; }
        &:focus > .table--cursor { background: $block-cursor-background; text-style: bold; }
        & > .table--mark { color: $accent; text-style: bold; }
        & > .table--good { color: $success; }
        & > .table--warn { color: $warning; }
        & > .table--bad { color: $error; }
        & > .table--busy { color: $accent; }
        & > .table--quiet { color: $quiet; }
        & > .table--strong { text-style: bold; }
        & > .table--link { color: $primary; }
    }
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], str],
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.columns: list[Column[R]] = list(columns)
        self.sort_id, self.sort_reverse = "", False
        self.filter = Filter()
        self._key = key
        self._rows: list[R] = []
        self._shown: list[R] = []
        self._cursor = 0
        self._marks: set[str] = set()
        self._notice: Notice | None = None
        self._said: Notice | None = None
        self._layout: list[tuple[Column[R], int]] = []
        self._painted: dict[int, tuple[str, tuple[Cell, ...], bool]] = {}
        self._styles: dict[str, Style] = {}
        self._timer: Timer | None = None

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changed."""
        self._styles.clear()
        super().notify_style_update()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._layout = layout(self.columns, width - GUTTER) if width > 0 else []
        self._painted.clear()
        self.refresh()
        self._age()

    def _into_view(self) -> None:
        page = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + page:
            self.scroll_to(y=self._cursor - page + 1, animate=False, force=True)

    # Painting

    def _visible(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(len(self._shown), top + max(0, self.size.height - 1)))

    def _cells(
        self, row: R, only: Collection[str] | None = None, painted: tuple[Cell, ...] = ()
    ) -> tuple[Cell, ...]:
        if only is None or len(painted) != len(self._layout):
            return tuple(column.shown(row, width) for column, width in self._layout)
        return tuple(
            column.shown(row, width) if column.id in only else cell
            for (column, width), cell in zip(self._layout, painted, strict=True)
        )

    def _repaint(self, only: Collection[str] | None = None) -> None:
        """Refresh the cells on screen that are no longer what was painted.

        Args:
            only: ids of the columns that may have changed; all when None.
        """
        top = self.scroll_offset.y
        dirty: list[Region] = []
        visible = self._visible()
        for index in visible:
            row = self._shown[index]
            key = self._key(row)
            painted = self._painted.get(index)
            same = painted is not None and painted[0] == key
            cells = self._cells(row, only, painted[1]) if painted and same else self._cells(row)
            marked = key in self._marks
            if painted == (key, cells, marked):
                continue
            y = index - top + 1
            if painted is None or painted[0] != key or painted[2] != marked or len(painted[1]) != len(cells):
                dirty.append(Region(0, y, self.size.width, 1))
                continue
            dirty.append(self._changed(painted[1], cells, y))
        for index in [i for i in self._painted if i not in visible]:
            if 0 <= index - top < self.size.height - 1:
                dirty.append(Region(0, index - top + 1, self.size.width, 1))
            del self._painted[index]
        if dirty:
            self.refresh(*dirty)

    def _changed(self, old: Sequence[Cell], new: Sequence[Cell], y: int) -> Region:
        """Return the part of a line from the first cell that changed to the last: every region costs."""
        spans: list[tuple[int, int]] = []
        x = GUTTER
        for (_, width), before, after in zip(self._layout, old, new, strict=True):
            if before != after:
                spans.append((x, x + width))
            x += width + GAP
        return Region(spans[0][0], y, spans[-1][1] - spans[0][0], 1)

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            if name == "base":
                style = self.rich_style
            else:
                style = self.get_component_rich_style(f"table--{name}", partial=True)
            self._styles[name] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one line: the heading, a row, a line of the notice, or nothing."""
        width = self.size.width
        base = self._style("base")
        if not self._shown:
            self._said = self._absence()
            return notice_line(self._said, y, width, self.size.height, base, self._style)
        if y == 0:
            return self._heading(width, base)
        index = y - 1 + self.scroll_offset.y
        if index >= len(self._shown):
            return Strip.blank(width, base)
        return self._row_line(index, width, base)

    def _absence(self) -> Notice | None:
        """Return what stands where rows would be."""
        if not self._rows:
            return self._notice
        return Notice("Nothing matches the filter", f"/{self.filter.text}", "Esc shows all rows again")

    def _heading(self, width: int, base: Style) -> Strip:
        style = base + self._style("header")
        parts = [" " * GUTTER]
        for column, size in self._layout:
            sign = ("▼" if self.sort_reverse else "▲") if column.id == self.sort_id else ""
            parts.append(fit(column.title + sign, size, column.right) + " " * GAP)
        return Strip([Segment("".join(parts), style)]).adjust_cell_length(width, style)

    def _row_line(self, index: int, width: int, base: Style) -> Strip:
        row = self._shown[index]
        key, cells = self._key(row), self._cells(row)
        marked, here = key in self._marks, index == self._cursor
        self._painted[index] = (key, cells, marked)
        line = base + self._style("cursor") if here else base
        sign = "›" if here and self.has_focus else " "
        mark = "•" if marked else " "
        gutter = f" {sign}{mark}"
        runs: list[tuple[str, Style]] = [(gutter, line + self._style("mark") if gutter.strip() else line)]
        for (column, size), cell in zip(self._layout, cells, strict=True):
            style = line + self._style(cell.tone) if cell.tone else line
            if marked and not cell.tone:
                style = line + self._style("mark")
            runs += [(fit(clean(cell.text), size, column.right), style), (" " * GAP, line)]
        used = GUTTER + sum(size + GAP for _, size in self._layout)
        runs.append((" " * max(0, width - used), line))
        return Strip(_merged(runs)).adjust_cell_length(width, line)

    def _column_at(self, x: int) -> Column[R] | None:
        left = GUTTER
        for column, size in self._layout:
            if left <= x < left + size + GAP:
                return column
            left += size + GAP
        return None

    # Ages

    def _age(self) -> None:
        """Look again at columns that depend on the time, when one of their texts may change."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.is_mounted or not any(column.ages for column, _ in self._layout) or not self._shown:
            return
        seconds = any(
            column.ages and column.cell(self._shown[index]).text.endswith("s")
            for index in self._visible()
            for column, _ in self._layout
        )
        self._timer = self.set_timer(1.0 if seconds else 15.0, self._aged)

    def _aged(self) -> None:
        self._repaint()
        self._age()


def _merged(runs: list[tuple[str, Style]]) -> list[Segment]:
    """Return runs as segments, as few as look the same: each costs bytes on the line.

    Neighbours of one style are one, and blanks go with what stands beside them: all have one background.
    """
    segments: list[Segment] = []
    text, style = runs[0]
    for more, other in runs[1:]:
        if other == style or not more.strip():
            text += more
        elif not text.strip():
            text, style = text + more, other
        else:
            segments.append(Segment(text, style))
            text, style = more, other
    return [*segments, Segment(text, style)]
