"""How much of the past a log view shows, by the digit that chooses it."""

from __future__ import annotations

from machete_tui.core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class LogRange:
    """One of them.

    Attributes:
        key: its digit.
        text: for people.
        tail: the last lines of each container; 0 for all.
        since: seconds back; 0 for no bound.
        deployed: whether it begins with the last deployment.
    """

    key: str
    text: str
    tail: int = 0
    since: float = 0.0
    deployed: bool = False


RANGES: tuple[LogRange, ...] = (
    LogRange("0", "the last 500 lines of each container", tail=500),
    LogRange("1", "the last minute", since=60.0),
    LogRange("2", "the last 5 minutes", since=300.0),
    LogRange("3", "the last 15 minutes", since=900.0),
    LogRange("4", "the last hour", since=3600.0),
    LogRange("5", "the last day", since=86400.0),
    LogRange("6", "since the last deployment", deployed=True),
)
