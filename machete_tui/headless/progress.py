"""What happens meanwhile, on stderr: for persons a line a step, for programs JSON lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from machete_tui.core.clock import duration
from machete_tui.core.events import Advance, Event, Lines, Note, StepFinished, StepStarted
from machete_tui.headless.cells import cut, plain
from machete_tui.headless.render import as_json
from machete_tui.headless.streams import Stream

_MARKS = {"done": ("✓", "ok", "32"), "failed": ("✗", "FAILED", "31"), "skipped": ("–", "skipped", "2")}
_UNDONE = ("↶", "undone", "33")
_LEVELS = {"info": ("·", "-", "0"), "warning": ("!", "!", "33"), "error": ("✗", "FAILED", "31")}


class Progress(Protocol):
    """Shows events that are not data."""

    def show(self, event: Event) -> None:
        """Show one."""

    def end(self) -> None:
        """Leave the stream at the start of a line."""


class PersonProgress:
    """``✓ Build image shop-web 3.2s``; on a terminal, the step that runs stands on the last line."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._titles: dict[str, str] = {}
        self._open = ""

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, StepStarted):
            self._titles[event.step] = plain(event.title)
            text = f"{self._sign('…', '...')} [{event.index}/{event.total}] {plain(event.title)}"
            self._line(text, keep=not self._stream.tty)
        elif isinstance(event, StepFinished):
            mark, word, colour = _MARKS.get(event.outcome, _UNDONE)
            title = self._titles.pop(event.step, event.step)
            detail = f"  {plain(event.detail)}" if event.detail else ""
            sign = self._stream.paint(self._sign(mark, word), colour)
            self._open = ""
            self._line(f"{sign} {title} {duration(event.seconds)}{detail}")
        elif isinstance(event, Lines):
            running, self._open = self._open, ""
            self._line("\n".join(f"  {plain(line)}".rstrip() for line in event.lines))
            if running:
                self._line(running, keep=False)
        elif isinstance(event, Advance):
            if self._stream.tty:
                self._line(f"{self._sign('…', '...')} {plain(event.text)} {event.percent}%", keep=False)
        elif isinstance(event, Note):
            mark, word, colour = _LEVELS[event.level]
            running, self._open = self._open, ""
            self._line(f"{self._stream.paint(self._sign(mark, word), colour)} {plain(event.text)}")
            if running:
                self._line(running, keep=False)

    def end(self) -> None:
        """Wipe a step's line that is still open."""
        if self._open:
            self._open = ""
            self._stream.write("\r\x1b[K")

    def _line(self, text: str, *, keep: bool = True) -> None:
        start = "\r\x1b[K" if self._stream.tty else ""
        if keep:
            self._stream.write(f"{start}{text}\n")
        else:
            self._open = text
            self._stream.write(start + cut(text, self._stream.width - 1))

    def _sign(self, mark: str, word: str) -> str:
        return mark if self._stream.unicode else word


class JsonProgress:
    """One JSON object a line, its ``event`` in snake case."""

    _NAMES: tuple[tuple[type[Event], str], ...] = (
        (StepStarted, "step_started"),
        (StepFinished, "step_finished"),
        (Lines, "lines"),
        (Advance, "advance"),
        (Note, "note"),
    )

    def __init__(self, stream: Stream, extra: Callable[[], dict[str, Any]] = dict) -> None:
        self._stream = stream
        self._extra = extra

    def show(self, event: Event) -> None:
        """Show one event."""
        from machete_tui.core.results import jsonable

        for kind, name in self._NAMES:
            if isinstance(event, kind):
                self._stream.write(as_json({"event": name, **self._extra(), **jsonable(event)}, self._stream))

    def end(self) -> None:
        """Do nothing: every line is complete."""
