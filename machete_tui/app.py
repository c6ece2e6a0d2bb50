"""The Textual app: sections as modes, themes, palette, and the state that screens share.

No operations logic is here: the app starts jobs through the bridge and keeps what they bring.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module, resources
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.signal import Signal

from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError
from machete_tui.core.results import Done, Listing
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.clipboard import sequences
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job
from machete_tui.ui.keeper import FleetKeeper
from machete_tui.ui.keys import EVERYWHERE
from machete_tui.ui.leave import leave
from machete_tui.ui.prefetch import Prefetch
from machete_tui.ui.sections import Section, sections
from machete_tui.ui.themes import THEMES
from machete_tui.ui.typeahead import TypeAhead
from machete_tui.ui.usage import Usage, UsageMeter


def _operations() -> type[Provider]:
    from machete_tui.ui.commands import OperationCommands

    return OperationCommands


def _screen(section: Section) -> Screen[Any]:
    made = getattr(import_module(f"machete_tui.screens.{section.module}"), section.screen)()
    assert isinstance(made, Screen)
    return made


class MacheteApp(TypeAhead, Adopting):
    """The app.

    Args:
        prefetch: the context and the first list, begun before Textual was imported.
        demo: whether everything is pretended.
    """

    TITLE = "machete"
    CSS_PATH = str(resources.files("machete_tui").joinpath("styles/base.tcss"))
    DEFAULT_MODE = "services"
    MODES: ClassVar[dict[str, Any]] = {s.id: partial(_screen, s) for s in sections()}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS: ClassVar[set[Any]] = App.COMMANDS | {_operations}
    AUTO_FOCUS = "*"
    ESCAPE_TO_MINIMIZE = False

    BINDINGS: ClassVar[list[BindingType]] = [*EVERYWHERE]

    def __init__(self, prefetch: Prefetch, *, demo: bool = False) -> None:
        super().__init__()
        self._prefetch = prefetch
        self.demo = demo
        self.fleet = Fleet()
        self.fleet_changed = Signal(self, "fleet")
        self.jobs_changed = Signal(self, "jobs")
        self.usage: dict[str, Usage] = {}
        self.usage_changed = Signal(self, "usage")
        for theme in THEMES:
            self.register_theme(theme)
        # Without the watcher, which would read all the style sheets a second time at the start.
        self.set_reactive(App.theme, THEMES[0].name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return values for what themes other than our own do not set."""
        return {"quiet": "#808a99"}

    @property
    def context(self) -> Context:
        """The context; made long before the first screen asks."""
        return self._prefetch.context

    def on_load(self) -> None:
        """Start the bridge and the keeper of the fleet, so that the first screen has its rows."""
        self.bridge = Bridge(lambda: self.context, self._jobs_changed, self._job_ended)
        self.meter = UsageMeter(lambda: self.context, self._measured, lambda: self.fleet.names)
        self.keeper = FleetKeeper(self, self._prefetch)
        self.adopt(self.keeper.take_started, lambda: self._prefetch.preferences)
        self.keeper.start()

    def set_fleet(self, fleet: Fleet) -> None:
        """Take a new picture of the services and publish it."""
        if fleet != self.fleet:
            self.fleet = fleet
            self.meter.containers_changed()
            self.reader.follow(fleet)
            self.fleet_changed.publish(fleet)

    def want_usage(self, wanted: bool) -> None:
        """Measure CPU and memory from now on, or no more."""
        self.meter.want(wanted)

    def _measured(self, usage: dict[str, Usage]) -> None:
        self.usage = usage
        self.usage_changed.publish(usage)

    def refresh_fleet(self) -> None:
        """List the services again."""
        self.keeper.refresh()

    def _jobs_changed(self) -> None:
        self.jobs_changed.publish(self.bridge.jobs)

    def _job_ended(self, job: Job) -> None:
        """Report a job that no screen reports, and look at the services after any change."""
        if job.changes:
            self.keeper.refresh()
        if job.quiet or job.state == "cancelled":
            return
        if job.error is not None:
            self.show_error(job.error, job.subject)
        elif isinstance(job.value, Done):
            self.notify(job.value.message, timeout=4)

    async def action_quit(self) -> None:
        """Leave; ask first when that would interrupt a change."""
        busy = [job for job in self.bridge.jobs if job.changes]
        if not busy:
            self._leave()
            return
        from machete_tui.ui.dialogs.confirm import Confirm

        lines = ["Leaving now interrupts it; it is finished or undone at the next start."]
        names = [job.label for job in busy]
        self.confirm(Confirm("Leave while work goes on?", lines, yes="Leave", names=names), self._leave)

    def _leave(self) -> None:
        self.keeper.stop()
        self.meter.stop()
        self.reader.stop()
        self.bridge.cancel_all()
        leave(self)

    def _fatal_error(self) -> None:
        """Leave after a fault of the program: a line for the person, the traceback for the log."""
        error = self._exception
        text = "".join(traceback.format_exception(error)) if error else ""
        self.context.log.write("error", "the app failed", traceback=text)
        if self.is_headless or self.context.settings.debug:
            super()._fatal_error()
            return
        where = self.context.settings.state_dir
        said = f"machete-tui: an unexpected error: {error!r}; the diagnostic log in {where} has the details"
        self._exit_renderables.append(said)
        self._close_messages_no_wait()

    def show_error(self, error: MacheteError, subject: str = "") -> None:
        """Open the error dialog."""
        from machete_tui.ui.dialogs.error import ErrorDialog

        self.push_screen(ErrorDialog(error, subject=subject))

    def confirm(self, screen: Any, then: Callable[[], None]) -> None:
        """Open a confirmation; call ``then`` only after a deliberate yes."""
        self.push_screen(screen, lambda answer: then() if answer else None)

    def go(self, section: str) -> None:
        """Go to a section, where it was left."""
        self.switch_mode(section)

    def open_service(self, name: str, tab: str = "") -> None:
        """Open the service's own screen, unless it is open already."""
        if not (self.screen.id == "service" and getattr(self.screen, "heading", "") == name):
            self._push("service", "ServiceScreen", name, tab)

    def open_logs(self, name: str) -> None:
        """Open the log of a service."""
        self._push("logs", "LogsScreen", name)

    def open_history(self, name: str) -> None:
        """Open the deployments of a service."""
        self._push("history", "HistoryScreen", name)

    def open_progress(self, job: Job) -> None:
        """Open the progress of a job."""
        self._push("progress", "ProgressScreen", job)

    def open_text(self, title: str, text: str, *, kind: str = "") -> None:
        """Open a text to read."""
        self._push("viewer", "ViewerScreen", title, text, kind)

    def open_result(self, title: str, value: Any) -> None:
        """Open what an operation answered."""
        if isinstance(value, Listing) and not value.lines:
            self._push("result", "ResultScreen", title, value)
        else:
            from machete_tui.ui.answer import text_of

            self.open_text(title, text_of(value))

    def invoke(self, name: str, subject: str = "") -> None:
        """Do what choosing this operation in the palette does."""
        from machete_tui.operations.registry import find
        from machete_tui.ui.invoke import invoke

        invoke(self, find(name), subject)

    def deploy(self, name: str, request: Any, label: str = "") -> Job:
        """Run an operation that deploys and show its progress."""
        job = self.bridge.run(name, request, label=label, quiet=True)
        self.open_progress(job)
        return job

    def _push(self, module: str, screen: str, *args: Any) -> None:
        self.push_screen(getattr(import_module(f"machete_tui.screens.{module}"), screen)(*args))

    def copy_to_clipboard(self, text: str) -> None:
        """Copy over OSC 52, through tmux too."""
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(sequences(text, os.environ))

    def action_go(self, section: str) -> None:
        """Go to a section."""
        self.go(section)

    def action_help(self) -> None:
        """Show every key that works here."""
        from machete_tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_reload(self) -> None:
        """Ask again: the services, the engine, and what the screen itself shows."""
        self.keeper.retry()
        self.reader.again()
        reload = getattr(self.screen, "reload", None)
        if callable(reload):
            reload()

    def action_jobs(self) -> None:
        """Choose one of the jobs that run and show its progress."""
        from machete_tui.ui.dialogs.choose import Choose, Option

        jobs = {str(i): job for i, job in enumerate(self.bridge.jobs) if job.changes}

        def chosen(key: str | None) -> None:
            if key is not None:
                self.open_progress(jobs[key])

        options = [Option(key, job.label) for key, job in jobs.items()]
        self.push_screen(Choose("What runs now", options, empty="Nothing runs."), chosen)

    def action_theme(self) -> None:
        """Change between dark and light."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def get_system_commands(self, screen: Screen[Any]) -> Sequence[SystemCommand]:
        """Return what the palette offers beside the operations."""
        rooms = [SystemCommand(f"Go: {s.title}", s.help, partial(self.go, s.id)) for s in sections()]
        return [
            *rooms,
            SystemCommand("Help", "every key that works here", self.action_help),
            SystemCommand("Theme", "dark or light", self.action_theme),
            SystemCommand("Quit", "leave machete", lambda: self.run_worker(self.action_quit())),
        ]


def run(
    context_factory: Callable[[], Context], *, demo: bool = False, prefetch: Prefetch | None = None
) -> int:
    """Run the app until it is left.

    Args:
        context_factory: makes the context; called in a thread.
        demo: whether everything is pretended.
        prefetch: what :func:`machete_tui.ui.prefetch.start` began before this module was imported.

    Returns:
        The process's exit code.
    """
    app = MacheteApp(prefetch or Prefetch(context_factory), demo=demo)
    code = app.run()
    sys.stdout.flush()
    return app.return_code or code or 0
