"""What takes the disk, as bars: what is in use, what would come back, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from machete_tui.operations.resource_views import DiskRow, measured
from machete_tui.ui.widgets.cells import fit
from machete_tui.ui.widgets.notice import Notice, notice_line

FULL, BACK = "█", "▒"
HEIGHT = 3
"""Lines of one kind: its figures, its bar, an empty one."""


class DiskBars(ScrollView, can_focus=True):
    """A bar a kind, all to one scale; the part that would come back has another sign and another colour.

    Nothing is painted when the same figures come again, and only the kinds whose figures changed otherwise.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "disk--strong",
        "disk--quiet",
        "disk--used",
        "disk--back",
        "disk--bad",
        "disk--cursor",
    }
    DEFAULT_CSS = """
    DiskBars {
        height: 1fr; width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; overflow-x: hidden;
        background: $background; color: $foreground;
        & > .disk--strong { text-style: bold; }
        & > .disk--quiet { color: $quiet; }
        & > .disk--used { color: $primary; }
        & > .disk--back { color: $warning; }
        & > .disk--bad { color: $error; }
        & > .disk--cursor { color: $accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Down", show=False, id="disk.down", tooltip="the next kind"),
        Binding("up,k", "step(-1)", "Up", show=False, id="disk.up", tooltip="the kind before"),
        Binding("enter", "choose", "Open", id="disk.open", tooltip="open what takes the room"),
    ]

    @dataclass
    class Chosen(Message):
        """A kind was opened."""

        row: DiskRow

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.rows: tuple[DiskRow, ...] = ()
        self.cursor = 0
        self._notice: Notice | None = None
        self._styles: dict[str, Style] = {}

    @property
    def cursor_row(self) -> DiskRow | None:
        """The kind under the cursor, or None."""
        return self.rows[self.cursor] if self.rows else None

    def show(self, rows: Sequence[DiskRow]) -> None:
        """Show these figures."""
        before, self.rows = self.rows, tuple(rows)
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        if len(before) != len(self.rows) or _scale(before) != _scale(self.rows):
            self.virtual_size = Size(self.size.width, (len(self.rows) + 1) * HEIGHT)
            self.refresh()
            return
        for index, (old, new) in enumerate(zip(before, self.rows, strict=True)):
            if _figures(old) != _figures(new):
                self._refresh_kind(index)
                self._refresh_kind(len(self.rows))

    def say(self, notice: Notice | None) -> None:
        """Set what is shown while there are no figures."""
        self._notice = notice
        if not self.rows:
            self.refresh()

    def action_step(self, by: int) -> None:
        """Move the cursor."""
        index = max(0, min(self.cursor + by, len(self.rows) - 1))
        if index != self.cursor and self.rows:
            old, self.cursor = self.cursor, index
            for kind in (old, index):
                self._refresh_kind(kind)
            self.screen.refresh_bindings()
            self.scroll_to_region(Region(0, index * HEIGHT, 1, HEIGHT), animate=False, force=True)

    def action_choose(self) -> None:
        """Open the kind under the cursor."""
        row = self.cursor_row
        if row is not None:
            self.post_message(self.Chosen(row))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the kind clicked; a double click opens it."""
        index = (event.y + self.scroll_offset.y) // HEIGHT
        if index < len(self.rows):
            self.action_step(index - self.cursor)
            if event.chain == 2:
                self.action_choose()

    def on_focus(self) -> None:
        """Show the cursor."""
        self._refresh_kind(self.cursor)

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._refresh_kind(self.cursor)

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changed."""
        self._styles.clear()
        super().notify_style_update()

    def _refresh_kind(self, index: int) -> None:
        self.refresh(Region(0, index * HEIGHT - self.scroll_offset.y, self.size.width, HEIGHT))

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = (
                self.rich_style
                if name == "base"
                else self.get_component_rich_style(f"disk--{name}", partial=True)
            )
            self._styles[name] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base = self.size.width, self._style("base")
        if not self.rows:
            return notice_line(self._notice, y, width, self.size.height, base, self._style)
        index, line = divmod(y + self.scroll_offset.y, HEIGHT)
        if index > len(self.rows) or line == 2:
            return Strip.blank(width, base)
        if index == len(self.rows):
            return self._sum(width, base) if line == 0 else Strip.blank(width, base)
        row = self.rows[index]
        here = index == self.cursor and self.has_focus
        return self._figures_line(row, here, width, base) if line == 0 else self._bar(row, width, base)

    def _figures_line(self, row: DiskRow, here: bool, width: int, base: Style) -> Strip:
        count = f"{row.count}" + (f", {row.used} in use" if row.count else "")
        back = f"{measured(row.back)} reclaimable" if row.back else ""
        return Strip(
            [
                Segment("› " if here else "  ", base + self._style("cursor")),
                Segment(fit(row.kind, 13), base + self._style("cursor" if here else "strong")),
                Segment(fit(measured(row.size), 10, right=True), base),
                Segment("  " + fit(count if row.kind != FREE else "", 18), base + self._style("quiet")),
                Segment(back, base + self._style("back")),
            ]
        ).adjust_cell_length(width, base)

    def _bar(self, row: DiskRow, width: int, base: Style) -> Strip:
        room = max(4, width - 4)
        if row.kind == FREE:  # another scale: a bar would say nothing
            return Strip.blank(width, base)
        whole = _scale(self.rows)
        size = round(room * row.size / whole) if whole else 0
        size = max(size, 1) if row.size else 0
        back = min(size, max(round(room * row.back / whole), 1) if row.back and whole else 0)
        return Strip(
            [
                Segment("  ", base),
                Segment(FULL * (size - back), base + self._style("used")),
                Segment(BACK * back, base + self._style("back")),
            ]
        ).adjust_cell_length(width, base)

    def _sum(self, width: int, base: Style) -> Strip:
        rows = [row for row in self.rows if row.kind != FREE]
        size, back = sum(row.size for row in rows), sum(row.back for row in rows)
        return Strip(
            [
                Segment("  " + fit("all of it", 13), base + self._style("quiet")),
                Segment(fit(measured(size), 10, right=True), base),
                Segment("  " + fit(f"{FULL} in use or kept", 18), base + self._style("used")),
                Segment(f"{BACK} {measured(back)} reclaimable", base + self._style("back")),
            ]
        ).adjust_cell_length(width, base)


FREE = "free"
"""The row that says how much of the disk nobody takes."""


def _scale(rows: Sequence[DiskRow]) -> int:
    return max((row.size for row in rows if row.kind != FREE), default=0)


def _figures(row: DiskRow) -> tuple[int, int, int, int]:
    return row.count, row.used, row.size, row.back
