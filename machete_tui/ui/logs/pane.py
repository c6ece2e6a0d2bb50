"""The log view with its keys and the mouse: moving, marking, selecting, unfolding."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from machete_tui.ui.logs.surface import LogSurface


class LogPane(LogSurface):
    """A log to walk through; scrolling up pauses following, the end resumes it."""

    _wanted = 0

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "by(1)", "Down", show=False, id="text.down", tooltip="a line down"),
        Binding("up,k", "by(-1)", "Up", show=False, id="text.up", tooltip="a line up; pauses following"),
        Binding(
            "pagedown,ctrl+f", "page(1)", "Page down", show=False, id="text.page-down", tooltip="a page down"
        ),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="text.page-up", tooltip="a page up"),
        Binding("g,home", "edge(-1)", "Top", show=False, id="text.top", tooltip="the first line"),
        Binding("G,end", "edge(1)", "End", show=False, id="text.end", tooltip="the last line; follows again"),
        Binding("left", "across(-1)", "Left", show=False, id="text.left", tooltip="to the left"),
        Binding("right", "across(1)", "Right", show=False, id="text.right", tooltip="to the right"),
        Binding("n", "next(1)", "Next", show=False, id="text.next", tooltip="next line found"),
        Binding("N", "next(-1)", "Previous", show=False, id="text.previous", tooltip="previous line found"),
        Binding("enter", "unfold", "Unfold", show=False, id="log.unfold", tooltip="take a JSON line apart"),
        Binding("m", "bookmark", "Mark", show=False, id="log.mark", tooltip="mark the line, or not"),
        Binding(
            "M", "next_bookmark", "Next mark", show=False, id="log.next-mark", tooltip="to the next mark"
        ),
        Binding("v", "select", "Select", show=False, id="log.select", tooltip="select lines from here on"),
    ]

    def chosen(self) -> list[int]:
        """Return the lines that a copy means: the selected, else the marked, else that of the cursor."""
        if self.pivot is not None and self.cursor is not None:
            low, high = sorted((self.pivot, self.cursor))
            count = self.view.index(high) - self.view.index(low) + 1
            return list(self.view.onwards(low, count))
        if self.painter.bookmarks:
            return sorted(n for n in self.painter.bookmarks if n >= self.view.spool.first)
        if self.cursor is not None:
            return [self.cursor]
        return list(dict.fromkeys(row.line.number for row in self.window.rows()))

    def deselect(self) -> bool:
        """Drop the selection; return whether there was one."""
        had, self.pivot = self.pivot is not None, None
        if had:
            self.again()
        return had

    # Keys

    def action_by(self, lines: int) -> None:
        """Move the cursor; at the end, follow again."""
        if self.window.follow:
            if lines > 0:
                return
            self.follow(False)
        if self.cursor is None:
            return
        index = self.view.index(self.cursor)
        if lines > 0 and index + lines >= self.view.count and self.pivot is None:
            self.follow(True)
            return
        self.cursor = self.view.number(index + lines)
        self._reveal()

    def action_page(self, by: int) -> None:
        """Move by a page."""
        self.scroll_rows(by * max(1, self.size.height - 1))

    def action_edge(self, which: int) -> None:
        """Go to the first line, or to the end."""
        if which > 0 and self.pivot is None:
            self.follow(True)
            return
        self.follow(False)
        self.cursor = self.view.number(0) if which < 0 else self.view.last()
        self._reveal()

    def action_across(self, by: int) -> None:
        """Move texts sideways."""
        if not self.layout_.wrap:
            step = max(8, self.layout_.room // 2)
            longest = max((len(row.text) for row in self.window.rows()), default=0)
            self.painter.left = max(0, min(self.painter.left + by * step, longest - 8))
            self.refresh()

    def action_next(self, by: int) -> None:
        """Go to the next line found, or to the one before."""
        search = self.view.search
        if search is None:
            return
        here = (
            self.cursor if self.cursor is not None else self.view.spool.end if by < 0 else self.window.top - 1
        )
        number = search.after(here, by)
        while number is not None and not self.view.shows(number):
            number = search.after(number, by)
        self._wanted = 0
        if number is not None:
            self.jump(number)
        elif not search.done:
            self._wanted = by  # as soon as there is one

    def searched(self) -> None:
        """Go to the line that was asked for before it was found."""
        if self._wanted:
            self.action_next(self._wanted)

    def action_unfold(self) -> None:
        """Take the JSON line under the cursor apart, or put it together."""
        number = self.cursor if self.cursor is not None else self.view.last()
        if number is None:
            return
        self.follow(False)
        self.layout_.unfolded ^= {number}
        self.window.forget()
        needed = sum(len(self.layout_.rows(line, 0)) for line in self.view.lines(range(number, number + 1)))
        seen = sum(row.line.number == number for row in self.window.rows())
        if seen < min(needed, self.window.height):
            self.window.place(number, max(0, self.window.height - needed))
        self.again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Enter to the screen while there is no line."""
        return action != "unfold" or self.count > 0

    def action_bookmark(self) -> None:
        """Mark the line under the cursor, or unmark it."""
        number = self.cursor if self.cursor is not None else self.view.last()
        if number is not None:
            self.painter.bookmarks ^= {number}
            self.again()

    def action_next_bookmark(self) -> None:
        """Go to the next mark, from the last to the first."""
        marks = sorted(n for n in self.painter.bookmarks if n >= self.view.spool.first)
        if marks:
            here = self.cursor if self.cursor is not None else -1
            self.jump(next((n for n in marks if n > here), marks[0]))

    def action_select(self) -> None:
        """Begin to select at the cursor, or end it."""
        if self.pivot is not None:
            self.deselect()
            return
        self.follow(False)
        self.pivot = self.cursor
        self.again()

    def scroll_rows(self, rows: int) -> None:
        """Scroll; up pauses, arriving at the end follows again."""
        if self.window.follow:
            if rows > 0:
                return
            self.follow(False)
        self.window.shift(rows)
        if rows > 0 and self.window.at_end and self.pivot is None:
            self.follow(True)
            return
        seen = self.window.rows()
        if seen and self.cursor is not None:
            self.cursor = min(max(self.cursor, seen[0].line.number), seen[-1].line.number)
        self.again()

    def _reveal(self) -> None:
        """Scroll until the cursor's line is seen; only the rows that it left and came to are painted."""
        rows, number, before = self.window.rows(), self.cursor, self.painter.cursor
        if number is None or not rows:
            self.again()
        elif number < rows[0].line.number or (number == rows[0].line.number and rows[0].part):
            self.window.place(number, 0)
            self.again()
        elif number > rows[-1].line.number:
            self.window.place(number, self.size.height - 1)
            self.again()
        else:
            self.repaint(self.pivot, before, number)

    # Mouse

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_rows(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_rows(3)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor there, or go to that part of the log."""
        rows = self.window.rows()
        if event.y < len(rows):
            number = rows[event.y].line.number
            self.follow(False)
            self.cursor, self.pivot = number, None
            self.capture_mouse()
            self.again()

    def go_to(self, y: int, height: int) -> None:
        """Go to a part of the log, as the scroll bar shows it."""
        number = self.view.number(y * self.view.count // height)
        if number is not None:
            self.jump(number)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select while the button is held."""
        if self.app.mouse_captured is not self or self.cursor is None:
            return
        rows = self.window.rows()
        if rows:
            self.pivot = self.cursor if self.pivot is None else self.pivot
            self.cursor = rows[max(0, min(event.y, len(rows) - 1))].line.number
            self.again()

    def on_mouse_up(self) -> None:
        """End selecting."""
        if self.app.mouse_captured is self:
            self.release_mouse()
