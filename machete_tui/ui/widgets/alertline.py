"""A line under the header while something is above its threshold."""

from __future__ import annotations

from typing import cast

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from machete_tui.core.alerts import Alert
from machete_tui.ui.shell import Shell
from machete_tui.ui.widgets.cells import clean


class AlertLine(Widget):
    """The worst alert, and how many more there are; hidden while there is none."""

    DEFAULT_CSS = """
    AlertLine {
        display: none; height: 1; width: 1fr; padding: 0 1; background: $warning 22%; color: $foreground;
        text-wrap: nowrap;
        &.-shown { display: block; }
    }
    """

    def on_mount(self) -> None:
        """Follow the alerts."""
        shell = cast(Shell, self.app)
        shell.alerts_changed.subscribe(self, self._changed)
        self._changed(shell.alerts)

    def _changed(self, alerts: tuple[Alert, ...]) -> None:
        self.set_class(bool(alerts), "-shown")
        self.refresh()

    def render(self) -> RenderResult:
        """Return the line."""
        alerts = cast(Shell, self.app).alerts
        if not alerts:
            return Content("")
        line = Content.styled("! ", "bold $warning") + Content(clean(str(alerts[0])))
        if len(alerts) > 1:
            line += Content(f" · {len(alerts) - 1} more")
        return (line + Content.styled(" · 4 shows metrics", "$quiet")).truncate(
            self.content_size.width, ellipsis=True
        )
