"""The last minute of a metric in a table's cell."""

from __future__ import annotations

import math
import os

from machete_tui.core.metrics import INDEX, METRICS, Reading, Subject
from machete_tui.core.plot import Glyphs, glyphs_of, sparkline, squeezed
from machete_tui.core.units import ceiling
from machete_tui.operations.recording import Recorder
from machete_tui.ui.widgets.cells import Cell

SPAN = 60
"""Seconds that a line in a row shows."""


def glyphs() -> Glyphs:
    """Return what this terminal can show."""
    return glyphs_of(os.environ)


def spark(recorder: Recorder, subject: Subject, metric: str, width: int) -> Cell:
    """Return a line of ``width`` characters; values are grouped at fixed times, so that it moves seldom."""
    ring = recorder.ring(subject)
    if ring is None or width <= 0:
        return Cell("")
    kind = glyphs()
    dots = width * (2 if kind == "braille" else 1)
    step = math.ceil(SPAN / dots)
    values = ring.column(INDEX[metric], recorder.tick, step * (dots + 1))
    groups: list[float | None] = [None] * dots
    groups = [*groups, *squeezed(values, step, recorder.tick + 1 - len(values))][-dots:]
    top = _top(metric, groups, recorder.reading(subject))
    return Cell(sparkline(groups, top, kind), "link")


def _top(metric: str, values: list[float | None], reading: Reading | None) -> float:
    highest = max((v for v in values if v is not None), default=0.0)
    if metric == "memory" and reading is not None and reading.limit and highest > reading.limit / 4:
        return reading.limit
    least = 10.0 if metric == "cpu" else 0.0
    return max(least, ceiling(highest, METRICS[INDEX[metric]].unit))
