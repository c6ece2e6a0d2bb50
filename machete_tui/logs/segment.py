"""A run of lines of the spool: their bytes in a file without a name, or in memory, and an index."""

from __future__ import annotations

import os
import tempfile
from array import array
from bisect import bisect_right
from itertools import accumulate, islice
from pathlib import Path
from typing import IO

from machete_tui.core.logs import LogBatch

UNREAD = 255
"""The level of a line that nobody has looked at yet."""


class Segment:
    """Lines that follow each other; one thread appends, any may read what was appended.

    Args:
        first: number of its first line.
        folder: where its file stands; None keeps the bytes in memory.

    Raises:
        OSError: no file can be made there.
    """

    def __init__(self, first: int, folder: Path | None) -> None:
        self.first = first
        self.ends = array("I")
        self.times = array("d")
        self.sources = array("H")
        self.errors = bytearray()
        self.levels = bytearray()
        self.size = 0
        self._memory = bytearray() if folder is None else None
        # Without a name from its first moment: nothing is left behind, however the process ends.
        self._file: IO[bytes] | None = (
            None if folder is None else tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        )

    @property
    def in_memory(self) -> bool:
        """Whether its bytes are in memory."""
        return self._memory is not None

    @property
    def count(self) -> int:
        """How many lines it holds."""
        return len(self.ends)

    def write(self, batch: LogBatch, source: int) -> None:
        """Append a batch; raises OSError, and then holds nothing of it, when the disk takes no more."""
        text, count = batch.text, len(batch.times)
        self._put(text)
        lengths = accumulate(map(len, text.splitlines(keepends=True)), initial=self.size)
        ends = array("I", islice(lengths, 1, None))
        if len(ends) != count:  # a carriage return that was not made safe
            lengths = accumulate((len(part) + 1 for part in text.split(b"\n")[:-1]), initial=self.size)
            ends = array("I", islice(lengths, 1, None))
        # The index that readers count by comes last.
        self.times.extend(batch.times)
        self.sources.extend(array("H", [source]) * count)
        self.errors += batch.errors or bytes(count)
        self.levels += bytes([UNREAD]) * count
        self.size += len(text)
        self.ends.extend(ends)

    def start(self, index: int) -> int:
        """Return the offset of a line."""
        return self.ends[index - 1] if index else 0

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes between two offsets; fewer when the disk does not give them."""
        if self._memory is not None:
            return bytes(self._memory[start:stop])
        assert self._file is not None
        descriptor, parts = self._file.fileno(), []
        while start < stop:
            try:
                data = os.pread(descriptor, stop - start, start)
            except OSError:
                break
            if not data:
                break
            parts.append(data)
            start += len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def line(self, index: int) -> bytes:
        """Return one line without its end."""
        return self.read(self.start(index), self.ends[index] - 1)

    def index_at(self, offset: int, low: int, high: int) -> int:
        """Return which line holds the byte at an offset."""
        return bisect_right(self.ends, offset, low, high)

    def _put(self, text: bytes) -> None:
        if self._memory is not None:
            self._memory += text
            return
        assert self._file is not None
        view, at = memoryview(text), self.size
        while view:
            done = os.pwrite(self._file.fileno(), view, at)
            view, at = view[done:], at + done
