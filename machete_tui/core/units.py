"""Amounts as people read them, each metric in its unit."""

from __future__ import annotations

import math

from machete_tui.core.metrics import Unit

_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")


def amount(value: float | None, unit: Unit) -> str:
    """Return a value with its unit (``12.5%``, ``340 MiB``, ``1.2 KiB/s``, ``17``); ``-`` for None."""
    if value is None:
        return "-"
    if unit == "%":
        return f"{value:.1f}%" if value < 1000 else f"{value:.0f}%"
    if unit == "":
        return f"{value:.0f}" if value == int(value) or value >= 100 else f"{value:.2f}".rstrip("0")
    text = _bytes(value)
    return f"{text}/s" if unit == "B/s" else text


def change(before: float | None, after: float | None) -> str:
    """Return how much more or less ``after`` is (``+12%``, ``x3.4``, ``-``)."""
    if before is None or after is None:
        return "-"
    if before < 1e-9:
        return "same" if after < 1e-9 else "new"
    ratio = after / before
    if ratio >= 3:
        return f"x{ratio:.1f}"
    percent = round((ratio - 1) * 100)
    return f"{percent:+d}%" if percent else "same"


def ceiling(value: float, unit: Unit) -> float:
    """Return the next round number at or above a value: the top of an axis."""
    if value <= 0:
        return {"%": 10.0, "B": 1024.0, "B/s": 1024.0, "": 1.0}[unit]
    if unit in ("B", "B/s"):
        base = 1024.0 ** min(len(_BYTES) - 1, max(0, int(math.log(value, 1024))))
        steps = (1, 2, 4, 5, 8, 10, 20, 40, 50, 80, 100, 200, 400, 500, 800, 1024)
        return next((base * step for step in steps if base * step >= value), value)
    base = 10.0 ** math.floor(math.log10(value))
    return next(base * step for step in (1, 2, 5, 10) if base * step >= value * (1 - 1e-9))


def _bytes(value: float) -> str:
    place = 0
    while value >= 1000 and place < len(_BYTES) - 1:
        value /= 1024
        place += 1
    whole = place == 0 or value >= 100 or value == int(value)
    return f"{value:.0f} {_BYTES[place]}" if whole else f"{value:.1f} {_BYTES[place]}"
