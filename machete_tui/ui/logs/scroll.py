"""The scroll bar of a log: where one is, and where something was found."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

Cell = tuple[str, str]
"""A letter and the name of its style."""


def cells(height: int, before: int, count: int, found: list[bool]) -> list[Cell]:
    """Return the cells of a scroll bar.

    Args:
        height: rows.
        before: lines above the first row.
        count: lines in all.
        found: for each cell whether something was found in its part.
    """
    if count <= height:
        begin, size = 0, height
    else:
        size = max(1, height * height // count)
        begin = min(height - size, before * (height - size) // max(1, count - height))
    made: list[Cell] = []
    for y in range(height):
        inside = begin <= y < begin + size and count > height
        if y < len(found) and found[y]:
            made.append(("■", "hit-thumb" if inside else "hit"))
        else:
            made.append(("┃", "thumb") if inside else (" ", "base"))
    return made


class LogScroll(Widget):
    """One column beside a log, a widget of its own: a row is sent from the left edge of what changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"scroll--thumb", "scroll--hit", "scroll--hit-thumb"}
    DEFAULT_CSS = """
    LogScroll {
        width: 1; height: 1fr; background: $background; color: $foreground;
        & > .scroll--thumb { color: $quiet; }
        & > .scroll--hit { color: $accent; }
        & > .scroll--hit-thumb { color: $accent; background: $surface; }
    }
    """

    class Chosen(Message):
        """A part of the log was pointed at; ``y`` of ``height`` rows."""

        def __init__(self, y: int, height: int) -> None:
            super().__init__()
            self.y, self.height = y, height

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[Cell] = []
        self._looks: dict[str, Style] = {}

    def show(self, made: list[Cell]) -> None:
        """Paint the cells that changed."""
        before, self.cells = self.cells, made
        if len(before) != len(made):
            self.refresh()
            return
        changed = [Region(0, y, 1, 1) for y, cell in enumerate(made) if cell != before[y]]
        if changed:
            self.refresh(*changed)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to that part of the log."""
        event.stop()
        self.post_message(self.Chosen(event.y, max(1, self.size.height)))

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changed."""
        self._looks.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw one cell."""
        text, name = self.cells[y] if y < len(self.cells) else (" ", "base")
        style = self._looks.get(name)
        if style is None:
            part = f"scroll--{name}"
            base = self.rich_style
            style = base if name == "base" else base + self.get_component_rich_style(part, partial=True)
            self._looks[name] = style
        return Strip([Segment(text, style)], 1)
