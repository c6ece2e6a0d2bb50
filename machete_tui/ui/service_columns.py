"""The columns of the list of services, projects and containers."""

from __future__ import annotations

from collections.abc import Callable

from machete_tui.core.frozen import dataclass
from machete_tui.operations.service_row import ServiceRow, size
from machete_tui.ui import status
from machete_tui.ui.ages import age
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.usage import Usage
from machete_tui.ui.widgets.cells import Cell, Column

_RANK = {
    "failed": 0,
    "degraded": 1,
    "deploying": 2,
    "building": 3,
    "pending": 4,
    "paused": 5,
    "running": 6,
    "stopped": 7,
}

CHOSEN_ONLY = ("restarts",)
"""Columns that are shown only when they are chosen: what they tell has to be asked for."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the columns ask beside the row itself.

    Attributes:
        now: Unix time.
        busy: what an operation does to a row now; empty for nothing.
        fleet: the picture that the rows came from.
        usage: what a row uses, where it was measured.
        restarts: how often the engine restarted it, where that was counted.
        drift: how many of its components differ from their files; None where that is not known.
        line: the last minute of a row's metric, in so many characters.
    """

    now: Callable[[], float]
    busy: Callable[[ServiceRow], str]
    fleet: Callable[[], Fleet]
    usage: Callable[[ServiceRow], Usage | None]
    restarts: Callable[[ServiceRow], int | None]
    drift: Callable[[ServiceRow], int | None]
    line: Callable[[ServiceRow, str, int], Cell] = lambda _, __, ___: Cell("")


def service_columns(known: Known) -> list[Column[ServiceRow]]:
    """Return every column that there is."""

    def away() -> bool:
        return known.fleet().trouble is not None

    def state(row: ServiceRow) -> Cell:
        verb = known.busy(row)
        if verb:
            return status.busy(verb)
        return status.last_known(row.status) if away() else status.cell(row.status)

    def uptime(row: ServiceRow) -> Cell:
        if row.uptime is None or away():
            return Cell("-", "quiet")
        return Cell(age(row.uptime + known.now() - known.fleet().at))

    def address(row: ServiceRow) -> Cell:
        if row.reason and row.status in ("failed", "degraded") and not away():
            return Cell(row.reason, "bad" if row.status == "failed" else "warn")
        return Cell(row.address.removeprefix("http://") or "-", "" if row.address else "quiet")

    def cpu(row: ServiceRow) -> float | None:
        found = known.usage(row)
        return row.cpu if found is None else found.cpu

    def memory(row: ServiceRow) -> float | None:
        found = known.usage(row)
        return row.memory if found is None else found.memory

    def percent(row: ServiceRow) -> Cell:
        value = cpu(row)
        return Cell("-", "quiet") if value is None else Cell(f"{value:.1f}%", "warn" if value >= 90 else "")

    def used(row: ServiceRow) -> Cell:
        value = memory(row)
        return Cell("-", "quiet") if value is None else Cell(size(value))

    def restarts(row: ServiceRow) -> Cell:
        value = known.restarts(row)
        return Cell("-", "quiet") if value is None else Cell(str(value), "warn" if value else "")

    def drift(row: ServiceRow) -> Cell:
        value = known.drift(row)
        if value is None:
            return Cell("-", "quiet")
        return Cell(f"! {value}", "warn") if value else Cell("none")

    return [
        Column("name", "NAME", lambda r: Cell(r.name, "strong"), 14, grow=2, most=30),
        Column("status", "STATUS", state, 11, most=12, sort=lambda r: _RANK.get(r.status, 9)),
        Column("health", "HEALTH", lambda r: status.cell(r.health), 11, priority=5),
        Column("kind", "KIND", _kind, 9, priority=9),
        Column("stack", "STACK", _stack, 12, grow=1, most=20, priority=3),
        Column("release", "REL", _release, 4, priority=2, right=True, sort=lambda r: r.release),
        Column("up", "UP", _up, 4, priority=6, right=True, sort=lambda r: r.containers),
        Column("uptime", "UPTIME", uptime, 7, priority=4, right=True, sort=lambda r: r.uptime, ages=True),
        Column("cpu", "CPU", percent, 6, priority=7, right=True, sort=cpu),
        Column("cpu-line", "", _nothing, 4, 1, 10, 8, sized=lambda r, width: known.line(r, "cpu", width)),
        Column("memory", "MEMORY", used, 8, priority=7, right=True, sort=memory),
        Column(
            "memory-line", "", _nothing, 4, 1, 10, 9, sized=lambda r, width: known.line(r, "memory", width)
        ),
        Column("restarts", "RESTARTS", restarts, 8, priority=8, right=True, sort=known.restarts),
        Column("drift", "DRIFT", drift, 6, priority=10, sort=known.drift),
        Column("team", "TEAM", lambda r: _dash(r.team), 8, grow=1, most=14, priority=8),
        Column("image", "IMAGE", lambda r: _dash(r.image), 14, grow=2, most=36, priority=12),
        Column("ports", "PORTS", lambda r: _dash(r.ports), 11, grow=1, most=24, priority=11),
        Column("address", "ADDRESS", address, 18, grow=4),
    ]


def shown_columns(
    columns: list[Column[ServiceRow]], chosen: tuple[str, ...], *, flat: bool
) -> list[Column[ServiceRow]]:
    """Return the columns that are chosen, or the usual ones: of containers those that say something."""
    if chosen:
        return [c for c in columns if c.id in chosen or c.id == "name"]
    left_out = {*CHOSEN_ONLY, *(("kind", "team", "up", "drift") if flat else ())}
    return [c for c in columns if c.id not in left_out]


def _nothing(row: ServiceRow) -> Cell:
    return Cell("")


def row_text(row: ServiceRow) -> str:
    """Return what a filter reads on a row: all that is told of it but figures that move."""
    return (
        f"{row.name} {row.kind} {row.status} {row.health} {row.stack} #{row.release} {row.team} {row.parent}"
        f" {row.address} {row.image} {row.ports} {row.reason}"
    )


def _dash(text: str) -> Cell:
    return Cell(text) if text else Cell("-", "quiet")


def _kind(row: ServiceRow) -> Cell:
    return Cell(row.kind, "" if row.kind == "service" else "quiet")


def _stack(row: ServiceRow) -> Cell:
    """What a service is made with; of the rest, what it is, or what it belongs to."""
    if row.kind == "service":
        return _dash(row.stack)
    return Cell(f"of {row.parent}" if row.parent else row.kind, "quiet")


def _release(row: ServiceRow) -> Cell:
    return Cell(f"#{row.release}") if row.release else Cell("-", "quiet")


def _up(row: ServiceRow) -> Cell:
    if not row.wanted:
        return Cell("-", "quiet")
    lacks = row.containers < row.wanted and row.status in ("running", "degraded")
    return Cell(f"{row.containers}/{row.wanted}", "warn" if lacks else "" if row.containers else "quiet")
