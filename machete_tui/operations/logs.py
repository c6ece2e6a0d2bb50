"""``service.logs``: the output of a service's containers, merged by time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, LogLine, LogStream
from machete_tui.core.errors import Cancelled, MacheteError, NotFound
from machete_tui.core.events import Event, Note, Result, Rows
from machete_tui.core.results import Listing
from machete_tui.operations.bounds import check_logs
from machete_tui.operations.names import find_service
from machete_tui.operations.registry import operation
from machete_tui.operations.requests import Logs
from machete_tui.operations.views import LogRow


@operation(
    "service.logs",
    "show a service's log lines, all its containers merged by time",
    follows=True,
    check=check_logs,
)
def logs(ctx: Context, request: Logs, cancel: Cancel) -> Iterator[Event]:
    """Yield the last lines, oldest first, then with ``follow`` batches as they come until cancelled."""
    service = find_service(ctx.store, request.name)
    containers = [
        c
        for c in ctx.engine.containers(service=service.name)
        if not request.component or c.component == request.component
    ]
    if request.component and not containers:
        raise NotFound(
            f"{service.name} has no component {request.component!r} with a container",
            f"`machete-tui --run service.show {service.name}` lists them",
            field="--component",
        )
    since = ctx.clock.now() - request.since if request.since else 0.0
    tail = request.tail if request.tail > 0 else None
    by_id = {c.id: c for c in containers} | {c.name: c for c in containers}
    if not request.follow:
        lines: list[LogLine] = []
        for container in containers:
            stream = ctx.engine.logs(container.id, since=since, tail=tail)
            with cancel.closing(stream.close):
                lines += [line for batch in stream for line in batch]
        lines.sort(key=lambda line: line.at)
        rows = tuple(_row(line, by_id) for line in lines)
        yield Result(Listing(rows, f"{service.name} has written nothing", lines=True))
        return
    yield from _follow(ctx, containers, by_id, since, tail, cancel)


def _follow(
    ctx: Context,
    containers: list[Container],
    by_id: dict[str, Container],
    since: float,
    tail: int | None,
    cancel: Cancel,
) -> Iterator[Event]:
    """Read every container in a thread of its own; closing the streams ends them all."""
    lines: queue.SimpleQueue[tuple[LogLine, ...] | MacheteError | None] = queue.SimpleQueue()
    with ExitStack() as stack:
        for container in containers:
            stream = ctx.engine.logs(container.id, follow=True, since=since, tail=tail)
            stack.callback(stream.close)
            threading.Thread(target=_pump, args=(stream, lines), daemon=True).start()
        stack.enter_context(cancel.closing(lambda: lines.put(None)))
        left = len(containers)
        while left:
            batch = lines.get()
            if cancel.cancelled:
                raise Cancelled("stopped following")
            if batch is None:
                left -= 1
            elif isinstance(batch, MacheteError):
                raise batch
            else:
                yield Rows(tuple(_row(line, by_id) for line in batch))
    yield Note("every container has ended")


def _pump(stream: LogStream, lines: queue.SimpleQueue[tuple[LogLine, ...] | MacheteError | None]) -> None:
    try:
        for batch in stream:
            lines.put(batch)
        lines.put(None)
    except MacheteError as error:
        lines.put(error)


def _row(line: LogLine, by_id: dict[str, Container]) -> LogRow:
    container = by_id.get(line.container)
    return LogRow(
        at=line.at,
        container=container.name if container else line.container,
        component=container.component if container else "",
        stream=line.stream,
        text=line.text,
    )
