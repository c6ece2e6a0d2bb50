"""``container.list|show|inspect``: every container of the engine, whoever made it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, ContainerDetail
from machete_tui.core.errors import NotFound
from machete_tui.core.events import Event, Result
from machete_tui.core.results import Document, Listing
from machete_tui.core.secrets import MASK as MASK
from machete_tui.core.secrets import Redactor, is_secret, masked
from machete_tui.operations.adopt_requests import ListContainers, OneContainer
from machete_tui.operations.adopted import find_container, known_services
from machete_tui.operations.container_views import ContainerLine, ContainerPage, HealthCheck
from machete_tui.operations.foreign import owner_of, ports_of, uptime_of
from machete_tui.operations.registry import operation


@operation("container.list", "list every container of the Engine, whoever made it")
def list_containers(ctx: Context, request: ListContainers, cancel: Cancel) -> Iterator[Event]:
    """List containers with what they belong to, by name."""
    services = known_services(ctx)
    rows = []
    for container in sorted(ctx.engine.containers(every=not request.running), key=lambda c: c.name):
        line = container_line(container, services)
        if request.of and line.of != request.of:
            continue
        if request.restarts:
            cancel.check()
            try:
                restarts = ctx.engine.container(container.id).restarts
            except NotFound:  # it went while this looked
                continue
            line = container_line(container, services, restarts)
        rows.append(line)
    yield Result(Listing(tuple(rows), "there are no containers" + (f" of {request.of}" * bool(request.of))))


@operation("container.show", "show one container: state, ports, mounts, environment, networks, health checks")
def show_container(ctx: Context, request: OneContainer, cancel: Cancel) -> Iterator[Event]:
    """Show one container; secrets in its environment are masked."""
    found = find_container(ctx, request.name)
    detail = ctx.engine.container(found.id)
    yield Result(page_of(found, detail, ctx.engine.inspect(found.id), known_services(ctx)))


@operation("container.inspect", "show all that the Engine knows of a container, as JSON; secrets masked")
def inspect_container(ctx: Context, request: OneContainer, cancel: Cancel) -> Iterator[Event]:
    """Show the engine's own JSON."""
    raw = inspected(ctx, find_container(ctx, request.name).id)
    yield Result(Document(json.dumps(raw, indent=2, ensure_ascii=False), raw))


def inspected(ctx: Context, container: str) -> Any:
    """Return the engine's JSON of a container, secrets masked wherever they stand."""
    raw = ctx.engine.inspect(container)
    pairs = [str(p).partition("=") for p in (raw.get("Config") or {}).get("Env") or ()]
    environment = {name: value for name, _, value in pairs}
    if environment:
        shown = masked(environment)
        config = {**raw["Config"], "Env": [f"{name}={value}" for name, value in shown.items()]}
        raw = {**raw, "Config": config}
    redact = Redactor(environment)
    return _everywhere(raw, redact)


def container_line(
    container: Container, services: frozenset[str], restarts: int | None = None
) -> ContainerLine:
    """Return a container as the list of all shows it."""
    kind, owner = owner_of(container, services)
    return ContainerLine(
        name=container.name,
        of="" if kind == "container" else owner,
        state=container.state,
        health=container.health,
        image=container.image,
        ports=ports_of([container]),
        uptime=uptime_of(container),
        restarts=restarts,
        status=container.status,
        kind="" if kind == "container" else kind,
        component=container.component,
        id=container.id,
    )


def page_of(
    listed: Container, detail: ContainerDetail, raw: Mapping[str, Any], services: frozenset[str]
) -> ContainerPage:
    """Return a container's page from the list's view of it, and from what inspecting it told."""
    redact = Redactor(detail.environment)
    policy = (raw.get("HostConfig") or {}).get("RestartPolicy") or {}
    most = policy.get("MaximumRetryCount") or 0
    ended = listed.state in ("exited", "dead", "restarting")
    return ContainerPage(
        line=container_line(listed, services, detail.restarts),
        image_id=listed.image_id,
        command=redact(" ".join(detail.command)),
        created=listed.created,
        started=detail.started,
        finished=detail.finished,
        exit_code=detail.exit_code if ended else None,
        oom_killed=detail.oom_killed,
        restart_policy=str(policy.get("Name") or "no") + (f":{most}" if most else ""),
        error=redact(detail.error),
        ports=tuple(f"{p.address}:{p.host} -> {p.container}/{p.protocol}" for p in detail.container.ports),
        mounts=detail.mounts,
        networks=dict(detail.networks),
        environment=masked(detail.environment),
        cpus=detail.limits_cpus,
        memory=detail.limits_memory,
        checks=tuple(
            HealthCheck(
                _stamp(str(check.get("Start", ""))),
                int(check.get("ExitCode") or 0),
                redact(" ".join(str(check.get("Output", "")).split())),
            )
            for check in ((raw.get("State") or {}).get("Health") or {}).get("Log") or ()
        ),
    )


def _stamp(text: str) -> float:
    """Return an RFC 3339 time as Unix seconds; 0 for what is none."""
    from datetime import datetime

    head, _, rest = text.partition(".")
    zone = rest.lstrip("0123456789") if rest else ""
    try:
        return datetime.fromisoformat((head + zone).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0


def _everywhere(value: Any, redact: Redactor) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {k: MASK if _hides(k, v) else _everywhere(v, redact) for k, v in value.items()}
    return [_everywhere(v, redact) for v in value] if isinstance(value, list) else value


def _hides(name: str, value: Any) -> bool:
    """Return whether a label, or another named text, is a secret by its name."""
    return bool(value) and isinstance(value, str) and is_secret(name)
