"""Operating another host: everything that was known of one goes, and the other's is asked for.

Mixed into the app. The context of the new host is made in a thread; on the event loop only what holds it is
replaced, so that a host that hangs never holds the keys.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from textual.app import SystemCommand

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.settings import Settings
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job
from machete_tui.ui.prefetch import Prefetch
from machete_tui.ui.shell import Shell
from machete_tui.ui.usage import UsageMeter


class Hosting(Shell):
    """The part of the app that knows which host it is about."""

    _prefetch: Prefetch
    meter: UsageMeter
    other_host: Callable[[str], Context] | None = None
    """Makes the context of another host; None where there is no other, as in the demo."""

    def begin_host(self) -> None:
        """Begin to know a host."""
        raise NotImplementedError

    def end_host(self) -> None:
        """End every thread that follows the host, without waiting."""
        raise NotImplementedError

    def use_host(self, name: str) -> None:
        """Operate another host from now on."""
        make = self.other_host
        if make is None:
            self.notify("the demo has this one host", severity="warning", timeout=4)
            return
        busy = [job for job in self.bridge.jobs if job.changes]
        if busy:
            self.notify(f"wait until {busy[0].label} has ended", severity="warning", timeout=4)
            return

        def made(job: Job) -> None:
            if job.error is not None:
                self.show_error(job.error)
            else:
                self.run_worker(self._switch(job.value), group="host", exclusive=True)

        def begin(_: Context, __: Cancel) -> Context:
            return make(name)

        self.bridge.call(f"open {name}", begin, on_end=made)

    async def _switch(self, context: Context) -> None:
        """Replace the context and forget all that was known of the host before."""
        before = self.context
        self.end_host()
        wanted = self.meter.wanted
        await self._empty_rooms()
        self._prefetch = Prefetch(lambda: context)
        self.fleet, self.usage = Fleet(), {}
        self.fleet_changed.publish(self.fleet)
        self.begin_host()
        for who in wanted:
            self.want_usage(True, who)
        threading.Thread(target=_close, args=(before,), name="close", daemon=True).start()
        settings = context.settings
        self.notify(f"this is {settings.host or 'this machine'} now{_mode(settings)}", timeout=4)

    async def _empty_rooms(self) -> None:
        """Go to the services and close every other room: what they show is of the host before."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.switch_mode("services")
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        for mode in [m for m in self._screen_stacks if m != self.current_mode and m in self.MODES]:
            await self.remove_mode(mode)
            self.add_mode(mode, self.MODES[mode])

    def host_commands(self) -> Sequence[SystemCommand]:
        """Return a command of the palette for each other host."""
        if self.other_host is None:
            return ()
        from machete_tui.operations.hosts import every

        now = self.settings.host or "local"
        return [
            SystemCommand(
                f"Host: {host.name}", f"operate {host.url or host.broken}", partial(self.use_host, host.name)
            )
            for host in every(self.context)
            if host.name != now
        ]


def _close(context: Any) -> None:
    with suppress(Exception):
        context.close()


def _mode(settings: Settings) -> str:
    modes = ["a production host"] * settings.production + ["read-only"] * settings.read_only
    return f": {', '.join(modes)}" if modes else ""
