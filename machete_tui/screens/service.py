"""The service's own screen: release, containers, address, environment, last deployment, releases."""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import ContentSwitcher

from machete_tui.core.errors import NotFound
from machete_tui.operations.requests import Name
from machete_tui.operations.service_row import ServiceRow
from machete_tui.operations.views import ContainerRow, DeploymentDetail, ServiceDetail, StepRow
from machete_tui.screens.deployment import deployment_facts
from machete_tui.screens.viewer import show_files
from machete_tui.ui import status
from machete_tui.ui.actions import ServiceActions
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.ages import age
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.rows import container_columns, step_columns, variable_columns
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import Cell
from machete_tui.ui.widgets.facts import Fact, Facts
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.releases import Releases
from machete_tui.ui.widgets.tabbar import TabBar
from machete_tui.ui.widgets.table import Table

TABS = (
    ("overview", "Overview"),
    ("environment", "Environment"),
    ("deployment", "Last deployment"),
    ("releases", "Releases"),
)
SHORT = 20
"""Rows of a terminal below which only the first facts are shown, so that the containers have room."""

NO_CONTAINERS = Notice(
    "No containers", "Nothing of this service exists on the engine.", "S starts it, b builds it again"
)
NO_ENVIRONMENT = Notice("No variables", "The operator has set none.", ": service.update sets some")
NO_DEPLOYMENT = Notice("Never deployed", "", "b builds it and puts it live")


class ServiceScreen(ServiceActions, MacheteScreen):
    """One service.

    Args:
        name: whose.
        tab: the tab to open with; empty for the first.
    """

    CSS_PATH = "service.tcss"
    section = "services"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right_square_bracket,tab",
            "tab(1)",
            "Tabs",
            key_display="tab",
            id="service.tab",
            tooltip="the next tab",
        ),
        Binding(
            "left_square_bracket,shift+tab",
            "tab(-1)",
            "Previous tab",
            show=False,
            id="service.tab-back",
            tooltip="the tab before",
        ),
        *ServiceActions.BINDINGS,
        Binding(
            "L",
            "log",
            "Build log",
            show=False,
            id="service.build-log",
            tooltip="what the last deployment printed",
        ),
        Binding(
            "c",
            "compose_file",
            "Compose file",
            show=False,
            id="service.compose-file",
            tooltip="the live release's effective compose file, secrets masked",
        ),
    ]

    def __init__(self, name: str, tab: str = "") -> None:
        super().__init__(name="service")  # no id: two may be open
        self.heading = self._service = name
        self._detail: ServiceDetail | None = None
        self._job: Job | None = None
        self._facts = Facts(id="facts")
        self._containers: Table[ContainerRow] = Table(
            container_columns(), key=lambda row: row.name, sort="name", marks=False
        )
        self._variables: Table[tuple[str, str]] = Table(
            variable_columns(), key=lambda row: row[0], sort="name", marks=False, opens=False
        )
        self._deployment_facts = Facts(id="deployment-facts")
        self._steps: Table[StepRow] = Table(step_columns(), key=lambda row: row.step, marks=False)
        self._releases = Releases(self._now, id="releases")
        self._bar = TabBar(TABS)
        self._first_tab = tab

    def compose_body(self) -> ComposeResult:
        """Tabs and what stands in each."""
        yield self._bar
        with ContentSwitcher(initial="overview"):
            with Vertical(id="overview"):
                yield self._facts
                yield self._containers
            yield ListPane(self._variables, id="environment")
            with Vertical(id="deployment"):
                yield self._deployment_facts
                yield self._steps
            yield self._releases

    def on_mount(self) -> None:
        """Ask for the service, and again whenever the services change."""
        self._containers.say(Notice("Asking the engine…"))
        self._containers.focus()
        self.shell.fleet_changed.subscribe(self, self._changed)
        row = self.shell.fleet.find(self._service)
        if row is not None:
            self._facts.set_facts([("status", _state(row, self.shell.fleet))])
        self.reload()
        if self._first_tab:
            self._bar.show(self._first_tab)

    def on_screen_resume(self) -> None:
        """Ask again: something may have happened meanwhile."""
        if self._job is not None:
            self.reload()

    @property
    def targets(self) -> tuple[ServiceRow, ...]:
        """This service."""
        row = self.shell.fleet.find(self._service) or (self._detail.service if self._detail else None)
        return () if row is None else (row,)

    def _now(self) -> float:
        return self.shell.context.clock.now()

    def _changed(self, fleet: Fleet) -> None:
        if self.is_current:
            self.reload()

    def reload(self) -> None:
        """Ask again."""
        if self._job is None or not self._job.running:
            self._job = self.shell.bridge.run("service.show", Name(self._service), to=self, subject="")

    def on_job_ended(self, message: JobEnded) -> None:
        """Show the service, or why it cannot be shown."""
        job = message.job
        if isinstance(job.value, ServiceDetail):
            self._show(job.value)
        elif isinstance(job.error, NotFound) and self._detail is not None and self.is_current:
            self.go_back()
            self.notify(f"{self._service} is not there any more", severity="warning", timeout=4)
        elif job.error is not None:
            self._containers.show(())
            self._containers.say(Notice.of(job.error, "Esc goes back; Ctrl+R tries again"))

    def _show(self, detail: ServiceDetail) -> None:
        self._detail = detail
        fleet = self.shell.fleet
        facts = service_facts(detail, fleet)
        self._facts.set_facts(facts if self.size.height >= SHORT else facts[:4])
        known = fleet.trouble is None
        self._containers.say(
            NO_CONTAINERS
            if known
            else Notice("Containers are not known", "The engine does not answer.", "Ctrl+R tries again")
        )
        self._containers.show(detail.containers)
        self._variables.say(NO_ENVIRONMENT)
        self._variables.show(sorted(detail.environment.items()))
        self._releases.show(detail.releases)
        self._show_deployment(detail.last_deployment)

    def _show_deployment(self, deployment: DeploymentDetail | None) -> None:
        self._steps.say(NO_DEPLOYMENT)
        self._deployment_facts.set_facts(deployment_facts(deployment) if deployment else ())
        self._steps.show(deployment.steps if deployment else ())

    def action_tab(self, by: int) -> None:
        """Open the next or the previous tab."""
        self._bar.step(by)

    def action_log(self) -> None:
        """Open the last deployment with its log."""
        if self._detail is not None and self._detail.last_deployment is not None:
            self._open_deployment(self._detail.last_deployment.deployment.number)

    def action_compose_file(self) -> None:
        """Open what the live release's compose file says once it is interpolated."""
        title = f"{self._service} › compose"
        self._shell.open_answer("service.config", Name(self._service), title)

    @on(TabBar.Opened)
    def _opened(self, event: TabBar.Opened) -> None:
        switcher = self.query_one(ContentSwitcher)
        switcher.current = event.tab
        switcher.query_one(f"#{event.tab}").query_one(Table).focus()

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        if isinstance(event.row, ContainerRow):
            cast(Adopting, self.app).open_container(event.row.id, event.row.name)
        elif isinstance(event.row, StepRow):
            self.action_log()

    def _open_deployment(self, number: int) -> None:
        from machete_tui.screens.deployment import DeploymentScreen

        self.app.push_screen(DeploymentScreen(self._service, number))

    @on(Releases.Files)
    def _files(self, event: Releases.Files) -> None:
        show_files(self.shell, self._service, event.number)

    @on(Releases.Compare)
    def _compare(self, event: Releases.Compare) -> None:
        from machete_tui.screens.diff import DiffScreen

        screen = DiffScreen(self._service, event.before, event.after, rollback=event.rollback)
        self.app.push_screen(screen)


def service_facts(detail: ServiceDetail, fleet: Fleet) -> list[Fact]:
    """Return what stands above the containers."""
    row = detail.service
    release = Cell(f"#{row.release}" if row.release else "none", "strong")
    commit = f"{detail.branch or 'commit'} {detail.commit[:8]}".strip() if detail.commit else detail.branch
    addresses = list(detail.addresses.values()) or [url for url in (row.address,) if url]
    facts: list[Fact] = [
        ("status", _state(row, fleet)),
        (
            "release",
            tuple(c for c in (release, Cell(row.stack), Cell(f"team {row.team}", "quiet")) if c.text),
        ),
        ("address", tuple(Cell(url, "link") for url in addresses) or (Cell("none", "quiet"),)),
        ("source", tuple(c for c in (Cell(detail.source), Cell(commit, "quiet")) if c.text)),
    ]
    if row.reason and fleet.trouble is None:
        facts.insert(1, ("reason", (Cell(row.reason, "bad" if row.status == "failed" else "warn"),)))
    if detail.replicas:
        counts = ", ".join(f"{name} {count}" for name, count in detail.replicas.items())
        facts.append(("replicas", (Cell(counts),)))
    if detail.limits:
        facts.append(("limits", (Cell("; ".join(f"{n}: {v}" for n, v in detail.limits.items())),)))
    if detail.volumes:
        facts.append(("volumes", (Cell("; ".join(detail.volumes)),)))
    return facts


def _state(row: ServiceRow, fleet: Fleet) -> tuple[Cell, ...]:
    if fleet.trouble is not None:
        return (status.last_known(row.status), Cell("last known", "quiet"))
    cells = [status.cell(row.status)]
    if row.health:
        cells.append(status.cell(row.health))
    if row.uptime is not None:
        cells.append(Cell(f"up {age(row.uptime)}", "quiet"))
    return tuple(cells)
