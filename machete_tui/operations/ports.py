"""``port.list``, ``port.reserve``, ``port.release``: the stable host ports that are held."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict, InvalidInput, NotFound
from machete_tui.core.events import Event, Result
from machete_tui.core.models import PortLease
from machete_tui.core.results import Done, Listing
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import operation
from machete_tui.operations.requests import ListPorts, OnePort
from machete_tui.operations.views import PortRow


@operation("port.list", "list the host ports that services hold")
def list_ports(ctx: Context, request: ListPorts, cancel: Cancel) -> Iterator[Event]:
    """List every lease, and whether something listens on it now."""
    rows = tuple(
        PortRow(
            port=lease.port,
            service=lease.service,
            component=lease.component,
            since=lease.since,
            in_use=not ctx.host.port_free(lease.port),
            note=lease.note,
        )
        for lease in ctx.store.ports.all()
    )
    low, high = ctx.settings.port_low, ctx.settings.port_high
    yield Result(Listing(rows, f"no port is held; services get the lowest free one from {low} to {high}"))


@operation("port.reserve", "keep a host port from being given to a service", role="operator", changes=True)
def reserve(ctx: Context, request: OnePort, cancel: Cancel) -> Iterator[Event]:
    """Hold a port without a service."""
    if not 1 <= request.port <= 65535:
        raise InvalidInput(f"{request.port} is not a port", "use 1 to 65535", field="PORT")
    with audited(ctx, "port.reserve") as audit:
        audit.detail = f"port {request.port}"
        ctx.store.ports.lease(PortLease(request.port, note=request.note, since=ctx.clock.now()))
    yield Result(Done(f"port {request.port} is reserved"))


@operation("port.release", "give a reserved host port back", role="operator", changes=True)
def release(ctx: Context, request: OnePort, cancel: Cancel) -> Iterator[Event]:
    """Give a reservation up; a service's own port goes with the service."""
    lease = next((p for p in ctx.store.ports.all() if p.port == request.port), None)
    if lease is None:
        raise NotFound(f"port {request.port} is not held", "`port.list` lists those that are", field="PORT")
    if lease.service:
        raise Conflict(
            f"port {request.port} belongs to service {lease.service}",
            f"give it another with `service.update {lease.service} --port N`, or remove the service",
            field="PORT",
        )
    with audited(ctx, "port.release") as audit:
        audit.detail = f"port {request.port}"
        ctx.store.ports.release(request.port)
    yield Result(Done(f"port {request.port} is free"))
