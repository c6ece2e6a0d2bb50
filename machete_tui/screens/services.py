"""The services: how each is, and what to do with one or with all that are marked."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.core.metrics import Subject
from machete_tui.operations.views import ServiceRow
from machete_tui.ui.actions import ServiceActions
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.service_columns import service_columns
from machete_tui.ui.sparks import spark
from machete_tui.ui.usage import Usage
from machete_tui.ui.widgets.cells import Cell, Tone
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

MEASURED = frozenset({"cpu", "cpu-line", "memory", "memory-line"})
"""Columns that a new reading may change."""

LOADING = Notice("Asking the engine…", "The list comes as soon as it answers.")
EMPTY = Notice(
    "No services yet",
    "A service is a folder or a Git repository that machete builds, runs and watches.",
    "Press 2 to deploy one, or run: machete-tui --run service.deploy PATH",
)


class ServicesScreen(ServiceActions, MacheteScreen):
    """The list that the app opens with."""

    CSS_PATH = "services.tcss"
    section = "services"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "back", "Clear", show=False, id="screen.back", tooltip="drop the filter, then the marks"
        ),
        Binding("u", "deploy_new", "Deploy", id="service.new", tooltip="deploy a new service"),
        *ServiceActions.BINDINGS,
        Binding(
            "a", "stopped", "Stopped", show=False, id="services.stopped", tooltip="show or hide stopped ones"
        ),
        Binding(
            "exclamation_mark",
            "faults",
            "Faults",
            show=False,
            key_display="!",
            id="services.faults",
            tooltip="only failed and degraded ones",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._table: Table[ServiceRow] = Table(
            service_columns(self._now, self._busy, self._fleet, self._usage, self._line),
            key=lambda row: row.name,
            sort="name",
            id="services",
        )
        self._hide_stopped = False
        self._only_faults = False

    def compose_body(self) -> ComposeResult:
        """The list and a line about the row under the cursor."""
        yield ListPane(self._table)
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Follow the fleet and the jobs."""
        self.shell.fleet_changed.subscribe(self, self._show)
        self.shell.jobs_changed.subscribe(self, lambda _: self._table.repaint_cells())
        self.shell.usage_changed.subscribe(self, self._measured)
        self._show(self.shell.fleet)
        self._table.focus()

    @property
    def targets(self) -> tuple[ServiceRow, ...]:
        """What an action works on."""
        return self._table.targets

    def actions_done(self) -> None:
        """Unmark what was worked on."""
        self._table.clear_marks()

    def _now(self) -> float:
        return self.shell.context.clock.now()

    def _fleet(self) -> Fleet:
        return self.shell.fleet

    def _usage(self, name: str) -> Usage | None:
        return self.shell.usage.get(name)

    def _line(self, name: str, metric: str, width: int) -> Cell:
        return spark(self.shell.recorder, Subject("service", name), metric, width)

    def on_screen_resume(self) -> None:
        """Measure while somebody looks at it."""
        self.shell.want_usage(True, "services")

    def on_screen_suspend(self) -> None:
        """Measure no more."""
        self.shell.want_usage(False, "services")

    def _measured(self, _: object) -> None:
        if self._table.sort_id in ("cpu", "memory"):
            self._table.show(self._table.rows)
        else:
            self._table.repaint_cells(MEASURED)

    def _busy(self, name: str) -> str:
        job = self.shell.bridge.of(name)
        return "" if job is None else job.label.split(" ")[0]

    def _show(self, fleet: Fleet) -> None:
        if fleet.failure is not None and not fleet.rows:
            self._table.say(Notice.of(fleet.failure))
        elif not fleet.loaded:
            self._table.say(LOADING)
        elif fleet.trouble is not None and not fleet.rows:
            self._table.say(Notice.of(fleet.trouble, "8 shows what is needed here; Ctrl+R tries again"))
        else:
            self._table.say(EMPTY)
        rows = [row for row in fleet.rows if self._wanted(row)]
        self._table.show(rows)
        self._about(self._table.cursor_row)

    def _wanted(self, row: ServiceRow) -> bool:
        if self._only_faults and row.status not in ("failed", "degraded"):
            return False
        return not (self._hide_stopped and row.status == "stopped")

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        self._about(event.row)

    @on(Table.Altered)
    def _altered(self) -> None:
        self._about(self._table.cursor_row)

    def _about(self, row: ServiceRow | None) -> None:
        self.query_one("#about", DetailLine).say(*self._words(row))

    def _words(self, row: ServiceRow | None) -> tuple[str, Tone]:
        marked = self._table.marked
        if marked:
            return f"{len(marked)} marked: {', '.join(r.name for r in marked)}", ""
        if row is None:
            return "", ""
        known = self.shell.fleet.trouble is None
        if row.reason and known:
            return f"{row.name}: {row.reason}", "bad"
        up = f"{row.containers}/{row.wanted} containers up" if known else "containers not known"
        return " · ".join(part for part in (row.name, f"team {row.team}", row.address, up) if part), ""

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        self.shell.open_service(event.row.name)

    def action_deploy_new(self) -> None:
        """Go to the wizard."""
        self.shell.go("deploy")

    def action_stopped(self) -> None:
        """Show or hide stopped services."""
        self._hide_stopped = not self._hide_stopped
        self.notify(
            "stopped services are hidden" if self._hide_stopped else "all services are shown", timeout=2
        )
        self._show(self.shell.fleet)

    def action_faults(self) -> None:
        """Show only services with a fault, or all again."""
        self._only_faults = not self._only_faults
        self.notify(
            "only failed and degraded services" if self._only_faults else "all services are shown", timeout=2
        )
        self._show(self.shell.fleet)
