"""What the app does for containers and projects made elsewhere: opens their screens, shells, and facts.

Mixed into the app beside what opens services; screens reach it as their ``app``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from textual.signal import Signal

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.results import Document
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.facts import Facts, FactsReader
from machete_tui.ui.jobs import Job
from machete_tui.ui.shell import Shell

COMPOSE = (
    ("up", "Up", "make what runs equal to the files"),
    ("pull", "Pull and recreate", "newer images, then up"),
    ("rebuild", "Rebuild", "build the images, then up"),
    ("recreate", "Recreate", "make every container anew"),
)


class Adopting(Shell):
    """The part of the shell that knows containers and adopted projects.

    Attributes:
        facts: what was asked beyond the list: restarts and drift; ``facts_changed`` is published with it.
    """

    facts: Facts
    facts_changed: Signal[Facts]
    reader: FactsReader

    def prepare_adopting(self) -> None:
        """Make what screens subscribe to."""
        self.facts_changed = Signal(self, "facts")

    def adopt(self, take_started: Callable[[], set[str]], kept: Callable[[], dict[str, str]]) -> None:
        """Begin with a host; on the event loop.

        Args:
            take_started: gives the ids of containers that were started since it was last called.
            kept: gives the preferences as they were when the app began.
        """
        self._kept = kept
        self._preferences: dict[str, str] = {}
        self.facts = Facts()
        self.reader = FactsReader(lambda: self.context, self._facts_read, take_started)

    def on_mount(self) -> None:
        """Paint all again when the terminal was another's: it shows nothing of what was painted before."""
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh(layout=True))

    def _facts_read(self, facts: Facts) -> None:
        if facts != self.facts:
            self.facts = facts
            self.facts_changed.publish(facts)

    def preference(self, name: str) -> str:
        """Return what was chosen under a name, now or in an earlier run; empty for nothing."""
        return self._preferences.get(name, self._kept().get(name, ""))

    def prefer(self, name: str, value: str) -> None:
        """Keep a preference, in a thread; that it cannot be kept is for the diagnostic log alone."""
        if self.preference(name) == value:
            return
        self._preferences[name] = value

        def keep(context: Context, _: Cancel) -> None:
            context.store.preferences.set(name, value)

        self.bridge.call("keep the choice", keep, on_end=lambda job: None)

    # Screens

    def open_row(self, row: ServiceRow) -> None:
        """Open what a row stands for."""
        if row.kind == "service":
            self.open_service(row.name)
        elif row.kind == "project":
            self.open_project(row.name)
        else:
            self.open_container(row.id, row.name)

    def open_container(self, ident: str, name: str) -> None:
        """Open the screen of a container."""
        self._show("container", "ContainerScreen", ident, name)

    def open_named(self, name: str, *, in_shell: bool = False) -> None:
        """Open the screen of a container, or a shell in it, by its name."""
        row = next((r for r in self.fleet.flat if name in (r.name, r.id)), None)
        if row is None:
            self.notify(f"there is no container {name}", severity="warning", timeout=3)
        elif in_shell:
            self.open_shell(row)
        else:
            self.open_row(row)

    def open_project(self, name: str) -> None:
        """Open the screen of a project made elsewhere."""
        self._show("project", "ProjectScreen", name)

    def _show(self, module: str, screen: str, *args: Any) -> None:
        self.push_screen(getattr(import_module(f"machete_tui.screens.{module}"), screen)(*args))

    def open_answer(self, operation: str, request: Any, title: str) -> None:
        """Run an operation that only reads, and open what it answers."""

        def on_end(job: Job) -> None:
            if job.error is not None:
                self.show_error(job.error, title)
            elif isinstance(job.value, Document):
                self.open_text(title, job.value.text)
            else:
                self.open_result(title, job.value)

        self.bridge.run(operation, request, quiet=True, on_end=on_end)

    def inspect_container(self, row: ServiceRow) -> None:
        """Open all that the engine knows of a container."""
        from machete_tui.operations.adopt_requests import OneContainer

        self.open_answer("container.inspect", OneContainer(row.id), f"{row.name} › inspect")

    def open_config(self, row: ServiceRow) -> None:
        """Open a project's effective compose file."""
        from machete_tui.operations.adopt_requests import Project

        self.open_answer("project.config", Project(row.name), f"{row.name} › compose")

    # Projects

    def choose_compose(self, row: ServiceRow) -> None:
        """Ask what compose shall do with a project, and do it."""
        from machete_tui.ui.dialogs.choose import Choose, Option

        def chosen(verb: str | None) -> None:
            if verb is not None:
                self.compose_project(row, verb)

        options = [Option(verb, title, note) for verb, title, note in COMPOSE]
        self.push_screen(Choose(f"Compose of {row.name}", options), chosen)

    def compose_project(self, row: ServiceRow, verb: str) -> None:
        """Let compose do something with a project, and show its progress."""
        from machete_tui.operations.adopt_requests import Project, ProjectUp

        request = ProjectUp(row.name) if verb == "up" else Project(row.name)
        job = self.bridge.run(
            f"project.{verb}", request, label=f"{verb} {row.name}", subject=row.key, quiet=True
        )
        self.open_progress(job)

    # Shells

    def open_shell(self, row: ServiceRow) -> None:
        """Open a shell in the container of a row; which one is asked where there are several."""
        from machete_tui.ui.terminal import open_shell

        running = [c for c in self.fleet.members(row) if c.state == "running"]
        if len(running) == 1 or row.kind == "container":
            one = running[0] if running else next(iter(self.fleet.members(row)), None)
            open_shell(self, one.id if one else row.id, one.name if one else row.name)
            return
        if not running:
            self.notify(f"no container of {row.name} runs", severity="warning", timeout=3)
            return
        from machete_tui.ui.dialogs.choose import Choose, Option

        names = {c.id: c.name for c in running}

        def chosen(ident: str | None) -> None:
            if ident is not None:
                open_shell(self, ident, names[ident])

        options = [Option(c.id, c.name, c.component) for c in sorted(running, key=lambda c: c.name)]
        self.push_screen(Choose(f"Shell in a container of {row.name}", options), chosen)
