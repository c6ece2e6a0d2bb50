"""The columns of the service list."""

from __future__ import annotations

from collections.abc import Callable

from machete_tui.operations.views import ServiceRow, size
from machete_tui.ui import status
from machete_tui.ui.ages import age
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.usage import Usage
from machete_tui.ui.widgets.cells import Cell, Column

_RANK = {"failed": 0, "degraded": 1, "deploying": 2, "building": 3, "pending": 4, "running": 5, "stopped": 6}


def service_columns(
    now: Callable[[], float],
    busy: Callable[[str], str],
    fleet: Callable[[], Fleet],
    usage: Callable[[str], Usage | None],
    line: Callable[[str, str, int], Cell] = lambda _, __, ___: Cell(""),
) -> list[Column[ServiceRow]]:
    """Return the columns.

    Args:
        now: Unix time.
        busy: what an operation does to a service now; empty for nothing.
        fleet: the picture that the rows came from.
        usage: what a service uses, where it was measured.
        line: the last minute of a service's metric, in so many characters.
    """

    def state(row: ServiceRow) -> Cell:
        verb = busy(row.name)
        if verb:
            return status.busy(verb)
        return status.last_known(row.status) if fleet().trouble is not None else status.cell(row.status)

    def uptime(row: ServiceRow) -> Cell:
        if row.uptime is None or fleet().trouble is not None:
            return Cell("-", "quiet")
        return Cell(age(row.uptime + now() - fleet().at))

    def address(row: ServiceRow) -> Cell:
        if row.reason and row.status in ("failed", "degraded") and fleet().trouble is None:
            return Cell(row.reason, "bad" if row.status == "failed" else "warn")
        return Cell(row.address.removeprefix("http://") or "-", "" if row.address else "quiet")

    def cpu(row: ServiceRow) -> float | None:
        found = usage(row.name)
        return row.cpu if found is None else found.cpu

    def memory(row: ServiceRow) -> float | None:
        found = usage(row.name)
        return row.memory if found is None else found.memory

    def percent(row: ServiceRow) -> Cell:
        value = cpu(row)
        return Cell("-", "quiet") if value is None else Cell(f"{value:.1f}%", "warn" if value >= 90 else "")

    def used(row: ServiceRow) -> Cell:
        value = memory(row)
        return Cell("-", "quiet") if value is None else Cell(size(value))

    return [
        Column("name", "NAME", lambda r: Cell(r.name, "strong"), 14, grow=2, most=30),
        Column("status", "STATUS", state, 11, most=12, sort=lambda r: _RANK.get(r.status, 9)),
        Column("health", "HEALTH", lambda r: status.cell(r.health), 11, priority=5),
        Column("stack", "STACK", lambda r: _dash(r.stack), 12, grow=1, most=20, priority=3),
        Column("release", "REL", _release, 4, priority=2, right=True, sort=lambda r: r.release),
        Column("up", "UP", _up, 4, priority=6, right=True, sort=lambda r: r.containers),
        Column("uptime", "UPTIME", uptime, 7, priority=4, right=True, sort=lambda r: r.uptime, ages=True),
        Column("cpu", "CPU", percent, 6, priority=7, right=True, sort=cpu),
        Column("cpu-line", "", _nothing, 4, 1, 10, 8, sized=lambda r, width: line(r.name, "cpu", width)),
        Column("memory", "MEMORY", used, 8, priority=7, right=True, sort=memory),
        Column(
            "memory-line", "", _nothing, 4, 1, 10, 9, sized=lambda r, width: line(r.name, "memory", width)
        ),
        Column("team", "TEAM", lambda r: _dash(r.team), 8, grow=1, most=14, priority=10),
        Column("address", "ADDRESS", address, 15, grow=4),
    ]


def _nothing(row: ServiceRow) -> Cell:
    return Cell("")


def _dash(text: str) -> Cell:
    return Cell(text) if text else Cell("-", "quiet")


def _release(row: ServiceRow) -> Cell:
    return Cell(f"#{row.release}") if row.release else Cell("-", "quiet")


def _up(row: ServiceRow) -> Cell:
    if not row.wanted:
        return Cell("-", "quiet")
    lacks = row.containers < row.wanted and row.status in ("running", "degraded")
    return Cell(f"{row.containers}/{row.wanted}", "warn" if lacks else "" if row.containers else "quiet")
