"""Runs one action: its events to stderr, its data to stdout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError
from machete_tui.core.events import Event, Result, Rows
from machete_tui.core.results import Listing
from machete_tui.headless.progress import JsonProgress, PersonProgress, Progress
from machete_tui.headless.render import as_json, for_person, row_line
from machete_tui.headless.streams import ReaderGone, Stream
from machete_tui.operations.registry import Operation


@dataclass(slots=True)
class Front:
    """Where an action is shown.

    Attributes:
        out: stdout.
        err: stderr.
        json: whether a program reads.
        extra: what each JSON line carries beside its own (a script's step).
        lines: whether data is JSON lines rather than one document.
        streamed: whether rows were written already.
    """

    out: Stream
    err: Stream
    json: bool = False
    extra: Callable[[], dict[str, Any]] = dict
    lines: bool = False
    streamed: bool = False
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = JsonProgress(self.err, self.extra) if self.json else PersonProgress(self.err)

    def show(self, event: Event) -> None:
        """Show one event where it belongs."""
        if isinstance(event, Result):
            self.result(event.value)
        elif isinstance(event, Rows):
            self.rows(event.rows)
        else:
            self.progress.show(event)

    def rows(self, rows: tuple[object, ...]) -> None:
        """Write a batch of a following action's data."""
        self.progress.end()
        self.streamed = True
        if not self.json:
            self.out.write("".join(f"{row_line(row)}\n" for row in rows))
            return
        extra = self.extra()
        lines = ({**extra, "row": row} if extra else row for row in rows)
        self.out.write("".join(as_json(line, self.out) for line in lines))

    def result(self, value: Any) -> None:
        """Write what the action ended with."""
        self.progress.end()
        if self.json:
            if self.lines or not (self.streamed and value is None):
                shown = {**self.extra(), "ok": True, "result": value} if self.lines else value
                flat = self.lines or self.streamed
                self.out.write(as_json(shown, self.out, indent=None if flat else 2))
            return
        if isinstance(value, Listing) and not value.rows:
            if not self.streamed:
                self.err.write(f"{value.empty}\n")
            return
        self.out.write(for_person(value, self.out))


def perform(context: Context, operation: Operation, request: Any, front: Front, cancel: Cancel) -> None:
    """Run it to its end; raises what it raises, and ReaderGone when nobody reads its data any more.

    An action that changes something goes on to its end when its reader has gone or its output cannot be
    written, and cleans up by itself when it is cancelled; one that only reads is closed at its next event.
    """
    if operation.changes:
        context.log.about()
        context.log.write("info", "action begins", action=operation.name)
        if operation.name != "system.reconcile":
            from machete_tui.operations.reconcile import before_change

            for event in before_change(context):
                front.show(event)
    events = operation.run(context, request, cancel)
    unshown: Exception | None = None
    try:
        for event in events:
            try:
                front.show(event)
            except (ReaderGone, MacheteError) as error:
                if not operation.changes:
                    raise
                unshown = error
            if not operation.changes and not isinstance(event, Result):
                cancel.check()
    finally:
        front.progress.end()
        close = getattr(events, "close", None)
        if close is not None:
            close()
    if operation.changes:
        context.log.write("info", "action ended", action=operation.name, shown=unshown is None)
    if isinstance(unshown, MacheteError):
        raise unshown
