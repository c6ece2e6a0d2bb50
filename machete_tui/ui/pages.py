"""A screen of one thing, with tabs: asks again when the fleet changes, and says when the thing is gone."""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError, NotFound
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.actions import ServiceActions
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.tabbar import TabBar


class Page(ServiceActions, MacheteScreen):
    """The base of the screens of a container and of an adopted project.

    Attributes:
        gone: why the thing cannot be shown any more; None while it is there.
    """

    section = "services"
    operation: ClassVar[str] = ""
    """What is asked for it."""

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
        *(b for b in ServiceActions.BINDINGS if isinstance(b, Binding) and b.key not in ("e", "i", "h")),
        Binding("e", "shell", "Shell", id="container.shell", tooltip="a shell in one of its containers"),
        Binding("i", "inspect", "Inspect", id="service.inspect", tooltip="all that is known, as text"),
    ]

    def __init__(self, name: str, tabs: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.heading = name
        self.gone: MacheteError | None = None
        self.bar = TabBar(tabs)
        self._job: Job | None = None
        self._again = False

    @property
    def adopting(self) -> Adopting:
        """The app, as it knows containers and projects made elsewhere."""
        return cast(Adopting, self.app)

    def on_mount(self) -> None:
        """Ask, and again whenever something changes."""
        self.shell.fleet_changed.subscribe(self, self._changed)
        self.reload()

    def on_screen_resume(self) -> None:
        """Ask again: something may have happened meanwhile."""
        if self._job is not None:
            self.reload()

    def row(self) -> ServiceRow | None:
        """Return the thing's row in the fleet as it is now; None when it is not there."""
        raise NotImplementedError

    def request(self) -> object:
        """Return what is asked for it."""
        raise NotImplementedError

    def show_value(self, value: object) -> None:
        """Show what was answered."""
        raise NotImplementedError

    def show_error(self, error: MacheteError) -> None:
        """Show why there is no answer."""
        raise NotImplementedError

    @property
    def targets(self) -> tuple[ServiceRow, ...]:
        """What an action works on; nothing once it is gone."""
        row = self.row()
        return () if row is None or self.gone is not None else (row,)

    def now(self) -> float:
        """Return the time of the context's clock."""
        return self.shell.context.clock.now()

    def _changed(self, fleet: Fleet) -> None:
        if self.is_current:
            self.reload()

    def reload(self) -> None:
        """Ask again; once more afterwards when it is being asked."""
        if self._job is not None and self._job.running:
            self._again = True
            return
        self._job = self.shell.bridge.run(self.operation, self.request(), to=self, subject="")

    def on_job_ended(self, message: JobEnded) -> None:
        """Show the answer, or why there is none; what is gone stays on the screen as it was, and is said."""
        job = message.job
        if job is not self._job:
            return
        if job.error is None and job.state == "done":
            self.gone = None
            self.show_value(job.value)
        elif job.error is not None:
            if isinstance(job.error, NotFound):
                self.gone = job.error
            self.show_error(job.error)
        if self._again:
            self._again = False
            self.reload()

    def action_tab(self, by: int) -> None:
        """Open the next or the previous tab."""
        self.bar.step(by)

    @on(TabBar.Opened)
    def _opened(self, event: TabBar.Opened) -> None:
        switcher = self.query_one(ContentSwitcher)
        switcher.current = event.tab
        for widget in switcher.query(f"#{event.tab}, #{event.tab} *"):
            if widget.focusable:
                widget.focus()
                break
        self.tab_opened(event.tab)

    def tab_opened(self, tab: str) -> None:
        """Do what opening a tab asks for."""

    def compose_of(self, row: ServiceRow) -> Job | None:
        """Ask for the effective compose file of what a row is, or is a part of; None for what has none."""
        fleet = self.shell.fleet
        kind = row.kind
        name = row.name
        if kind == "container":
            if not row.parent:
                return None
            kind, name = ("service" if row.parent in fleet.names else "project"), row.parent

        def read(context: Context, _: Cancel) -> str:
            from machete_tui.operations.effective import effective_compose

            return effective_compose(context, kind, name)

        return self.shell.bridge.call(f"compose of {name}", read, to=self)
