"""``service.logs``: the output of services' containers, merged by time."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, EngineEvent
from machete_tui.core.errors import NotFound
from machete_tui.core.events import Event
from machete_tui.core.models import Service
from machete_tui.operations.bounds import check_logs
from machete_tui.operations.container_logs import named_containers
from machete_tui.operations.log_marks import of_the_gone, past
from machete_tui.operations.log_run import LogRun, Reading, sieve, since_of
from machete_tui.operations.names import find_service
from machete_tui.operations.registry import operation
from machete_tui.operations.requests import Logs


@operation(
    "service.logs",
    "show services' log lines, all their containers merged by time",
    follows=True,
    check=check_logs,
)
def logs(ctx: Context, request: Logs, cancel: Cancel) -> Iterator[Event]:
    """Yield the last lines, oldest first, then with ``follow`` batches as they come until cancelled."""
    sieve(request)
    names = [n for n in dict.fromkeys((request.name, *request.also)) if n]
    services = [find_service(ctx.store, name) for name in names]
    containers = _containers(ctx, services, request)
    others = named_containers(ctx, request.containers) if request.containers else []
    deployed = _deployed(ctx, services) if request.since_deploy else 0.0
    since = since_of(ctx, request, deployed)
    there = [*containers, *(c for c in others if c.id not in {o.id for o in containers})]
    ids = {c.id for c in others} | {c.name for c in others}

    def belongs(event: EngineEvent) -> bool:
        labels = event.labels
        component = labels.get("io.machete.component") or labels.get("com.docker.compose.service", "")
        mine = labels.get("io.machete.service") in names and request.component in ("", component)
        return mine or event.container in ids or labels.get("name") in ids

    reading = Reading(
        there,
        belongs,
        past(ctx, services, there, since) if request.markers and not request.seen else (),
        of_the_gone(ctx, services) if not there and not request.seen else (),
        since,
        f"{' and '.join(names)} has written nothing" if len(names) == 1 else "nothing was written",
        {c.name: c for c in there},
    )
    yield from LogRun(ctx, request, reading, cancel).events()


def _containers(ctx: Context, services: list[Service], request: Logs) -> list[Container]:
    found: list[Container] = []
    for service in services:
        own = ctx.engine.containers(service=service.name)
        found += [c for c in own if not request.component or c.component == request.component]
    if request.component and not found:
        name = services[0].name if services else ""
        raise NotFound(
            f"{name} has no component {request.component!r} with a container",
            f"`machete-tui --run service.show {name}` lists them",
            field="--component",
        )
    return found


def _deployed(ctx: Context, services: list[Service]) -> float:
    """Return when the last deployment of the services began; of several, the earliest of these times."""
    began = [d[0].started for s in services if (d := ctx.store.deployments.of(s.id, 1))]
    return min(began, default=0.0)
