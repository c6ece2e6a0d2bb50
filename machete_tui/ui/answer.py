"""Any result of an operation as text to read."""

from __future__ import annotations

import dataclasses
from typing import Any

from machete_tui.core.results import Document, Listing
from machete_tui.operations.show import document


def text_of(value: Any) -> str:
    """Return a result as a person reads it: its own text, its rows, or its fields a line each."""
    own = document(value)
    if own is not None:
        return own
    if isinstance(value, Document):
        return value.text
    if isinstance(value, Listing):
        return "\n".join(_line(row) for row in value.rows) or value.empty
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return "\n".join(f"{f.name}: {getattr(value, f.name)}" for f in dataclasses.fields(value))
    return str(value)


def _line(row: Any) -> str:
    text = getattr(row, "text", row)
    return str(text)
