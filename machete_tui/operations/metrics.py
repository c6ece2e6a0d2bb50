"""``metrics.show``, ``metrics.top``, ``metrics.export``, ``metrics.compare``: readings in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import iso
from machete_tui.core.context import Context
from machete_tui.core.errors import EngineUnavailable, InvalidInput, NotFound, NotPermitted
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.metrics import HOST, METRICS, Reading, Subject
from machete_tui.core.results import Document, Listing, column
from machete_tui.core.series import Bucket, Window
from machete_tui.core.units import amount, change
from machete_tui.operations import metric_data as data
from machete_tui.operations import metric_text as text
from machete_tui.operations.registry import arg, operation

RANGES = tuple(data.RANGES)
ORDERS = ("cpu", "memory", "net", "disk", "pids")


@dataclass(frozen=True, slots=True)
class Show:
    """Of what, and over which time."""

    name: str = arg(
        "service or container; default: the machine",
        positional=True,
        default="",
        kind="service",
        metavar="NAME",
    )
    range: str = arg("how far back", default="5m", choices=RANGES)


@dataclass(frozen=True, slots=True)
class Top:
    """In which order, and how many."""

    by: str = arg("what to sort by", default="cpu", choices=ORDERS)
    limit: int = arg("how many; 0 for all", default=20)
    services: bool = arg("services instead of containers", default=False)


@dataclass(frozen=True, slots=True)
class Export:
    """Of what, over which time, in which form."""

    name: str = arg(
        "service or container; default: the machine",
        positional=True,
        default="",
        kind="service",
        metavar="NAME",
    )
    range: str = arg("how far back", default="24h", choices=RANGES)
    format: str = arg("form of the data", default="csv", choices=("csv", "json"))


@dataclass(frozen=True, slots=True)
class Compare:
    """Which service, and how long before and after."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    span: float = arg("how long before and after", default=3600.0, kind="span", metavar="1h")


@dataclass(frozen=True, slots=True)
class TopRow:
    """What one container or service uses now; None where it is not known."""

    name: str = column("NAME")
    service: str = column("SERVICE", lambda v: v or "-")
    cpu: float | None = column("CPU", lambda v: amount(v, "%"), right=True)
    memory: float | None = column("MEMORY", lambda v: amount(v, "B"), right=True)
    limit: float = column("LIMIT", lambda v: amount(v, "B") if v else "-", right=True)
    rx: float | None = column("NET IN", lambda v: amount(v, "B/s"), right=True)
    tx: float | None = column("NET OUT", lambda v: amount(v, "B/s"), right=True)
    read: float | None = column("READ", lambda v: amount(v, "B/s"), right=True)
    write: float | None = column("WRITE", lambda v: amount(v, "B/s"), right=True)
    pids: float | None = column("PIDS", lambda v: amount(v, ""), right=True)


def top_row(subject: Subject, reading: Reading, service: str = "") -> TopRow:
    """Return a reading as a row."""
    r = reading
    return TopRow(str(subject), service, r.cpu, r.memory, r.limit, r.rx, r.tx, r.read, r.write, r.pids)


def order_of(row: TopRow | Reading, by: str) -> float:
    """Return what a row is sorted by; what is not known is least."""
    if by == "net":
        values = [row.rx, row.tx]
    elif by == "disk":
        values = [row.read, row.write]
    else:
        values = [{"cpu": row.cpu, "memory": row.memory, "pids": row.pids}[by]]
    known = [v for v in values if v is not None]
    return sum(known) if known else -1.0


@operation("metrics.show", "show what a service, a container or the machine uses, now and over a time")
def show(ctx: Context, request: Show, cancel: Cancel) -> Iterator[Event]:
    """Measure now and read what is recorded; without the engine, only the latter."""
    subject, containers = data.find_subject(ctx, request.name)
    span = data.RANGES[request.range]
    reading: Reading | None = None
    try:
        reading = data.sample(ctx, containers, cancel).get(subject)
    except (EngineUnavailable, NotPermitted) as error:
        yield Note(f"{error.title}: {error.what}; showing what is recorded. {error.mend}", "warning")
    whole = data.with_reading(data.recorded(ctx, subject, span), reading, ctx.clock.now())
    shown = text.table_of(subject, span, whole, reading)
    yield Result(Document(shown, _as_data(subject, span, whole, reading)))


@operation("metrics.top", "list what uses most now: CPU, memory, network, disk or processes")
def top(ctx: Context, request: Top, cancel: Cancel) -> Iterator[Event]:
    """Measure twice, a second apart, and sort."""
    if request.limit < 0:
        raise InvalidInput("--limit must not be below 0", "0 lists all", field="--limit")
    containers = data.running(ctx)
    found = data.sample(ctx, containers, cancel)
    owners = {c.name: data.owner(c) for c in containers}
    kind = "service" if request.services else "container"
    rows = [top_row(s, r, owners.get(s.name, "")) for s, r in found.items() if s.kind == kind]
    rows.sort(key=lambda row: (-order_of(row, request.by), row.name))
    yield Result(Listing(tuple(rows[: request.limit or None]), "no container runs"))


@operation("metrics.export", "print readings as CSV or JSON, a line for each second, minute or hour")
def export(ctx: Context, request: Export, cancel: Cancel) -> Iterator[Event]:
    """Print what is recorded; where that is nothing, one reading of now."""
    subject, containers = data.find_subject(ctx, request.name)
    span = data.RANGES[request.range]
    whole = data.recorded(ctx, subject, span)
    if whole.whole() is None:
        yield Note(
            "nothing is recorded of this time: the app records while it runs; here is a reading of now"
        )
        reading = data.sample(ctx, containers, cancel).get(subject)
        whole = data.with_reading(whole, reading, ctx.clock.now())
    rows = text.rows_of(subject, whole)
    yield Result(Document(text.csv_of(rows) if request.format == "csv" else text.json_of(rows), rows))


@operation("metrics.compare", "compare a service before and after its last deployment, in numbers")
def compare(ctx: Context, request: Compare, cancel: Cancel) -> Iterator[Event]:
    """Compare averages and greatest values of the time before and the time after."""
    from machete_tui.operations.names import find_service

    service = find_service(ctx.store, request.name)
    if request.span < 60:
        raise InvalidInput("--span must be at least a minute", "write it like 30m or 1h", field="--span")
    found = data.compared(ctx, service.name, request.span)
    if found is None:
        raise NotFound(
            f"{service.name} has no finished deployment to compare with",
            f"`machete-tui --run deployment.list {service.name}` lists what was tried",
        )
    after = found.after
    if after is None:
        containers = [c for c in data.running(ctx) if data.owner(c) == service.name]
        reading = data.sample(ctx, containers, cancel).get(Subject("service", service.name))
        if reading is not None:
            values = reading[: len(METRICS)]
            after = Bucket(ctx.clock.now(), 1, values, values, values)
            yield Note("nothing is recorded since then: after is a reading of now")
    if found.before is None:
        yield Note("nothing is recorded from before: the app records while it runs", "warning")
    shown = text.comparison_of(service.name, found, after)
    yield Result(Document(shown, _comparison_data(service.name, found, after)))


def _as_data(subject: Subject, span: data.Range, whole: Window, now: Reading | None) -> dict[str, Any]:
    total = whole.whole()
    return {
        "kind": subject.kind,
        "name": subject.name,
        "range": span.id,
        "step": whole.step,
        "since": iso(whole.since),
        "until": iso(whole.until),
        "now": None if now is None else dict(zip(Reading._fields, now, strict=True)),
        "metrics": {
            m.id: {"unit": m.unit, "min": total.low[i], "avg": total.avg[i], "max": total.high[i]}
            for i, m in enumerate(METRICS)
            if total is not None and total.avg[i] is not None
        },
        "points": text.rows_of(subject, whole),
    }


def _comparison_data(name: str, found: data.Comparison, after: Bucket | None) -> dict[str, Any]:
    before = found.before
    return {
        "service": name,
        "deployment": found.deployment.number,
        "release": found.deployment.release,
        "previous": found.deployment.previous,
        "finished": iso(found.deployment.finished),
        "seconds": found.seconds,
        "metrics": {
            m.id: {
                "unit": m.unit,
                "before": None if before is None else {"avg": before.avg[i], "max": before.high[i]},
                "after": None if after is None else {"avg": after.avg[i], "max": after.high[i]},
                "change": change(before and before.avg[i], after and after.avg[i]),
            }
            for i, m in enumerate(METRICS)
            if (before and before.avg[i] is not None) or (after and after.avg[i] is not None)
        },
    }


__all__ = ["HOST", "ORDERS", "RANGES", "Compare", "Export", "Show", "Top", "TopRow", "order_of", "top_row"]
