"""``container.top``: the processes inside a container."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.metrics import Process
from machete_tui.core.results import Listing, column
from machete_tui.core.units import amount
from machete_tui.operations.registry import arg, operation

ORDERS = ("pid", "cpu", "memory")


@dataclass(frozen=True, slots=True)
class Top:
    """Which container, in which order."""

    name: str = arg("container, by name or id", positional=True, metavar="CONTAINER")
    by: str = arg("what to sort by", default="pid", choices=ORDERS)


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process; ``cpu`` is over its whole life, in percent of a core."""

    pid: int = column("PID", right=True)
    parent: int = column("PARENT", right=True)
    user: str = column("USER")
    state: str = column("STATE")
    cpu: float = column("CPU", lambda v: amount(v, "%"), right=True)
    memory: int = column("MEMORY", lambda v: amount(v, "B"), right=True)
    elapsed: str = column("TIME", right=True)
    command: str = column("COMMAND")


@operation("container.top", "list the processes inside a container")
def top(ctx: Context, request: Top, cancel: Cancel) -> Iterator[Event]:
    """Ask the engine, which asks its machine's kernel."""
    rows = [process_row(process) for process in ctx.engine.processes(request.name)]
    if request.by != "pid":
        rows.sort(key=lambda row: -float(getattr(row, request.by)))
    yield Result(Listing(tuple(rows), f"{request.name} has no processes"))


def process_row(process: Process) -> ProcessRow:
    """Return a process as lists show it."""
    return ProcessRow(
        process.pid,
        process.parent,
        process.user,
        process.state,
        process.cpu,
        process.memory,
        process.elapsed,
        process.command,
    )
