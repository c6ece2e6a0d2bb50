"""Sorting rows by a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from machete_tui.ui.widgets.cells import Column

R = TypeVar("R")
_DIGITS = re.compile(r"(\d+)")


@lru_cache(maxsize=1 << 14)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts ``web2`` before ``web10`` and upper case with lower case."""
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in _DIGITS.split(text.lower()) if p)


def ordered(rows: Sequence[R], column: Column[R], reverse: bool) -> list[R]:
    """Return the rows sorted by the column; those without a value are last either way."""
    values: list[tuple[object, R]] = []
    without: list[R] = []
    for row in rows:
        value = natural(column.cell(row).text) if column.sort is None else column.sort(row)
        if isinstance(value, str):
            value = natural(value)
        if value is None:
            without.append(row)
        else:
            values.append((value, row))
    values.sort(key=lambda pair: pair[0], reverse=reverse)  # type: ignore[arg-type, return-value]
    return [row for _, row in values] + without
