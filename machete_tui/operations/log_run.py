"""Runs what shows logs: reads, sieves, gives rows or writes a file, and follows what starts meanwhile."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, EngineEvent
from machete_tui.core.errors import Cancelled, InvalidInput, MacheteError, NotFound
from machete_tui.core.events import Event, Note, Result, Rows
from machete_tui.core.frozen import dataclass
from machete_tui.core.logs import LogBatch, batch
from machete_tui.core.results import Done, Listing
from machete_tui.logs.level_words import NONE, named
from machete_tui.logs.query import parse
from machete_tui.logs.sieve import Passed, Sieve
from machete_tui.operations.feed import Ended, Feed, Span
from machete_tui.operations.log_marks import Mark, happened
from machete_tui.operations.log_requests import Shown
from machete_tui.operations.log_rows import Output

TAIL = 100
"""Lines of each container that are shown when nothing else is said."""

_ROOM = 256  # batches that wait for whoever reads the rows
_LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read.

    Attributes:
        containers: those there are.
        belongs: whether a container that starts is one of them too.
        marks: what happened before, oldest first.
        gone: lines that are kept of what is gone.
        since: Unix seconds from which on; 0 for as far as the tail goes.
        empty: what to say when there is no line.
    """

    containers: Sequence[Container]
    belongs: Callable[[EngineEvent], bool]
    marks: Sequence[Mark] = ()
    gone: Sequence[LogBatch] = ()
    since: float = 0.0
    empty: str = "there is no line"
    names: dict[str, Container] = field(default_factory=dict)


def sieve(request: Shown) -> Sieve:
    """Return what lets the request's lines pass; raises InvalidInput when its expression is not valid."""
    query = parse(request.grep)
    if query.error:
        raise InvalidInput(f"{request.grep!r}: {query.error}", "see Python's re syntax", field="--grep")
    if request.context < 0:
        raise InvalidInput("a number of lines is not negative", field="--context")
    level = named(request.level)
    return Sieve(query, level=level, context=request.context, levels=level != NONE or _formed(request))


def _formed(request: Shown) -> bool:
    return request.format != "text" or bool(request.output)


class LogRun:
    """One run: ``events`` is the operation's generator."""

    def __init__(self, ctx: Context, request: Shown, reading: Reading, cancel: Cancel) -> None:
        self._ctx, self._request, self._reading, self._cancel = ctx, request, reading, cancel
        self._sieve = sieve(request)
        self._queue: queue.Queue[LogBatch | Ended | MacheteError | tuple[EngineEvent, ...] | None]
        self._queue = queue.Queue(_ROOM)
        self._over = threading.Event()
        self._close_events: Callable[[], None] | None = None
        self._died: dict[str, EngineEvent] = {}
        tail = request.tail if request.tail >= 0 else 0 if reading.since else TAIL
        until = ctx.clock.now() - request.until if request.until else 0.0
        self._follow = request.follow and not until
        span = Span(self._follow, reading.since, until, tail or None)
        self._sink = request.sink or self._put
        self._spoken = bool(reading.since)
        self._feed = Feed(ctx.engine, span, self._sort, self._put, request.seen)

    def events(self) -> Iterator[Event]:
        """Yield rows as they come, and the result."""
        if self._request.sink is not None:
            yield from self._live()
            return
        output = Output(self._request)
        lines: list[Passed] = []
        try:
            for lot in self._lots():
                if isinstance(lot, Note):
                    yield lot
                    continue
                passed = [line for line in self._sieve(lot) if line.container or self._request.markers]
                if not passed:
                    continue
                if output.file:
                    output.write(passed)
                elif self._follow:
                    yield Rows(tuple(output.row(line, self._reading.names) for line in passed))
                else:
                    lines += passed
        finally:
            output.close()
        if output.file:
            yield Result(Done(f"wrote {output.count:,} lines to {output.file}"))
        elif not self._follow:
            yield Result(output.result(lines, self._reading.names, self._reading.empty))

    def _live(self) -> Iterator[Event]:
        """Read into the sink; what is told are notes only."""
        assert self._request.sink is not None
        for container in sorted(self._reading.containers, key=lambda c: c.name):
            self._request.sink(LogBatch(container.name, b""))  # so that each is known before it speaks
        yield Rows(())  # the engine answered: what comes from now on are lines
        for lot in self._lots():
            if isinstance(lot, Note):
                yield lot
            else:
                self._request.sink(lot)
        yield Result(Listing((), self._reading.empty, lines=True))

    def _lots(self) -> Iterator[LogBatch | Note]:
        with self._cancel.closing(self._close):
            try:
                yield from self._reading.gone
                if self._reading.marks:
                    self._feed.say(list(self._reading.marks))
                self._feed.read(list(self._reading.containers))
                if self._follow:
                    self._watch()
                yield from self._loop()
            finally:
                self._close()

    def _loop(self) -> Iterator[LogBatch | Note]:
        failed: MacheteError | None = None
        read = 0
        while True:
            try:
                item = self._queue.get(timeout=_LOOK if not self._feed.open else None)
            except queue.Empty:
                if self._feed.open or not self._feed.empty or not self._queue.empty():
                    continue
                if failed is not None and not read:
                    raise failed from None
                if not (self._follow and self._request.stay):
                    break
                item = self._queue.get()
            if self._cancel.cancelled:
                raise Cancelled("stopped following")
            if isinstance(item, LogBatch):
                read += 1
                yield item
            elif isinstance(item, Ended):
                failed = item.error or failed
                yield from self._ended(item)
            elif isinstance(item, MacheteError):
                raise item
            elif item is not None:
                for event in item:
                    yield from self._event(event)
        if self._follow:
            yield Note("every container has ended")

    def _ended(self, ended: Ended) -> Iterator[LogBatch | Note]:
        error = ended.error
        if error is not None and not isinstance(error, NotFound):
            raise error
        if error is not None:
            yield Note(f"{ended.container.name} was removed while it was opened", "warning")
        event = self._died.pop(ended.container.id, None)
        if event is not None:
            yield batch("", [happened(event)], event.at)

    def _event(self, event: EngineEvent) -> Iterator[LogBatch | Note]:
        if not self._reading.belongs(event):
            return
        said = happened(event)
        if event.action == "die" and event.container in self._feed.open:
            self._died[event.container] = event  # told when its last lines have come
            said = ""
        if event.action == "start" and (before := self._died.pop(event.container, None)) is not None:
            yield batch("", [happened(before)], before.at)  # its log went on over the restart
        if said:
            yield batch("", [said], event.at)
        if event.action == "start" and event.container not in self._feed.open:
            with suppress(NotFound):
                container = self._ctx.engine.container(event.container).container
                self._reading.names[container.name] = container
                self._feed.read([container], since=max(event.at - 1.0, 0.001))

    def _watch(self) -> None:
        """Tell what happens to containers from now on, in a thread."""
        stream = self._ctx.engine.events()

        def work() -> None:
            try:
                for events in stream:
                    self._put(events)
            except MacheteError as error:
                self._put(error)

        self._close_events = stream.close
        threading.Thread(target=work, name="log events", daemon=True).start()

    def _sort(self, lines: LogBatch) -> None:
        """Pass lines on; without a span, marks older than the first line would only push it away."""
        if lines.container or self._spoken:
            self._spoken = True
            self._sink(lines)

    def _put(self, item: LogBatch | Ended | MacheteError | tuple[EngineEvent, ...]) -> None:
        """Hand something to the operation's thread; waits while it is behind."""
        while not self._over.is_set():
            try:
                self._queue.put(item, timeout=0.2)
                return
            except queue.Full:
                continue

    def _close(self) -> None:
        self._over.set()
        self._feed.close()
        if self._close_events is not None:
            with suppress(Exception):
                self._close_events()
        with suppress(queue.Full):
            self._queue.put_nowait(None)


def since_of(ctx: Context, request: Shown, deployed: float = 0.0) -> float:
    """Return the Unix time from which on lines are meant; 0 for no bound."""
    since = ctx.clock.now() - request.since if request.since else 0.0
    return max(since, deployed)
