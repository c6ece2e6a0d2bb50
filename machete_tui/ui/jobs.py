"""A job: one operation that runs in a thread, and the messages in which a screen hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from textual.dom import DOMNode
from textual.message import Message

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import MacheteError
from machete_tui.core.events import Event, Lines, Rows
from machete_tui.ui.progress import Progress

JobState = Literal["running", "done", "failed", "cancelled"]

BUFFER_FULL = 20_000
"""Lines that may wait for the event loop; a producer that is faster waits, so memory stays bounded."""


class UnexpectedError(MacheteError):
    """A fault of the program itself, shown in a dialog instead of a traceback."""

    title = "An unexpected error"


@dataclass(eq=False, slots=True)
class Job:
    """A running or ended operation.

    Its fields are changed on the event loop only; the thread reaches it through :class:`Buffer`.

    Attributes:
        name: the operation's name, or what a plain function is called.
        request: what it was asked.
        label: for people: ``deploy shop``.
        subject: name of the service it acts on; empty for none.
        changes: whether it changes anything.
        started: monotonic seconds.
        quiet: whether a screen reports its outcome; otherwise the app does.
        progress: what it said so far.
        state: how it goes; ``value`` is its result once ``done``, ``error`` why it ``failed``.
        cancel: its token.
        watchers: the nodes that get its messages.
        on_end: called on the event loop when it ended, before the messages.
    """

    name: str
    request: Any
    label: str
    subject: str = ""
    changes: bool = False
    follows: bool = False
    started: float = 0.0
    quiet: bool = False
    progress: Progress = field(default_factory=Progress)
    state: JobState = "running"
    value: Any = None
    error: MacheteError | None = None
    cancel: Cancel = field(default_factory=Cancel)
    watchers: list[DOMNode] = field(default_factory=list)
    on_end: Callable[[Job], None] | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.state == "running"

    def watch(self, node: DOMNode) -> None:
        """Send its messages to ``node`` too; what it said before is in :attr:`progress`."""
        if node not in self.watchers:
            self.watchers.append(node)

    def unwatch(self, node: DOMNode) -> None:
        """Send ``node`` no more messages."""
        if node in self.watchers:
            self.watchers.remove(node)


@dataclass
class JobProgress(Message, bubble=False):
    """A batch of a job's events; :attr:`Job.progress` has taken them in already.

    Attributes:
        job: whose.
        events: in order; neighbouring ``Lines`` and ``Rows`` are merged.
    """

    job: Job
    events: tuple[Event, ...]


@dataclass
class JobEnded(Message, bubble=False):
    """A job ended: look at its ``state``, ``value`` and ``error``."""

    job: Job


class Buffer:
    """Events on their way from a job's thread to the event loop."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[Event] = []
        self._size = 0
        self._signalled = False

    def put(self, event: Event, cancel: Cancel) -> bool:
        """Add one; return whether the loop must be told. Waits while the loop is too far behind."""
        with self._changed:
            while self._size >= BUFFER_FULL and not cancel.cancelled:
                self._changed.wait(0.2)
            self._events.append(event)
            self._size += _weight(event)
            tell, self._signalled = not self._signalled, True
            return tell

    def take(self) -> tuple[Event, ...]:
        """Return all that waits, merged, and let the producer go on."""
        with self._changed:
            events, self._events, self._size, self._signalled = self._events, [], 0, False
            self._changed.notify_all()
        return tuple(merged(events))


def _weight(event: Event) -> int:
    if isinstance(event, Lines):
        return len(event.lines)
    return len(event.rows) if isinstance(event, Rows) else 1


def merged(events: list[Event]) -> list[Event]:
    """Return the events with neighbouring ``Lines`` of one step, and neighbouring ``Rows``, made one."""
    result: list[Event] = []
    run: list[Any] = []

    def flush() -> None:
        if not run:
            return
        first = run[0]
        if len(run) == 1:
            result.append(first)
        elif isinstance(first, Lines):
            result.append(Lines(tuple(line for part in run for line in part.lines), first.step))
        else:
            result.append(Rows(tuple(row for part in run for row in part.rows)))
        run.clear()

    for event in events:
        alike = bool(run) and type(run[0]) is type(event)
        if isinstance(event, Lines):
            alike = alike and run[0].step == event.step
        if not (isinstance(event, (Lines, Rows)) and alike):
            flush()
        if isinstance(event, (Lines, Rows)):
            run.append(event)
        else:
            result.append(event)
    flush()
    return result
