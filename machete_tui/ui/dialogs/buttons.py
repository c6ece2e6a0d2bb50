"""A button one line high, that shows where the focus is without colour too."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static


class Choice(Static, can_focus=True):
    """A word to press: Enter or Space or a click. The focused one stands in brackets.

    Args:
        text: its word.
        danger: whether pressing it loses something.
        id: of the widget.
    """

    DEFAULT_CSS = """
    Choice {
        width: auto; height: 1; padding: 0 1; margin-left: 2; color: $foreground; background: $panel;
        &:focus { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
        &.-danger { color: $error; }
        &.-danger:focus { background: $error; color: $background; }
        &:disabled { color: $quiet; text-style: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "press", "Press", show=False, id="choice.press", tooltip="press it"),
        Binding(
            "left,up",
            "app.focus_previous",
            "Previous",
            show=False,
            id="choice.previous",
            tooltip="the one before",
        ),
        Binding("right,down", "app.focus_next", "Next", show=False, id="choice.next", tooltip="the next one"),
    ]

    class Pressed(Message):
        """The button was pressed."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The button."""
            return self.choice

    def __init__(self, text: str, *, danger: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(f"  {text}  ", id=id, classes="-danger" if danger else "", markup=False)
        self._text = text

    def on_focus(self) -> None:
        """Show the focus in the text too."""
        self.update(f"[ {self._text} ]")

    def on_blur(self) -> None:
        """Take the sign of the focus away."""
        self.update(f"  {self._text}  ")

    def on_click(self) -> None:
        """A click presses it."""
        self.action_press()

    def action_press(self) -> None:
        """Tell that it was pressed."""
        if not self.disabled:
            self.post_message(self.Pressed(self))
