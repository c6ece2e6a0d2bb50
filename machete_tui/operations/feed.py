"""Reads the logs of several containers at once, merged by time, and goes on with those that come later.

A thread for each container; what it reads goes as bytes to a sink. Everything else is told as news to the
thread of the operation: errors, ends, and what happened to the containers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, MutableMapping
from contextlib import suppress

from machete_tui.core.engine import Container, Engine, LogStream
from machete_tui.core.errors import EngineUnavailable, MacheteError
from machete_tui.core.frozen import dataclass
from machete_tui.core.logs import LogBatch, batch
from machete_tui.logs.merge import Lane, Merger

Sink = Callable[[LogBatch], None]
"""Gets lines from any thread, one call at a time for each container."""

Seen = MutableMapping[str, tuple[float, int]]
"""Container id -> time of the last line read of it, how many had that time: reading goes on after them."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The log of a container ended, or could not be read at all."""

    container: Container
    error: MacheteError | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of each log: ``since`` and ``until`` in Unix seconds, ``tail`` the last lines of each."""

    follow: bool = False
    since: float = 0.0
    until: float = 0.0
    tail: int | None = None


class Feed:
    """The logs of some containers.

    Args:
        engine: whose.
        span: which part of each.
        sink: gets the lines.
        news: is called when the log of one ended.
        seen: what was read before; kept up to date.

    Attributes:
        open: ids of the containers that are being read.
    """

    def __init__(
        self,
        engine: Engine,
        span: Span,
        sink: Sink,
        news: Callable[[Ended], None],
        seen: Seen | None = None,
    ) -> None:
        self._news = news
        self.open: set[str] = set()
        self._engine, self._span = engine, span
        self._seen: Seen = {} if seen is None else seen
        self._merger = Merger(lambda _, lines: sink(lines))
        self._streams: set[LogStream] = set()
        self._lock = threading.Lock()
        self._closed = False

    def read(self, containers: list[Container], *, since: float | None = None) -> None:
        """Begin to read these; ``since`` in place of the span's for containers that came later."""
        lanes = [(c, self._merger.lane(0)) for c in containers if c.id not in self.open]
        self.open.update(c.id for c, _ in lanes)
        for container, lane in lanes:
            work = threading.Thread(
                target=self._pump, args=(container, lane, since), name=f"log {container.name}", daemon=True
            )
            work.start()

    def say(self, lines: list[tuple[float, str]]) -> None:
        """Put lines of our own among the others, each at its time; oldest first."""
        lane = self._merger.lane(0)
        for at, text in lines:
            lane.put(batch("", [text], at))
        lane.end()

    def close(self) -> None:
        """End every stream; threads that read return."""
        with self._lock:
            self._closed = True
            streams = list(self._streams)
        self._merger.close()
        for stream in streams:
            with suppress(Exception):
                stream.close()

    @property
    def empty(self) -> bool:
        """Whether all that was read has reached the sink."""
        return self._merger.empty

    def _pump(self, container: Container, lane: Lane, since: float | None) -> None:
        error: MacheteError | None = None
        stream: LogStream | None = None
        try:
            stream = self._stream(container, since)
            with self._lock:
                self._streams.add(stream)
                closed = self._closed
            if closed:
                stream.close()
            lane.ready()
            old = self._seen.get(container.id)
            for lines in stream.batches():
                if old is not None:
                    lines, old = _after(lines, *old)
                if len(lines):
                    lane.put(lines)
                    self._note(container.id, lines)
        except MacheteError as caught:
            error = caught
        except Exception as caught:
            error = EngineUnavailable(f"the log of {container.name} cannot be read: {caught}", "try again")
        finally:
            if stream is not None:
                with self._lock:
                    self._streams.discard(stream)
            lane.end()
            self.open.discard(container.id)
            self._news(Ended(container, error))

    def _note(self, container: str, lines: LogBatch) -> None:
        last, same = lines.times[-1], 0
        for at in reversed(lines.times):
            if at != last:
                break
            same += 1
        before, count = self._seen.get(container, (0.0, 0))
        self._seen[container] = (last, same + count if before == last and same == len(lines) else same)

    def _stream(self, container: Container, since: float | None) -> LogStream:
        span = self._span
        if container.id in self._seen:
            last, _ = self._seen[container.id]
            # A little earlier than the last line: a float does not hold the Engine's nanoseconds.
            return self._engine.logs(container.id, follow=span.follow, since=max(last - 1e-3, 0.0))
        if since is not None:
            return self._engine.logs(container.id, follow=span.follow, since=since)
        return self._engine.logs(
            container.id, follow=span.follow, since=span.since, until=span.until, tail=span.tail
        )


def _after(lines: LogBatch, last: float, count: int) -> tuple[LogBatch, tuple[float, int] | None]:
    """Leave out lines before a time and the first ``count`` at it; return what is left of count too."""
    for index, at in enumerate(lines.times):
        if at == last and count:
            count -= 1
        elif at >= last:
            return lines.part(index, len(lines)), None
    return lines.part(len(lines), len(lines)), (last, count)
