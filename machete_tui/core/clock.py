"""Time as a port, so that tests and pictures can hold it still."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What operations know of time."""

    def now(self) -> float:
        """Return Unix time in seconds."""

    def monotonic(self) -> float:
        """Return seconds that never jump, for durations."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Return Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Return the monotonic clock in seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        time.sleep(seconds)


class FrozenClock:
    """A clock that moves only when told: for tests, ``--demo`` pictures and snapshots.

    ``sleep`` advances it at once, so that code that waits does not.
    """

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._now = start

    def now(self) -> float:
        """Return the held Unix time."""
        return self._now

    def monotonic(self) -> float:
        """Return the same held time."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Advance by ``seconds`` at once."""
        self._now += seconds

    def set(self, now: float) -> None:
        """Hold another time."""
        self._now = now


def iso(stamp: float | None) -> str:
    """Return a Unix time as ISO 8601 in UTC to the second, or ``-`` for None."""
    if stamp is None:
        return "-"
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(seconds: float | None) -> str:
    """Return a span as people say it: ``0.4s``, ``12s``, ``3m 05s``, ``2h 10m``, ``5d 3h``."""
    if seconds is None:
        return "-"
    if seconds < 10:
        return f"{max(seconds, 0):.1f}s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d {whole % 86400 // 3600}h"
