"""What was typed into a form's field, as the value that the operation's request takes."""

from __future__ import annotations

import re
import shlex
from typing import Any

from machete_tui.operations.registry import Argument

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE | re.ASCII)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?", re.IGNORECASE | re.ASCII)
_SHIFT = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}
_SECONDS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def value_of(argument: Argument, text: str) -> Any:
    """Return the value of a field.

    Args:
        argument: whose.
        text: as typed, not empty; of a repeatable argument all values, split and quoted as in a shell.

    Raises:
        ValueError: it cannot be that; the text says what was expected.
    """
    if argument.type is tuple:
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise ValueError(f"quotes do not match: {error}") from error
        return tuple(_one(argument, word) for word in words)
    return _one(argument, text.strip())


def _one(argument: Argument, text: str) -> Any:
    if argument.choices and text not in argument.choices:
        raise ValueError(f"one of {', '.join(argument.choices)}")
    if argument.kind == "pair" and not re.match(r"[^\s=]+=", text):
        raise ValueError("write NAME=VALUE")
    if argument.kind == "size":
        found = _SIZE.fullmatch(text)
        if not found:
            raise ValueError("write a size like 256m or 1.5g")
        return int(float(found[1]) * (1 << _SHIFT[found[2].lower()]))
    if argument.kind == "span":
        found = _SPAN.fullmatch(text)
        if not found:
            raise ValueError("write a span of time like 30s or 10m")
        return float(found[1]) * _SECONDS[(found[2] or "").lower()]
    if argument.type is int:
        if not (text.isascii() and text.isdigit()):
            raise ValueError("write a whole number")
        return int(text)
    if argument.type is float:
        try:
            return float(text)
        except ValueError:
            raise ValueError("write a number") from None
    return text
