"""What any operation answered: a table of its rows, or its text."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult

from machete_tui.core.results import Listing
from machete_tui.ui.listing import columns_of
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import sentence
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table


class ResultScreen(MacheteScreen):
    """A listing as a table.

    Args:
        title: the operation and its object.
        listing: what it answered.
    """

    CSS_PATH = "result.tcss"

    def __init__(self, title: str, listing: Listing[Any]) -> None:
        super().__init__()
        self.heading = title
        self._listing = listing
        self._keys = {id(row): str(index) for index, row in enumerate(listing.rows)}
        columns = columns_of(listing.rows)
        self._table: Table[Any] = Table(columns, key=lambda row: self._keys[id(row)], marks=False)

    def compose_body(self) -> ComposeResult:
        """The table."""
        yield ListPane(self._table)

    def on_mount(self) -> None:
        """Show the rows."""
        self._table.say(Notice(sentence(self._listing.empty)))
        self._table.show(self._listing.rows)
        self._table.focus()
