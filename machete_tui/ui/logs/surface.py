"""What a log view shows and how it grows and is painted; its keys are in :mod:`machete_tui.ui.logs.pane`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from machete_tui.logs.query import Query
from machete_tui.logs.spool import Spool
from machete_tui.ui.logs.layout import Layout
from machete_tui.ui.logs.paint import Painter
from machete_tui.ui.logs.scroll import LogScroll, cells
from machete_tui.ui.logs.view import LogView
from machete_tui.ui.logs.window import Window
from machete_tui.ui.loop import Loop
from machete_tui.ui.widgets.notice import Notice, notice_line

FRAME = 1 / 15
"""Seconds between two paints while lines come."""

QUIET_FRAME = 1 / 4
"""Seconds between two looks at the figures while it is paused."""


class LogSurface(Widget, can_focus=True):
    """A log.

    Args:
        clock: gives the time that relative times are relative to.
    """

    ALLOW_SELECT = False  # a drag selects lines, which are copied without what stands before them
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"log--{name}"
        for name in (
            *("good", "warn", "bad", "fatal", "busy", "quiet", "strong", "found"),
            *("cursor", "selected"),
            *(f"source-{n}" for n in range(8)),
        )
    }
    DEFAULT_CSS = """
    LogSurface {
        height: 1fr; width: 1fr; background: $background; color: $foreground;
        & > .log--good { color: $success; }
        & > .log--warn { color: $warning; }
        & > .log--bad { color: $error; }
        & > .log--fatal { color: $error; text-style: bold; }
        & > .log--busy { color: $accent; }
        & > .log--quiet { color: $quiet; }
        & > .log--strong { text-style: bold; }
        & > .log--found { background: $accent; color: $background; text-style: underline; }
        & > .log--cursor { background: $surface; }
        & > .log--selected { background: $primary 40%; }
        & > .log--source-0 { color: $primary; }
        & > .log--source-1 { color: $success; }
        & > .log--source-2 { color: $accent; }
        & > .log--source-3 { color: #cc79a7; }
        & > .log--source-4 { color: #56b4e9; }
        & > .log--source-5 { color: #d55e00; }
        & > .log--source-6 { color: $secondary; }
        & > .log--source-7 { color: #b0a030; }
    }
    """

    @dataclass
    class News(Message):
        """Its figures changed: lines, hits, following or not."""

        pane: LogSurface

        @property
        def control(self) -> LogSurface:
            """The widget."""
            return self.pane

    def __init__(self, clock: Callable[[], float] = time.time, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.layout_ = Layout(names=[])
        self._clock = clock
        self._loop: Loop | None = None
        self._styles: dict[str, Style] = {}
        self._notice: Notice | None = None
        self._pending = False
        self._painted = 0.0
        self._told = 0.0
        self._telling = False
        self._ticks: Timer | None = None
        self.painter = Painter(self.layout_, self._style)
        self.bar = LogScroll()
        self._prepared = False
        self.pivot: int | None = None
        self.cursor: int | None = None
        self._paused_at = 0
        self.view = LogView(Spool(None), self._scan_news)
        self.window = Window(self.view, self.layout_)

    # What it shows

    def open(self, spool: Spool | None) -> None:
        """Show another spool, from its end."""
        self.view.close()
        self.view = LogView(Spool(None) if spool is None else spool, self._scan_news)
        self.window = Window(self.view, self.layout_)
        self.layout_.names = self.view.spool.sources
        self.layout_.unfolded.clear()
        self.painter.bookmarks.clear()
        self.painter.around = self._is_around
        self.painter.query = self.view.query
        self.cursor = self.pivot = None
        self.window.follow = True
        self.again()

    @property
    def count(self) -> int:
        """How many lines are shown."""
        return self.view.count

    @property
    def following(self) -> bool:
        """Whether it shows the end as lines come."""
        return self.window.follow

    @property
    def unseen(self) -> int:
        """How many shown lines came since it was paused."""
        if self.window.follow:
            return 0
        return max(0, self.view.index(self.view.spool.end) - self.view.index(self._paused_at))

    @property
    def text(self) -> str:
        """The texts of the lines shown, at most the last 20,000 of them."""
        last = self.view.last()
        lines = [] if last is None else self.view.lines(self.view.up_to(last, 20_000))
        return "\n".join(line.text for line in lines)

    def say(self, notice: Notice | None) -> None:
        """Set what is shown while there are no lines."""
        self._notice = notice
        self.again()

    def grown(self) -> None:
        """Hear, from any thread, that lines came."""
        if self._loop is not None:
            self._loop.post(self._grown)

    def again(self) -> None:
        """Paint everything anew."""
        self.window.forget()
        self._prepared = False
        if self.is_mounted:
            self.refresh()

    def repaint(self, pivot: int | None, before: int, number: int) -> None:
        """Paint the rows of the line under the cursor and of the one before, and all between if selected."""
        low, high = min(before, number), max(before, number)
        self._prepare()
        width = self.size.width
        for y, row in enumerate(self.window.rows()):
            here = row.line.number
            if here in (before, number) or (pivot is not None and low <= here <= high):
                self.refresh(Region(0, y, width, 1))

    def follow(self, on: bool) -> None:
        """Follow the end, or stay."""
        if on != self.window.follow:
            if not on:
                self.window.rows()
                self._paused_at = self.view.spool.end
                self.cursor = self.view.last()
            else:
                self.cursor = self.pivot = None
            self.window.follow = on
            self._tell(now=True)
        self.again()

    def find(self, query: Query) -> None:
        """Look for something and mark it."""
        self.view.find(query)
        self.painter.query = query
        self.again()
        self._tell(now=True)

    def show(self, *, level: int | None = None, context: int | None = None) -> None:
        """Leave lines out, or no more."""
        self.view.show(level=level, context=context)
        self.again()
        self._tell(now=True)

    def lay_out(self) -> None:
        """Hear that the layout was changed."""
        if self.layout_.wrap:
            self.painter.left = 0
        if self._ticks is not None:
            self._ticks.stop()
        # Times from now on change by themselves; the others do not, and cost nothing.
        self._ticks = self.set_interval(1.0, self.again) if self.layout_.times == "ago" else None
        self.again()

    def jump(self, number: int) -> None:
        """Go to a line."""
        self.follow(False)
        self.cursor = number
        if not any(row.line.number == number for row in self.window.rows()):
            self.window.place(number, self.size.height // 3)
        self.again()

    # Life

    def on_mount(self) -> None:
        """Find the way back from threads."""
        self._loop = Loop()
        self._grown()

    def on_unmount(self) -> None:
        """End the searches."""
        self._loop = None
        self.view.close()

    def on_resize(self) -> None:
        """Lay out for another size."""
        self.again()

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changed."""
        self._styles.clear()
        super().notify_style_update()

    def searched(self) -> None:
        """Hear that a search may have found more."""

    def _scan_news(self) -> None:
        self.grown()

    def _grown(self) -> None:
        """Paint soon: at once after a pause, else when the time for the next paint has come."""
        if self._pending or self._loop is None:
            return
        self._pending = True
        frame = FRAME if self.window.follow else QUIET_FRAME
        wait = self._painted + frame - time.monotonic()
        if wait > 0:
            self._loop.later(wait, self._flush)
        else:
            self._flush()

    def _flush(self) -> None:
        self._pending = False
        if not self.is_mounted:
            return
        self._painted = time.monotonic()
        self.view.spool.seen()
        self.view.poke()
        self.searched()
        if self.window.follow or len(self.window.rows()) < self.size.height or self.view.sifted:
            self.again()
        else:
            self._scroll()
        self._tell()

    def _tell(self, *, now: bool = False) -> None:
        """Say that figures changed: at once, or a few times a second."""
        wait = 0.0 if now else self._told + QUIET_FRAME - time.monotonic()
        if wait <= 0:
            self._told = time.monotonic()
            self.post_message(self.News(self))
        elif not self._telling and self._loop is not None:
            self._telling = True
            self._loop.later(wait, self._tell_later)

    def _tell_later(self) -> None:
        self._telling = False
        if self.is_mounted:
            self._tell(now=True)

    # Painting

    def _is_around(self, number: int) -> bool:
        return self.view.sifted and not self.view.is_hit(number)

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            part = f"log--{name}"
            style = self.rich_style if name == "base" else self.get_component_rich_style(part, partial=True)
            self._styles[name] = style
        return style

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows without Textual's cache of them: in a stream no row is what it was."""
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = self.render_line(y)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip)
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, height, window = self.size.width, self.size.height, self.window
        if self.layout_.width != width or window.height != height:
            self.layout_.width, window.height = width, max(1, height)
            window.forget()
            self._prepared = False
        if y == 0:
            self.layout_.now = self._clock()
        rows = window.rows()
        if not rows:
            return notice_line(self._notice, y, width, height, self._style("base"), self._style)
        if not self._prepared:
            self._prepared = True
            self._prepare()
            self.call_next(self._scroll)
        return self.painter.row(rows[y]) if y < len(rows) else Strip.blank(width, self._style("base"))

    def _prepare(self) -> None:
        painter = self.painter
        painter.cursor = -1 if self.cursor is None else self.cursor
        painter.selected = (1, 0)
        if self.pivot is not None and self.cursor is not None:
            low, high = sorted((self.pivot, self.cursor))
            painter.selected = (low, high)

    def _scroll(self) -> None:
        """Bring the scroll bar up to date."""
        height = self.size.height
        found = self.view.density(height) if self.view.context != 0 else []
        self.bar.show(cells(height, self.view.index(self.window.top), self.view.count, found))
