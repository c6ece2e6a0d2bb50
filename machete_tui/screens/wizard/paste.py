"""A dialog for a `.env`: pasted, or read from a file of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static, TextArea

from machete_tui.core.errors import InvalidInput
from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice
from machete_tui.ui.widgets.cells import clean

_LARGEST = 256 * 1024
"""Bytes of a file that is read; an environment may not be larger than what a process can be given."""


class PasteDialog(Dialog[dict[str, str]]):
    """Returns the names and values, or None when it was closed.

    Args:
        text: what was pasted elsewhere already.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n,f8", "take", "Take", priority=True, id="paste.take", tooltip="take these variables"),
    ]

    DEFAULT_CSS = """
    PasteDialog > .dialog { width: 76; padding: 1 2; }
    PasteDialog TextArea { height: 10; border: none; background: $panel; padding: 0 1; }
    PasteDialog #paste-file { width: 1fr; }
    PasteDialog .line { height: 1; margin-top: 1; }
    PasteDialog .label { width: 14; color: $quiet; }
    PasteDialog #paste-said { margin-top: 1; height: auto; max-height: 3; color: $quiet; }
    PasteDialog #paste-said.-wrong { color: $error; }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._area = TextArea(text, compact=True, highlight_cursor_line=False, id="paste-text")
        self._file = Input("", "path of a .env file on this machine", compact=True, id="paste-file")
        self._said = Static("", id="paste-said", markup=False)
        self._values: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The text, the file, what was understood, the buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Paste a .env"
            box.border_subtitle = "Ctrl+N takes it · Esc closes"
            yield self._area
            with Horizontal(classes="line"):
                yield Static("or read", classes="label")
                yield self._file
            yield self._said
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Cancel", id="no")
                yield Choice("Take", id="yes")

    def on_mount(self) -> None:
        """Start in the text."""
        self._area.focus()
        self._read()

    @on(TextArea.Changed)
    def _read(self) -> None:
        """Say what is understood so far; values are never repeated."""
        from machete_tui.generation.dotenv import parse

        try:
            self._values = parse(self._area.text)
        except InvalidInput as error:
            self._values = {}
            self._say(f"{error.what}: {error.mend}", wrong=True)
            return
        names = ", ".join(self._values)
        count = len(self._values)
        self._say(f"{count} variable{'s' * (count != 1)}: {names}" if count else "Nothing yet")

    @on(Input.Submitted)
    def _load(self, event: Input.Submitted) -> None:
        """Put the file's text into the area, where it can be looked through."""
        event.stop()
        path = Path(event.value.strip()).expanduser()
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
            text = data.decode("utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = (
                (error.strerror or "it cannot be read") if isinstance(error, OSError) else "it is not text"
            )
            self._say(f"{path}: {reason}", wrong=True)
            return
        if len(data) > _LARGEST:
            self._say(f"{path}: larger than 256 KiB", wrong=True)
            return
        self._area.text = text
        self._area.focus()

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        if event.choice.id == "yes":
            self.action_take()
        else:
            self.dismiss(None)

    def action_take(self) -> None:
        """Give the values back, if there are any that were understood."""
        if self._values:
            self.dismiss(self._values)
        elif not self._said.has_class("-wrong"):
            self._say("Nothing to take: paste NAME=value lines, or give a file and press Enter", wrong=True)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._said.set_class(wrong, "-wrong")
        self._said.update(f"{'✗ ' if wrong else ''}{clean(text)}")
