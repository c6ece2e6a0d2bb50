"""Says what went wrong: the title, what happened, what to do about it, and the last lines of output."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from machete_tui.core.errors import MacheteError
from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice
from machete_tui.ui.widgets.cells import clean, sentence


class ErrorDialog(Dialog[None]):
    """An error in its three parts, with its log where there is one."""

    DEFAULT_CSS = """
    ErrorDialog .error-log {
        height: auto; max-height: 14; margin-top: 1; padding: 0 1; background: $background;
        scrollbar-size: 1 1; overflow-x: auto;
        & Static { width: auto; color: $quiet; }
    }
    ErrorDialog .error-mend { margin-top: 1; width: 1fr; height: auto; }
    """

    def __init__(self, error: MacheteError, *, subject: str = "") -> None:
        super().__init__()
        self.error = error
        self._subject = subject

    def compose(self) -> ComposeResult:
        """The box."""
        error = self.error
        with Vertical(classes="dialog -danger") as box:
            box.border_title = f"{error.title}: {self._subject}" if self._subject else error.title
            yield Static(clean(error.what), classes="dialog-text", markup=False)
            if error.field:
                yield Static(f"at {error.field}", classes="dialog-quiet", markup=False)
            if error.mend:
                yield Static(f"→ {clean(sentence(error.mend))}", classes="error-mend", markup=False)
            if error.log:
                with VerticalScroll(classes="error-log"):
                    yield Static("\n".join(clean(line) for line in error.log), markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Close", id="close")

    def on_mount(self) -> None:
        """Close has the focus; the log starts at its end, where the reason is."""
        self.query_one("#close").focus()
        for log in self.query(VerticalScroll):
            log.scroll_end(animate=False)

    @on(Choice.Pressed)
    def _close(self) -> None:
        self.dismiss(None)
