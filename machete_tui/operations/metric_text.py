"""Readings as text: a table with a small chart, CSV, JSON, a comparison."""

from __future__ import annotations

import json
from typing import Any

from machete_tui.core import plot
from machete_tui.core.clock import duration, iso
from machete_tui.core.metrics import INDEX, METRICS, Metric, Reading, Subject
from machete_tui.core.series import Bucket, Window
from machete_tui.core.units import amount, change
from machete_tui.operations.metric_data import Comparison, Range

_ROUND = {"%": 2, "": 2}


def limit_of(metric: Metric, reading: Reading | None, subject: Subject) -> float:
    """Return the limit of a metric in its own unit; 0 for none."""
    if reading is None:
        return 0.0
    if metric.id == "memory":
        return reading.limit
    if metric.id == "disk":
        return reading.space
    if metric.id == "load":
        return reading.cpus
    if metric.id == "cpu":
        return 100.0 if subject.kind == "host" else reading.cpus * 100
    return 0.0


def table_of(subject: Subject, span: Range, whole: Window, now: Reading | None) -> str:
    """Return a row for each metric that is known: now, least, average, greatest, limit."""
    total = whole.whole()
    rows: list[tuple[str, ...]] = [("METRIC", "NOW", "MIN", "AVG", "MAX", "LIMIT")]
    for place, metric in enumerate(METRICS):
        current = None if now is None else now[place]
        if current is None and (total is None or total.avg[place] is None):
            continue
        three = (None,) * 3 if total is None else (total.low[place], total.avg[place], total.high[place])
        limit = limit_of(metric, now, subject)
        rows.append(
            (
                metric.title,
                amount(current, metric.unit),
                *(amount(v, metric.unit) for v in three),
                amount(limit, metric.unit) if limit else "-",
            )
        )
    known = sum(1 for slot in whole.slots if slot is not None)
    whose = "the machine" if subject.kind == "host" else f"{subject.kind} {subject.name}"
    slots = f"{known} of {len(whole.slots)} slots of {duration(whole.step)} measured"
    head = f"{whose}, {span.title}: {slots}"
    return "\n".join([head, "", *aligned(rows), *_charts(whole, now, subject)])


def _charts(whole: Window, now: Reading | None, subject: Subject) -> list[str]:
    """Return charts of CPU and memory where there is more than a moment to draw."""
    if sum(1 for slot in whole.slots if slot is not None) < 3:
        return []
    lines: list[str] = []
    for ident in ("cpu", "memory"):
        metric = METRICS[INDEX[ident]]
        chart = plot.Chart(
            metric.title,
            metric.unit,
            whole.column(INDEX[ident]),
            float(whole.step * len(whole.slots)),
            limit=limit_of(metric, now, subject),
        )
        lines += ["", plot.text(plot.draw(chart, 78, 9))]
    return lines


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows of text with the first column to the left and the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            f"{v:<{w}}" if i == 0 else f"{v:>{w}}" for i, (v, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def rows_of(subject: Subject, whole: Window) -> list[dict[str, Any]]:
    """Return a flat row for each slot that was measured; gaps have none."""
    found: list[dict[str, Any]] = []
    for slot in whole.slots:
        if slot is None:
            continue
        row: dict[str, Any] = {
            "time": iso(slot.at),
            "kind": subject.kind,
            "name": subject.name,
            "step": whole.step,
            "measured": slot.seconds,
        }
        for place, metric in enumerate(METRICS):
            for part, values in (("min", slot.low), ("avg", slot.avg), ("max", slot.high)):
                value = values[place]
                row[f"{metric.id}_{part}"] = (
                    None if value is None else round(value, _ROUND.get(metric.unit, 0))
                )
        found.append(row)
    return found


def csv_of(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV with a heading; what is not known is empty."""
    import csv
    import io

    fields = ["time", "kind", "name", "step", "measured"]
    fields += [f"{metric.id}_{part}" for metric in METRICS for part in ("min", "avg", "max")]
    out = io.StringIO()
    writer = csv.DictWriter(out, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def json_of(rows: list[dict[str, Any]]) -> str:
    """Return rows as a JSON array, a row a line."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n" if rows else "[]\n"


def comparison_rows(before: Bucket | None, after: Bucket | None) -> list[tuple[str, ...]]:
    """Return heading and rows: averages before and after with the change, greatest values."""
    rows: list[tuple[str, ...]] = [("METRIC", "BEFORE", "AFTER", "CHANGE", "MAX BEFORE", "MAX AFTER")]
    for place, metric in enumerate(METRICS):
        old, new = (None if b is None else b.avg[place] for b in (before, after))
        if old is None and new is None:
            continue
        peaks = (None if b is None else b.high[place] for b in (before, after))
        rows.append(
            (
                metric.title,
                amount(old, metric.unit),
                amount(new, metric.unit),
                change(old, new),
                *(amount(v, metric.unit) for v in peaks),
            )
        )
    return rows


def comparison_of(name: str, found: Comparison, after: Bucket | None) -> str:
    """Return a comparison as text."""
    done = found.deployment
    head = f"{name}: deployment {done.number} ({done.kind}), release #{done.previous} -> #{done.release}"
    when = f"finished {iso(done.finished)}; {duration(found.seconds)} before it and after it"
    return "\n".join([head, when, "", *aligned(comparison_rows(found.before, after))])


def comparison_line(found: Comparison) -> str:
    """Return a comparison in one line: the averages of CPU and memory."""
    if found.before is None or found.after is None:
        return ""
    parts = []
    for ident in ("cpu", "memory"):
        metric, place = METRICS[INDEX[ident]], INDEX[ident]
        old, new = found.before.avg[place], found.after.avg[place]
        parts.append(
            f"{metric.title} {amount(old, metric.unit)} → {amount(new, metric.unit)} ({change(old, new)})"
        )
    done = found.deployment
    return f"deployment {done.number} (#{done.previous} → #{done.release}): {' · '.join(parts)}"
