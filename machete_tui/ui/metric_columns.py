"""The columns of what uses most: each row is a subject, its figures are those of the newest reading."""

from __future__ import annotations

from collections.abc import Callable

from machete_tui.core.alerts import percents
from machete_tui.core.metrics import METRICS, Reading, Subject, Unit
from machete_tui.core.units import amount
from machete_tui.operations.recording import Recorder
from machete_tui.ui.sparks import spark
from machete_tui.ui.widgets.cells import Cell, Column, Tone

Value = Callable[[Reading], "float | None"]
UNITS = {metric.id: metric.unit for metric in METRICS}


def metric_columns(
    recorder: Callable[[], Recorder], service: Callable[[Subject], str]
) -> list[Column[Subject]]:
    """Return the columns.

    Args:
        recorder: where the readings are.
        service: the service that a container belongs to.
    """

    def reading(subject: Subject) -> Reading:
        return recorder().reading(subject) or Reading()

    def figure(value: Value, unit: Unit, of: str = "") -> Callable[[Subject], Cell]:
        def cell(subject: Subject) -> Cell:
            now = reading(subject)
            found = value(now)
            if found is None:
                return Cell("-", "quiet")
            return Cell(amount(found, unit), _tone(subject, now, of))

        return cell

    def of_limit(subject: Subject) -> Cell:
        now = reading(subject)
        if not now.limit or now.memory is None:
            return Cell("-", "quiet")
        return Cell(f"{now.memory / now.limit * 100:.0f}%", _tone(subject, now, "memory"))

    def line(metric: str) -> Callable[[Subject, int], Cell]:
        return lambda subject, width: spark(recorder(), subject, metric, width)

    def column(name: str, title: str, value: Value, unit: Unit, width: int, priority: int) -> Column[Subject]:
        cell = figure(value, unit, name)
        return Column(
            name,
            title,
            cell,
            width,
            priority=priority,
            right=True,
            sort=lambda s: _even(value(reading(s)), unit),
            falls=True,
        )

    def lines(name: str, metric: str, priority: int) -> Column[Subject]:
        return Column(name, "", lambda _: Cell(""), 5, priority=priority, grow=1, most=30, sized=line(metric))

    return [
        Column("name", "NAME", lambda s: Cell(str(s), "strong"), 16, grow=2, most=36),
        Column("service", "SERVICE", lambda s: _dash(service(s)), 10, grow=1, most=20, priority=6),
        column("cpu", "CPU", lambda r: r.cpu, "%", 6, 0),
        lines("cpu-line", "cpu", 5),
        column("memory", "MEMORY", lambda r: r.memory, "B", 8, 0),
        Column(
            "limit",
            "OF LIMIT",
            of_limit,
            8,
            priority=4,
            right=True,
            sort=lambda s: _part(reading(s)),
            falls=True,
        ),
        lines("memory-line", "memory", 7),
        column("net", "NET", lambda r: r.net, "B/s", 10, 1),
        column("rx", "NET IN", lambda r: r.rx, "B/s", 10, 9),
        column("tx", "NET OUT", lambda r: r.tx, "B/s", 10, 9),
        column("io", "DISK", lambda r: r.io, "B/s", 10, 2),
        column("read", "READ", lambda r: r.read, "B/s", 10, 10),
        column("write", "WRITE", lambda r: r.write, "B/s", 10, 10),
        column("pids", "PIDS", lambda r: r.pids, "", 5, 3),
    ]


def _tone(subject: Subject, reading: Reading, metric: str) -> Tone:
    """Return how near its limit a figure is."""
    found = dict(percents(subject, reading)).get(metric, 0.0)
    return "bad" if found >= 95 else "warn" if found >= 90 else ""


def _part(reading: Reading) -> float | None:
    return reading.memory / reading.limit if reading.limit and reading.memory is not None else None


def _even(value: float | None, unit: Unit) -> float | None:
    """Return a figure as exactly as it is shown: rows that look the same keep their order."""
    if value is None or unit == "":
        return value
    return round(value, 1) if unit == "%" else float(f"{value:.3g}")


def _dash(text: str) -> Cell:
    return Cell(text) if text else Cell("-", "quiet")
