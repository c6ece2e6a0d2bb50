"""The Engine's log and event streams: frames taken apart, lines made safe, in batches."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from machete_tui.core.engine import EngineEvent, LogLine
from machete_tui.core.logs import LogBatch
from machete_tui.engines import shapes
from machete_tui.engines.wire import Body, SocketBody
from machete_tui.engines.wire_lines import Frames

BATCH = 500
"""Lines of a batch at most."""

LINGER = 0.05
"""Seconds that lines wait for company, unless the reader has been idle for as long."""

_PAUSE = 0.02  # seconds in which the lines of a talkative container gather
_MUCH = 1 << 14  # bytes at once after which there is no pause


class Demux:
    """Bytes of a log answer -> lines, one object each; for those who want few of them."""

    def __init__(self, container: str, *, tty: bool) -> None:
        self._frames = Frames(container, tty=tty)

    def feed(self, data: bytes) -> list[LogLine]:
        """Take the next bytes and return the lines that they complete."""
        return each_line(self._frames.feed(data))

    def rest(self) -> list[LogLine]:
        """Return lines that the end of the answer completes."""
        return each_line(self._frames.rest())


def each_line(batch: LogBatch | None) -> list[LogLine]:
    """Return the lines of a batch, one object each."""
    if batch is None:
        return []
    errors = batch.errors or bytes(len(batch))
    return [
        LogLine(at, batch.container, "stderr" if error else "stdout", text)
        for at, error, text in zip(batch.times, errors, batch.lines(), strict=True)
    ]


class WireLogs:
    """The output of one container; one reader, closed by any thread."""

    def __init__(self, body: Body, container: str, *, tty: bool) -> None:
        self._body = body
        self._container, self._tty = container, tty

    def close(self) -> None:
        """End it; a blocked read returns."""
        self._body.close()

    def __iter__(self) -> Iterator[tuple[LogLine, ...]]:
        """Yield batches until the end; raises EngineUnavailable when the Engine goes away before it."""
        demux = Demux(self._container, tty=self._tty)
        waiting: list[LogLine] = []
        told = 0.0
        try:
            while True:
                due = told + LINGER - time.monotonic() if waiting else None
                try:
                    data = self._body.read(due if due is None or due > 0 else 0.001)
                except TimeoutError:
                    yield tuple(waiting)
                    waiting, told = [], time.monotonic()
                    continue
                waiting += demux.feed(data) if data else demux.rest()
                now = time.monotonic()
                while len(waiting) >= BATCH or (waiting and (not data or now - told >= LINGER)):
                    yield tuple(waiting[:BATCH])
                    waiting, told = waiting[BATCH:], now
                if not data:
                    return
        finally:
            self._body.close()

    def batches(self) -> Iterator[LogBatch]:
        """Yield what is there, as it comes and as bytes; raises EngineUnavailable as iterating does."""
        frames = Frames(self._container, tty=self._tty)
        gathers = isinstance(self._body, SocketBody)
        try:
            while True:
                data = self._body.read()
                found = frames.feed(data) if data else frames.rest()
                if found is not None:
                    yield found
                if not data:
                    return
                if gathers and len(data) < _MUCH:
                    time.sleep(_PAUSE)
        finally:
            self._body.close()


class WireEvents:
    """What happens to containers; one reader, closed by any thread."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def close(self) -> None:
        """End it; a blocked read returns."""
        self._body.close()

    def __iter__(self) -> Iterator[tuple[EngineEvent, ...]]:
        """Yield batches until closed; raises EngineUnavailable when the Engine goes away."""
        left = b""
        try:
            while data := self._body.read():
                *whole, left = (left + data).split(b"\n")
                batch = tuple(shapes.event(json.loads(line)) for line in whole if line.strip())
                if batch:
                    yield batch
        finally:
            self._body.close()
