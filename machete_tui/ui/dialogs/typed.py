"""Asks for a name to be typed before something is changed where it hurts most."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Static

from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice


class TypedConfirm(Dialog[bool]):
    """Returns True only after the name was typed and the button pressed.

    Args:
        question: the title.
        names: what will be done, one line each.
        typed: what has to be typed.
    """

    DEFAULT_CSS = "TypedConfirm.-low .dialog-scroll { max-height: 5; }"

    def __init__(self, question: str, names: Sequence[str], typed: str) -> None:
        super().__init__()
        self._question, self._names, self._typed = question, names, typed

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(classes="dialog -danger") as box:
            box.border_title = self._question
            with VerticalScroll(classes="dialog-scroll", can_focus=False):
                for name in self._names:
                    yield Static(f"  • {name}", classes="dialog-text", markup=False)
            yield Static(f"Type {self._typed} to go on:", classes="dialog-quiet", markup=False)
            yield Input(id="typed", compact=True)
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Cancel", id="no")
                yield Choice("Go on", danger=True, id="yes")

    def on_mount(self) -> None:
        """The cursor is in the field; Enter there does nothing until the name stands in it."""
        self.query_one("#yes").disabled = True
        self.query_one("#typed").focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self.query_one("#yes").disabled = event.value != self._typed

    @on(Input.Submitted)
    def _entered(self) -> None:
        if not self.query_one("#yes").disabled:
            self.query_one("#yes").focus()

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        self.dismiss(event.choice.id == "yes")
