"""Spans of time in few letters, that change seldom, so that a list at rest stays at rest."""

from __future__ import annotations


def age(seconds: float | None) -> str:
    """Return ``12s``, ``3m``, ``2h 10m``, ``5d 3h``; ``-`` for None."""
    if seconds is None:
        return "-"
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d {whole % 86400 // 3600}h"


def ago(stamp: float | None, now: float) -> str:
    """Return how long ago a Unix time was: ``3m ago``; ``-`` for None."""
    return "-" if not stamp else f"{age(now - stamp)} ago"
