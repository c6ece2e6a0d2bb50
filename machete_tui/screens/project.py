"""The screen of a compose project made elsewhere: containers, drift, and its effective file."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher

from machete_tui.core.errors import MacheteError
from machete_tui.operations.adopt_requests import Project
from machete_tui.operations.container_views import DriftRow, ProjectDetail
from machete_tui.operations.service_row import ServiceRow
from machete_tui.operations.views import ContainerRow
from machete_tui.ui import status
from machete_tui.ui.ages import age
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.pages import Page
from machete_tui.ui.rows import container_columns, drift_columns
from machete_tui.ui.widgets.cells import Cell
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.facts import Fact, Facts
from machete_tui.ui.widgets.finder import Finder
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

TABS = (("overview", "Containers"), ("drift", "Drift"), ("compose", "Compose"))
COMPARING = Notice("Comparing…", "What runs with what the files say.")
SAME = Notice("Nothing differs", "What runs is what the files say.")
GONE = Notice("The project is gone", "It has no container any more.", "Esc goes back")


class ProjectScreen(Page):
    """One project.

    Args:
        name: its name.
    """

    CSS_PATH = "project.tcss"
    operation = "project.show"

    def __init__(self, name: str) -> None:
        super().__init__(name, TABS)
        self._facts = Facts(id="facts")
        self._containers: Table[ContainerRow] = Table(
            [c for c in container_columns() if c.id != "release"], key=lambda row: row.name, sort="name"
        )
        self._drift: Table[DriftRow] = Table(
            drift_columns(),
            key=lambda row: f"{row.component} {row.container} {row.what}",
            sort="component",
            marks=False,
        )
        self._lines = Lines()
        self._comparing: Job | None = None
        self._file: Job | None = None
        self._detail: ProjectDetail | None = None

    def compose_body(self) -> ComposeResult:
        """Tabs, what stands in each, and a line about what differs."""
        yield self.bar
        with ContentSwitcher(initial="overview"):
            with Vertical(id="overview"):
                yield self._facts
                yield ListPane(self._containers)
            yield ListPane(self._drift, id="drift")
            finder = Finder(self._lines)
            finder.id = "compose"
            yield finder
        yield DetailLine(self.heading, id="about")

    def on_mount(self) -> None:
        """Ask for it, and compare."""
        self._containers.say(Notice("Asking the engine…"))
        self._drift.say(COMPARING)
        self._lines.say(Notice("Reading…"))
        self._containers.focus()

    def row(self) -> ServiceRow | None:
        """Return its row as the fleet knows it now."""
        return self.shell.fleet.find(self.heading, "project")

    @property
    def targets(self) -> tuple[ServiceRow, ...]:
        """The marked containers; with none marked, the project."""
        rows = [self.shell.fleet.container(c.id) for c in self._containers.marked]
        return tuple(row for row in rows if row is not None) or super().targets

    def actions_done(self) -> None:
        """Unmark what was worked on."""
        self._containers.clear_marks()

    def request(self) -> Project:
        """Ask for it by its name."""
        return Project(self.heading)

    def show_value(self, value: object) -> None:
        """Show the project; compare again when other containers are there."""
        if not isinstance(value, ProjectDetail):
            return
        before, self._detail = self._detail, value
        self._facts.set_facts(_facts(value))
        self._containers.show(value.containers)
        known = None if before is None else {c.id for c in before.containers}
        if value.missing:
            self._drift.say(Notice("Cannot be compared", value.missing))
            self._drift.show(())
            self._about(
                f"{value.missing}; stop, start, restart, pause and down work on its containers", bad=True
            )
        elif known != {c.id for c in value.containers}:
            self.compare()

    def show_error(self, error: MacheteError) -> None:
        """Say that it is gone, or that the engine is away."""
        if self.gone is not None:
            self._containers.show(())
            self._containers.say(GONE)
            known = _facts(self._detail)[1:] if self._detail is not None else []
            self._facts.set_facts([("status", [status.cell("gone")]), *known])
            self._about(f"{self.heading} is gone: it has no container any more. Esc goes back", bad=True)
        else:
            self._containers.say(Notice.of(error, "Esc goes back; Ctrl+R tries again"))
            self._about(f"{error.title}: {error.what}", bad=True)

    def compare(self) -> None:
        """Compare what runs with the files."""
        self._comparing = self.shell.bridge.run(
            "project.drift", Project(self.heading), to=self, subject="", quiet=True
        )

    def tab_opened(self, tab: str) -> None:
        """Read again what a tab shows of the files, which may be others by now."""
        row = self.row()
        if tab == "drift" and self._detail is not None and not self._detail.missing:
            self.compare()
        elif tab == "compose" and row is not None:
            self._file = self.compose_of(row)

    def on_job_ended(self, message: JobEnded) -> None:
        """Show what differs, or the compose file; the rest is the page's."""
        job = message.job
        if job is self._comparing:
            message.prevent_default()
            self._compared(job)
        elif job is self._file:
            message.prevent_default()
            if job.error is not None:
                self._lines.say(Notice.of(job.error))
            elif isinstance(job.value, str):
                self._lines.set_lines([Line(text) for text in job.value.splitlines()])

    def _compared(self, job: Job) -> None:
        if job.error is not None:
            self._drift.say(Notice.of(job.error))
            self._about("", bad=False)
            return
        rows: tuple[DriftRow, ...] = tuple(job.value.rows) if job.value is not None else ()
        self._drift.say(SAME)
        self._drift.show(rows)
        names = ", ".join(dict.fromkeys(f"{r.component}: {r.what}" for r in rows))
        self._about(
            f"differs from its files: {names}" if rows else "what runs is what the files say", bad=bool(rows)
        )

    def _about(self, text: str, *, bad: bool = False) -> None:
        self.query_one("#about", DetailLine).say(text or self.heading, "bad" if bad else "")

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        if isinstance(event.row, ContainerRow):
            self.adopting.open_container(event.row.id, event.row.name)

    def clear(self) -> bool:
        """Drop a filter, or what was looked for."""
        return self.query_one(Finder).clear() or super().clear()


def _facts(detail: ProjectDetail) -> list[Fact]:
    row = detail.project
    state = [status.cell(row.status)]
    if row.health:
        state.append(status.cell(row.health))
    if row.uptime is not None:
        state.append(Cell(f"up {age(row.uptime)}", "quiet"))
    state.append(Cell(f"{row.containers}/{row.wanted} containers up", "quiet"))
    facts: list[Fact] = [("status", state)]
    if row.reason:
        facts.append(("reason", [Cell(row.reason, "bad" if row.status == "failed" else "warn")]))
    facts.append(("made in", [Cell(detail.folder or "not known", "" if detail.folder else "quiet")]))
    files = [Cell(file.removeprefix(f"{detail.folder}/")) for file in detail.files]
    if detail.missing:
        files = [Cell(detail.missing, "warn")]
    facts.append(("files", files or [Cell("not known", "quiet")]))
    facts.append(("address", [Cell(row.address, "link")] if row.address else [Cell("none", "quiet")]))
    facts.append(("volumes", [Cell(name) for name in detail.volumes] or [Cell("none", "quiet")]))
    facts.append(("networks", [Cell(name) for name in detail.networks] or [Cell("none", "quiet")]))
    return facts
