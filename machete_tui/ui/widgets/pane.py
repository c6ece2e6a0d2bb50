"""A table with its filter line below it."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from machete_tui.ui.widgets.filters import Filter
from machete_tui.ui.widgets.table import Table

R = TypeVar("R")


class FilterInput(Input):
    """The line in which a filter is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "leave", "To the list", show=False, id="filter.leave", tooltip="back to the list"),
    ]

    def __init__(self, hint: str) -> None:
        super().__init__(compact=True, placeholder=hint)

    def action_leave(self) -> None:
        """Go back to the list, keeping the filter."""
        self.query_ancestor(ListPane).leave()

    async def action_submit(self) -> None:
        """Go back to the list at once: the next key belongs to it."""
        self.action_leave()


class ListPane(Vertical, Generic[R]):
    """A :class:`Table` and, while it is used, the line to filter it with.

    ``/`` opens the line, typing filters at once, Enter keeps the filter, Esc drops it.

    Args:
        table: the table.
        hint: what can be typed into it.
    """

    DEFAULT_CSS = """
    ListPane {
        height: 1fr;
        & > .filter { height: 1; display: none; background: $surface; }
        &.-typing > .filter, &.-filtered > .filter { display: block; }
        & .filter-sign { width: auto; padding: 0 0 0 1; color: $accent; text-style: bold; }
        & .filter-said {
            width: auto; max-width: 60%; padding: 0 1; color: $quiet;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & .filter-said.-error { color: $error; }
        & FilterInput { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
        & FilterInput:focus { border: none; background-tint: $background 0%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "filter",
            "Filter",
            key_display="/",
            id="list.filter",
            tooltip="filter by a regular expression; ! inverts",
        ),
    ]

    def __init__(
        self,
        table: Table[R],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        hint: str = "regular expression, ! inverts",
    ) -> None:
        super().__init__(id=id)
        self.table = table
        self._input = FilterInput(hint)
        self._said = Static(classes="filter-said", markup=False)
        self._text = ""

    def compose(self) -> ComposeResult:
        """The table, then the line."""
        yield self.table
        with Horizontal(classes="filter"):
            yield Static("/", classes="filter-sign")
            yield self._input
            yield self._said

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the filter where there is something to filter, and not while it is typed."""
        return action != "filter" or (bool(self.table.rows) and not self.has_class("-typing"))

    def action_filter(self) -> None:
        """Open the filter line."""
        self.add_class("-typing")
        self._input.disabled = False
        self.screen.set_focus(self._input)

    def clear(self) -> bool:
        """Drop what Esc drops first: the filter, then the marks; return whether there was anything."""
        if self._input.value or self.has_class("-typing"):
            self._input.value = ""
            self.table.set_filter(Filter())
            self._close()
            return True
        return bool(self.table.marked) and self.table.clear_marks()

    def on_mount(self) -> None:
        """The line takes no part in moving between widgets until it is opened."""
        self._input.disabled = True

    def restore(self, text: str) -> None:
        """Filter by a line that was kept, without opening it."""
        with self.prevent(Input.Changed):
            self._input.value = text
        self.set_class(bool(text), "-filtered")
        self.table.set_filter(self.table.parse_filter(text))
        self._say()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.table.set_filter(self.table.parse_filter(event.value))
        self._say()

    @on(Table.Altered)
    def _altered(self, event: Table.Altered) -> None:
        self._say()

    def leave(self) -> None:
        """Go back to the list, keeping the filter."""
        self._close()

    def _close(self) -> None:
        self.remove_class("-typing")
        self.set_class(bool(self._input.value), "-filtered")
        self._input.disabled = True
        self.screen.set_focus(self.table)

    def _say(self) -> None:
        table: Table[Any] = self.table
        if not (self.has_class("-typing") or self.has_class("-filtered")):
            return
        self._said.set_class(bool(table.filter.error), "-error")
        text = f"{len(table.shown)} of {len(table.rows)} · Enter keeps, Esc drops"
        if table.filter.error:
            text = f"not valid: {table.filter.error}"
        if text != self._text:
            self._text = text
            self._said.update(text)
