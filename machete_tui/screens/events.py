"""The audit trail: who did what, when, on which service, and how it went."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.core.clock import iso
from machete_tui.operations.requests import ListEvents
from machete_tui.operations.views import EventRow
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.rows import event_columns
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

EMPTY = Notice(
    "Nothing was done yet",
    "Every change stands here, from the app, from --run and from scripts, with who made it.",
    "Press 2 to deploy a first service",
)
LIMIT = 500


class EventsScreen(MacheteScreen):
    """The newest rows of the audit trail."""

    CSS_PATH = "events.tcss"
    section = "events"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "exclamation_mark",
            "faults",
            "Faults",
            key_display="!",
            id="events.faults",
            tooltip="only what failed",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._table: Table[EventRow] = Table(
            event_columns(self._now), key=lambda row: str(row.seq), sort="seq", reverse=True, marks=False
        )
        self._table.about = self._about
        self._rows: tuple[EventRow, ...] = ()
        self._faults = False
        self._job: Job | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and a line about the row under the cursor."""
        yield ListPane(self._table)
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Ask for the rows, and again whenever the services change."""
        self._table.say(Notice("Reading the audit trail…"))
        self._table.focus()
        self.shell.fleet_changed.subscribe(self, self._changed)
        self.reload()

    def on_screen_resume(self) -> None:
        """Ask again: something may have been done meanwhile."""
        if self._job is not None:
            self.reload()

    def _now(self) -> float:
        return self.shell.context.clock.now()

    def _changed(self, _: Fleet) -> None:
        if self.is_current:
            self.reload()

    def reload(self) -> None:
        """Ask again."""
        if self._job is None or not self._job.running:
            self._job = self.shell.bridge.run("event.list", ListEvents(limit=LIMIT), to=self, subject="")

    def on_job_ended(self, message: JobEnded) -> None:
        """Show the rows, or the error."""
        if message.job.error is not None:
            self._table.say(Notice.of(message.job.error))
            return
        self._rows = tuple(message.job.value.rows)
        self._show()

    def _show(self) -> None:
        self._table.say(Notice("Nothing failed", "", "! shows all rows again") if self._faults else EMPTY)
        self._table.show([row for row in self._rows if not self._faults or row.outcome == "failed"])
        self._about(self._table.cursor_row)

    def action_faults(self) -> None:
        """Show only what failed, or all again."""
        self._faults = not self._faults
        self._show()

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        self._about(event.row)

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        if event.row.service and self.shell.fleet.find(event.row.service):
            self.shell.open_service(event.row.service)

    def _about(self, row: EventRow | None) -> None:
        text = "" if row is None else f"{iso(row.at)} · {row.actor} · {row.action} {row.service} {row.detail}"
        self.query_one("#about", DetailLine).say(text)
