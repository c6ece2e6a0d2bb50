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

KEPT = 4000
"""Lines that are kept."""


def glyphs() -> Glyphs:
    """Return what this terminal can show."""
    return glyphs_of(os.environ)


def spark(recorder: Recorder, subject: Subject, metric: str, width: int) -> Cell:
    """Return a line of ``width`` characters.

    Each dot stands for a fixed stretch of time, and only whole stretches are shown: the line changes once in
    a stretch, and is kept until then.
    """
    kind = glyphs()
    dots = width * (2 if kind == "braille" else 1)
    if dots <= 0:
        return Cell("")
    step = math.ceil(SPAN / dots)
    until = recorder.tick // step * step - 1  # the second of the newest reading may still change
    known = recorder.lines.get((subject, metric, width))
    if known is not None and known[0] == until:
        return Cell(known[1], "link")
    ring = recorder.ring(subject)
    if ring is None:
        return Cell("")
    groups = squeezed(ring.column(INDEX[metric], until, step * dots), step)
    text = sparkline(groups, _top(metric, groups, recorder.reading(subject)), kind)
    if len(recorder.lines) > KEPT:
        recorder.lines.clear()
    recorder.lines[subject, metric, width] = (until, text)
    return Cell(text, "link")


def _top(metric: str, values: list[float | None], reading: Reading | None) -> float:
    highest = max((v for v in values if v is not None), default=0.0)
    if metric == "memory" and reading is not None and reading.limit and highest > reading.limit / 4:
        return reading.limit
    least = 10.0 if metric == "cpu" else 0.0
    return max(least, ceiling(highest, METRICS[INDEX[metric]].unit))
