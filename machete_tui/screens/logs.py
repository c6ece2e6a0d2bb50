"""What a service writes, as it comes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.core.errors import EngineUnavailable
from machete_tui.core.events import Note, Rows
from machete_tui.operations.requests import Logs
from machete_tui.operations.views import LogRow
from machete_tui.ui.dialogs.choose import Choose, Option
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job, JobEnded, JobProgress
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import Tone
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.finder import Finder
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.widgets.notice import Notice

WHICH = Notice(
    "Which service?",
    "The log of one service, all its containers together, followed as it comes.",
    "Enter chooses one; on the list of services, l opens the log of the row",
)
RANGES: tuple[tuple[str, str, int, float], ...] = (
    ("100", "the last 100 lines of each container", 100, 0.0),
    ("1000", "the last 1,000 lines of each container", 1000, 0.0),
    ("10m", "the last 10 minutes", 0, 600.0),
    ("1h", "the last hour", 0, 3600.0),
    ("1d", "the last day", 0, 86400.0),
)
"""(id, text, tail, seconds)."""

TONES: tuple[Tone, ...] = ("link", "good", "busy", "warn", "strong", "quiet")


class LogsScreen(MacheteScreen):
    """The log of one service.

    Args:
        name: the service; empty to ask which.
    """

    CSS_PATH = "logs.tcss"
    section = "logs"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Service", show=False, id="log.service-here", tooltip="choose a service"),
        Binding("s", "choose", "Service", id="log.service", tooltip="another service"),
        Binding("f", "follow", "Follow", id="log.follow", tooltip="follow, or stay where it is"),
        Binding("t", "time", "Time", id="log.time", tooltip="show or hide the time of each line"),
        Binding("c", "component", "Component", id="log.component", tooltip="one component, or all"),
        Binding("r", "range", "Range", id="log.range", tooltip="how much of the past"),
        Binding("y", "copy", "Copy", show=False, id="log.copy", tooltip="copy all lines held here"),
    ]

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.heading = self._service = name
        self._component = ""
        self._range = RANGES[0]
        self._job: Job | None = None
        self._rows: list[LogRow] = []
        self._waits = False
        self._time = False
        self._components: dict[str, Tone] = {}
        self._lines = Lines(follow=True, id="log")
        self._finder = Finder(self._lines)

    def compose_body(self) -> ComposeResult:
        """The lines, and one line about what is shown."""
        yield self._finder
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Begin with the service named, or ask."""
        self._lines.focus()
        self.shell.fleet_changed.subscribe(self, self._changed)
        self.open(self._service)

    def on_unmount(self) -> None:
        """Stop reading."""
        self._stop()

    def open(self, name: str) -> None:
        """Show the log of a service."""
        if name != self._service:
            self._component = ""
            self._components.clear()
        self._service = name
        self.set_heading(f"{name} {self._component}".strip())
        self._stop()
        self._waits = False
        self.refresh_bindings()
        self._rows.clear()
        self._lines.set_lines(())
        self._lines.follow(True)
        if not name:
            self._lines.say(WHICH)
            self._about("")
            return
        self._lines.say(Notice("Opening the log…"))
        _, text, tail, since = self._range
        request = Logs(name, component=self._component, follow=True, since=since, tail=tail)
        self._job = self.shell.bridge.run("service.logs", request, to=self)
        self._about(f"following · {text}")

    def _changed(self, fleet: Fleet) -> None:
        """Open the log again once what it lacked is back: the engine, or a container that runs."""
        row = fleet.find(self._service)
        if self._waits and fleet.trouble is None and row is not None and row.containers:
            self.open(self._service)

    def reload(self) -> None:
        """Open the log again."""
        self.open(self._service)

    def clear(self) -> bool:
        """Drop what was looked for."""
        return self._finder.clear()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what works on a log where one is open."""
        if action == "component":
            return len(self._components) > 1 or bool(self._component)
        return action not in ("follow", "time", "range", "copy") or bool(self._service)

    def _stop(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.unwatch(self)
            self.shell.bridge.cancel(job)

    def on_job_progress(self, message: JobProgress) -> None:
        """Add a batch."""
        if message.job is not self._job:
            return
        batch: list[Line] = []
        known = len(self._components)
        for event in message.events:
            if isinstance(event, Rows):
                rows = [row for row in event.rows if isinstance(row, LogRow)]
                self._rows += rows
                batch += [self._line(row) for row in rows]
            elif isinstance(event, Note):
                batch.append(Line(event.text, "quiet", "· "))
        del self._rows[: -self._lines.kept]
        if len(self._components) != known:
            self.refresh_bindings()
        if batch:
            self._lines.append(batch)

    def on_job_ended(self, message: JobEnded) -> None:
        """Say why no more lines come."""
        job = message.job
        if job is not self._job:
            return
        self._job = None
        row = self.shell.fleet.find(self._service)
        self._waits = isinstance(job.error, EngineUnavailable) or (row is not None and not row.containers)
        if job.error is not None:
            self._lines.say(Notice.of(job.error))
            self._about(f"✗ {job.error.what} · Ctrl+R opens it again")
        else:
            self._lines.say(
                Notice("No lines", f"{self._service} wrote nothing in {self._range[1]}.", "r: more")
            )
            self._about("the log ended: nothing runs · Ctrl+R opens it again")

    @on(Lines.Follow)
    def _followed(self, event: Lines.Follow) -> None:
        if self._job is not None:
            self._about("following" if event.following else "paused: f or G follows again")

    def _about(self, text: str) -> None:
        dropped = f" · {self._lines.dropped} older lines dropped" if self._lines.dropped else ""
        self.query_one("#about", DetailLine).say(text + dropped)

    def _line(self, row: LogRow) -> Line:
        name = row.component or row.container
        tone = self._components.setdefault(name, TONES[len(self._components) % len(TONES)])
        stamp = datetime.fromtimestamp(row.at, UTC).strftime("%H:%M:%S ") if self._time and row.at else ""
        width = max(map(len, self._components))
        return Line(row.text.expandtabs(4), "", f"{stamp}{name:<{width}} │ ", tone)

    def action_choose(self) -> None:
        """Choose a service."""

        def chosen(name: str | None) -> None:
            if name is not None:
                self.open(name)

        rows = self.shell.fleet.rows
        options = [Option(row.name, row.name, row.status) for row in rows]
        empty = "There is no service yet: 2 deploys one."
        self.app.push_screen(Choose("Log of", options, selected=self._service, empty=empty), chosen)

    def action_follow(self) -> None:
        """Follow, or stay."""
        self._lines.follow(not self._lines.following)

    def action_time(self) -> None:
        """Show or hide times."""
        self._time = not self._time
        following = self._lines.following
        self._lines.set_lines([self._line(row) for row in self._rows])
        self._lines.follow(following)

    def action_component(self) -> None:
        """Choose a component."""

        def chosen(component: str | None) -> None:
            if component is not None:
                self._component = "" if component == "*" else component
                self.open(self._service)

        options = [Option("*", "all components"), *(Option(name, name) for name in self._components)]
        self.app.push_screen(Choose("Lines of", options, selected=self._component or "*"), chosen)

    def action_range(self) -> None:
        """Choose how much of the past."""

        def chosen(key: str | None) -> None:
            if key is not None:
                self._range = next(r for r in RANGES if r[0] == key)
                self.open(self._service)

        options = [Option(key, text) for key, text, _, _ in RANGES]
        self.app.push_screen(Choose("Show", options, selected=self._range[0]), chosen)

    def action_copy(self) -> None:
        """Copy over OSC 52."""
        self.app.copy_to_clipboard(self._lines.text)
        self.notify(f"copied {self._lines.count} lines", timeout=2)
