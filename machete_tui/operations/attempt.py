"""One deployment from lock to outcome: whatever ends it, the journal says so and nothing is left over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, MacheteError
from machete_tui.core.models import Deployment, DeploymentKind, DeploymentStatus, Service, Step, VolumeClaim
from machete_tui.operations.golive import discard
from machete_tui.operations.journal import Journal
from machete_tui.operations.preflight import free_ports
from machete_tui.operations.releases import remove_folder


@dataclass(slots=True)
class Attempt:
    """What is known of a deployment while it runs.

    Attributes:
        service: as it was when the lock was taken.
        deployment: its row.
        number: of the release that it makes; 0 while it made none, or puts an older one live.
        claims: volumes and folders that the service claimed before.
    """

    service: Service
    deployment: Deployment
    number: int = 0
    claims: tuple[VolumeClaim, ...] = ()

    def makes(self, ctx: Context, number: int) -> None:
        """Note the release that this deployment makes, so that a failure removes it again."""
        self.number = number
        ctx.store.deployments.release(self.deployment.id, number)


@contextmanager
def attempt(ctx: Context, service: Service, kind: DeploymentKind, journal: Journal) -> Iterator[Attempt]:
    """Hold the service and record a deployment around the body.

    Raises:
        Conflict: another deployment of the service is under way; its holder is named.
    """
    holder = f"{kind} by {ctx.actor} (pid {os.getpid()})"
    with ctx.store.lock(service.name, holder):
        known = ctx.store.services.find(service.name)
        current = known or service
        if known is None:
            ctx.store.services.save(current)
        deployment = ctx.store.deployments.begin(current, kind, ctx.actor, current.release)
        journal.attach(deployment)
        claims = tuple(c for c in ctx.store.claims.all() if c.service == current.name)
        tried = Attempt(current, deployment, claims=claims)
        try:
            yield tried
        except BaseException as error:
            close_failed(ctx, tried, journal, error)
            raise
        ctx.store.deployments.finish(deployment.id, "succeeded")


def close_failed(ctx: Context, tried: Attempt, journal: Journal, error: BaseException) -> None:
    """Record why a deployment ended, and remove what it made."""
    steps = {step.name for step in _steps(ctx, tried.deployment.id)}
    cancelled = isinstance(error, (Cancelled, GeneratorExit, KeyboardInterrupt))
    status: DeploymentStatus = "cancelled" if cancelled else "failed"
    if not cancelled and "restore" in steps and tried.service.release:
        status = "rolled_back"
    reason, mend, tail = "an unexpected error; the diagnostic log has it", "", tuple[str, ...]()
    if isinstance(error, MacheteError):
        reason, mend = journal.redact(error.what), journal.redact(error.mend)
        tail = tuple(journal.redact(line) for line in error.log)
    elif cancelled:
        reason = "the front that ran it went away"
    if tried.number:
        discard(ctx, tried.service, tried.number)
    if not tried.service.release and (cancelled or "build" not in steps):
        _forget(ctx, tried.service)
        return
    ctx.store.deployments.finish(tried.deployment.id, status, reason, mend, tail)
    if not tried.service.release:
        ctx.store.ports.release_service(tried.service.name)
        ctx.store.claims.replace(tried.service.name, ())
        ctx.store.services.save(
            replace(tried.service, status="failed", reason=reason, updated=ctx.clock.now())
        )
        return
    live = ctx.store.releases.find(tried.service.id, tried.service.release)
    free_ports(ctx, tried.service.name, live.ports if live else {})
    ctx.store.claims.replace(tried.service.name, tried.claims)
    if "restore" not in steps:
        ctx.store.services.save(tried.service)


def _steps(ctx: Context, deployment_id: str) -> tuple[Step, ...]:
    found = ctx.store.deployments.find(deployment_id)
    return found.steps if found else ()


def _forget(ctx: Context, service: Service) -> None:
    """Remove a service that never was: it failed before there was anything to show of it."""
    for deployment in ctx.store.deployments.of(service.id):
        ctx.settings.deployment_log(deployment.id).unlink(missing_ok=True)
    ctx.store.services.remove(service.id)
    remove_folder(ctx.settings.service_dir(service.name) / "releases")
