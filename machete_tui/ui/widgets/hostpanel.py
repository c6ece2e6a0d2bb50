"""The machine in four lines: CPU, memory, disk, network, each with its last minute."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from machete_tui.core.metrics import HOST
from machete_tui.core.units import amount
from machete_tui.operations.recording import Recorder
from machete_tui.ui.sparks import glyphs, spark
from machete_tui.ui.widgets.cells import fit

Line = tuple[str, str, str, str]
"""Name, its line or bar, what is said, tone."""


class HostPanel(Widget):
    """Four lines; each is painted again only when it changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"host--name", "host--line", "host--warn", "host--bad"}

    DEFAULT_CSS = """
    HostPanel {
        height: 4; width: 1fr; padding: 0; background: $surface; color: $foreground;
        & > .host--name { color: $quiet; }
        & > .host--line { color: $primary; }
        & > .host--warn { color: $warning; }
        & > .host--bad { color: $error; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._recorder: Recorder | None = None
        self._away = False
        self._styles: dict[str, Style] = {}

    def show(self, recorder: Recorder, *, away: bool = False) -> None:
        """Show the newest reading; without the engine there is none."""
        self._recorder, self._away = recorder, away
        old, self._lines = self._lines, host_lines(recorder, self.size.width, away=away)
        dirty = [
            Region(0, y, self.size.width, 1)
            for y in range(max(len(old), len(self._lines)))
            if old[y : y + 1] != self._lines[y : y + 1]
        ]
        if dirty:
            self.refresh(*dirty)

    def on_resize(self) -> None:
        """Draw the lines into the new width."""
        if self._recorder is not None:
            self._lines = host_lines(self._recorder, self.size.width, away=self._away)

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changed."""
        self._styles.clear()
        super().notify_style_update()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self.get_component_rich_style(f"host--{name}", partial=True)
            self._styles[name] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base = self.size.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        name, line, said, tone = self._lines[y]
        segments = [
            Segment(f" {name:<8}", base + self._style("name")),
            Segment(line, base + self._style("line")),
            Segment(
                fit(f"  {said}", max(0, width - 9 - len(line))), base + self._style(tone) if tone else base
            ),
        ]
        return Strip(segments).adjust_cell_length(width, base)


def host_lines(recorder: Recorder, width: int, *, away: bool = False) -> list[Line]:
    """Return the panel's lines for a width."""
    if away:
        return [("Host", "", "nothing is measured while the engine is away", "")]
    now = recorder.reading(HOST)
    room = max(0, min(30, width - 56))
    if now is None:
        said = (
            "measuring…" if recorder.cheap else "the engine is on another machine: its host is not measured"
        )
        return [("Host", "", said, "")]
    load = f" · load {now.load:.2f}" if now.load is not None else ""
    cores = f" of {now.cpus:.0f} core" + ("s" if now.cpus != 1 else "")
    disk = f"{_part(now.disk, now.space)} · read {amount(now.read, 'B/s')} · write {amount(now.write, 'B/s')}"
    net = f"in {amount(now.rx, 'B/s')} · out {amount(now.tx, 'B/s')} · {amount(now.pids, '')} processes"
    return [
        (
            "CPU",
            spark(recorder, HOST, "cpu", room).text,
            f"{amount(now.cpu, '%')}{cores}{load}",
            _tone(now.cpu, 90),
        ),
        (
            "Memory",
            spark(recorder, HOST, "memory", room).text,
            _part(now.memory, now.limit),
            _tone(_percent(now.memory, now.limit), 95),
        ),
        ("Disk", bar(_percent(now.disk, now.space), room), disk, _tone(_percent(now.disk, now.space), 90)),
        ("Network", spark(recorder, HOST, "rx", room).text, net, ""),
    ]


def bar(percent: float | None, width: int) -> str:
    """Return a share as a bar."""
    full, empty = ("█", "░") if glyphs() == "braille" else ("#", "-")
    filled = 0 if percent is None else round(percent / 100 * width)
    return full * filled + empty * (width - filled)


def _percent(value: float | None, whole: float) -> float | None:
    return None if value is None or not whole else value / whole * 100


def _part(value: float | None, whole: float) -> str:
    percent = _percent(value, whole)
    if value is None or percent is None:
        return amount(value, "B")
    return f"{amount(value, 'B')} of {amount(whole, 'B')} ({percent:.0f}%)"


def _tone(percent: float | None, threshold: float) -> str:
    if percent is None or percent <= threshold - 10:
        return ""
    return "bad" if percent > threshold else "warn"
