"""A deployment while it goes on: its steps with their times, what it prints, how it ended."""

from __future__ import annotations

import time
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from machete_tui.core.clock import duration
from machete_tui.core.errors import MacheteError
from machete_tui.core.events import Event, Lines, Note
from machete_tui.core.results import Document, Done
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.jobs import Job, JobEnded, JobProgress
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.widgets.lines import Line
from machete_tui.ui.widgets.lines import Lines as LinesView
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.steps import Steps

STAYS = "What it has begun is undone. The release that runs now is not touched."

HALFWAY = "What compose has begun stays as it is; up again makes it whole."
PROJECT = "project:"
"""How the subject of a job begins that works on a project made elsewhere."""


class ProgressScreen(MacheteScreen):
    """The progress of one job. Leaving the screen does not stop the job.

    Args:
        job: running or ended.
    """

    CSS_PATH = "progress.tcss"
    section = "history"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "cancel", "Cancel it", id="progress.cancel", tooltip="stop it and undo it; asks first"),
        Binding("enter", "open", "Open service", id="progress.open", tooltip="the service's own screen"),
        Binding(
            "f", "follow", "Follow", show=False, id="progress.follow", tooltip="show the end as it comes"
        ),
    ]

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self.heading = job.label
        self._log = LinesView(follow=True, id="output")
        self._steps = Steps(job.progress, lambda: self.shell.context.clock.now())

    def compose_body(self) -> ComposeResult:
        """How it goes, the steps, the output."""
        yield Static(id="state", markup=False)
        with Container(id="both"):
            with VerticalScroll(id="steps", can_focus=False):
                yield self._steps
            yield self._log

    def on_mount(self) -> None:
        """Take in what it said before, then what it says."""
        self._log.say(Notice("No output yet", "What the steps print appears here."))
        progress = self.job.progress
        self._log.append([_line(step, text) for step, text in progress.lines])
        self._log.append([note_line(note) for note in progress.notes])
        self.job.watch(self)
        self._log.focus()
        self._look()
        if self.job.running:
            self.set_interval(1.0, self._look)
        else:
            self._tell_end()

    def on_resize(self) -> None:
        """Put the steps beside the output where there is room."""
        self.set_class(self.size.width >= 110, "-wide")

    def on_job_progress(self, message: JobProgress) -> None:
        """Add what it said."""
        self._take(message.events)
        self._steps.update()
        self.query_one("#steps", VerticalScroll).scroll_end(animate=False)
        self._look()

    def on_job_ended(self, message: JobEnded) -> None:
        """Say how it ended."""
        self._steps.update()
        self._look()
        self._tell_end()
        self.refresh_bindings()

    def _take(self, events: tuple[Event, ...]) -> None:
        lines: list[Line] = []
        for event in events:
            if isinstance(event, Lines):
                lines += [_line(event.step, text) for text in event.lines]
            elif isinstance(event, Note):
                lines.append(note_line(event))
        if lines:
            self._log.append(lines)

    def _look(self) -> None:
        """Say in one line how it goes."""
        job, state = self.job, self.query_one("#state", Static)
        state.set_classes(f"-{job.state}")
        if job.running:
            step = job.progress.current
            spent = duration(float(int(self._spent())))
            where = f"step {step.index} of {step.total}: {clean(step.title)}" if step else "beginning"
            if (advance := job.progress.advance) is not None:
                where = f"{advance.percent}%  {clean(advance.text)}"
            word = "cancelling" if job.cancel.cancelled else where
            state.update(Content.styled("▸ ", "bold $accent") + Content(f"{word}  ({spent} so far)"))
        elif job.error is None:
            message = job.value.message if isinstance(job.value, Done) else f"{job.label}: done"
            state.update(Content.styled("✓ ", "bold $success") + Content(clean(message)))
        else:
            state.update(error_line(job.error))

    def _spent(self) -> float:
        return time.monotonic() - self.job.started

    def _tell_end(self) -> None:
        """Add to the output what a person needs to know at the end of it."""
        job = self.job
        if job.error is not None and job.error.log:
            self._log.append([Line(""), Line("last lines of the log:", "strong")])
            self._log.append([Line(text, "quiet", "  ") for text in job.error.log])
        if isinstance(job.value, Document):
            self._log.append([Line(text) for text in job.value.text.splitlines()])
        elif isinstance(job.value, Done) and job.value.url:
            self._log.append([Line(""), Line(job.value.url, "link", "it answers at ", "good")])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what fits: cancelling while it runs, the service once it is there."""
        if action == "cancel":
            return self.job.running and not self.job.cancel.cancelled
        if action == "open":
            name = self._service()
            there = self.job.error is None or self.shell.fleet.find(name) is not None
            return not self.job.running and name != "" and there
        return True

    def _service(self) -> str:
        value = self.job.value
        return value.service if isinstance(value, Done) and value.service else self.job.subject

    def action_cancel(self) -> None:
        """Stop the job, after a question."""
        means = HALFWAY if self.job.subject.startswith(PROJECT) else STAYS
        question = Confirm(f"Stop {self.job.label}?", [means], yes="Stop it", no="Let it go on")
        self.shell.confirm(question, self._cancel)

    def _cancel(self) -> None:
        self.shell.bridge.cancel(self.job)
        self._look()
        self.refresh_bindings()

    def action_open(self) -> None:
        """Open the service in place of this screen, among the services."""
        name = self._service()
        self.app.pop_screen()
        self.shell.go("services")
        if self.job.subject.startswith(PROJECT):
            cast(Adopting, self.app).open_project(self.job.subject.removeprefix(PROJECT))
        else:
            self.shell.open_service(name)

    def action_follow(self) -> None:
        """Follow the output again."""
        self._log.follow(True)

    def go_back(self) -> bool:
        """Leave; a job that runs goes on, and the operator is told how to come back."""
        if self.job.running:
            self.notify(f"{self.job.label} goes on. J shows what runs.", timeout=6)
        return super().go_back()


def _line(step: str, text: str) -> Line:
    return Line(text.expandtabs(4))


def note_line(note: Note) -> Line:
    """Return a note as a line of the output."""
    if note.level == "error":
        return Line(note.text, "bad", "✗ ", "bad")
    return Line(note.text, "", "! ", "warn") if note.level == "warning" else Line(note.text, "quiet", "· ")


def error_line(error: MacheteError) -> Content:
    """Return an error in one block: title, what happened, the mend."""
    line = Content.styled(f"✗ {error.title}: ", "bold $error") + Content(clean(error.what))
    return line + Content.styled(f" → {clean(error.mend)}", "$quiet") if error.mend else line
