"""Asks before something is changed that could hurt: names the object and what is lost; Cancel is focused.

    self.app.push_screen(Confirm("Remove shop?", ["containers and network are removed"], yes="Remove"), done)

``done`` gets True only for a deliberate yes; Esc, Cancel and Enter on the default give False or None.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice


class Confirm(Dialog[bool]):
    """A yes-or-no question.

    Args:
        title: the question, with the object's name.
        lines: what will happen and what is lost, one line each.
        yes: word of the button that does it; ``no`` of the one that does nothing and has the focus.
        danger: whether something is lost.
        names: the objects, where there are several; listed, scrolling when many.
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[str] = (),
        *,
        yes: str = "Yes",
        no: str = "Cancel",
        danger: bool = True,
        names: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._question = title
        self._lines = lines
        self._yes = yes
        self._no = no
        self._danger = danger
        self._names = names

    def compose(self) -> ComposeResult:
        """The box: text, names, the choice, what to type, the buttons."""
        with Vertical(classes="dialog -danger" if self._danger else "dialog") as box:
            box.border_title = self._question
            for line in self._lines:
                yield Static(line, classes="dialog-text", markup=False)
            if self._names:
                with VerticalScroll(classes="dialog-scroll", can_focus=False):
                    for name in self._names:
                        yield Static(f"  • {name}", classes="dialog-text", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Choice(self._no, id="no")
                yield Choice(self._yes, danger=self._danger, id="yes")

    def on_mount(self) -> None:
        """Cancel has the focus: Enter does nothing."""
        self.query_one("#no").focus()

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        self.dismiss(event.choice.id == "yes")
