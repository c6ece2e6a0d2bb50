"""Numbers as people type them: cores, sizes, counts, ports. Empty text is "not said"."""

from __future__ import annotations

import re

_SIZE = re.compile(r"(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>[kmgt]?)i?b?", re.IGNORECASE)
_UNITS = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}

SMALLEST_MEMORY = 6 << 20
"""Bytes: the Engine refuses a lower memory limit."""

MOST_CORES = 512.0
MOST_REPLICAS = 100


def memory(text: str) -> int:
    """Return a size (``256m``, ``1.5g``) in bytes, in powers of 1024 as the Engine reads it; 0 for empty.

    Raises:
        ValueError: it is no size, or below what the Engine accepts; the text says which.
    """
    if not text.strip():
        return 0
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise ValueError("write a size like 256m or 1.5g")
    size = int(float(found["n"]) * (1 << _UNITS[found["unit"].lower()]))
    if size < SMALLEST_MEMORY:
        raise ValueError("at least 6m; a number without a unit is bytes")
    return size


def cores(text: str) -> float:
    """Return a number of cores (``0.5``); 0 for empty.

    Raises:
        ValueError: it is no number of cores.
    """
    if not text.strip():
        return 0.0
    try:
        value = float(text)
    except ValueError:
        raise ValueError("write a number of cores like 0.5 or 2") from None
    if not 0.01 <= value <= MOST_CORES:
        raise ValueError("between 0.01 and 512 cores")
    return round(value, 3)


def replicas(text: str) -> int:
    """Return how many containers; 0 for empty.

    Raises:
        ValueError: it is no such count.
    """
    if not text.strip():
        return 0
    value = _whole(text)
    if not 1 <= value <= MOST_REPLICAS:
        raise ValueError("between 1 and 100 containers")
    return value


def port(text: str, low: int = 1, high: int = 65535) -> int:
    """Return a TCP port between ``low`` and ``high``; 0 for empty.

    Raises:
        ValueError: it is none.
    """
    if not text.strip():
        return 0
    value = _whole(text)
    if not low <= value <= high:
        raise ValueError(f"a port is between {low} and {high}")
    return value


def as_memory(size: int) -> str:
    """Return bytes as :func:`memory` reads them; empty for 0."""
    if not size:
        return ""
    for unit, shift in (("g", 30), ("m", 20), ("k", 10)):
        if size % (1 << shift) == 0:
            return f"{size >> shift}{unit}"
    return str(size)


def as_cores(value: float) -> str:
    """Return cores as :func:`cores` reads them; empty for 0."""
    return f"{value:g}" if value else ""


def _whole(text: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit():
        raise ValueError("write a whole number")
    return int(text.strip())
