"""The values of a manifest that may be written in several ways."""

from __future__ import annotations

import re
from typing import Any

from machete_tui.core.source import BackingKind

UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
"""Unit of a size -> bytes."""

SIZE = r"^[0-9]+(\.[0-9]+)? ?([bBkKmMgGtT]|[kKmMgGtT]i?[bB])?$"
ENV_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
VOLUME = r"^([A-Za-z0-9][A-Za-z0-9_.-]*|/[^:]*):/[^:]+(:(ro|rw))?$"
LABEL = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"
LEAST_MEMORY = 6 << 20
"""Bytes; Docker refuses less."""

KINDS: dict[str, BackingKind] = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mongodb": "mongodb",
    "mongo": "mongodb",
    "redis": "redis",
    "valkey": "redis",
}
"""Names of backing services as a manifest may write them."""


def size(value: Any) -> Any:
    """Return a size as bytes: a whole number of bytes, or text like ``256m`` and ``1.5g`` (binary units)."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError("not a size")
    if isinstance(value, int):
        amount = value
    else:
        if not re.match(SIZE, value.strip()):
            raise ValueError("not a size")
        number = re.match(r"[0-9.]+", value.strip())
        unit = value.strip()[number.end() :].strip().lower()[:1] if number else ""
        amount = int(float(number[0]) * UNITS[unit]) if number else 0
    if amount < LEAST_MEMORY:
        raise ValueError("less than 6m")
    return amount


def variables(value: Any) -> Any:
    """Return an environment, given as a mapping or as a list of ``NAME=value``, as name -> text or None."""
    if value is None:
        return {}
    if isinstance(value, list):
        pairs: dict[str, Any] = {}
        for entry in value:
            if not isinstance(entry, str):
                raise ValueError("not NAME=value")
            name, sign, text = entry.partition("=")
            pairs[name] = text if sign else None
        value = pairs
    if not isinstance(value, dict):
        raise ValueError("not a mapping")
    for name, text in value.items():
        if not re.match(ENV_NAME, str(name)):
            raise ValueError(f"{name!r} is not a variable's name")
        if text is not None and not isinstance(text, str):
            raise ValueError(f"the value of {name} is not text")
    return value


def filled(value: Any) -> Any:
    """Return a mapping with an empty mapping in place of each value that is not given."""
    if not isinstance(value, dict):
        return value
    return {name: {} if inner is None else inner for name, inner in value.items()}


def services(value: Any) -> Any:
    """Return backing services, given as a list of names or as a mapping, as kind -> settings."""
    if isinstance(value, list):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("not a list of names")
        value = dict.fromkeys(value)
    if not isinstance(value, dict):
        raise ValueError("not a list of names or a mapping")
    return filled(value)
