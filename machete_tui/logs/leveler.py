"""Reads the levels of a spool's lines when they are asked for, and keeps them beside the lines."""

from __future__ import annotations

from array import array

from machete_tui.logs.levels import FATAL, MORE, NONE, own
from machete_tui.logs.segment import UNREAD
from machete_tui.logs.spool import Kept, Piece, Spool

_BACK = 400  # lines looked back for the line that a stack trace belongs to
_STEP = 50


class Leveler:
    """Levels of one spool; thread-safe, for what it keeps is the same whoever reads it."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def of(self, lines: list[Kept]) -> list[int]:
        """Return the level of each of these lines, in the order of their numbers."""
        known: dict[int, int] = {}
        levels: list[int] = []
        for line in lines:
            level = own(line.text)
            if level == MORE:
                before = known.get(line.source)
                level = before if before is not None else self._before(line.number, line.source)
            known[line.source] = level
            levels.append(level)
        return levels

    def least(self, piece: Piece, level: int) -> array[int]:
        """Return the numbers of the lines of a piece whose level is at least ``level``."""
        segment, low, high = piece.segment, piece.low, piece.high
        if UNREAD in segment.levels[low:high]:
            self._read(piece)
        levels, first = segment.levels, segment.first
        return array("Q", (first + i for i in range(low, high) if levels[i] >= level))

    def _read(self, piece: Piece) -> None:
        segment, known = piece.segment, dict[int, int]()
        marks = self._spool.sources.index("") if "" in self._spool.sources else -1
        texts = piece.data.decode("utf-8", "replace").split("\n")
        for index, text in zip(range(piece.low, piece.high), texts, strict=False):
            source = segment.sources[index]
            # What stands between the lines is never left out by a level.
            level = FATAL if source == marks else own(text)
            if level == MORE:
                if source not in known:
                    known[source] = self._before(segment.first + index, source)
                level = known[source]
            known[source] = level
            segment.levels[index] = level

    def _before(self, number: int, source: int) -> int:
        """Return the level of the last line before this one, of the same source, that has its own."""
        stop = number
        while stop > max(self._spool.first, number - _BACK):
            start = max(stop - _STEP, number - _BACK, 0)
            for line in reversed(self._spool.lines(start, stop)):
                if line.source == source and (level := own(line.text)) != MORE:
                    return level
            stop = start
        return NONE
