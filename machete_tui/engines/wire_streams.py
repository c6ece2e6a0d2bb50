"""The Engine's log and event streams: frames taken apart, lines made safe, in batches."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from struct import unpack_from
from typing import Literal

from machete_tui.core.engine import EngineEvent, LogLine
from machete_tui.engines import shapes
from machete_tui.engines.sanitize import clean_bytes
from machete_tui.engines.wire import Body

BATCH = 500
"""Lines of a batch at most."""

LINGER = 0.05
"""Seconds that lines wait for company, unless the reader has been idle for as long."""

_LINE_MOST = 1 << 18  # a line without an end is cut here
_STDERR = 2


class Demux:
    """Bytes of a log answer -> lines. Each holds one line of one stream, or a part of a long one."""

    def __init__(self, container: str, *, tty: bool) -> None:
        self._container = container
        self._tty = tty
        self._buffer = bytearray()
        self._parts: dict[int, bytearray] = {}

    def feed(self, data: bytes) -> list[LogLine]:
        """Take the next bytes and return the lines that they complete."""
        self._buffer += data
        return self._raw() if self._tty else self._frames()

    def rest(self) -> list[LogLine]:
        """Return lines that the end of the answer completes."""
        found = [self._line(kind, bytes(part)) for kind, part in self._parts.items() if part]
        if self._tty and self._buffer:
            found.append(self._line(1, bytes(self._buffer)))
        self._parts.clear()
        self._buffer.clear()
        return found

    def _raw(self) -> list[LogLine]:
        *whole, left = bytes(self._buffer).split(b"\n")
        self._buffer = bytearray(left)
        return [self._line(1, line) for line in whole]

    def _frames(self) -> list[LogLine]:
        lines: list[LogLine] = []
        buffer, at, end = self._buffer, 0, len(self._buffer)
        while end - at >= 8:
            size: int = unpack_from(">I", buffer, at + 4)[0]
            if end - at < 8 + size:
                break
            kind = buffer[at]
            payload = bytes(buffer[at + 8 : at + 8 + size])
            at += 8 + size
            self._payload(kind, payload, lines)
        del buffer[:at]
        return lines

    def _payload(self, kind: int, payload: bytes, lines: list[LogLine]) -> None:
        part = self._parts.get(kind)
        if part:
            # The rest of a line that the Engine cut at 16 KiB comes with a stamp of its own.
            part += payload.partition(b" ")[2]
            if not payload.endswith(b"\n") and len(part) < _LINE_MOST:
                return
            payload = bytes(part)
            part.clear()
        elif not payload.endswith(b"\n"):
            self._parts[kind] = bytearray(payload)
            return
        # A frame holds one line; a driver that puts several into one stamps only the first.
        if payload.find(b"\n") == len(payload) - 1:
            lines.append(self._line(kind, payload))
            return
        head = payload.partition(b" ")[0]
        for number, text in enumerate(payload.rstrip(b"\n").split(b"\n")):
            lines.append(self._line(kind, text if not number else head + b" " + text))

    def _line(self, kind: int, payload: bytes) -> LogLine:
        moment, _, text = payload.partition(b" ")
        stream: Literal["stdout", "stderr"] = "stderr" if kind == _STDERR else "stdout"
        at = shapes.stamp(moment.decode("ascii", "replace"))
        if text.endswith(b"\n"):
            text = text[:-1]
        return LogLine(at, self._container, stream, clean_bytes(text))


class WireLogs:
    """The output of one container; one reader, closed by any thread."""

    def __init__(self, body: Body, container: str, *, tty: bool) -> None:
        self._body = body
        self._demux = Demux(container, tty=tty)

    def close(self) -> None:
        """End it; a blocked read returns."""
        self._body.close()

    def __iter__(self) -> Iterator[tuple[LogLine, ...]]:
        """Yield batches until the end; raises EngineUnavailable when the Engine goes away before it."""
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
                waiting += self._demux.feed(data) if data else self._demux.rest()
                now = time.monotonic()
                while len(waiting) >= BATCH or (waiting and (not data or now - told >= LINGER)):
                    yield tuple(waiting[:BATCH])
                    waiting, told = waiting[BATCH:], now
                if not data:
                    return
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
