"""The two lines at the top: where this is and how it goes, then the sections."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import cast

from textual import events
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job
from machete_tui.ui.sections import sections
from machete_tui.ui.shell import Shell
from machete_tui.ui.status import glyph, tone
from machete_tui.ui.widgets.cells import clean

TONES = {"good": "$success", "warn": "$warning", "bad": "$error", "busy": "$accent", "quiet": "$quiet"}
SEPARATOR = Content.styled(" · ", "$quiet")


class Summary(Widget):
    """Program, host, engine, and how many services are in which state; what runs now at the right."""

    DEFAULT_CSS = """
    Summary {
        height: 1; width: 1fr; padding: 0 1; background: $panel;
        &.-production { background: $error 30%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawn = ""

    def on_mount(self) -> None:
        """Follow the fleet and the jobs."""
        shell = cast(Shell, self.app)
        self._mark()
        shell.fleet_changed.subscribe(self, self._changed)
        shell.jobs_changed.subscribe(self, self._changed)
        self._changed(shell.fleet)  # it may have been painted, and the fleet read, before this

    def _changed(self, _: Fleet | Sequence[Job]) -> None:
        """Paint only what reads otherwise: the engine is tried again and again while it is away."""
        self._mark()
        if self._line().markup != self._drawn:
            self.refresh()

    def _mark(self) -> None:
        """Colour the line on a production host; its words say the same."""
        self.set_class(cast(Shell, self.app).settings.production, "-production")

    def render(self) -> RenderResult:
        """Return the line."""
        line = self._line()
        self._drawn = line.markup
        return line

    def _line(self) -> Content:
        """Return the line; where room is short, glyphs are dropped first, then what matters least."""
        shell = cast(Shell, self.app)
        width = self.content_size.width
        parts, right = self._left(shell), self._right(shell)
        plain = self._right(shell, plain=True)
        room = width - 2
        if right.cell_length + _length(parts) > room:
            right = plain
        while len(parts) > 1 and right.cell_length + _length(parts) > room:
            parts.remove(min(parts, key=lambda part: part[0]))
        line = SEPARATOR.join(text for _, text in parts)
        shown = len(shell.fleet.counts())
        while shown > 1 and line.cell_length + right.cell_length > room:
            shown -= 1
            right = self._right(shell, plain=True, most=shown)
        space = max(1, width - line.cell_length - right.cell_length)
        return (line + Content(" " * space) + right).truncate(width, ellipsis=True)

    def _left(self, shell: Shell) -> list[tuple[int, Content]]:
        """Return the parts, each with how much it matters; most that the engine is away or all pretended."""
        fleet = shell.fleet
        settings = shell.settings
        name = Content(clean(settings.host or host()))
        if settings.production:
            name = Content.styled(f"▲ {name.plain} PRODUCTION", "bold")
        elif settings.host:
            name = name.stylize("bold")
        if settings.read_only:
            name += Content.styled(" ⊘ read-only", "bold $warning")
        # A host that was chosen stays: what is done there is done to others.
        parts = [(0, Content.styled("machete", "bold $primary")), (5 if settings.host else 2, name)]
        if shell.demo:
            parts[0] = (3, Content.styled("machete demo", "bold $accent"))
        if fleet.trouble is not None:
            parts.append((4, Content.styled("✗ engine away", "bold $error")))
        elif fleet.info is not None:
            parts.append((1, Content(f"{fleet.info.name} {fleet.info.version}")))
        return parts

    def _right(self, shell: Shell, *, plain: bool = False, most: int = 9) -> Content:
        fleet = shell.fleet
        busy = [job for job in shell.bridge.jobs if job.changes and job.label]
        if busy:
            more = f" +{len(busy) - 1}" if len(busy) > 1 else ""
            return Content.styled(f"▸ {clean(busy[-1].label)}{more}", "bold $accent")
        if not fleet.loaded or (fleet.failure is not None and not fleet.rows):
            return Content("")
        if fleet.trouble is not None:
            return Content.styled(
                f"{len(fleet.rows)} service{'s' * (len(fleet.rows) != 1)}, last known", "$quiet"
            )
        counts = [
            Content.styled(f"{'' if plain else glyph(s) + ' '}{n} {s}", TONES.get(tone(s), ""))
            for s, n in fleet.counts()[:most]
        ]
        return Content("  ").join(counts) if counts else Content.styled("no services", "$quiet")


class SectionBar(Widget):
    """The sections with their number keys, the open one marked; at the right what the screen is about."""

    DEFAULT_CSS = "SectionBar { height: 1; width: 1fr; padding: 0 1; background: $surface; }"

    def __init__(self, section: str, heading: str) -> None:
        super().__init__()
        self._section, self._heading = section, heading
        self._ends: list[tuple[int, str]] = []

    def set_heading(self, heading: str) -> None:
        """Change what the screen is about."""
        self._heading = heading
        self.refresh()

    def render(self) -> RenderResult:
        """Return the line; titles of closed sections go first when room is short."""
        width = self.content_size.width
        heading = Content.styled(clean(self._heading), "bold")
        line = self._line(True)
        if line.cell_length + heading.cell_length > width:
            line = self._line(False)
        heading = heading.truncate(max(0, width - line.cell_length), ellipsis=True)
        space = max(0, width - line.cell_length - heading.cell_length)
        return line.truncate(width) + Content(" " * space) + heading

    def _line(self, titles: bool) -> Content:
        line = Content("")
        self._ends = []
        for section in sections():
            here = section.id == self._section
            text = f"{section.key} {section.title}" if titles or here else section.key
            if here:
                line += Content.styled(f"[{text}]", "bold $primary")
            else:
                line += Content.styled(f" {text} ", "$quiet")
            self._ends.append((line.cell_length, section.id))
            line += Content(" ")
        return line

    def on_click(self, event: events.Click) -> None:
        """Open the section clicked."""
        for end, section in self._ends:
            if event.x - 1 < end:
                cast(Shell, self.app).go(section)
                return


class Header(Vertical):
    """Both lines."""

    DEFAULT_CSS = "Header { height: 2; width: 1fr; }"

    def __init__(self, section: str, heading: str = "") -> None:
        super().__init__()
        self._bar = SectionBar(section, heading)

    def compose(self) -> ComposeResult:
        """The summary above, the sections below."""
        yield Summary()
        yield self._bar

    def set_heading(self, heading: str) -> None:
        """Change what the screen is about."""
        self._bar.set_heading(heading)


def host() -> str:
    """Return this machine's name without its domain."""
    return platform.node().partition(".")[0] or "localhost"


def _length(parts: Sequence[tuple[int, Content]]) -> int:
    return sum(text.cell_length for _, text in parts) + 3 * (len(parts) - 1)
