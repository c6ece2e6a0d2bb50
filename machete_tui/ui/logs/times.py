"""How the time of a line is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

TimeMode = Literal["off", "local", "utc", "ago"]
MODES: tuple[TimeMode, ...] = ("off", "utc", "local", "ago")
_NEAR = 12 * 3600.0  # seconds in which midnight alone does not make another day of it
WORDS: dict[TimeMode, str] = {
    "off": "no times",
    "local": "local times",
    "utc": "UTC times",
    "ago": "times from now",
}
WIDTHS: dict[TimeMode, int] = {"off": 0, "local": 13, "utc": 14, "ago": 8}


def shown(at: float, mode: TimeMode, now: float) -> str:
    """Return a time in exactly as many columns as :data:`WIDTHS` says, a space at the end among them."""
    width = WIDTHS[mode]
    if not width:
        return ""
    if not at:
        return " " * width
    if mode == "ago":
        return f"{_ago(now - at):>{width - 1}} "
    zone = UTC if mode == "utc" else None
    try:
        moment, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone).date()
    except (OverflowError, ValueError, OSError):
        return f"{'?':>{width - 1}} "
    if moment.date() == today or abs(now - at) < _NEAR:
        text = moment.strftime("%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    else:
        text = moment.strftime("%m-%d %H:%M").rjust(12)
    return f"{text}Z " if mode == "utc" else f"{text} "


def _ago(seconds: float) -> str:
    sign, seconds = ("+", -seconds) if seconds < 0 else ("-", seconds)
    if seconds < 10:
        return f"{sign}{seconds:.1f}s"
    for limit, size, letter in ((100, 1, "s"), (6000, 60, "m"), (360_000, 3600, "h")):
        if seconds < limit:
            return f"{sign}{int(seconds // size)}{letter}"
    return f"{sign}{min(int(seconds // 86400), 9999)}d"
