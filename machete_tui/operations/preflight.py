"""Before anything is changed: disk, memory, ports by a real bind, volumes, and mounts."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict, NoCapacity
from machete_tui.core.events import Event
from machete_tui.core.models import PortLease
from machete_tui.core.plan import Plan
from machete_tui.operations.mounts import check_claims, check_mounts, claims_of
from machete_tui.operations.releases import read_passwords


def check_plan(ctx: Context, plan: Plan, allowed: Sequence[str]) -> None:
    """Check all that can be checked without holding anything; raises the fitting MacheteError."""
    check_project(ctx, plan.service)
    check_passwords(ctx, plan)
    check_room(ctx)
    check_cpus(ctx, plan)
    check_mounts(ctx.settings, plan.service, plan.checkout.root, plan.mounts, allowed)
    claims = claims_of(plan.service, plan.mounts, plan.checkout.root)
    check_claims(plan.service, claims, ctx.store.claims.all())


def preflight(ctx: Context, plan: Plan, allowed: Sequence[str]) -> Generator[Event, None, None]:
    """Check everything, then hold the ports and volumes and make the host folders."""
    check_plan(ctx, plan, allowed)
    with ctx.store.transaction():
        hold_ports(ctx, plan.service, plan.ports)
        ctx.store.claims.replace(plan.service, claims_of(plan.service, plan.mounts, plan.checkout.root))
    from machete_tui.generation import USER_ID

    for mount in plan.mounts:
        if not mount.named and not Path(mount.source).exists():
            ctx.host.prepare_folder(mount.source, USER_ID, USER_ID)
    yield from ()


def check_project(ctx: Context, name: str) -> None:
    """Refuse a name whose containers were made elsewhere: by hand, or from another database."""
    service = ctx.store.services.find(name)
    for container in ctx.engine.containers(project=name):
        if container.service != name:
            raise Conflict(
                f"a compose project {name!r} that machete-tui did not make has containers here",
                "choose another name with --name",
                field="--name",
            )
        if service is None or not service.release:
            raise Conflict(
                f"container {container.name} of a service {name!r} is here that this database does not know",
                f"choose another name with --name, or remove it: docker compose -p {name} down",
                field="--name",
            )


def check_passwords(ctx: Context, plan: Plan) -> None:
    """Refuse a new password for a database that was made with another one and still has its volume."""
    from machete_tui.generation import required_passwords

    needed = set(required_passwords(plan.detection)) - plan.environment.keys()
    if not needed or needed <= read_passwords(ctx.settings, plan.service).keys():
        return
    backing = {b.name for b in plan.detection.backing_services if b.enabled}
    wanted = {m.source for m in plan.mounts if m.named and m.component in backing}
    there = sorted(wanted & {v.name for v in ctx.engine.volumes()})
    if there:
        raise Conflict(
            f"volume {', '.join(there)} is there already, made with a password that is not known here",
            f"give it (--env {min(needed)}), or remove the volume and its data: docker volume rm {there[0]}",
            field="volumes",
        )


def check_room(ctx: Context) -> None:
    """Refuse to begin when disk or memory are short, with the figures."""
    settings = ctx.settings
    root = ctx.engine.info().root
    free = ctx.host.disk_free(root or str(settings.state_dir))
    if free < settings.disk_reserve:
        raise NoCapacity(
            f"{free >> 20} MiB of disk free where Docker keeps its images,"
            f" {settings.disk_reserve >> 20} MiB are needed",
            "free space: `docker system df` shows what takes it",
        )
    memory = ctx.host.memory_free()
    if memory < settings.memory_reserve:
        raise NoCapacity(
            f"{memory >> 20} MiB of memory free, {settings.memory_reserve >> 20} MiB are needed",
            "stop something, or add memory",
        )


def check_cpus(ctx: Context, plan: Plan) -> None:
    """Refuse more cores for one container than the Engine has; it would not start it."""
    cpus = ctx.engine.info().cpus
    for name, limits in plan.limits.items():
        if cpus and limits.cpus > cpus:
            raise NoCapacity(
                f"{name} may use {limits.cpus:g} cores, and this machine has {cpus}",
                f"give {cpus} or fewer",
                field="--cpus",
            )


def _check_bind(ctx: Context, port: int) -> None:
    if not ctx.host.port_free(port):
        raise Conflict(
            f"port {port} was taken by another program since the plan was made",
            "deploy again: another port is chosen unless --port names this one",
            field="--port",
        )


def hold_ports(ctx: Context, service: str, wanted: Mapping[str, Sequence[int]]) -> None:
    """Lease what a release publishes and the service does not hold yet, by a real bind test."""
    held = {lease.port for lease in ctx.store.ports.all() if lease.service == service}
    for component, ports in wanted.items():
        for port in ports:
            if port not in held:
                _check_bind(ctx, port)
                ctx.store.ports.lease(PortLease(port, service, component, ctx.clock.now()))


def free_ports(ctx: Context, service: str, published: Mapping[str, Sequence[int]]) -> None:
    """Give up what the live release does not publish any more."""
    kept = {port for ports in published.values() for port in ports}
    for lease in ctx.store.ports.all():
        if lease.service == service and lease.port not in kept:
            ctx.store.ports.release(lease.port)
