"""Keeps how containers ended: on each end while the app runs, what the engine still tells then."""

from __future__ import annotations

from machete_tui.core.context import Context
from machete_tui.core.engine import ContainerDetail, EngineEvent, LogLine
from machete_tui.core.errors import MacheteError, NotFound
from machete_tui.core.postmortem import LINES, PostMortem

_LONGEST = 2_000  # characters kept of a line
_MOST = 64_000  # characters kept of all


def examined(ctx: Context, name: str) -> PostMortem:
    """Return how a stopped container that is still there ended; raises NotFound for one that runs."""
    detail = ctx.engine.container(name)
    if detail.container.state == "running":
        raise NotFound(f"{detail.container.name} has not ended: it runs", field="NAME")
    return _made(detail, _tail(ctx, detail.container.id))


def record(ctx: Context, event: EngineEvent) -> PostMortem:
    """Keep the end that an event tells of; one that is removed already, without its lines."""
    try:
        detail = ctx.engine.container(event.container)
        end = _made(detail, _tail(ctx, event.container), code=event.labels.get("exitCode", ""), at=event.at)
    except NotFound:
        code = event.labels.get("exitCode", "")
        end = PostMortem(
            event.container,
            event.labels.get("name", event.container[:12]),
            event.labels.get("io.machete.service", ""),
            event.labels.get("io.machete.component", ""),
            event.labels.get("image", ""),
            int(code) if code.isdecimal() else 0,
            ended=event.at,
        )
    ctx.store.postmortems.save(end)
    return end


def _made(detail: ContainerDetail, lines: list[LogLine], *, code: str = "", at: float = 0.0) -> PostMortem:
    container = detail.container
    kept: list[LogLine] = []
    size = 0
    for line in reversed(lines):
        size += min(len(line.text), _LONGEST)
        if size > _MOST:
            break
        kept.append(line)
    kept.reverse()
    return PostMortem(
        container.id,
        container.name,
        container.service,
        container.component,
        container.image,
        int(code) if code.isdecimal() else detail.exit_code,
        detail.oom_killed,
        detail.restarts,
        detail.started,
        at or detail.finished,
        detail.error,
        tuple(line.text[:_LONGEST] for line in kept),
        tuple(line.at for line in kept),
    )


def _tail(ctx: Context, container: str) -> list[LogLine]:
    try:
        return [line for batch in ctx.engine.logs(container, tail=LINES) for line in batch]
    except MacheteError:
        return []
