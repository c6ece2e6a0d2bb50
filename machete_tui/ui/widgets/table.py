"""The one table of every list: drawn line by line, repainting only the cells that changed.

    table = Table(columns, key=lambda row: row.name, id="services")
    table.show(rows)                      # keeps cursor and marks by key
    table.say(Notice("No services yet", "Press 2 to deploy a folder"))   # shown while there are no rows

Messages: :class:`Table.Chosen` (Enter, double click), :class:`Table.Moved` (the cursor is on another
row), :class:`Table.Altered` (marks, sorting, filter or rows changed). ``table.targets`` is what an
action works on: the marked rows, else the row under the cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message

from machete_tui.ui.widgets.cells import Column
from machete_tui.ui.widgets.filters import Filter
from machete_tui.ui.widgets.grid import RowGrid
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.ordering import ordered

R = TypeVar("R")


class Table(RowGrid[R], can_focus=True):
    """A list of rows of one type.

    Args:
        columns: what each row shows.
        key: a row's identity, which cursor and marks follow over updates.
        sort: id of the column to sort by at first; empty for the order given.
        reverse: whether the first order is reversed.
        marks: whether rows can be marked.
        opens: whether Enter opens a row.
        parse: what a filter line means; default: a regular expression over a row's texts.
        text: what is read on a row by a filter; default: the texts of its columns.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down", tooltip="next row"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up", tooltip="previous row"),
        Binding(
            "pagedown,ctrl+f", "page(1)", "Page down", show=False, id="list.page-down", tooltip="next page"
        ),
        Binding(
            "pageup,ctrl+b", "page(-1)", "Page up", show=False, id="list.page-up", tooltip="previous page"
        ),
        Binding("g,home", "edge(-1)", "First", show=False, id="list.first", tooltip="first row"),
        Binding("G,end", "edge(1)", "Last", show=False, id="list.last", tooltip="last row"),
        Binding("enter", "choose", "Open", id="list.open", tooltip="open the row"),
        Binding(
            "space",
            "mark",
            "Mark",
            show=False,
            id="list.mark",
            tooltip="mark the row; actions take marked rows",
        ),
        Binding(
            "asterisk",
            "mark_all",
            "Mark all",
            show=False,
            id="list.mark-all",
            tooltip="mark all rows, or none",
        ),
        Binding("o", "sort", "Sort", show=False, id="list.sort", tooltip="sort by…"),
        Binding("O", "reverse", "Reverse", show=False, id="list.reverse", tooltip="reverse the order"),
    ]

    @dataclass
    class Chosen(Message):
        """A row was opened."""

        table: Table[Any]
        row: Any

        @property
        def control(self) -> Table[Any]:
            """The table."""
            return self.table

    @dataclass
    class Moved(Message):
        """The cursor is on another row; None when there is none."""

        table: Table[Any]
        row: Any

        @property
        def control(self) -> Table[Any]:
            """The table."""
            return self.table

    @dataclass
    class Altered(Message):
        """Marks, sorting, filter or the rows themselves changed."""

        table: Table[Any]

        @property
        def control(self) -> Table[Any]:
            """The table."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """Let a newer one stand for an older one that was not handled yet."""
            return isinstance(message, Table.Altered) and message.table is self.table

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        key: Callable[[R], str],
        sort: str = "",
        reverse: bool = False,
        marks: bool = True,
        opens: bool = True,
        parse: Callable[[str], Filter] = Filter.parse,
        text: Callable[[R], str] | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(columns, key, id)
        self.sort_id, self.sort_reverse = sort, reverse
        self._can_mark, self._opens = marks, opens
        self.parse_filter = parse
        self._read = text or self._text
        self._told: str | None = None
        self.about: Callable[[R], object] | None = None
        """Called at once when the cursor moves: what is said of a row is painted together with the cursor."""

    # What others read

    @property
    def rows(self) -> tuple[R, ...]:
        """Every row, shown or not."""
        return tuple(self._rows)

    @property
    def shown(self) -> tuple[R, ...]:
        """The rows that pass the filter, in the order shown."""
        return tuple(self._shown)

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor, or None."""
        return self._shown[self._cursor] if self._shown else None

    @property
    def marked(self) -> tuple[R, ...]:
        """The marked rows, also those that the filter hides now."""
        return tuple(row for row in self._rows if self._key(row) in self._marks)

    @property
    def targets(self) -> tuple[R, ...]:
        """What an action works on: the marked rows, else the one under the cursor."""
        row = self.cursor_row
        return self.marked or (() if row is None else (row,))

    # What others say

    def show(self, rows: Iterable[R]) -> None:
        """Show these rows, keeping the cursor and the marks on the same keys."""
        self._rows = list(rows)
        self._marks &= {self._key(row) for row in self._rows}
        self._arrange()

    def say(self, notice: Notice | None) -> None:
        """Set what is shown while there are no rows."""
        if notice != self._notice:
            self._notice = notice
            if not self._shown:
                self.refresh()

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns."""
        self.columns = list(columns)
        self._lay_out()
        self._arrange()

    def set_filter(self, chosen: Filter) -> None:
        """Show only rows that match; an invalid filter leaves the rows as they are."""
        self.filter = chosen
        if not chosen.error:
            self._arrange()

    def set_sort(self, column: str, reverse: bool = False) -> None:
        """Sort by a column's id."""
        self.sort_id, self.sort_reverse = column, reverse
        self._arrange()
        self.refresh(Region(0, 0, self.size.width, 1))

    def set_cursor(self, key: str) -> bool:
        """Put the cursor on the row of that key; return whether it is shown."""
        for index, row in enumerate(self._shown):
            if self._key(row) == key:
                self._go(index)
                return True
        return False

    def clear_marks(self) -> bool:
        """Unmark all; return whether any was marked."""
        had = bool(self._marks)
        self._marks.clear()
        self._repaint()
        self._send(self.Altered(self))
        return had

    def repaint_cells(self, only: Collection[str] | None = None) -> None:
        """Look at every visible cell again, or at some columns', and repaint those that changed."""
        self._repaint(only)

    # Keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the rows that are here allow."""
        if action == "choose":
            return self._opens and bool(self._shown)
        return self._can_mark or action not in ("mark", "mark_all")

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._go(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self._go(self._cursor + by * max(1, self.size.height - 2))

    def action_edge(self, which: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go(0 if which < 0 else len(self._shown) - 1)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self._shown and self._opens:
            self._send(self.Chosen(self, self._shown[self._cursor]))

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor and go on to the next."""
        if self._shown and self._can_mark:
            self._marks ^= {self._key(self._shown[self._cursor])}
            self._repaint()
            self._go(self._cursor + 1)
            self._send(self.Altered(self))

    def action_mark_all(self) -> None:
        """Mark every row shown; unmark them when all are marked."""
        if self._can_mark:
            keys = {self._key(row) for row in self._shown}
            self._marks = self._marks - keys if keys <= self._marks else self._marks | keys
            self._repaint()
            self._send(self.Altered(self))

    def action_sort(self) -> None:
        """Ask for the column to sort by."""
        from machete_tui.ui.dialogs.choose import Choose, Option

        options = [Option(column.id, column.name) for column in self.columns if column.title]

        def chosen(column: str | None) -> None:
            if column is not None:
                self.set_sort(column, self.sort_reverse if column == self.sort_id else self._falls(column))

        self.app.push_screen(Choose("Sort by", options, selected=self.sort_id), chosen)

    def action_reverse(self) -> None:
        """Reverse the order."""
        self.set_sort(self.sort_id or self.columns[0].id, not self.sort_reverse)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row clicked; a double click opens it; the heading sorts."""
        if not self._shown:
            return
        if event.y == 0:
            column = self._column_at(event.x)
            if column is not None and column.title:
                again = column.id == self.sort_id
                self.set_sort(column.id, not self.sort_reverse if again else column.falls)
            return
        index = event.y - 1 + self.scroll_offset.y
        if index < len(self._shown):
            self._go(index)
            if event.chain == 2:
                self.action_choose()

    def _falls(self, column: str) -> bool:
        return any(c.falls for c in self.columns if c.id == column)

    # Arranging

    def on_resize(self) -> None:
        """Lay the columns out into the new width and keep the cursor in sight."""
        self._lay_out()
        self._into_view()

    def _arrange(self) -> None:
        """Filter and sort, put the cursor back on its row, repaint what differs."""
        here = self._key(self._shown[self._cursor]) if self._shown else None
        before = len(self._shown)
        rows = self._rows
        if self.filter.active:
            rows = self.filter.chosen(rows, self._read)
        by = next((c for c in self.columns if c.id == self.sort_id), None)
        self._shown = list(rows) if by is None else ordered(rows, by, self.sort_reverse)
        index = next((i for i, row in enumerate(self._shown) if self._key(row) == here), None)
        self._cursor = max(0, min(self._cursor, len(self._shown) - 1)) if index is None else index
        if bool(before) != bool(self._shown) and self.is_attached:
            self.screen.refresh_bindings()
        if len(self._shown) != before:
            self.virtual_size = Size(self.scrollable_content_region.width, len(self._shown) + 1)
        if bool(before) != bool(self._shown) or (not self._shown and self._absence() != self._said):
            self._painted.clear()
            self.refresh()
        if self.scrollable_content_region.width and self.size.height:
            self._into_view()
        self._repaint()
        self._tell()
        self._age()
        self._send(self.Altered(self))

    def _text(self, row: R) -> str:
        return " ".join(column.cell(row).text for column in self.columns)

    def _tell(self) -> None:
        row = self.cursor_row
        key = None if row is None else self._key(row)
        if key != self._told:
            self._told = key
            self._send(self.Moved(self, row))

    def _send(self, message: Message) -> None:
        """Post a message that goes all the way up, whoever's handler it was that led to it."""
        self.post_message(message.set_sender(self))

    def _go(self, index: int) -> None:
        index = max(0, min(index, len(self._shown) - 1))
        if index == self._cursor or not self._shown:
            return
        old, self._cursor = self._cursor, index
        top = self.scroll_offset.y
        width = self.size.width
        self.refresh(*(Region(0, i - top + 1, width, 1) for i in (old, index) if i >= top))
        self._into_view()
        if self.about is not None:
            self.about(self._shown[index])
        self._tell()
