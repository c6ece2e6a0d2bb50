"""What screens may ask of the app, without knowing the app: its context, jobs, fleet and dialogs.

A screen reaches it as ``self.shell`` (see :class:`machete_tui.ui.screen.MacheteScreen`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from textual import events
from textual.signal import Signal

from machete_tui.core.alerts import Alert
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError
from machete_tui.core.settings import Settings
from machete_tui.operations.recording import Recorder
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job
from machete_tui.ui.keyorder import KeysInOrder
from machete_tui.ui.notifications import Said
from machete_tui.ui.usage import Usage

CONTAINER = "container:"
"""What stands before a container's name among targets of logs; a service has nothing before it."""


class Shell(KeysInOrder):
    """The app as screens see it.

    Attributes:
        bridge: runs operations in threads.
        fleet: services and engine as last known.
        fleet_changed: published with the new :class:`Fleet`; ``subscribe(self, handler)`` in ``on_mount``.
        jobs_changed: published when a job began or ended.
        usage: CPU and memory by service, as last measured; ``usage_changed`` is published with it.
        recorder: readings of everything, of now and of the last minutes.
        alerts: what is above its threshold, worst first; ``alerts_changed`` is published with it.
        demo: whether everything is pretended.
        said: what was said since the start; ``said_changed`` is published with it.
    """

    bridge: Bridge
    fleet: Fleet
    fleet_changed: Signal[Fleet]
    jobs_changed: Signal[Sequence[Job]]
    usage: dict[str, Usage]
    usage_changed: Signal[dict[str, Usage]]
    alerts: tuple[Alert, ...]
    alerts_changed: Signal[tuple[Alert, ...]]
    demo: bool
    said: Said
    said_changed: Signal[Said]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Let the cursor of a field stand still: blinking sends bytes while nothing happens."""
        if hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = False

    @property
    def context(self) -> Context:
        """Settings, engine, store and the rest; its blocking parts are for threads only."""
        raise NotImplementedError

    @property
    def settings(self) -> Settings:
        """The settings in force; the defaults where no context can be made."""
        with suppress(Exception):
            return self.context.settings
        return Settings()

    def refresh_fleet(self) -> None:
        """List the services again, in a thread."""
        raise NotImplementedError

    @property
    def recorder(self) -> Recorder:
        """Readings of everything, of now and of the last minutes."""
        raise NotImplementedError

    def want_usage(self, wanted: bool, who: str = "") -> None:
        """Publish readings each second from now on, or no more; ``who`` asks, and each for itself."""
        raise NotImplementedError

    def show_error(self, error: MacheteError, subject: str = "") -> None:
        """Open the error dialog."""
        raise NotImplementedError

    def go(self, section: str) -> None:
        """Go to a section by its id in ``ui/sections.py``: ``services``, ``deploy``, ``logs``."""
        raise NotImplementedError

    def open_service(self, name: str, tab: str = "") -> None:
        """Open the service's own screen; ``tab`` is ``environment``, ``deployment`` or ``releases``."""
        raise NotImplementedError

    def open_logs(self, *targets: str) -> None:
        """Open the logs of services, or of containers as ``container:NAME``, together."""
        raise NotImplementedError

    def open_history(self, name: str) -> None:
        """Open the deployments of a service."""
        raise NotImplementedError

    def open_metrics(self, kind: str, name: str) -> None:
        """Open the charts of a ``service`` or a ``container``; ``host`` has no name."""
        raise NotImplementedError

    def open_progress(self, job: Job) -> None:
        """Open the progress of a deploying job; leaving it does not stop the job."""
        raise NotImplementedError

    def open_text(self, title: str, text: str, *, kind: str = "") -> None:
        """Open a text to read; ``kind`` is ``diff``, ``json`` or empty."""
        raise NotImplementedError

    def open_result(self, title: str, value: Any) -> None:
        """Open what an operation answered: a table for a listing, else its text."""
        raise NotImplementedError

    def record(self, text: str, title: str = "", tone: str = "information") -> None:
        """Keep something among what was said, without a toast."""
        raise NotImplementedError

    def use_host(self, name: str) -> None:
        """Operate another host from now on: its name or its URL."""
        raise NotImplementedError

    def invoke(self, name: str, subject: str = "") -> None:
        """Do what choosing this operation in the palette does."""
        raise NotImplementedError

    def deploy(self, name: str, request: Any, label: str = "") -> Job:
        """Run an operation that deploys (``service.deploy``, …) and show its progress."""
        raise NotImplementedError

    def confirm(self, screen: Any, then: Callable[[], None]) -> None:
        """Open a :class:`~machete_tui.ui.dialogs.confirm.Confirm`; call ``then`` only after a yes."""
        raise NotImplementedError
