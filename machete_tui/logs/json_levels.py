"""The level of a line that is a JSON object."""

from __future__ import annotations

import json
import re

from machete_tui.logs.level_words import NONE, WORDS, numbered

KEYS = (
    "level",
    "severity",
    "lvl",
    "levelname",
    "level_name",
    "log.level",
    "loglevel",
    "LogLevel",
    "Level",
    "Severity",
    "@l",
    "L",
    "s",
)
"""Names that programs give to it, the surest first; ``s`` is MongoDB's."""

_LEVEL = re.compile(
    r'"(level|severity|lvl|levelname|level_name|log\.level|log[lL]evel|LogLevel|Level|Severity|@l|L|s)"'
    r'\s*:\s*(?:"([A-Za-z]+)"|(\d+)\s*[,}])'
)


def of_json(text: str) -> int:
    """Return the level that an object says at its top, NONE when it says none or is not JSON."""
    match = _LEVEL.search(text)
    if match is None:
        # {"log":{"level":…}} is how some write ECS; the search above finds it as any other.
        return NONE
    if match[1] not in ("L", "s") and text.find("{", 1, match.start()) < 0:
        return _level(match[2] or int(match[3]))
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return _level(match[2] or int(match[3])) if match[1] not in ("L", "s") else NONE
    if not isinstance(fields, dict):
        return NONE
    for key in KEYS:
        value = fields.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and (found := _level(value)):
            return found
    inner = fields.get("log")
    return _level(inner["level"]) if isinstance(inner, dict) and isinstance(inner.get("level"), str) else NONE


def _level(value: str | int) -> int:
    if isinstance(value, int):
        return numbered(value)
    return numbered(int(value)) if value.isdigit() else WORDS.get(value.lower(), NONE)
