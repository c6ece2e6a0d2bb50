"""The releases of one service: diff between any two, and the way back to one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from machete_tui.operations.views import ReleaseRow
from machete_tui.ui.rows import release_columns
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table


class Releases(ListPane[ReleaseRow]):
    """A list of releases; Enter shows the files of one.

    ``=`` compares the two that are marked, else the one under the cursor with the live one. Ctrl+L asks
    to put the one under the cursor live again. All only post messages.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "equals_sign",
            "diff",
            "Diff",
            key_display="=",
            id="release.diff",
            tooltip="diff of the two marked, or with the live one",
        ),
        Binding(
            "ctrl+l",
            "rollback",
            "Rollback",
            id="release.rollback",
            tooltip="see the diff, then put this release live",
        ),
    ]

    @dataclass
    class Compare(Message):
        """Two releases are to be compared; ``rollback`` when the second is to be put live."""

        before: int
        after: int
        rollback: bool = False

    @dataclass
    class Files(Message):
        """The files of a release are to be shown."""

        number: int

    def __init__(self, now: Callable[[], float], *, id: str | None = None) -> None:  # noqa: A002
        table: Table[ReleaseRow] = Table(
            release_columns(now), key=lambda row: str(row.number), sort="number", reverse=True
        )
        super().__init__(table, id=id)
        table.say(Notice("No release yet", "A release is recorded when its images are built."))

    def show(self, rows: Sequence[ReleaseRow]) -> None:
        """Show these releases."""
        self.table.show(rows)

    @property
    def _live(self) -> int:
        return next((row.number for row in self.table.rows if row.live), 0)

    def action_diff(self) -> None:
        """Ask for a diff."""
        marked = sorted(row.number for row in self.table.marked)
        row = self.table.cursor_row
        if len(marked) == 2:
            self.post_message(self.Compare(marked[0], marked[1]))
        elif len(marked) > 2:
            self.app.notify("mark two releases, or none", severity="warning", timeout=3)
        elif row is not None and self._live and row.number != self._live:
            first, second = sorted((row.number, self._live))
            self.post_message(self.Compare(first, second))
        elif row is not None:
            older = [r.number for r in self.table.rows if r.number < row.number]
            if older:
                self.post_message(self.Compare(max(older), row.number))
            else:
                self.app.notify("there is only this release", timeout=3)

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        event.stop()
        self.post_message(self.Files(event.row.number))

    def action_rollback(self) -> None:
        """Ask to put the release under the cursor live again."""
        row = self.table.cursor_row
        if row is None:
            return
        if row.live:
            self.app.notify(
                f"#{row.number} is live already: choose an older one", severity="warning", timeout=3
            )
        elif not row.kept:
            self.app.notify(
                f"the images of #{row.number} are gone: rebuild that commit instead",
                severity="warning",
                timeout=5,
            )
        else:
            self.post_message(self.Compare(self._live, row.number, rollback=True))
