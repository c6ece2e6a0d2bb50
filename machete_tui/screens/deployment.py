"""One deployment: when, by whom, each step with its time, why it failed and what to do."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.core.clock import duration, iso
from machete_tui.core.results import Listing
from machete_tui.operations.requests import DeploymentLog, OneDeployment
from machete_tui.operations.views import DeploymentDetail, StepRow
from machete_tui.ui import status
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.rows import step_columns
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import Cell
from machete_tui.ui.widgets.facts import Fact, Facts
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.table import Table

GOES_ON = 1.0
"""Seconds between two looks at a deployment that goes on, in this process or in another."""


class DeploymentScreen(MacheteScreen):
    """One deployment of a service."""

    CSS_PATH = "deployment.tcss"
    section = "history"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "log", "Build log", id="deployment.log", tooltip="everything that its steps printed"),
        Binding(
            "equals_sign", "diff", "Diff", key_display="=", id="deployment.diff", tooltip="what it changed"
        ),
        Binding(
            "ctrl+l",
            "rollback",
            "Rollback",
            id="deployment.rollback",
            tooltip="see the diff, then put its release live",
        ),
    ]

    def __init__(self, name: str, number: int) -> None:
        super().__init__()
        self._service, self._number = name, number
        self.heading = f"{name} › deployment {number}"
        self._detail: DeploymentDetail | None = None
        self._facts = Facts()
        self._table: Table[StepRow] = Table(step_columns(), key=lambda row: row.step, marks=False)
        self._tail = Lines(id="tail")
        self._job: Job | None = None

    def compose_body(self) -> ComposeResult:
        """Facts, steps, and the last lines of what failed."""
        yield self._facts
        yield self._table
        yield self._tail

    def on_mount(self) -> None:
        """Ask for it."""
        self._tail.display = False
        self._table.say(Notice("Reading the journal…"))
        self._table.focus()
        self.reload()

    def reload(self) -> None:
        """Ask again."""
        if self._job is not None and self._job.running:
            return
        request = OneDeployment(self._service, self._number)
        self._job = self.shell.bridge.run("deployment.show", request, to=self)

    def on_job_ended(self, message: JobEnded) -> None:
        """Show the deployment or its log, or the error."""
        job = message.job
        if isinstance(job.value, DeploymentDetail):
            self._show(job.value)
        elif isinstance(job.value, Listing):
            text = "\n".join(str(row) for row in job.value.rows)
            self.shell.open_text(f"{self._service} › log of deployment {self._number}", text)
        elif job.error is not None and job is self._job:
            self._table.say(Notice.of(job.error))
        elif job.error is not None:
            self.shell.show_error(job.error, self._service)

    def _show(self, detail: DeploymentDetail) -> None:
        self._detail = detail
        self._facts.set_facts(deployment_facts(detail))
        self._table.say(Notice("No step was begun"))
        self._table.show(detail.steps)
        self._tail.display = bool(detail.log_tail)
        self._tail.set_lines([Line(text, "quiet") for text in detail.log_tail])
        self._tail.action_edge(1)
        self.refresh_bindings()
        if detail.deployment.status == "running":
            self.set_timer(GOES_ON, self.reload)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this deployment has."""
        detail = self._detail
        if action == "diff":
            return detail is not None and bool(detail.previous and detail.deployment.release)
        if action == "rollback":
            row = self.shell.fleet.find(self._service)
            live = row.release if row else 0
            return detail is not None and detail.deployment.release not in (0, live)
        return True

    def action_log(self) -> None:
        """Open everything that was printed."""
        request = DeploymentLog(self._service, self._number)
        self.shell.bridge.run("deployment.log", request, to=self)

    def action_diff(self) -> None:
        """Open what this deployment changed."""
        from machete_tui.screens.diff import DiffScreen

        if self._detail is not None:
            new = self._detail.deployment.release
            self.app.push_screen(DiffScreen(self._service, self._detail.previous, new))

    def action_rollback(self) -> None:
        """Open the diff that leads back to this deployment's release."""
        from machete_tui.screens.diff import DiffScreen

        row = self.shell.fleet.find(self._service)
        if self._detail is not None and row is not None:
            target = self._detail.deployment.release
            self.app.push_screen(DiffScreen(self._service, row.release, target, rollback=True))


def deployment_facts(detail: DeploymentDetail) -> list[Fact]:
    """Return what is to be known of a deployment above its steps."""
    row = detail.deployment
    release = f"#{row.release}" if row.release else "none"
    before = f"before it #{detail.previous}" if detail.previous else "the first one"
    facts: list[Fact] = [
        ("status", (status.step(row.status), Cell(row.kind), Cell(f"took {duration(row.seconds)}", "quiet"))),
        ("release", (Cell(release, "strong"), Cell(before, "quiet"))),
        ("started", (Cell(iso(row.started)), Cell(f"by {row.actor or 'unknown'}", "quiet"))),
    ]
    if row.commit:
        facts.append(("commit", (Cell(row.commit[:12]),)))
    if row.reason:
        facts.append(("reason", (Cell(row.reason, "bad"),)))
    if detail.suggestion:
        facts.append(("mend", (Cell(detail.suggestion, "strong"),)))
    return facts
