"""What happened since the start: every toast and every error, with its time, to read again."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.ui.notifications import Notification
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import Cell, Column, Tone, clean
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

EMPTY = Notice(
    "Nothing happened yet",
    "Whatever the app says in a corner or in a dialog stands here too, to be read again.",
    "5 Events lists what was changed, by anyone, since the beginning",
)
SIGNS: dict[str, tuple[str, Tone]] = {
    "information": ("· note", ""),
    "warning": ("! warning", "warn"),
    "error": ("✗ error", "bad"),
}


class NotificationsScreen(MacheteScreen):
    """The list, newest first."""

    CSS_PATH = "notifications.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="notifications.copy", tooltip="copy what the row says"),
    ]

    def __init__(self) -> None:
        super().__init__(name="notifications")  # no id: two may be open
        self.heading = "what happened"
        columns: list[Column[Notification]] = [
            Column(
                "seq",
                "NO",
                lambda h: Cell(str(h.seq), "quiet"),
                4,
                right=True,
                sort=lambda h: h.seq,
                priority=3,
            ),
            Column("at", "AT", lambda h: Cell(time.strftime("%H:%M:%S", time.localtime(h.at)), "quiet"), 8),
            Column("kind", "KIND", lambda h: Cell(*SIGNS.get(h.tone, SIGNS["information"])), 9),
            Column("text", "WHAT", lambda h: Cell(clean(_line(h))), 30, grow=1),
        ]
        self._table: Table[Notification] = Table(
            columns, key=lambda h: str(h.seq), sort="seq", reverse=True, marks=False
        )
        self._table.about = self._about

    def compose_body(self) -> ComposeResult:
        """The list, and the row under the cursor in full."""
        yield ListPane(self._table)
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Show them."""
        self._table.say(EMPTY)
        self._table.focus()
        self.shell.said_changed.subscribe(self, lambda _: self.reload())
        self.reload()

    def reload(self) -> None:
        """Show what is kept now."""
        self._table.show(self.shell.said.all)
        self._about(self._table.cursor_row)

    def action_copy(self) -> None:
        """Copy the row over OSC 52; says nothing, for that would be one more row."""
        row = self._table.cursor_row
        if row is not None:
            self.app.copy_to_clipboard(_line(row))

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        self._about(event.row)

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        self.shell.open_text("what happened", _line(event.row))

    def _about(self, row: Notification | None) -> None:
        self.query_one("#about", DetailLine).say("" if row is None else _line(row))


def _line(row: Notification) -> str:
    return f"{row.title}: {row.text}" if row.title else row.text
