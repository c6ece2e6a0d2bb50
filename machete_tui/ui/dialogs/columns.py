"""Chooses the columns of a list: each can be ticked, the width decides which of them fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option as ListOption

from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice


class ColumnsDialog(Dialog[tuple[str, ...]]):
    """Returns the ids of the columns chosen, in the order of the list; empty for the usual ones.

    Args:
        columns: (id, title) of each.
        chosen: ids of those that are ticked.
        fixed: ids of those that are always there.
    """

    DEFAULT_CSS = """
    ColumnsDialog > .dialog { width: 48; padding: 0 1; }
    ColumnsDialog OptionList {
        border: none; height: auto; max-height: 18; background: $surface; padding: 0;
        &:focus { border: none; background-tint: $foreground 0%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "step(1)", "Down", show=False, id="columns.down", tooltip="next line"),
        Binding("k", "step(-1)", "Up", show=False, id="columns.up", tooltip="line before"),
        Binding("space", "tick", "Tick", show=False, id="columns.tick", tooltip="show the column, or not"),
    ]

    def __init__(
        self, columns: Sequence[tuple[str, str]], chosen: Collection[str], fixed: Collection[str] = ()
    ) -> None:
        super().__init__()
        self._columns = [c for c in columns if c[0] not in fixed]
        self._chosen = set(chosen)

    def compose(self) -> ComposeResult:
        """The box: the list, what the keys do, the buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Columns"
            yield OptionList(*(self._line(*column) for column in self._columns))
            yield Static("Space ticks; those that fit are shown.", classes="dialog-quiet")
            with Horizontal(classes="dialog-buttons"):
                yield Choice("The usual ones", id="usual")
                yield Choice("Show these", id="yes")

    def _line(self, ident: str, title: str) -> ListOption:
        return ListOption(Content(f"[{'x' if ident in self._chosen else ' '}] {title}"), id=ident)

    def on_mount(self) -> None:
        """The list has the focus."""
        options = self.query_one(OptionList)
        options.highlighted = 0
        options.focus()

    def action_step(self, by: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_tick(self) -> None:
        """Tick the line under the cursor, or take the tick away."""
        options = self.query_one(OptionList)
        index = options.highlighted
        if options.has_focus and index is not None:
            ident, title = self._columns[index]
            self._chosen ^= {ident}
            options.replace_option_prompt_at_index(index, self._line(ident, title).prompt)

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.query_one("#yes").focus()

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        if event.choice.id == "usual":
            self.dismiss(())
        else:
            self.dismiss(tuple(ident for ident, _ in self._columns if ident in self._chosen))
