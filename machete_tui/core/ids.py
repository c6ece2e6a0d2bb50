"""Identifiers: UUID version 7, which sort by the time they were made (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import time


def uuid7(now_ms: int | None = None) -> str:
    """Return a new UUIDv7 in its canonical text form; ``now_ms`` is Unix time in milliseconds."""
    stamp = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    number = (stamp & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
