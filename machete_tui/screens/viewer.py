"""A text to read: a file, a plan, a build log, a diff."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from machete_tui.ui.jobs import Job
from machete_tui.ui.release_files import files_of
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.shell import Shell
from machete_tui.ui.widgets.cells import Tone
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.finder import Finder
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.widgets.notice import Notice


class ViewerScreen(MacheteScreen):
    """A text.

    Args:
        title: what it is.
        text: the text.
        kind: ``diff`` for a unified diff, ``json`` for JSON; empty for plain text.
        section: the section that it was opened from.
    """

    CSS_PATH = "viewer.tcss"
    section = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="text.copy", tooltip="copy the whole text"),
    ]

    def __init__(self, title: str, text: str = "", kind: str = "") -> None:
        super().__init__()
        self.heading = title
        self._kind = kind
        self._lines = Lines(id="text")
        self._finder = Finder(self._lines)
        self._text = text

    def compose_body(self) -> ComposeResult:
        """The text, and one line about it."""
        yield self._finder
        yield DetailLine(self.heading, id="about")

    def on_mount(self) -> None:
        """Show it."""
        self._lines.say(Notice("Nothing in it"))
        self.set_text(self._text)
        self._lines.focus()

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._text = text
        shown = {"diff": diff_line, "json": json_line}.get(self._kind, Line)
        self._lines.set_lines([shown(x) for x in text.expandtabs(4).splitlines()])

    def say(self, text: str) -> None:
        """Say something in the line below the text."""
        self.query_one("#about", DetailLine).say(text)

    def clear(self) -> bool:
        """Drop what was looked for."""
        return self._finder.clear()

    def action_copy(self) -> None:
        """Copy over OSC 52."""
        self.app.copy_to_clipboard(self._text)
        self.notify("copied", timeout=2)


def show_files(shell: Shell, service: str, number: int) -> None:
    """Read a release's files in a thread and open them."""

    def on_end(job: Job) -> None:
        if job.error is not None:
            shell.show_error(job.error, service)
        else:
            shell.open_text(f"{service} › files of #{number}", job.value)

    shell.bridge.call("read files", files_of(service, number), on_end=on_end)


def json_line(text: str) -> Line:
    """Return a line of indented JSON: what is only structure stands back."""
    return Line(text, "quiet" if not text.strip("{}[], ") else "")


def diff_line(text: str) -> Line:
    """Return a line of a unified diff in its tone; the sign at its start says the same."""
    tone: Tone = ""
    if text.startswith(("+++", "---", "# ")):
        tone = "strong"
    elif text.startswith("@@"):
        tone = "link"
    elif text.startswith("+"):
        tone = "good"
    elif text.startswith("-"):
        tone = "bad"
    return Line(text, tone)
