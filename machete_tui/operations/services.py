"""``service.list``, ``service.show``, ``service.health``: what the store knows, joined with what runs.

This module is on the start-up path: it imports nothing that deploys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, Sample
from machete_tui.core.errors import EngineUnavailable, InvalidInput, NotFound, NotPermitted
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.models import Service, ServiceStatus
from machete_tui.core.results import Listing
from machete_tui.operations.foreign import (
    foreign_rows,
    grouped,
    health_of,
    images_of,
    ports_of,
    used,
    youngest,
)
from machete_tui.operations.names import find_service
from machete_tui.operations.queries import ListServices, Name
from machete_tui.operations.registry import operation
from machete_tui.operations.service_row import ServiceListing, ServiceRow

MOVING = ("pending", "building", "deploying")
"""Statuses that a deployment under way sets; the engine's view does not overrule them."""

Members: TypeAlias = "Callable[[], Mapping[str, Sequence[Container]]]"
"""Gives the containers of each row, by its key."""

LAST_KNOWN = "the Engine was not asked: this is what was last known"

INTERRUPTED = "a deployment was interrupted: `machete-tui --run system.reconcile` puts it right"


@operation("service.list", "list services, compose projects and containers: status, health, address")
def list_services(ctx: Context, request: ListServices, cancel: Cancel) -> Iterator[Event]:
    """List what runs; without the engine, what the store knows, and the error with it."""
    wanted = _wanted(request)
    failure: EngineUnavailable | NotPermitted | None = None
    containers: list[Container] | None = None
    samples: dict[str, Sample] = {}
    try:
        containers = ctx.engine.containers()
        if request.usage and containers:
            running = [c for c in containers if c.state == "running"]
            ctx.engine.sample(running)
            cancel.wait(0.5)
            samples = ctx.engine.sample(running)
    except (EngineUnavailable, NotPermitted) as error:
        failure = error
        yield Note(LAST_KNOWN, "warning")
    services = ctx.store.services.all()
    rows = _there(ctx, rows_of(services, containers, samples, ownerless(ctx, services)))
    names = {s.name for s in services}
    if containers and not (request.own and not request.all):
        rows += foreign_rows(names, containers, samples)
    members = cache(lambda: grouped(containers or (), names))
    rows = [row for row in rows if wanted(row, members)]
    if request.restarts and containers:
        rows = with_restarts(ctx, rows, members())
    empty = "no services yet: `machete-tui --run service.deploy FOLDER` makes one"
    if request.filter or request.status or request.kind:
        empty = "nothing on the Engine is like that"
    elif failure is not None:
        empty = "no services are known"
    yield Result(ServiceListing(tuple(rows), empty, containers=tuple(containers or ())), failure)


@operation("service.show", "show one service: containers, address, environment, releases, last deployment")
def show(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """Show one service; secrets in its environment are masked."""
    from machete_tui.operations.details import detail_of

    service = find_service(ctx.store, request.name)
    containers: list[Container] | None = None
    failure: EngineUnavailable | NotPermitted | None = None
    try:
        containers = ctx.engine.containers(service=service.name)
    except (EngineUnavailable, NotPermitted) as error:
        failure = error
        yield Note(LAST_KNOWN, "warning")
    row = _there(ctx, rows_of([service], containers, {}, ownerless(ctx, [service])))[0]
    yield Result(detail_of(ctx, service, row, containers or []), failure)


@operation("service.health", "ask every container of a service whether it is healthy, now")
def health(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """Probe every published port from the host and read each container's own state."""
    from machete_tui.operations.views import HealthRow

    service = find_service(ctx.store, request.name)
    release = ctx.store.releases.find(service.id, service.release) if service.release else None
    paths = {c.name: c.health_path for c in release.detection.components} if release else {}
    rows = []
    for container in sorted(ctx.engine.containers(service=service.name), key=lambda c: c.name):
        detail = ctx.engine.container(container.id)
        said, seconds = "", None
        published = next((p for p in container.ports if p.protocol == "tcp" and p.host), None)
        if published and container.state == "running":
            probe = ctx.host.probe(published.host, paths.get(container.component, ""))
            said, seconds = probe.said, probe.seconds
        rows.append(
            HealthRow(
                component=container.component,
                container=container.name,
                state=container.state,
                health=container.health,
                answer=said,
                seconds=seconds,
                restarts=detail.restarts,
            )
        )
    yield Result(Listing(tuple(rows), f"{service.name} has no containers: it is {service.status}"))


def ownerless(ctx: Context, services: Sequence[Service]) -> frozenset[str]:
    """Return the names of services that a deployment was changing when its process died."""
    return frozenset(s.name for s in services if s.status in MOVING and not ctx.store.held(s.name))


def rows_of(
    services: Sequence[Service],
    containers: Sequence[Container] | None,
    samples: dict[str, Sample],
    interrupted: frozenset[str] = frozenset(),
) -> list[ServiceRow]:
    """Join services with their containers; None for the containers when the engine does not answer."""
    by_service: dict[str, list[Container]] = {}
    for container in containers or ():
        by_service.setdefault(container.service, []).append(container)
    rows = []
    for service in services:
        row = _row(service, by_service.get(service.name, []), samples, known=containers is not None)
        if service.name in interrupted:
            row = replace(row, status="degraded" if row.containers else "failed", reason=INTERRUPTED)
        rows.append(row)
    return rows


def _there(ctx: Context, rows: list[ServiceRow]) -> list[ServiceRow]:
    """Return the rows with the addresses of the machine that they are on."""
    machine = ctx.settings.machine
    if machine == "127.0.0.1":
        return rows
    shown = f"[{machine}]" if ":" in machine else machine
    return [replace(row, address=row.address.replace("127.0.0.1", shown, 1)) for row in rows]


def status_of(service: Service, containers: Sequence[Container]) -> tuple[ServiceStatus, str]:
    """Return a service's status as the engine shows it now, and why, where it is not as it should be."""
    if service.status in MOVING or not service.release:
        return service.status, service.reason
    running: dict[str, int] = {}
    paused = [c.component for c in containers if c.state == "paused"]
    for container in containers:
        if container.state in ("running", "paused"):
            running[container.component] = running.get(container.component, 0) + 1
    if service.status == "stopped" and not running:
        return "stopped", ""
    lacking = [
        f"{name}: {running.get(name, 0)} of {count} run"
        for name, count in service.replicas.items()
        if running.get(name, 0) < count
    ]
    loops = [c.component for c in containers if c.state == "restarting"]
    sick = [c.component for c in containers if c.health == "unhealthy"]
    if not running:
        return "failed", "; ".join(lacking) or service.reason or "no container runs"
    if lacking or loops or sick or paused:
        why = lacking + [f"{n} keeps restarting" for n in loops] + [f"{n} is unhealthy" for n in sick]
        why += [f"{n} is paused" for n in paused]
        return "degraded", "; ".join(why)
    return "running", ""


def _row(
    service: Service, containers: list[Container], samples: dict[str, Sample], *, known: bool
) -> ServiceRow:
    status, reason = status_of(service, containers) if known else (service.status, "last known")
    cpu, memory = used(containers, samples)
    return ServiceRow(
        name=service.name,
        team=service.team,
        status=status,
        health=health_of(containers),
        stack=service.stack,
        release=service.release,
        address=f"http://127.0.0.1:{service.port}" if service.port else "",
        uptime=youngest(containers),
        cpu=cpu,
        memory=memory,
        containers=sum(c.state == "running" for c in containers),
        wanted=sum(service.replicas.values()),
        image=images_of(containers),
        ports=ports_of(containers),
        reason=reason,
    )


def with_restarts(
    ctx: Context, rows: Sequence[ServiceRow], members: Mapping[str, Sequence[Container]]
) -> list[ServiceRow]:
    """Return the rows with the restarts of their containers, each of which is asked for."""
    counted = []
    for row in rows:
        restarts = 0
        for container in members.get(row.key, ()):
            with suppress(NotFound):  # it may go while this looks
                restarts += ctx.engine.container(container.id).restarts
        counted.append(replace(row, restarts=restarts))
    return counted


def _wanted(request: ListServices) -> Callable[[ServiceRow, Members], bool]:
    """Return what tells whether a row is asked for; raises InvalidInput for a filter that says nothing."""
    query = None
    if request.filter:
        from machete_tui.core.query import Query

        query = Query.parse(request.filter)
        if query.error:
            raise InvalidInput(
                f"{request.filter!r} is no filter: {query.error}",
                "a regular expression with special characters escaped, or terms as status:failed team:shop",
                field="--filter",
            )

    def wanted(row: ServiceRow, members: Members) -> bool:
        if (request.status and row.status != request.status) or (request.kind and row.kind != request.kind):
            return False

        def labels() -> list[Mapping[str, str]]:
            return [c.labels for c in members().get(row.key, ())]

        return query is None or query(row, lambda: row.name, labels)

    return wanted
