"""The app's part in measuring: readings for the screens, and alerts for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.signal import Signal

from machete_tui.core.alerts import Alert
from machete_tui.operations.recording import Recorder
from machete_tui.ui.shell import Shell
from machete_tui.ui.usage import Usage, UsageMeter

if TYPE_CHECKING:
    _Base = Shell
else:
    _Base = object


class Measuring(_Base):
    """What :class:`~machete_tui.ui.shell.Shell` says of readings, done with one thread."""

    meter: UsageMeter

    def prepare_measuring(self) -> None:
        """Make what screens subscribe to."""
        self.usage: dict[str, Usage] = {}
        self.usage_changed = Signal(self, "usage")
        self.alerts: tuple[Alert, ...] = ()
        self.alerts_changed = Signal(self, "alerts")

    def begin_measuring(self) -> None:
        """Start the thread; on the event loop."""
        self.meter = UsageMeter(lambda: self.context, self._measured, self._looked, lambda: self.fleet.names)
        self.meter.start()

    @property
    def recorder(self) -> Recorder:
        """Readings of everything."""
        return self.meter.recorder

    def want_usage(self, wanted: bool, who: str = "") -> None:
        """Publish readings each second from now on, or no more."""
        self.meter.want(wanted, who)

    def _measured(self, usage: dict[str, Usage]) -> None:
        self.usage = usage
        self.usage_changed.publish(usage)

    def _looked(self, alerts: tuple[Alert, ...], began: tuple[Alert, ...]) -> None:
        """Show what is above its threshold; tell only what was not told."""
        self.alerts = alerts
        self.alerts_changed.publish(alerts)
        for alert in began:
            self.notify(str(alert), title="Alert", severity="warning", timeout=8)
