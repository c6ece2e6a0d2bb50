"""A line that is a JSON object, as one readable line, and taken apart again."""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST = 1 << 17
"""Characters of a line that is read as JSON."""

_MESSAGES = ("msg", "message", "@m", "short_message", "event", "text", "body", "@mt", "M")
_TIMES = frozenset(("time", "ts", "timestamp", "@timestamp", "@t", "asctime", "datetime", "T", "eventTime"))
_LEVELS = frozenset(
    ("level", "severity", "lvl", "levelname", "level_name", "log.level", "loglevel", "LogLevel", "@l", "L")
)
_BARE = re.compile(r"[^\s\"'={}\[\],]+")


def parsed(text: str) -> dict[str, Any] | None:
    """Return the object that a line is; None when it is none."""
    begun = text.lstrip("\ufeff \t")
    if not begun.startswith("{") or len(text) > LONGEST:
        return None
    try:
        value = json.loads(begun)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def folded(text: str) -> str | None:
    """Return a JSON line as its message and ``key=value`` pairs; None for a line that is not JSON.

    Its time goes, for each line has one already, and its level, which colour and column tell.
    """
    fields = parsed(text)
    if not fields:
        return None
    message = next((k for k in _MESSAGES if isinstance(fields.get(k), str)), "")
    parts = [str(fields[message]).rstrip().replace("\r\n", "⏎").replace("\n", "⏎")] if message else []
    for key, value in fields.items():
        if key == message or key in _TIMES or (key in _LEVELS and not isinstance(value, (dict, list))):
            continue
        parts.append(f"{key}={_short(value)}")
    return " ".join(parts) or None


def unfolded(text: str) -> list[str]:
    """Return a JSON line as indented lines; a line that is not JSON as itself."""
    fields = parsed(text)
    if fields is None:
        return [text]
    return json.dumps(fields, indent=2, ensure_ascii=False).split("\n")


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value if value and _BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
