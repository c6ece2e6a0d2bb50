"""What uses most: the machine on top, containers or services below, by any metric."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.core.metrics import HOST, Kind, Subject
from machete_tui.operations.metric_data import owner
from machete_tui.ui.exporting import offer_export, show_processes
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.metric_columns import metric_columns
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.hostpanel import HostPanel
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

LOADING = Notice("Measuring…", "The first figures need two readings.")
EMPTY = Notice(
    "No container runs", "What runs is listed here with what it uses.", "Press 2 to deploy a service"
)


class MetricsScreen(MacheteScreen):
    """Host, then everything that runs."""

    CSS_PATH = "metrics.tcss"
    section = "metrics"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "Services", id="metrics.view", tooltip="containers, or services"),
        Binding("h", "host", "Host", id="metrics.host", tooltip="the machine's charts"),
        Binding(
            "p", "processes", "Processes", id="metrics.processes", tooltip="what runs inside the container"
        ),
        Binding("ctrl+s", "export", "Export", id="metrics.export", tooltip="write the readings to a file"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._kind: Kind = "container"
        self._owners: dict[str, str] = {}
        self._table: Table[Subject] = Table(
            metric_columns(lambda: self.shell.recorder, self._owner),
            key=str,
            sort="cpu",
            reverse=True,
            marks=False,
            id="top",
        )
        self._table.about = self._about
        self._panel = HostPanel(id="host")

    def compose_body(self) -> ComposeResult:
        """The machine, the list, a line about the row under the cursor."""
        yield self._panel
        yield ListPane(self._table)
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Follow the readings."""
        self._table.say(LOADING)
        self.shell.usage_changed.subscribe(self, lambda _: self._show())
        self.shell.fleet_changed.subscribe(self, self._fleet)
        self._table.focus()
        self._show()

    def on_screen_resume(self) -> None:
        """Be told while somebody looks."""
        self.shell.want_usage(True, "metrics")
        self._show()

    def on_screen_suspend(self) -> None:
        """Be told no more."""
        self.shell.want_usage(False, "metrics")

    def _owner(self, subject: Subject) -> str:
        return self._owners.get(subject.name, "") if subject.kind == "container" else subject.name

    def _fleet(self, fleet: Fleet) -> None:
        if fleet.trouble is not None:
            self._table.say(Notice.of(fleet.trouble))
        self._show()

    def _show(self) -> None:
        recorder, trouble = self.shell.recorder, self.shell.fleet.trouble
        self._panel.show(recorder, away=trouble is not None)
        readings = recorder.readings if trouble is None else {}
        if readings and all(reading.cpu is None for reading in readings.values()):
            return  # the first of two: nothing can be sorted by it yet
        if trouble is not None:
            self._table.say(Notice.of(trouble))
        elif readings:
            self._table.say(EMPTY)
        self._owners = {c.name: owner(c) for c in recorder.containers}
        rows = [subject for subject in readings if subject.kind == self._kind]
        if rows == list(self._table.rows) and self._table.sort_id in ("name", "service", ""):
            self._table.repaint_cells()
        else:
            self._resort(rows)
        self._about(self._table.cursor_row)

    def _resort(self, rows: list[Subject]) -> None:
        """Show the rows in their new order; a cursor on the first row stays on the first."""
        table = self._table
        first = not table.shown or table.cursor_row == table.shown[0]
        table.show(rows)
        if first and table.shown:
            table.set_cursor(str(table.shown[0]))

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        self._about(event.row)

    def _about(self, subject: Subject | None) -> None:
        line = self.query_one("#about", DetailLine)
        kept = self.shell.recorder.trouble
        if kept is not None:
            line.say(f"readings are not kept: {kept.what}", "bad")
            return
        if not self._table.rows:
            line.say("")
            return
        count = f"{len(self._table.shown)} {self._kind}s"
        sort = self._table.sort_id
        line.say(
            f"{count} by {sort} · Enter: charts" + (f" of {subject}" if subject else "") + " · v: other view"
        )

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        self.shell.open_metrics(event.row.kind, event.row.name)

    def action_view(self) -> None:
        """Change between containers and services."""
        self._kind = "service" if self._kind == "container" else "container"
        self._table.show([])
        self._show()

    def action_host(self) -> None:
        """Open the machine's charts."""
        self.shell.open_metrics("host", "")

    def action_processes(self) -> None:
        """List the processes of the container under the cursor."""
        row = self._table.cursor_row
        if row is not None:
            show_processes(self, row)

    def action_export(self) -> None:
        """Write the readings of the row under the cursor to a file."""
        offer_export(self, self._table.cursor_row or HOST, "24h")
