"""From a source to a plan. Reads the source, the engine and the store; writes nothing."""

from __future__ import annotations

import dataclasses
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict, InvalidInput, NoCapacity
from machete_tui.core.frozen import dataclass
from machete_tui.core.models import Limits, Release, Service
from machete_tui.core.plan import BaseImage, Plan
from machete_tui.core.secrets import mask_urls
from machete_tui.core.source import Checkout, Detection, SourceRef
from machete_tui.operations.inputs import Inputs
from machete_tui.operations.releases import live_release, main_component, read_passwords, release_changes

if TYPE_CHECKING:
    from machete_tui.generation.order import Order, Rendered

GAP_GUESS = 3.0
"""Seconds without an answer that are expected of a first redeploy, until one was measured."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a plan is made of: everything that is known once the source was read."""

    name: str
    source: SourceRef
    checkout: Checkout
    detection: Detection
    inputs: Inputs
    service: Service | None = None
    number: int = 1
    passwords: dict[str, str] = field(default_factory=dict)


def plan_of(ctx: Context, draft: Draft, cancel: Cancel) -> tuple[Plan, Order]:
    """Return the plan, and the order that generation made it from."""
    detection = draft.inputs.edited(draft.detection)
    if not detection.components:
        raise InvalidInput("no component is left to deploy", "leave at least one in", field="components")
    if all(c.kind == "cli" for c in detection.components):
        names = ", ".join(c.name for c in detection.components)
        worker = f"{detection.components[0].name}: {{kind: worker}}"
        raise InvalidInput(
            f"nothing of {draft.name} would run by itself: {names} only run when they are called (kind cli)",
            f"if it serves or works on, say so in machete.yml:\ncomponents:\n  {worker}",
            field="kind",
        )
    ports = _ports(ctx, draft, detection)
    order = _order(ctx, draft, detection, ports)
    rendered = _render(order)
    bases = tuple(_base(ctx, ref, users) for ref, users in rendered.bases.items())
    stand_ins = {b.ref: b.stand_in for b in bases if b.available == "stand-in"}
    if stand_ins:
        order = dataclasses.replace(order, stand_ins=stand_ins)
        rendered = _render(order)
    live = live_release(ctx, draft.service) if draft.service else None
    cancel.check()
    gap, why = _downtime(ctx, draft.service, live)
    plan = Plan(
        service=draft.name,
        source=draft.source,
        checkout=draft.checkout,
        detection=detection,
        release=draft.number,
        images=rendered.images,
        files=rendered.files,
        compose=rendered.compose,
        ports=ports,
        mounts=rendered.mounts,
        limits=order.limits,
        replicas=order.replicas,
        bases=bases,
        environment=draft.inputs.environment,
        changes=release_changes(live, detection, draft.checkout, rendered.compose, draft.inputs.environment),
        downtime=gap,
        downtime_why=why,
        warnings=(*rendered.warnings, *_warnings(bases)),
    )
    return plan, order


def _render(order: Order) -> Rendered:
    from machete_tui.generation import render

    return render(order)


def _order(ctx: Context, draft: Draft, detection: Detection, ports: dict[str, tuple[int, ...]]) -> Order:
    from machete_tui.generation import required_passwords
    from machete_tui.generation.order import Order

    main = main_component(detection.components)
    passwords = read_passwords(ctx.settings, draft.name) | draft.passwords
    for name in required_passwords(detection):
        passwords.setdefault(name, random_secrets.token_urlsafe(24))
    limits = {c.name: draft.inputs.limits_of(c) for c in detection.components}
    return Order(
        service=draft.name,
        release=draft.number,
        root=draft.checkout.root,
        detection=detection,
        source=mask_urls(draft.source.location),
        commit=draft.checkout.commit,
        ports=ports,
        limits={name: limit for name, limit in limits.items() if limit != Limits()},
        replicas={c.name: draft.inputs.replicas_of(c, main=c is main) for c in detection.components},
        environment=draft.inputs.environment,
        component_environment=draft.inputs.component_environment,
        passwords=passwords,
        data_dir=str(ctx.settings.service_dir(draft.name) / "data"),
    )


def _ports(ctx: Context, draft: Draft, detection: Detection) -> dict[str, tuple[int, ...]]:
    """Choose host ports: those that the service holds, then the one asked for, then the lowest free."""
    from machete_tui.generation import published

    main = main_component(detection.components)
    leases = ctx.store.ports.all()
    taken = {lease.port: lease.service or "a reservation" for lease in leases if lease.service != draft.name}
    held: dict[str, list[int]] = {}
    for lease in leases:
        if lease.service == draft.name:
            held.setdefault(lease.component, []).append(lease.port)
    chosen: dict[str, tuple[int, ...]] = {}
    used: set[int] = set()
    by_name = {c.name: c for c in detection.components}
    for name, count in published(detection, draft.checkout.root).items():
        is_main = main is not None and name == main.name
        component = by_name.get(name)
        replicas = draft.inputs.replicas_of(component, main=is_main) if component else 1
        wanted = count * replicas
        first = draft.inputs.port if is_main else 0
        if first:
            _check_asked(ctx, first, wanted, taken, set(held.get(name, ())))
            chosen[name] = tuple(range(first, first + wanted))
        else:
            mine = tuple(sorted(held.get(name, ())))
            barred = taken | dict.fromkeys(used, f"another component of {draft.name}")
            chosen[name] = _extended(ctx, draft.name, mine, wanted, barred)
        used |= set(chosen[name])
    return chosen


def _check_asked(ctx: Context, first: int, count: int, taken: dict[int, str], mine: set[int]) -> None:
    if not 1 <= first <= 65535 - count + 1:
        raise InvalidInput(f"{first} is not a port", "use 1 to 65535", field="--port")
    for port in range(first, first + count):
        if port in taken:
            raise Conflict(f"port {port} is held by {taken[port]}", "choose another port", field="--port")
        if port not in mine and not ctx.host.port_free(port):
            raise Conflict(f"port {port} is in use by another program", "choose another port", field="--port")


def _extended(
    ctx: Context, service: str, mine: tuple[int, ...], wanted: int, barred: Mapping[int, str]
) -> tuple[int, ...]:
    """Return ``wanted`` consecutive ports: those held and the ones after them, else the lowest free run.

    A service keeps its address, so what follows it must be free; ``barred`` is port -> who has it.
    """
    if len(mine) >= wanted:
        return mine[:wanted]
    low, high = ctx.settings.port_low, ctx.settings.port_high
    if mine:
        wrong = _first_taken(ctx, mine[0], wanted, mine, barred)
        if not wrong:
            return tuple(range(mine[0], mine[0] + wanted))
        start = _free_run(ctx, low, high, wanted, barred)
        raise Conflict(
            f"{wanted} containers need the ports {mine[0]} to {mine[0] + wanted - 1},"
            f" and {wrong} is held by {barred.get(wrong, 'another program')}",
            f"give the service another address first: `service.update {service} --port {start}`"
            if start
            else f"no {wanted} ports in a row are free between {low} and {high}",
            field="replicas",
        )
    start = _free_run(ctx, low, high, wanted, barred)
    if start:
        return tuple(range(start, start + wanted))
    raise NoCapacity(
        f"no {wanted} free port{'s' if wanted > 1 else ''} between {low} and {high}",
        "remove a service, or name one with --port",
    )


def _free_run(ctx: Context, low: int, high: int, wanted: int, barred: Mapping[int, str]) -> int:
    """Return the first port of the lowest free run, 0 when there is none."""
    port = low
    while port + wanted - 1 <= high:
        wrong = _first_taken(ctx, port, wanted, (), barred)
        if not wrong:
            return port
        port = wrong + 1
    return 0


def _first_taken(
    ctx: Context, first: int, count: int, mine: tuple[int, ...], barred: Mapping[int, str]
) -> int:
    """Return the first port of a run that cannot be had, 0 when all can."""
    run = range(first, first + count)
    return next(
        (p for p in run if p not in mine and (p > 65535 or p in barred or not ctx.host.port_free(p))), 0
    )


def _base(ctx: Context, ref: str, users: tuple[str, ...]) -> BaseImage:
    from machete_tui.operations.images import stand_in_for

    if ctx.engine.image(ref):
        return BaseImage(ref, users, "local")
    if ctx.engine.registry_answers():
        return BaseImage(ref, users, "registry")
    stand_in = stand_in_for(ref)
    if stand_in:
        return BaseImage(ref, users, "stand-in", stand_in)
    return BaseImage(ref, users, "missing")


def _warnings(bases: tuple[BaseImage, ...]) -> tuple[str, ...]:
    stand_ins = [b.ref for b in bases if b.available == "stand-in"]
    missing = [b.ref for b in bases if b.available == "missing"]
    lines = []
    if stand_ins:
        lines.append(
            f"no image registry answers: {', '.join(stand_ins)} stood in for by machete.local images"
            " made of the distribution's packages (the version inside may differ)"
        )
    if missing:
        lines.append(
            f"{', '.join(missing)}: neither local nor to be pulled, and no stand-in is known;"
            " `docker load` the image or set DOCKER_REGISTRY_URL"
        )
    return tuple(lines)


def _downtime(ctx: Context, service: Service | None, live: Release | None) -> tuple[float, str]:
    if service is None or live is None or not live.ports:
        return 0.0, "nothing is live yet" if live is None else "it has no port"
    gaps = []
    for deployment in ctx.store.deployments.of(service.id, 10):
        for step in deployment.steps:
            if step.name == "gate" and step.status == "done" and "gap" in step.data:
                gaps.append(float(step.data["gap"]))
    if not gaps:
        return GAP_GUESS, "containers are replaced in place; not measured yet"
    recent = gaps[:3]
    return max(recent), f"measured on the last {len(recent)} deployment{'s' if len(recent) > 1 else ''}"
