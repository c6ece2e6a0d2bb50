"""Writes what a log view shows into a file: the name's ending says whether as text, JSON or CSV."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Conflict, InvalidInput, NoCapacity
from machete_tui.core.results import Done
from machete_tui.logs.export import SUFFIXES, written
from machete_tui.logs.sieve import Passed
from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice
from machete_tui.ui.logs.view import LogView

_LOT = 2000


class SaveLog(Dialog[str]):
    """Asks for the file; returns its path."""

    def __init__(self, path: str, count: int) -> None:
        super().__init__()
        self._path, self._count = path, count

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Save the log"
            yield Static(
                f"{self._count:,} lines, as shown: .json for JSON lines, .csv for a table, else text.",
                classes="dialog-quiet",
                markup=False,
            )
            yield Input(self._path, id="path", compact=True)
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Cancel", id="no")
                yield Choice("Save", id="yes")

    def on_mount(self) -> None:
        """The name is what one changes."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        event.stop()
        path = self.query_one(Input).value.strip()
        self.dismiss(path if path and event.choice.id == "yes" else None)


def save(view: LogView, path: Path, cancel: Cancel) -> Done:
    """Write every line that is shown, now; never over a file that exists."""
    form = SUFFIXES.get(path.suffix.lower(), "text")
    count, head = 0, True
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Conflict(f"{path} exists", "choose another name") from None
    except OSError as error:
        raise InvalidInput(f"{path}: {_why(error)}", "choose a folder that can be written") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            for lines in _lots(view):
                cancel.check()
                file.write(written(lines, form, head=head))
                head = False
                count += len(lines)
    except OSError as error:
        raise NoCapacity(f"{path}: {_why(error)}", "free some space, or choose another disk") from error
    return Done(f"saved {count:,} lines to {path}")


def _lots(view: LogView) -> Iterator[Sequence[Passed]]:
    last, at = view.last(), view.spool.first
    names = view.spool.sources
    while last is not None and at <= last:
        lines = view.lines([n for n in view.onwards(at, _LOT) if n <= last])
        if not lines:
            return
        levels = view.leveler.of(lines)
        yield [
            Passed(line.at, names[line.source], line.error, line.text, level)
            for line, level in zip(lines, levels, strict=True)
        ]
        at = lines[-1].number + 1


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
