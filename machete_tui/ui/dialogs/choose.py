"""Chooses one of a few: sort columns, themes, services, releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option as ListOption

from machete_tui.core.frozen import dataclass
from machete_tui.ui.dialogs.base import Dialog


@dataclass(frozen=True, slots=True)
class Option:
    """One of them: ``id`` is returned, ``text`` is read, ``note`` stands behind it."""

    id: str
    text: str
    note: str = ""


class Choose(Dialog[str]):
    """A short list; Enter returns the id of the line, Esc None."""

    DEFAULT_CSS = """
    Choose > .dialog { width: 56; padding: 0 1; }
    Choose OptionList {
        border: none; height: auto; max-height: 16; background: $surface; padding: 0;
        &:focus { border: none; background-tint: $foreground 0%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "step(1)", "Down", show=False, id="choose.down", tooltip="next line"),
        Binding("k", "step(-1)", "Up", show=False, id="choose.up", tooltip="line before"),
    ]

    def __init__(self, title: str, options: Sequence[Option], *, selected: str = "", empty: str = "") -> None:
        super().__init__()
        self._title = title
        self._options = options
        self._selected = selected
        self._empty = empty

    def compose(self) -> ComposeResult:
        """The box with its list, or what to do when there is nothing to choose."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            if not self._options and self._empty:
                yield Static(self._empty, classes="dialog-quiet", markup=False)
            yield OptionList(*(self._line(option) for option in self._options))

    def _line(self, option: Option) -> ListOption:
        sign = "› " if option.id == self._selected else "  "
        note = Content.styled(f"  {option.note}", "$quiet") if option.note else Content("")
        return ListOption(Content(sign + option.text) + note, id=option.id)

    def on_mount(self) -> None:
        """The line that is set already has the cursor."""
        ids = [option.id for option in self._options]
        options = self.query_one(OptionList)
        options.highlighted = ids.index(self._selected) if self._selected in ids else (0 if ids else None)
        options.focus()

    def action_step(self, by: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)
