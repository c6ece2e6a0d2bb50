"""Keeps the last lines of a log on disk, indexed by line, within a bound of lines and of bytes.

spool = Spool(settings.cache_dir / "spool")
web = spool.source("shop-web-1")
spool.append(web, batch)                 # from any thread, in batches
spool.lines(spool.end - 40, spool.end)   # what a screen shows
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from machete_tui.core.logs import LogBatch
from machete_tui.logs.segment import Segment

LINES = 1_000_000
"""Lines kept at most."""

BYTES = 256 << 20
"""Bytes kept at most, on disk."""

RING = 16 << 20
"""Bytes kept in memory at most, while the disk takes none."""

_SEGMENT_BYTES = 8 << 20
_SEGMENT_LINES = 1 << 16
_SOURCES = 1 << 16


class Kept(NamedTuple):
    """One line of the spool: its number, its time, which source wrote it, on stderr or not, its text."""

    number: int
    at: float
    source: int
    error: bool
    text: str


class Piece(NamedTuple):
    """Lines of one segment read at once: ``low`` up to ``high`` of its index, ``data`` their bytes."""

    segment: Segment
    low: int
    high: int
    base: int
    data: bytes

    @property
    def first(self) -> int:
        """Number of its first line."""
        return self.segment.first + self.low

    def number(self, position: int) -> int:
        """Return the number of the line that holds a byte of ``data``."""
        segment = self.segment
        return segment.first + segment.index_at(self.base + position, self.low, self.high)


class Spool:
    """Lines numbered from 0 in the order in which they came; the oldest go when there are too many.

    Args:
        folder: for the files, made when needed; None keeps all in memory.
        lines: how many are kept at most. ``size``: how many bytes. ``ring``: how many without a disk.
        grown: called from an appending thread when lines came, once until :meth:`seen` is called.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        lines: int = LINES,
        size: int = BYTES,
        ring: int = RING,
        grown: Callable[[], None] | None = None,
    ) -> None:
        self.sources: list[str] = []
        self.trouble = ""
        self._folder = folder
        self._most, self._size, self._ring = lines, size, ring
        self._portion = max(1, min(_SEGMENT_BYTES, size // 8))
        self._portion_lines = max(1, min(_SEGMENT_LINES, lines // 8))
        self._grown = grown
        self._told = False
        self._writing = threading.Lock()
        self._lock = threading.Lock()
        self._segments: deque[Segment] = deque()
        self._first = 0
        self._end = 0
        self._bytes = 0

    @property
    def first(self) -> int:
        """Number of the oldest line kept: as many were dropped."""
        return self._first

    @property
    def end(self) -> int:
        """Number that the next line gets."""
        return self._end

    @property
    def dropped(self) -> int:
        """How many lines were dropped."""
        return self._first

    @property
    def size(self) -> int:
        """Bytes kept."""
        return self._bytes

    def __len__(self) -> int:
        return self._end - self._first

    def source(self, name: str) -> int:
        """Return the number of a source, made at its first use."""
        with self._lock:
            try:
                return self.sources.index(name)
            except ValueError:
                if len(self.sources) >= _SOURCES:
                    return _SOURCES - 1
                self.sources.append(name)
                return len(self.sources) - 1

    def append(self, source: int, batch: LogBatch) -> None:
        """Add lines at the end and drop the oldest where there are too many. Thread-safe, never fails."""
        if not len(batch):
            return
        with self._writing:
            segment = self._segments[-1] if self._segments else None
            if segment is None or self._full(segment, len(batch.text)):
                segment = self._next()
            try:
                segment.write(batch, source)
                if self.trouble and not segment.in_memory:
                    self.trouble = ""
            except OSError as error:
                self._fault(error)
                segment = self._next(in_memory=True)
                segment.write(batch, source)
            with self._lock:
                self._bytes += len(batch.text)
                self._end += len(batch)
                self._trim()
                tell, self._told = not self._told, True
        if tell and self._grown is not None:
            self._grown()

    def seen(self) -> None:
        """Have ``grown`` called again for lines that come from now on."""
        self._told = False

    def clear(self) -> None:
        """Drop every line; numbers go on."""
        with self._writing, self._lock:
            self._segments.clear()
            self._first, self._bytes = self._end, 0

    def lines(self, start: int, stop: int) -> list[Kept]:
        """Return the lines from ``start`` up to ``stop`` that are kept."""
        found: list[Kept] = []
        for segment, low, high in self._spans(start, stop):
            base = segment.start(low)
            texts = segment.read(base, segment.ends[high - 1]).decode("utf-8", "replace").split("\n")
            for index, text in zip(range(low, high), texts, strict=False):
                found.append(
                    Kept(
                        segment.first + index,
                        segment.times[index],
                        segment.sources[index],
                        bool(segment.errors[index]),
                        text,
                    )
                )
        return found

    def line(self, number: int) -> Kept | None:
        """Return one line; None when it was dropped or never came."""
        found = self.lines(number, number + 1)
        return found[0] if found else None

    def time(self, number: int) -> float:
        """Return the time of a line; 0 when it has none or is not kept."""
        for segment, low, _ in self._spans(number, number + 1):
            return segment.times[low]
        return 0.0

    def pieces(self, start: int, stop: int, size: int, *, backwards: bool = False) -> Iterator[Piece]:
        """Yield the lines between two numbers in pieces of about ``size`` bytes; never splits a line."""
        spans = list(self._spans(start, stop))
        for segment, low, high in reversed(spans) if backwards else spans:
            while low < high:
                if backwards:
                    last = segment.ends[high - 1]
                    begin = max(low, min(high - 1, segment.index_at(max(0, last - size), low, high)))
                    base = segment.start(begin)
                    yield Piece(segment, begin, high, base, segment.read(base, last))
                    high = begin
                else:
                    base = segment.start(low)
                    until = max(low + 1, segment.index_at(base + size, low, high))
                    yield Piece(segment, low, until, base, segment.read(base, segment.ends[until - 1]))
                    low = until

    def _spans(self, start: int, stop: int) -> list[tuple[Segment, int, int]]:
        """Return (segment, first, last index + 1) of what is kept between two numbers."""
        with self._lock:
            start, stop = max(start, self._first), min(stop, self._end)
            found: list[tuple[Segment, int, int]] = []
            for segment in reversed(self._segments):
                if segment.first < stop and segment.first + segment.count > start:
                    low = max(0, start - segment.first)
                    high = min(segment.count, stop - segment.first)
                    if low < high:
                        found.append((segment, low, high))
                if segment.first <= start:
                    break
            found.reverse()
            return found

    def _full(self, segment: Segment, more: int) -> bool:
        portion = self._ring // 4 if segment.in_memory else self._portion
        return bool(segment.size and segment.size + more > portion) or segment.count >= self._portion_lines

    def _next(self, *, in_memory: bool = False) -> Segment:
        segment: Segment | None = None
        if self._folder is not None and not in_memory:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                segment = Segment(self._end, self._folder)
            except OSError as error:
                self._fault(error)
        if segment is None:
            segment = Segment(self._end, None)
        with self._lock:
            if self._segments and not self._segments[-1].count:
                self._segments.pop()
            self._segments.append(segment)
        return segment

    def _fault(self, error: OSError) -> None:
        why = (error.strerror or str(error)).lower()
        kept = f"{self._ring >> 20} MiB" if self._ring >= 1 << 20 else f"{self._ring >> 10} KiB"
        self.trouble = f"{self._folder}: {why}; only the last {kept} of lines are kept, in memory"

    def _trim(self) -> None:
        """Drop the oldest segments until the bounds hold; the last one always stays."""
        in_memory = sum(s.size for s in self._segments if s.in_memory)
        while len(self._segments) > 1 and (
            self._end - self._first > self._most or self._bytes > self._size or in_memory > self._ring
        ):
            gone = self._segments.popleft()
            self._bytes -= gone.size
            in_memory -= gone.size if gone.in_memory else 0
            self._first = self._segments[0].first
