"""What every dialog shares: a titled box in the middle, closed by Esc."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A modal box. Esc dismisses it with None, which always means: do nothing."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        & > .dialog {
            width: 72; max-width: 96%; height: auto; max-height: 92%;
            background: $surface; border: round $border; border-title-color: $foreground;
            border-title-style: bold; padding: 1 2; overflow-y: auto; scrollbar-size-vertical: 1;
        }
        &.-low > .dialog { padding: 0 2; max-height: 100%; }
        & .dialog.-danger { border: round $error; border-title-color: $error; }
        & .dialog-text { width: 1fr; height: auto; }
        & .dialog-quiet { width: 1fr; height: auto; color: $quiet; }
        & .dialog-buttons { dock: bottom; height: 1; margin-top: 1; align-horizontal: right; width: 1fr; }
        & .dialog-scroll { height: auto; max-height: 12; scrollbar-size-vertical: 1; }
    }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012 - Textual declares it on instances

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Close", show=False, id="dialog.close", tooltip="close and do nothing"),
    ]

    def action_give_up(self) -> None:
        """Close and do nothing."""
        self.dismiss(None)
