"""Deployments, of all services or of one; of one, its releases too."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher

from machete_tui.operations.requests import ListDeployments, Name
from machete_tui.operations.views import DeploymentRow, ServiceDetail
from machete_tui.screens.viewer import show_files
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.rows import deployment_columns
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.releases import Releases
from machete_tui.ui.widgets.tabbar import TabBar
from machete_tui.ui.widgets.table import Table

EMPTY = Notice(
    "Nothing was deployed yet",
    "Every deployment stands here with its steps, their times, its build log and how it ended.",
    "Press 2 to deploy a folder or a Git repository",
)
LIMIT = 200


class HistoryScreen(MacheteScreen):
    """A list of deployments.

    Args:
        name: of this service only; empty for all.
    """

    CSS_PATH = "history.tcss"
    section = "history"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right_square_bracket,tab",
            "tab(1)",
            "Releases",
            key_display="tab",
            id="history.tab",
            tooltip="deployments or releases",
        ),
        Binding(
            "left_square_bracket,shift+tab",
            "tab(-1)",
            "Other tab",
            show=False,
            id="history.tab-back",
            tooltip="deployments or releases",
        ),
    ]

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.heading = self._service = name
        self._table: Table[DeploymentRow] = Table(
            deployment_columns(self._now, service=not name),
            key=lambda row: f"{row.service} {row.number}",
            sort="started",
            reverse=True,
            marks=False,
        )
        self._table.about = self._about
        self._releases = Releases(self._now, id="releases")
        self._deployments_job: Job | None = None
        self._bar = TabBar((("deployments", "Deployments"), ("releases", "Releases")))

    def compose_body(self) -> ComposeResult:
        """One or two lists, and a line about the row under the cursor."""
        if self._service:
            yield self._bar
        with ContentSwitcher(initial="deployments"):
            yield ListPane(self._table, id="deployments")
            if self._service:
                yield self._releases
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Ask for the lists, and again whenever the services change."""
        self._table.say(Notice("Reading the journal…"))
        self._table.focus()
        self.shell.fleet_changed.subscribe(self, self._changed)
        self.reload()

    def on_screen_resume(self) -> None:
        """Ask again: something may have been deployed meanwhile."""
        if self._deployments_job is not None:
            self.reload()

    def _now(self) -> float:
        return self.shell.context.clock.now()

    def _changed(self, _: Fleet) -> None:
        if self.is_current:
            self.reload()

    def reload(self) -> None:
        """Ask again."""
        if self._deployments_job is not None and self._deployments_job.running:
            return
        bridge = self.shell.bridge
        request = ListDeployments(self._service, limit=LIMIT)
        self._deployments_job = bridge.run("deployment.list", request, to=self, subject="")
        if self._service:
            bridge.run("service.show", Name(self._service), to=self, subject="")

    def on_job_ended(self, message: JobEnded) -> None:
        """Show what was asked for."""
        job = message.job
        if job is self._deployments_job:
            if job.error is not None:
                self._table.say(Notice.of(job.error))
            else:
                self._table.say(EMPTY)
                self._table.show(job.value.rows)
            self._about(self._table.cursor_row)
        elif isinstance(job.value, ServiceDetail):
            self._releases.show(job.value.releases)

    def action_tab(self, by: int) -> None:
        """Change between deployments and releases."""
        if self._service:
            self._bar.step(by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the tabs where there are two."""
        return bool(self._service) if action == "tab" else True

    @on(TabBar.Opened)
    def _opened(self, event: TabBar.Opened) -> None:
        self.query_one(ContentSwitcher).current = event.tab
        self.query_one(f"#{event.tab}", ListPane).table.focus()

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        if isinstance(event.row, DeploymentRow):
            self._about(event.row)

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        if isinstance(event.row, DeploymentRow):
            from machete_tui.screens.deployment import DeploymentScreen

            self.app.push_screen(DeploymentScreen(event.row.service, event.row.number))

    @on(Releases.Files)
    def _files(self, event: Releases.Files) -> None:
        show_files(self.shell, self._service, event.number)

    @on(Releases.Compare)
    def _compare(self, event: Releases.Compare) -> None:
        from machete_tui.screens.diff import DiffScreen

        screen = DiffScreen(self._service, event.before, event.after, rollback=event.rollback)
        self.app.push_screen(screen)

    def _about(self, row: DeploymentRow | None) -> None:
        line = self.query_one("#about", DetailLine)
        if row is None:
            line.say("")
            return
        said = row.reason or f"{row.kind} by {row.actor or 'unknown'}" + (
            f" of {row.commit[:12]}" if row.commit else ""
        )
        line.say(f"{row.service} {row.number}: {said}")
