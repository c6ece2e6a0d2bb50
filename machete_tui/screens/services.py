"""The services and all else on the Engine: how each is, and what to do with one or with all marked ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.core.metrics import Kind, Subject
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.actions import ServiceActions
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.facts import Facts
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.preferred import PREFERENCE, ListView, load
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.service_columns import Known, row_text, service_columns, shown_columns
from machete_tui.ui.usage import Usage, usage_key
from machete_tui.ui.widgets.cells import Cell, Tone
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

if TYPE_CHECKING:
    from machete_tui.core.query import Subject as Asked
    from machete_tui.ui.widgets.filters import Filter

MEASURED = frozenset({"cpu", "cpu-line", "memory", "memory-line"})
"""Columns that a new reading may change."""

LOADING = Notice("Asking the engine…", "The list comes as soon as it answers.")
EMPTY = Notice(
    "No services yet",
    "A service is a folder or a Git repository that machete builds, runs and watches.",
    "Press 2 to deploy one, or run: machete-tui --run service.deploy PATH",
)
NO_CONTAINERS = Notice("No containers", "Nothing was ever started on this engine.", "v shows services")
NO_FAULTS = Notice("No faults", "Nothing failed and nothing is degraded.", "! or Esc shows all again")
ALL_STOPPED = Notice("All are stopped", "What is stopped is hidden.", "a or Esc shows it again")
HINT = "regular expression, or status:failed team:shop label:tier=front; ! inverts"


class ServicesScreen(ServiceActions, MacheteScreen):
    """The list that the app opens with."""

    CSS_PATH = "services.tcss"
    section = "services"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Clear",
            show=False,
            id="screen.back",
            tooltip="drop filter, marks, ! and a",
        ),
        Binding("u", "deploy_new", "Deploy", id="service.new", tooltip="deploy a new service"),
        *ServiceActions.BINDINGS,
        Binding(
            "v",
            "flat",
            "Containers",
            show=False,
            id="services.flat",
            tooltip="services, or single containers",
        ),
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
        Binding("C", "columns", "Columns", show=False, id="services.columns", tooltip="choose the columns"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known = Known(
            self._now, self._busy, self._fleet, self._usage, self._restarts, self._drift, self._line
        )
        self._columns = service_columns(self._known)
        self._view = ListView()
        self._restored = False
        self._table: Table[ServiceRow] = Table(
            shown_columns(self._columns, (), flat=False),
            key=usage_key,
            sort="name",
            id="services",
            parse=self._parse,
            text=row_text,
        )
        self._table.about = self._about

    @property
    def adopting(self) -> Adopting:
        """The app, as it knows containers and projects made elsewhere."""
        return cast(Adopting, self.app)

    def compose_body(self) -> ComposeResult:
        """The list and a line about the row under the cursor."""
        yield ListPane(self._table, hint=HINT)
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Follow the fleet and the jobs."""
        self.shell.fleet_changed.subscribe(self, self._show)
        self.shell.jobs_changed.subscribe(self, lambda _: self._table.repaint_cells())
        self.shell.usage_changed.subscribe(self, self._measured)
        self.adopting.facts_changed.subscribe(self, self._facts)
        self._show(self.shell.fleet)
        self._table.focus()

    @property
    def targets(self) -> tuple[ServiceRow, ...]:
        """What an action works on."""
        return self._table.targets

    def actions_done(self) -> None:
        """Unmark what was worked on."""
        self._table.clear_marks()

    # What the columns ask

    def _now(self) -> float:
        return self.shell.context.clock.now()

    def _fleet(self) -> Fleet:
        return self.shell.fleet

    def _usage(self, row: ServiceRow) -> Usage | None:
        return self.shell.usage.get(usage_key(row))

    def _busy(self, row: ServiceRow) -> str:
        job = self.shell.bridge.of(usage_key(row))
        return "" if job is None else job.label.split(" ")[0]

    def _restarts(self, row: ServiceRow) -> int | None:
        return self.adopting.facts.restarts_of(self.shell.fleet.members(row))

    def _drift(self, row: ServiceRow) -> int | None:
        return self.adopting.facts.drift.get(row.key)

    def _parse(self, text: str) -> Filter:
        from machete_tui.ui.terms import term_filter

        return term_filter(self._labels)(text)

    def _labels(self, row: Asked) -> list[Mapping[str, str]]:
        assert isinstance(row, ServiceRow)
        return [c.labels for c in self.shell.fleet.members(row)]

    def _line(self, row: ServiceRow, metric: str, width: int) -> Cell:
        if not self.shell.usage:
            return Cell("")
        from machete_tui.ui.sparks import spark

        kind: Kind = "container" if row.kind == "container" else "service"
        return spark(self.shell.recorder, Subject(kind, row.name), metric, width)

    # What comes in

    def on_screen_resume(self) -> None:
        """Measure while somebody looks at it."""
        self.shell.want_usage(True, "services")

    def on_screen_suspend(self) -> None:
        """Measure no more."""
        self.shell.want_usage(False, "services")

    def _measured(self, _: object) -> None:
        self._changed_under(MEASURED)

    def _facts(self, _: Facts) -> None:
        self._changed_under(("restarts", "drift"))

    def _changed_under(self, columns: Collection[str]) -> None:
        """Look at the cells again; at the order too where it follows one of these columns."""
        if self._table.sort_id in columns:
            self._table.show(self._table.rows)
        else:
            self._table.repaint_cells(columns)

    def _show(self, fleet: Fleet) -> None:
        if fleet.loaded and not self._restored:
            self._restore()
        known = fleet.flat if self._view.flat else fleet.rows
        if fleet.failure is not None and not fleet.rows:
            self._table.say(Notice.of(fleet.failure))
        elif not fleet.loaded:
            self._table.say(LOADING)
        elif fleet.trouble is not None and not fleet.rows:
            self._table.say(Notice.of(fleet.trouble, "8 shows what is needed here; Ctrl+R tries again"))
        elif not known:
            self._table.say(NO_CONTAINERS if self._view.flat else EMPTY)
        else:
            self._table.say(NO_FAULTS if self._view.only_faults else ALL_STOPPED)
        self._table.show([row for row in known if self._wanted(row)])
        self._about(self._table.cursor_row)

    def _wanted(self, row: ServiceRow) -> bool:
        if self._view.only_faults and row.status not in ("failed", "degraded"):
            return False
        if not self._view.hide_stopped:
            return True
        return row.status != "stopped" and not (row.kind == "container" and row.status == "failed")

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        self._about(event.row)

    @on(Table.Altered)
    def _altered(self) -> None:
        self._about(self._table.cursor_row)
        if self._restored:
            table = self._table
            kept = "" if table.filter.error else table.filter.text
            self._choose(replace(self._view, sort=table.sort_id, reverse=table.sort_reverse, filter=kept))

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
        if row.kind == "container":
            parts = (row.name, f"of {row.parent}" if row.parent else "container", row.image, row.ports)
            return " · ".join(part for part in parts if part), ""
        up = f"{row.containers}/{row.wanted} containers up" if known else "containers not known"
        whose = f"team {row.team}" if row.team else "made elsewhere"
        return " · ".join(part for part in (row.name, whose, row.address, up) if part), ""

    # How it is looked at

    def _restore(self) -> None:
        """Look at the list as it was looked at in the last run."""
        self._restored = True
        ids = {column.id for column in self._columns}
        self._view = load(self.adopting.preference(PREFERENCE), ids)
        if self._view == ListView():
            return
        self._say_hidden()
        self._lay_out()
        self._table.set_sort(self._view.sort, self._view.reverse)
        if self._view.filter:
            self.query_one(ListPane).restore(self._view.filter)

    def _lay_out(self) -> None:
        columns = shown_columns(self._columns, self._view.columns, flat=self._view.flat)
        self._table.set_columns(columns)
        self.adopting.reader.want_restarts(any(c.id == "restarts" for c in columns))

    def _choose(self, view: ListView) -> None:
        if view != self._view:
            self._view = view
            self.adopting.prefer(PREFERENCE, view.dump())

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        self.adopting.open_row(event.row)

    def action_deploy_new(self) -> None:
        """Go to the wizard."""
        self.shell.go("deploy")

    def action_flat(self) -> None:
        """List single containers, or services and projects again."""
        self._choose(replace(self._view, flat=not self._view.flat))
        self._table.clear_marks()
        self._lay_out()
        self._say_view("every container" if self._view.flat else "services, projects, single containers")

    def action_stopped(self) -> None:
        """Show or hide stopped ones."""
        self._choose(replace(self._view, hide_stopped=not self._view.hide_stopped))
        self._narrowed()

    def action_faults(self) -> None:
        """Show only those with a fault, or all again."""
        self._choose(replace(self._view, only_faults=not self._view.only_faults))
        self._narrowed()

    def clear(self) -> bool:
        """Drop the filter, then the marks, then what hides rows."""
        if super().clear():
            return True
        narrowed = self._view.only_faults or self._view.hide_stopped
        if narrowed:
            self._choose(replace(self._view, only_faults=False, hide_stopped=False))
            self._narrowed()
        return narrowed

    def _narrowed(self) -> None:
        """Show what is left; the header says so for as long as some may be hidden."""
        self._say_hidden()
        self._show(self.shell.fleet)

    def _say_hidden(self) -> None:
        view = self._view
        self.set_heading("faults only" if view.only_faults else "no stopped" if view.hide_stopped else "")

    def action_columns(self) -> None:
        """Choose the columns."""
        from machete_tui.ui.dialogs.columns import ColumnsDialog

        def chosen(columns: tuple[str, ...] | None) -> None:
            if columns is not None:
                self._choose(replace(self._view, columns=columns))
                self._lay_out()

        now = {column.id for column in self._table.columns}
        every = [(column.id, column.title.capitalize()) for column in self._columns]
        self.app.push_screen(ColumnsDialog(every, now, fixed=("name",)), chosen)

    def _say_view(self, text: str) -> None:
        self.notify(text, timeout=2)
        self._show(self.shell.fleet)
