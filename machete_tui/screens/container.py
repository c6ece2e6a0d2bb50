"""The screen of one container: facts, environment, health checks, the compose file it came from."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import ContentSwitcher

from machete_tui.core.errors import MacheteError
from machete_tui.operations.adopt_requests import OneContainer
from machete_tui.operations.container_views import ContainerPage, HealthCheck
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui import status
from machete_tui.ui.container_facts import container_facts
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.pages import Page
from machete_tui.ui.rows import check_columns, variable_columns
from machete_tui.ui.widgets.cells import Cell
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.facts import Facts
from machete_tui.ui.widgets.finder import Finder
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

TABS = (
    ("overview", "Overview"),
    ("environment", "Environment"),
    ("checks", "Health checks"),
    ("compose", "Compose"),
)
NO_CHECKS = Notice("No health checks", "Its image and its compose file name none, or none has run yet.")
NO_COMPOSE = Notice("No compose file", "It was not made by compose.", "i shows all that the engine knows")


class Scroll(VerticalScroll, can_focus=True):
    """A part that the arrow keys scroll."""


class ContainerScreen(Page):
    """One container.

    Args:
        ident: its id.
        name: its name.
    """

    CSS_PATH = "container.tcss"
    operation = "container.show"

    def __init__(self, ident: str, name: str) -> None:
        super().__init__(name, TABS)
        self._ident = ident
        self._last: ServiceRow | None = None
        self._facts = Facts()
        self._page: ContainerPage | None = None
        self._variables: Table[tuple[str, str]] = Table(
            variable_columns(), key=lambda row: row[0], sort="name", marks=False
        )
        self._checks: Table[HealthCheck] = Table(
            check_columns(self.now), key=lambda row: str(row.at), sort="at", reverse=True, marks=False
        )
        self._lines = Lines()
        self._file: Job | None = None

    def compose_body(self) -> ComposeResult:
        """Tabs, what stands in each, and a line about the container."""
        yield self.bar
        with ContentSwitcher(initial="overview"):
            with Scroll(id="overview"):
                yield self._facts
            yield ListPane(self._variables, id="environment")
            yield ListPane(self._checks, id="checks")
            finder = Finder(self._lines)
            finder.id = "compose"
            yield finder
        yield DetailLine(self.heading, id="about")

    def on_mount(self) -> None:
        """Ask for it."""
        self._variables.say(Notice("Asking the engine…"))
        self._checks.say(Notice("Asking the engine…"))
        self._lines.say(Notice("Reading…"))
        self.query_one("#overview").focus()

    def row(self) -> ServiceRow | None:
        """Return its row as the fleet knows it now; the last known one while it is removed."""
        self._last = self.shell.fleet.container(self._ident) or self._last
        return self._last

    def request(self) -> OneContainer:
        """Ask for it by its id: a container made anew under its name is another."""
        return OneContainer(self._ident)

    def show_value(self, value: object) -> None:
        """Show the container."""
        if isinstance(value, ContainerPage):
            self._page = value
            self._facts.set_facts(container_facts(value, self.now()))
            self._variables.say(Notice("No variables", "It is given none."))
            self._variables.show(sorted(value.environment.items()))
            self._checks.say(NO_CHECKS)
            self._checks.show(value.checks)
            said = value.checks[-1].said if value.checks and value.line.health == "unhealthy" else ""
            self._about(f"last check: {said}" if said else "", bad=bool(said))

    def show_error(self, error: MacheteError) -> None:
        """Say that it is gone, or that the engine is away; what was known stays."""
        known = container_facts(self._page, self.now())[1:] if self._page is not None else []
        if self.gone is not None:
            self._facts.set_facts([("state", [status.cell("gone")]), *known])
            self._about(f"{self.heading} is gone: it was removed. Esc goes back", bad=True)
            return
        if not known:
            said = [Cell(f"{error.title}: {error.what}", "bad")]
            self._facts.set_facts([("state", [Cell("not known", "quiet")]), ("why", said)])
        self._about(f"{error.title}: {error.what}", bad=True)

    def _about(self, text: str, *, bad: bool = False) -> None:
        self.query_one("#about", DetailLine).say(text or self.heading, "bad" if bad else "")

    def tab_opened(self, tab: str) -> None:
        """Read the compose file when its tab is opened."""
        row = self.row()
        if tab == "compose" and row is not None:
            self._file = self.compose_of(row)
            if self._file is None:
                self._lines.say(NO_COMPOSE)

    def on_job_ended(self, message: JobEnded) -> None:
        """Show the compose file; the rest is the page's."""
        job = message.job
        if job is not self._file:
            return
        message.prevent_default()
        if job.error is not None:
            self._lines.say(Notice.of(job.error))
        elif isinstance(job.value, str):
            self._lines.set_lines([Line(text) for text in job.value.splitlines()])

    def clear(self) -> bool:
        """Drop a filter, or what was looked for."""
        return self.query_one(Finder).clear() or super().clear()
