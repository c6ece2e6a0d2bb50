"""``service.list``, ``service.show``, ``service.health``: what the store knows, joined with what runs.

This module is on the start-up path: it imports nothing that deploys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, Sample
from machete_tui.core.errors import EngineUnavailable, InvalidInput, NotPermitted
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.models import Service, ServiceStatus
from machete_tui.core.results import Listing
from machete_tui.operations.names import find_service
from machete_tui.operations.queries import ListServices, Name
from machete_tui.operations.registry import operation
from machete_tui.operations.service_row import ServiceRow

MOVING = ("pending", "building", "deploying")
"""Statuses that a deployment under way sets; the engine's view does not overrule them."""

LAST_KNOWN = "the Engine was not asked: this is what was last known"

INTERRUPTED = "a deployment was interrupted: `machete-tui --run system.reconcile` puts it right"

_UP = re.compile(
    r"Up (?:About )?(?P<count>an?|\d+|Less than a) (?P<unit>second|minute|hour|day|week|month|year)"
)
_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2592000,
    "year": 31536000,
}


@operation("service.list", "list services with status, health, release and address")
def list_services(ctx: Context, request: ListServices, cancel: Cancel) -> Iterator[Event]:
    """List services; without the engine, what the store knows, and the error with it."""
    pattern = _pattern(request.filter)
    failure: EngineUnavailable | NotPermitted | None = None
    containers: list[Container] | None = None
    samples: dict[str, Sample] = {}
    try:
        containers = [c for c in ctx.engine.containers() if c.service]
        if request.usage and containers:
            running = [c for c in containers if c.state == "running"]
            ctx.engine.sample(running)
            cancel.wait(0.5)
            samples = ctx.engine.sample(running)
    except (EngineUnavailable, NotPermitted) as error:
        failure = error
        yield Note(LAST_KNOWN, "warning")
    services = ctx.store.services.all()
    rows = rows_of(services, containers, samples, ownerless(ctx, services))
    if pattern:
        rows = [row for row in rows if bool(pattern.search(row.name)) != request.filter.startswith("!")]
    if request.status:
        rows = [row for row in rows if row.status == request.status]
    empty = "no services yet: `machete-tui --run service.deploy FOLDER` makes one"
    listing = Listing(tuple(rows), empty if failure is None else "no services are known")
    yield Result(listing, failure)


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
    row = rows_of([service], containers, {}, ownerless(ctx, [service]))[0]
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


def status_of(service: Service, containers: Sequence[Container]) -> tuple[ServiceStatus, str]:
    """Return a service's status as the engine shows it now, and why, where it is not as it should be."""
    if service.status in MOVING or not service.release:
        return service.status, service.reason
    running: dict[str, int] = {}
    for container in containers:
        if container.state == "running":
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
    if lacking or loops or sick:
        why = lacking + [f"{n} keeps restarting" for n in loops] + [f"{n} is unhealthy" for n in sick]
        return "degraded", "; ".join(why)
    return "running", ""


def health_of(containers: Sequence[Container]) -> str:
    """Return the worst health among containers that have a health check."""
    seen = {c.health for c in containers if c.health and c.state in ("running", "paused")}
    return next((h for h in ("unhealthy", "starting", "healthy") if h in seen), "")


def uptime_of(container: Container) -> float | None:
    """Return the seconds that a container is up, from the engine's own sentence; None when it is not."""
    match = _UP.match(container.status)
    if not match:
        return None
    count = match["count"]
    return float(_UNITS[match["unit"]] * (int(count) if count.isdecimal() else 1))


def _row(
    service: Service, containers: list[Container], samples: dict[str, Sample], *, known: bool
) -> ServiceRow:
    status, reason = status_of(service, containers) if known else (service.status, "last known")
    ups = [up for c in containers if (up := uptime_of(c)) is not None]
    used = [samples[c.id] for c in containers if c.id in samples]
    return ServiceRow(
        name=service.name,
        team=service.team,
        status=status,
        health=health_of(containers),
        stack=service.stack,
        release=service.release,
        address=f"http://127.0.0.1:{service.port}" if service.port else "",
        uptime=min(ups) if ups else None,
        cpu=sum(s.cpu for s in used) if used else None,
        memory=float(sum(s.memory for s in used)) if used else None,
        containers=sum(c.state == "running" for c in containers),
        wanted=sum(service.replicas.values()),
        reason=reason,
    )


def _pattern(text: str) -> re.Pattern[str] | None:
    if not text:
        return None
    try:
        return re.compile(text.removeprefix("!"), re.IGNORECASE)
    except re.error as error:
        raise InvalidInput(
            f"{text!r} is not a regular expression: {error}", "escape special characters", field="--filter"
        ) from error
