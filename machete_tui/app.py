"""The Textual app: sections as modes, themes, palette, and the state that screens share.

No operations logic is here: the app starts jobs through the bridge and keeps what they bring.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.signal import Signal

from machete_tui.core import starting
from machete_tui.core.context import Context
from machete_tui.core.results import Done
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.clipboard import sequences
from machete_tui.ui.ending import watch
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.hosting import Hosting
from machete_tui.ui.jobs import Job
from machete_tui.ui.keeper import FleetKeeper
from machete_tui.ui.keys import EVERYWHERE
from machete_tui.ui.leave import leave
from machete_tui.ui.look import Look
from machete_tui.ui.measuring import Measuring
from machete_tui.ui.notifications import Said
from machete_tui.ui.prefetch import Prefetch
from machete_tui.ui.rooms import Rooms
from machete_tui.ui.sections import Section, sections

if TYPE_CHECKING:
    from machete_tui.core.config import Config


def _operations() -> type[Provider]:
    from machete_tui.ui.commands import OperationCommands

    return OperationCommands


def _screen(section: Section) -> Screen[Any]:
    made = getattr(import_module(f"machete_tui.screens.{section.module}"), section.screen)()
    assert isinstance(made, Screen)
    return made


class MacheteApp(Look, Rooms, Hosting, Measuring, Adopting):
    """The app.

    Args:
        prefetch: the context and the first list, begun before Textual was imported.
        demo: whether everything is pretended.
        config: the operator's configuration; None where there is none.
        other_host: makes the context of another host.
        welcome: whether the tour is shown to who has not seen it.
    """

    TITLE = "machete"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["styles/base.tcss", "screens/services.tcss"]
    """The first screen's too: what is read together is parsed once."""
    DEFAULT_MODE = "services"
    MODES: ClassVar[dict[str, Any]] = {s.id: partial(_screen, s) for s in sections()}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS: ClassVar[set[Any]] = App.COMMANDS | {_operations}
    AUTO_FOCUS = "*"
    ESCAPE_TO_MINIMIZE = False

    BINDINGS: ClassVar[list[BindingType]] = [*EVERYWHERE]

    def __init__(
        self,
        prefetch: Prefetch,
        *,
        demo: bool = False,
        config: Config | None = None,
        other_host: Callable[[str], Context] | None = None,
        welcome: bool = False,
    ) -> None:
        super().__init__()
        self._prefetch = prefetch
        self.demo = demo
        self.other_host = other_host
        self._welcome = welcome
        self.fleet = Fleet()
        self.fleet_changed = Signal(self, "fleet")
        self.jobs_changed = Signal(self, "jobs")
        self.prepare_measuring()
        self.prepare_adopting()
        self.said = Said()
        self.said_changed = Signal(self, "said")
        self.put_on(config)

    @property
    def context(self) -> Context:
        """The context; made long before the first screen asks."""
        return self._prefetch.context

    def on_load(self) -> None:
        """Start the bridge and the keeper of the fleet, so that the first screen has its rows."""
        self.bridge = Bridge(lambda: self.context, self._jobs_changed, self._job_ended)
        self.begin_host()
        self.guard_production()

    def begin_host(self) -> None:
        """Begin to know a host: its fleet, what it uses, what was adopted on it."""
        self.begin_measuring()
        self.keeper = FleetKeeper(self, self._prefetch, self.meter.heard)
        self.adopt(self.keeper.take_started, lambda: self._prefetch.preferences)
        self.keeper.start()

    def end_host(self) -> None:
        """End every thread that follows the host, without waiting."""
        self.keeper.stop()
        self.meter.stop()
        self.reader.stop()
        self.bridge.cancel_all()

    def on_unmount(self) -> None:
        """End every thread, however the app ends: embedded in another program it leaves nothing behind."""
        self.end_host()

    def on_ready(self) -> None:
        """Say what is wrong in the configuration; show the tour to who has not seen it."""
        starting.ready()
        watch(self, self.end_host)
        self.app_resume_signal.subscribe(self, lambda _: self.paint_again())
        self.tell_mistakes()
        if self._welcome:
            from machete_tui.ui.seen import first_time

            self.bridge.call("tour", first_time("tour"), on_end=self._greet)

    def _greet(self, job: Job) -> None:
        if not job.value:
            return
        if self.typed:  # it would take the next key from what it was meant for
            self.notify("the palette (Ctrl+P) has a short tour", timeout=6)
        else:
            self.action_tour()

    def set_fleet(self, fleet: Fleet) -> None:
        """Take a new picture of the services and publish it."""
        if fleet != self.fleet:
            self.fleet = fleet
            self.meter.containers_changed()
            self.reader.follow(fleet)
            self.fleet_changed.publish(fleet)

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
        question = Confirm("Leave while work goes on?", lines, yes="Leave", names=[j.label for j in busy])
        self.confirm(question, self._leave)

    def _leave(self) -> None:
        self.end_host()
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

    def copy_to_clipboard(self, text: str) -> None:
        """Copy over OSC 52, through tmux too."""
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(sequences(text, os.environ))

    def action_go(self, section: str) -> None:
        """Go to a section."""
        self.go(section)

    def action_reload(self) -> None:
        """Ask again: the services, the engine, and what the screen itself shows."""
        self.keeper.retry()
        self.reader.again()
        reload = getattr(self.screen, "reload", None)
        if callable(reload):
            reload()

    def get_system_commands(self, screen: Screen[Any]) -> Sequence[SystemCommand]:
        """Return what the palette offers beside the operations."""
        rooms = [SystemCommand(f"Go: {s.title}", s.help, partial(self.go, s.id)) for s in sections()]
        return [
            *rooms,
            *self.host_commands(),
            SystemCommand("Help", "every key that works here", self.action_help),
            SystemCommand("Notifications", "what was said since the start", self.action_notifications),
            SystemCommand("Theme", "dark, light, colour-blind-safe, high contrast", self.choose_theme),
            SystemCommand("Tour", "the first minute, again", self.action_tour),
            SystemCommand("Quit", "leave machete", lambda: self.run_worker(self.action_quit())),
        ]


def run(
    context_factory: Callable[[], Context],
    *,
    demo: bool = False,
    prefetch: Prefetch | None = None,
    config: Config | None = None,
    other_host: Callable[[str], Context] | None = None,
    welcome: bool = False,
) -> int:
    """Run the app until it is left.

    Args:
        context_factory: makes the context; called in a thread.
        demo: whether everything is pretended.
        prefetch: what :func:`machete_tui.ui.prefetch.start` began before this module was imported.
        config: the operator's configuration.
        other_host: makes the context of another host.
        welcome: whether the tour is shown to who has not seen it.

    Returns:
        The process's exit code.
    """
    waiting = prefetch or Prefetch(context_factory)
    app = MacheteApp(waiting, demo=demo, config=config, other_host=other_host, welcome=welcome)
    code = app.run()
    sys.stdout.flush()
    return app.return_code or code or 0
