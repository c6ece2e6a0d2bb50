"""From readings to charts: what the store has, what the recorder has, deployments as marks."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.core.context import Context
from machete_tui.core.frozen import dataclass
from machete_tui.core.metrics import INDEX, METRICS, Reading, Subject
from machete_tui.core.models import Deployment
from machete_tui.core.plot import Chart
from machete_tui.core.series import HOUR, Window, merged, seconds_window, window
from machete_tui.operations.metric_data import (
    Comparison,
    Range,
    compared,
    deployments,
    recorded,
)
from machete_tui.operations.metric_text import limit_of
from machete_tui.operations.recording import Recorder

EVEN = 4
"""Seconds that the live charts stand still: each move paints all of them."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the store has of a subject over a time."""

    window: Window
    deployments: tuple[Deployment, ...] = ()
    comparison: Comparison | None = None


def past_of(context: Context, subject: Subject, span: Range, service: str) -> Past:
    """Read it; blocks."""
    done = deployments(context, service) if service else []
    comparison = compared(context, service, float(HOUR)) if service else None
    return Past(recorded(context, subject, span), tuple(done), comparison)


def recorder_window(recorder: Recorder, subject: Subject, span: Range, past: Past, now: float) -> Window:
    """Return what is drawn: the seconds of the recorder, or the past with the minute that goes on."""
    if span.step == 1:
        late = -int(now) % EVEN
        return seconds_window(recorder.ring(subject), recorder.tick + late, now + late, span.seconds)
    minute = recorder.partial(subject)
    known = [slot for slot in past.window.slots if slot is not None]
    if minute is not None:
        begin = minute.at // past.window.step * past.window.step
        same = [b for b in known if b.at == begin]
        joined = merged([*same, minute], begin)
        known = [b for b in known if b.at != begin] + ([joined] if joined else [])
    return window(known, past.window.step, now - span.seconds, now)


def charts_of(
    whole: Window, reading: Reading | None, subject: Subject, done: Sequence[Deployment]
) -> list[Chart]:
    """Return a chart of each metric that the subject has."""
    if whole.whole() is None:
        return []
    marks = tuple(
        (int((at - whole.since) // whole.step), f"#{d.release}")
        for d in done
        if d.release and (at := d.finished or d.started) >= whole.since and at < whole.until
    )
    found: list[Chart] = []
    for metric in METRICS:
        points = whole.column(INDEX[metric.id])
        if not any(points):
            continue
        limit = limit_of(metric, reading, subject)
        whole_of = limit if subject.kind == "host" and metric.id in ("cpu", "memory", "disk") else 0.0
        found.append(
            Chart(
                metric.title,
                metric.unit,
                points,
                float(whole.step * len(whole.slots)),
                limit=0.0 if whole_of else limit,
                marks=marks,
                top=whole_of,
            )
        )
    return found
