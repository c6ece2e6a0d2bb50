"""A box to tick that shows its state in its text, so that it can be read without colours."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """A check box one line high: ``[x] label`` or ``[ ] label``."""

    DEFAULT_CSS = """
    Tick {
        border: none; padding: 0; height: auto; background: transparent; text-wrap: wrap;
        &:focus { border: none; background-tint: $foreground 0%; }
        &:focus > .toggle--label {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
    }
    """

    @property
    def _button(self) -> Content:
        """The box, said in characters."""
        return Content.styled("[x] ", "bold $primary") if self.value else Content("[ ] ")
