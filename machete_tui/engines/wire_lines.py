"""The bytes of a log answer taken apart into lines, many at a time."""

from __future__ import annotations

from array import array
from struct import Struct

from machete_tui.core.logs import LogBatch
from machete_tui.engines import shapes
from machete_tui.engines.sanitize import clean_lines

LINE_MOST = 1 << 18
"""Bytes after which a line without an end is cut."""

_STDERR = 2
_SIZE = Struct(">I").unpack_from
_STAMP = 30  # characters of the Engine's times: always nanoseconds, always UTC


class Frames:
    """Bytes of a log answer -> lines. Each frame holds one line of one stream, or a part of a long one.

    Args:
        container: the name that its batches carry.
        tty: whether the container has a terminal: its output is plain lines of one stream.
    """

    def __init__(self, container: str, *, tty: bool) -> None:
        self._container = container
        self._tty = tty
        self._left = b""
        self._parts: dict[int, bytearray] = {}
        self._second = b""
        self._whole = 0.0
        self._open()

    def feed(self, data: bytes) -> LogBatch | None:
        """Take the next bytes and return the lines that they complete."""
        buffer = self._left + data if self._left else data
        if self._tty:
            self._plain(buffer)
        else:
            self._frames(buffer)
        return self._close()

    def rest(self) -> LogBatch | None:
        """Return the lines that the end of the answer completes."""
        for kind, part in self._parts.items():
            if part:
                self._line(kind, bytes(part))
        if self._tty and self._left:
            self._line(1, self._left)
        self._parts.clear()
        self._left = b""
        return self._close()

    def _plain(self, buffer: bytes) -> None:
        *whole, left = buffer.split(b"\n")
        for line in whole:
            self._line(1, line)
        while len(left) > LINE_MOST:
            self._line(1, left[:LINE_MOST])
            left = left[:_STAMP] + b" " + left[LINE_MOST:]  # what follows is of the same moment
        self._left = left

    def _frames(self, buffer: bytes) -> None:
        at, end = 0, len(buffer)
        texts, times, errors, parts = self._texts, self._times, self._errors, self._parts
        while end - at >= 8:
            stop = at + 8 + _SIZE(buffer, at + 4)[0]
            if stop > end:
                break
            begin = at + 39
            # One line, whole, with a time as the Engine writes it: nearly all are so.
            if (
                begin < stop
                and buffer[at + 37] == 90
                and buffer.find(b"\n", begin - 1, stop) == stop - 1
                and not parts
            ):
                second = buffer[at + 8 : at + 27]
                if second != self._second:
                    self._second = second
                    self._whole = shapes.stamp(second.decode("ascii", "replace") + "Z")
                nanos = buffer[at + 28 : at + 37]
                times.append(self._whole + int(nanos) / 1e9 if nanos.isdigit() else self._whole)
                texts.append(buffer[begin:stop])
                errors.append(buffer[at] == _STDERR)
            else:
                self._payload(buffer[at], buffer[at + 8 : stop])
            at = stop
        self._left = buffer[at:]

    def _payload(self, kind: int, payload: bytes) -> None:
        part = self._parts.get(kind)
        if part is not None:
            # The rest of a line that the Engine cut at 16 KiB comes with a stamp of its own.
            part += payload.partition(b" ")[2]
            if not payload.endswith(b"\n") and len(part) < LINE_MOST:
                return
            payload = bytes(part)
            del self._parts[kind]
        elif not payload.endswith(b"\n"):
            self._parts[kind] = bytearray(payload)
            return
        # A frame holds one line; a driver that puts several into one stamps only the first.
        head, _, text = payload.removesuffix(b"\n").partition(b" ")
        for line in text.split(b"\n"):
            self._line(kind, head + b" " + line)

    def _line(self, kind: int, payload: bytes) -> None:
        moment, _, text = payload.partition(b" ")
        self._times.append(shapes.stamp(moment.decode("ascii", "replace")))
        self._texts.append(text + b"\n")
        self._errors.append(kind == _STDERR)

    def _open(self) -> None:
        self._texts: list[bytes] = []
        self._times = array("d")
        self._errors = bytearray()

    def _close(self) -> LogBatch | None:
        if not self._texts:
            return None
        errors = bytes(self._errors) if 1 in self._errors else b""
        made = LogBatch(self._container, clean_lines(b"".join(self._texts)), self._times, errors)
        self._open()
        return made
