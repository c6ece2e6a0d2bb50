"""What happened since the start: every toast and every error, the newest last, bounded."""

from __future__ import annotations

from collections import deque

from machete_tui.core.frozen import dataclass

MOST = 500
"""How many are kept."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing that was said.

    Attributes:
        seq: its number, from 1.
        at: Unix time.
        tone: ``information``, ``warning`` or ``error``.
        text: what happened.
        title: of an error; empty for most.
    """

    seq: int
    at: float
    tone: str
    text: str
    title: str = ""


class Said:
    """The list."""

    def __init__(self) -> None:
        self._kept: deque[Notification] = deque(maxlen=MOST)
        self._seq = 0

    def add(self, at: float, text: str, title: str, tone: str) -> None:
        """Keep one; the oldest goes when there are too many."""
        self._seq += 1
        self._kept.append(Notification(self._seq, at, tone, text, title))

    @property
    def all(self) -> tuple[Notification, ...]:
        """Those that are kept, oldest first."""
        return tuple(self._kept)
