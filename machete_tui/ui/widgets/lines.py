"""Text by the line, bounded, drawn only where it is seen: logs, build output, files, diffs.

lines = Lines(follow=True)
lines.append([Line("text", "bad", prefix="web ")])     # in batches, as they come
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from machete_tui.ui.widgets.cells import Tone, clean, fit
from machete_tui.ui.widgets.filters import Filter
from machete_tui.ui.widgets.notice import Notice, notice_line

KEPT = 20_000
"""Lines kept; what was dropped above them is counted and said."""


class Line(NamedTuple):
    """One line: its text and tone, and what stands before it in a tone of its own."""

    text: str
    tone: Tone = ""
    prefix: str = ""
    prefix_tone: Tone = "quiet"


class Lines(ScrollView, can_focus=True):
    """A bounded run of lines.

    Args:
        follow: whether it shows the end as lines come; scrolling up pauses, the end resumes.
        kept: how many lines it holds.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--good",
        "lines--warn",
        "lines--bad",
        "lines--busy",
        "lines--quiet",
        "lines--strong",
        "lines--link",
        "lines--found",
    }

    DEFAULT_CSS = """
    Lines {
        height: 1fr; width: 1fr; padding: 0 1; scrollbar-size: 0 1; overflow-y: scroll;
        scrollbar-background: $background;
        background: $background; color: $foreground;
        & > .lines--good { color: $success; }
        & > .lines--warn { color: $warning; }
        & > .lines--bad { color: $error; }
        & > .lines--busy { color: $accent; }
        & > .lines--quiet { color: $quiet; }
        & > .lines--strong { text-style: bold; }
        & > .lines--link { color: $primary; }
        & > .lines--found { background: $accent; color: $background; text-style: underline; }
    }
    """

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
    ]

    @dataclass
    class Follow(Message):
        """Following was paused or resumed."""

        lines: Lines
        following: bool

        @property
        def control(self) -> Lines:
            """The widget."""
            return self.lines

    def __init__(self, *, follow: bool = False, kept: int = KEPT, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: deque[Line] = deque(maxlen=kept)
        self.kept = kept
        self._following = follow
        self._follows = follow
        self._own_scroll = False
        self._notice: Notice | None = None
        self._styles: dict[str, Style] = {}
        self._found: re.Pattern[str] | None = None
        self.dropped = 0
        self._widest = 0

    @property
    def count(self) -> int:
        """How many lines are held."""
        return len(self._lines)

    @property
    def following(self) -> bool:
        """Whether it shows the end as lines come."""
        return self._following

    @property
    def text(self) -> str:
        """Every line held, with what stands before it."""
        return "\n".join(line.prefix + line.text for line in self._lines)

    def say(self, notice: Notice | None) -> None:
        """Set what is shown while there are no lines."""
        self._notice = notice
        if not self._lines:
            self.refresh()

    def set_lines(self, lines: Iterable[Line]) -> None:
        """Show these lines from their start, or from their end when it follows."""
        self._lines.clear()
        self.dropped = 0
        self._widest = 0
        self._own(0)
        self.append(list(lines))

    def append(self, lines: Sequence[Line]) -> None:
        """Add a batch at the end."""
        first = not self._lines and bool(lines)
        gone = max(0, len(self._lines) + len(lines) - self.kept)
        self._lines.extend(lines)
        self.dropped += gone
        self._widest = max(self._widest, max((len(x.prefix) + len(x.text) for x in lines), default=0))
        self.virtual_size = Size(self._widest, len(self._lines))
        if self._following:
            self._own(self.max_scroll_y)
        elif gone:
            self._own(max(0, self.scroll_y - gone))
        self.refresh()
        if first and self.is_attached:
            self.screen.refresh_bindings()

    def follow(self, on: bool) -> None:
        """Follow the end, or stay."""
        if on != self._following:
            self._following = on
            self.post_message(self.Follow(self, on).set_sender(self))
        if on:
            self._own(self.max_scroll_y)

    def find(self, text: str) -> int:
        """Mark what matches a regular expression; return in how many lines, -1 when it is not valid."""
        chosen = Filter.parse(text)
        self._found = chosen.pattern
        self.refresh()
        if chosen.error:
            return -1
        return 0 if self._found is None else sum(bool(self._found.search(x.text)) for x in self._lines)

    # Keys

    def action_by(self, lines: int) -> None:
        """Scroll by lines."""
        self._user(self.scroll_offset.y + lines)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        self._user(self.scroll_offset.y + by * max(1, self.size.height - 1))

    def action_edge(self, which: int) -> None:
        """Scroll to the first or the last line."""
        self._user(0 if which < 0 else self.max_scroll_y)

    def action_across(self, by: int) -> None:
        """Scroll to a side."""
        self.scroll_to(x=self.scroll_offset.x + by * 8, animate=False)

    def action_next(self, by: int) -> None:
        """Go to the next line found."""
        if self._found is None:
            return
        here = self.scroll_offset.y
        places = [i for i, line in enumerate(self._lines) if self._found.search(line.text)]
        ahead = [i for i in places if i > here] if by > 0 else [i for i in reversed(places) if i < here]
        if ahead:
            self._user(ahead[0])

    def _user(self, y: float) -> None:
        self.scroll_to(y=max(0, min(y, self.max_scroll_y)), animate=False)

    def _own(self, y: float) -> None:
        self._own_scroll = True
        try:
            self.scroll_to(y=y, animate=False, force=True)
        finally:
            self._own_scroll = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Pause following when a person scrolls up, resume it at the end."""
        super().watch_scroll_y(old_value, new_value)
        if self._follows and not self._own_scroll:
            self.follow(new_value >= self.max_scroll_y)

    def on_resize(self) -> None:
        """Stay at the end while following."""
        if self._following:
            self._own(self.max_scroll_y)

    # Painting

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changed."""
        self._styles.clear()
        super().notify_style_update()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            part = f"lines--{name}"
            style = self.rich_style if name == "base" else self.get_component_rich_style(part, partial=True)
            self._styles[name] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one line, cut to what is seen of it."""
        width, base = self.scrollable_content_region.width, self._style("base")
        if not self._lines:
            return notice_line(self._notice, y, width, self.size.height, base, self._style)
        left, top = self.scroll_offset
        index = y + top
        if index >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[index]
        segments: list[Segment] = []
        if line.prefix:
            segments.append(Segment(clean(line.prefix), base + self._style(line.prefix_tone or "base")))
        room = max(0, width - len(line.prefix))
        seen = clean(line.text[left : left + room + 1])
        style = base + self._style(line.tone) if line.tone else base
        segments += self._marked(fit(seen, room), style)
        return Strip(segments).adjust_cell_length(width, base)

    def _marked(self, text: str, style: Style) -> list[Segment]:
        if self._found is None:
            return [Segment(text, style)]
        parts: list[Segment] = []
        at = 0
        for match in self._found.finditer(text):
            if match.end() > match.start():
                parts.append(Segment(text[at : match.start()], style))
                parts.append(Segment(match[0], style + self._style("found")))
                at = match.end()
        return [*parts, Segment(text[at:], style)]
