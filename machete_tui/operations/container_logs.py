"""``container.logs`` and ``container.postmortem``: any container of the engine, and those that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, EngineEvent
from machete_tui.core.errors import NotFound
from machete_tui.core.events import Event, Result
from machete_tui.core.logs import LogBatch
from machete_tui.operations.log_marks import last_words, past
from machete_tui.operations.log_requests import ContainerLogs
from machete_tui.operations.log_run import LogRun, Reading, sieve, since_of
from machete_tui.operations.queries import Name
from machete_tui.operations.registry import operation


@operation("container.logs", "show the log lines of any containers, merged by time", follows=True)
def container_logs(ctx: Context, request: ContainerLogs, cancel: Cancel) -> Iterator[Event]:
    """Yield the last lines, then with ``follow`` batches as they come; of a gone one what is kept."""
    sieve(request)
    names = [n for n in dict.fromkeys((request.name, *request.also)) if n]
    there: list[Container] = []
    gone: list[LogBatch] = []
    for name in names:
        try:
            there += [c for c in named_containers(ctx, [name]) if c not in there]
        except NotFound:
            end = ctx.store.postmortems.find(name)
            if end is None:
                raise
            gone += last_words(end)
    ids = {c.id for c in there} | {c.name for c in there} | set(names)

    def belongs(event: EngineEvent) -> bool:
        return event.container in ids or event.labels.get("name") in ids

    since = since_of(ctx, request)
    marks = past(ctx, (), there, since) if request.markers and not request.seen else ()
    names_of = {c.name: c for c in there}
    reading = Reading(there, belongs, marks, gone, since, "nothing was written", names_of)
    yield from LogRun(ctx, request, reading, cancel).events()


@operation("container.postmortem", "show how a container that is gone or stopped ended, and its last lines")
def postmortem(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """Give what is kept of its end; of a container that stands stopped, what the engine tells now."""
    end = ctx.store.postmortems.find(request.name)
    if end is None:
        from machete_tui.operations.postmortems import examined

        end = examined(ctx, request.name)
    yield Result(end)


def named_containers(ctx: Context, names: Sequence[str]) -> list[Container]:
    """Return containers by name, id or the beginning of an id; raises NotFound with near names."""
    every = ctx.engine.containers()
    found: list[Container] = []
    for name in names:
        match = [c for c in every if name in (c.name, c.id)]
        if not match and len(name) >= 4:
            match = [c for c in every if c.id.startswith(name)]
        if not match:
            import difflib

            near = difflib.get_close_matches(name, [c.name for c in every], 3, 0.5)
            mend = f"did you mean {', '.join(near)}?" if near else "`docker ps -a` lists them"
            raise NotFound(f"there is no container {name!r}", mend, field="CONTAINER")
        found.append(match[0])
    return found
