"""The steps of a deployment while it goes on: glyph, title, time, how it went."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from machete_tui.core.clock import duration
from machete_tui.ui import status
from machete_tui.ui.progress import Progress, StepView
from machete_tui.ui.widgets.cells import clean, fit
from machete_tui.ui.widgets.header import TONES


class Steps(Widget):
    """Live steps; the running one's time is repainted each second and nothing else is.

    Args:
        progress: what a job said so far.
        now: Unix time.
    """

    DEFAULT_CSS = "Steps { height: auto; width: 1fr; padding: 0 1; text-wrap: nowrap; }"

    def __init__(self, progress: Progress, now: Callable[[], float]) -> None:
        super().__init__()
        self._progress = progress
        self._now = now
        self._shown = -1

    def on_mount(self) -> None:
        """Look at the running step's time each second."""
        self.set_interval(1.0, self._tick)

    def update(self) -> None:
        """Draw again after the job said something."""
        layout = len(self._progress.steps) != self._shown
        self._shown = len(self._progress.steps)
        self.refresh(layout=layout)

    def _tick(self) -> None:
        if self._progress.current is not None:
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return a line for each step."""
        return max(1, len(self._progress.steps))

    def render(self) -> RenderResult:
        """Return a line for each step."""
        steps = self._progress.steps
        if not steps:
            over = self._progress.over
            return (
                Content.styled("no step was begun", "$quiet")
                if over
                else Content.styled("▸ beginning…", "$accent")
            )
        return Content("\n").join(self._line(step) for step in steps)

    def _line(self, step: StepView) -> Content:
        width = self.content_size.width or 60
        tone = TONES.get(status.tone(step.status), "")
        running = step.status == "running"
        sign = "▸" if running else status.glyph(step.status)
        seconds = max(0.0, self._now() - step.at) if running else step.seconds
        time = duration(float(int(seconds))) if running and seconds and seconds >= 1 else duration(seconds)
        number = f"{step.index:>2}/{step.total}"
        room = max(8, width - len(number) - 14)
        title = clean(step.title)
        detail = f"  {clean(step.detail)}" if step.detail else ""
        text = fit(title + detail, room)
        body = Content.styled(text[: len(title)], "bold" if running else "")
        body += Content.styled(text[len(title) :], "$quiet" if step.status != "failed" else "$error")
        if running:
            tone = "bold $accent"
        return (
            Content.styled(f"{sign} ", tone)
            + Content.styled(f"{number} ", "$quiet")
            + body
            + Content.styled(f" {time:>8}", tone if running else "$quiet")
        )
