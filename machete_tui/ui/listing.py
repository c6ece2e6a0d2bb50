"""A table for any listing: its columns come from the rows' own ``column`` fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from machete_tui.ui import status
from machete_tui.ui.widgets.cells import Cell, Column

STATES = frozenset({"status", "state", "outcome", "health"})
"""Fields whose values have a glyph."""


def columns_of(rows: Sequence[Any]) -> list[Column[Any]]:
    """Return columns for rows of one dataclass, wide enough for what these rows hold."""
    if not rows:
        return []
    fields = [f for f in dataclasses.fields(rows[0]) if f.metadata.get("title")]
    columns: list[Column[Any]] = []
    for index, field in enumerate(fields):
        cell = _cell(field.name, field.metadata.get("show"))
        widest = max(len(cell(row).text) for row in rows)
        title = str(field.metadata["title"])
        columns.append(
            Column(
                field.name,
                title,
                cell,
                max(len(title) + 1, min(widest, 24)),
                grow=1 if widest > 24 or index == len(fields) - 1 else 0,
                priority=index if index > 2 else 0,
                right=bool(field.metadata.get("right")),
                sort=_sort(field.name, rows[0]),
            )
        )
    return columns


def _cell(name: str, show: Callable[[Any], str] | None) -> Callable[[Any], Cell]:
    def cell(row: Any) -> Cell:
        value = getattr(row, name)
        if name in STATES and isinstance(value, str):
            return status.cell(value)
        text = show(value) if show is not None else str(value)
        return Cell(text, "quiet" if text == "-" else "")

    return cell


def _sort(name: str, row: Any) -> Callable[[Any], Any] | None:
    if isinstance(getattr(row, name), (int, float)):
        return lambda r: getattr(r, name)
    return None
