"""Lets pass the lines of a stream that are meant, and those around them; for what is not kept in a spool."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from machete_tui.core.frozen import dataclass
from machete_tui.core.logs import LogBatch
from machete_tui.logs.levels import MORE, NONE, own
from machete_tui.logs.query import NOTHING, Query


@dataclass(frozen=True, slots=True)
class Passed:
    """A line that passed: its level, and whether it is meant itself or stands near one that is."""

    at: float
    container: str
    error: bool
    text: str
    level: int = NONE
    meant: bool = True


class Sieve:
    """One for a whole output: it remembers the lines before.

    Args:
        query: what lines must match.
        level: their least level; NONE for any.
        context: how many lines around each pass too.
        levels: whether the level of each line is wanted although none is asked for.
    """

    def __init__(
        self, query: Query = NOTHING, *, level: int = NONE, context: int = 0, levels: bool = False
    ) -> None:
        self._query, self._level, self._context = query, level, context
        self._levels = levels or level != NONE
        self._known: dict[str, int] = {}
        self._before: deque[Passed] = deque(maxlen=context)
        self._after = 0

    def __call__(self, batch: LogBatch) -> Iterator[Passed]:
        """Yield what passes of a batch."""
        errors = batch.errors or bytes(len(batch))
        for at, error, text in zip(batch.times, errors, batch.lines(), strict=False):
            level = self._level_of(batch.container, text) if self._levels and batch.container else NONE
            meant = level >= self._level and self._query.matches(text)
            line = Passed(at, batch.container, bool(error), text, level, meant)
            if meant:
                yield from self._before
                self._before.clear()
                self._after = self._context
                yield line
            elif self._after:
                self._after -= 1
                yield line
            elif self._context:
                self._before.append(line)

    def _level_of(self, container: str, text: str) -> int:
        level = own(text)
        if level == MORE:
            level = self._known.get(container, NONE)
        self._known[container] = level
        return level
