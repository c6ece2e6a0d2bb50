"""The charts of one service, one container or the machine, over a time that can be chosen."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.metrics import Kind, Subject
from machete_tui.core.plot import ago
from machete_tui.core.series import Bucket
from machete_tui.operations.metric_data import RANGES, Comparison, owner
from machete_tui.operations.metric_text import comparison_line
from machete_tui.ui.charting import Past, charts_of, past_of, recorder_window
from machete_tui.ui.exporting import offer_export, show_processes
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.charts import ChartBoard
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.notice import Notice

ORDER = tuple(RANGES)
LOADING = Notice("Reading what is recorded…")
NOTHING = Notice(
    "Nothing was measured in this time",
    "Readings are kept while the app runs: seconds for 5 minutes, minutes for a day, hours for 30 days.",
    "Left and right choose another time",
)


class MetricScreen(MacheteScreen):
    """Charts of one subject.

    Args:
        kind: ``service``, ``container`` or ``host``.
        name: of the service or container.
    """

    CSS_PATH = "metric.tcss"
    section = "metrics"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,r",
            "range(1)",
            "Longer",
            id="metric.longer",
            tooltip="5 minutes, 1 hour, 24 hours, 30 days",
        ),
        Binding("left,R", "range(-1)", "Shorter", id="metric.shorter", tooltip="a shorter time"),
        Binding("m", "zoom", "One/all", id="metric.zoom", tooltip="one metric after the other, then all"),
        Binding(
            "c", "compare", "Before/after", id="metric.compare", tooltip="the last deployment in numbers"
        ),
        Binding("p", "processes", "Processes", show=False, id="metric.processes", tooltip="what runs inside"),
        Binding("ctrl+s", "export", "Export", id="metric.export", tooltip="write these readings to a file"),
    ]

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(name="metric")  # no id: two may be open
        self._subject = Subject(cast(Kind, kind), name)
        self._range = RANGES["5m"]
        self._past: Past | None = None
        self._job: Job | None = None
        self._alone = -1
        self._board = ChartBoard(id="charts")
        self._minute: Bucket | None = None
        self.heading = self._head()

    def compose_body(self) -> ComposeResult:
        """The charts, and a line about what is shown."""
        yield self._board
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Read what is recorded, and follow the readings."""
        self._board.say(LOADING)
        self.shell.usage_changed.subscribe(self, lambda _: self._tick())
        self._board.focus()
        self.reload()

    def on_screen_resume(self) -> None:
        """Be told while somebody looks."""
        self.shell.want_usage(True, "metric")

    def on_screen_suspend(self) -> None:
        """Be told no more."""
        self.shell.want_usage(False, "metric")

    def on_unmount(self) -> None:
        """Be told no more."""
        self.shell.want_usage(False, "metric")

    @property
    def _service(self) -> str:
        if self._subject.kind == "service":
            return self._subject.name
        containers = self.shell.recorder.containers
        return next((owner(c) for c in containers if c.name == self._subject.name), "")

    def reload(self) -> None:
        """Read what is recorded again."""
        subject, span, service = self._subject, self._range, self._service

        def read(context: Context, _: Cancel) -> Past:
            return past_of(context, subject, span, service)

        self._job = self.shell.bridge.call(f"readings of {subject}", read, to=self)

    def on_job_ended(self, message: JobEnded) -> None:
        """Show what was read."""
        if message.job is not self._job:
            return
        if message.job.error is not None:
            self._past = None
            self._board.show([])
            self._board.say(Notice.of(message.job.error))
            return
        self._past = message.job.value
        self._board.say(NOTHING)
        self._draw()

    def _tick(self) -> None:
        """Draw again: the seconds each time, minutes and hours when one has ended."""
        if self._past is None or not self.is_current:
            return
        if self._range.step > 1:
            minute = self.shell.recorder.partial(self._subject)
            ended = minute is not None and self._minute is not None and minute.at != self._minute.at
            self._minute = minute
            if not ended:
                return
            self.reload()
            return
        self._draw()

    def _draw(self) -> None:
        past = self._past
        if past is None:
            return
        recorder, now = self.shell.recorder, self.shell.context.clock.now()
        whole = recorder_window(recorder, self._subject, self._range, past, now)
        charts = charts_of(whole, recorder.reading(self._subject), self._subject, past.deployments)
        if self._alone >= len(charts):
            self._alone = -1
        self._board.show(charts if self._alone < 0 else [charts[self._alone]])
        self._about()

    def _about(self) -> None:
        past = self._past
        parts = [self._range.title]
        if past is not None and past.comparison is not None:
            line = comparison_line(past.comparison)
            when = past.comparison.deployment.finished or past.comparison.deployment.started
            since = ago(self.shell.context.clock.now() - when).removeprefix("-")
            parts.append(f"{line}, {since} ago" if line else "")
        trouble = self.shell.recorder.trouble
        if trouble is not None:
            parts.append(f"not kept: {trouble.what}")
        self.query_one("#about", DetailLine).say(" · ".join(p for p in parts if p))

    def _head(self) -> str:
        whose = "host" if self._subject.kind == "host" else self._subject.name
        return f"{whose} · {self._range.id}"

    def action_range(self, by: int) -> None:
        """Choose a longer or a shorter time."""
        place = (ORDER.index(self._range.id) + by) % len(ORDER)
        self._range = RANGES[ORDER[place]]
        self.set_heading(self._head())
        self.reload()

    def action_zoom(self) -> None:
        """Show the next metric alone, after the last one all of them."""
        self._alone += 1
        self._draw()

    def action_compare(self) -> None:
        """Open the numbers before and after the last deployment."""
        comparison: Comparison | None = None if self._past is None else self._past.comparison
        if comparison is None:
            self.notify("no finished deployment to compare with", severity="warning")
            return
        from machete_tui.operations.metric_text import comparison_of

        text = comparison_of(self._service, comparison, comparison.after)
        self.shell.open_text(f"{self._service} before and after", text)

    def action_processes(self) -> None:
        """List the processes inside."""
        show_processes(self, self._subject)

    def action_export(self) -> None:
        """Write what is shown to a file."""
        offer_export(self, self._subject, self._range.id)
