"""Two lines under the header of every screen while the engine cannot be asked."""

from __future__ import annotations

from typing import cast

from textual.content import Content
from textual.widgets import Static

from machete_tui.ui.fleet import Fleet
from machete_tui.ui.shell import Shell
from machete_tui.ui.widgets.cells import clean, sentence


class Banner(Static):
    """Says that Docker is away, why, what to do, and that it is being tried again; hidden otherwise."""

    DEFAULT_CSS = """
    Banner {
        display: none; height: auto; max-height: 4; padding: 0 1; background: $error 22%; color: $foreground;
        &.-shown { display: block; }
    }
    """

    _said = ""

    def on_mount(self) -> None:
        """Follow the fleet."""
        shell = cast(Shell, self.app)
        shell.fleet_changed.subscribe(self, self._changed)
        self._changed(shell.fleet)

    def _changed(self, fleet: Fleet) -> None:
        trouble = fleet.trouble
        self.set_class(trouble is not None, "-shown")
        if trouble is None:
            return
        title = Content.styled(f"! {trouble.title}: ", "bold $error")
        lines = title + Content(clean(trouble.what)) + Content.styled(" · trying again", "$quiet")
        if trouble.mend:
            lines += Content(f"\n  → {clean(sentence(trouble.mend))}")
        if lines.plain != self._said:
            self._said = lines.plain
            self.update(lines)
