"""What a crash left behind is finished or undone: the journal against the labels on Docker's objects.

Runs at every start of a front that changes things, and when the Engine comes back. A deployment that
no living process owns is one whose service lock can be taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container
from machete_tui.core.errors import Conflict, EngineUnavailable, MacheteError, NotPermitted, Unhealthy
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.models import Deployment, Release, Service, ServiceStatus
from machete_tui.core.results import Done
from machete_tui.operations.golive import discard, put_up, wanted_of
from machete_tui.operations.journal import audited
from machete_tui.operations.preflight import free_ports
from machete_tui.operations.registry import operation
from machete_tui.operations.releases import live_release, project_of, remove_folder, stack_of
from machete_tui.operations.requests import Nothing

STOPPED_BY_ENGINE = (0, 137, 143, 255)
"""Exit codes of a container that ended because the Engine did, not by a fault of its own."""


@operation("system.reconcile", "finish or undo what a crash left behind", role="operator", changes=True)
def reconcile_all(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    """Reconcile everything and say what was done."""
    count = 0
    for event in reconcile(ctx):
        count += isinstance(event, Note)
        yield event
    yield Result(
        Done(f"{count} thing{'' if count == 1 else 's'} put right" if count else "nothing to put right")
    )


def before_change(ctx: Context) -> Iterator[Event]:
    """Undo or finish what a dead process left, before anything else is changed."""
    try:
        if ctx.store.deployments.unfinished():
            yield from reconcile(ctx)
    except (EngineUnavailable, NotPermitted):
        # What is asked for next says the same, with its own mend.
        return


def reconcile(ctx: Context) -> Iterator[Event]:
    """Finish or undo deployments without an owner, start what a dead Engine left stopped, tidy up."""
    _tidy_incoming(ctx)
    for deployment in ctx.store.deployments.unfinished():
        try:
            with ctx.store.lock(deployment.service, f"reconcile (pid {os.getpid()})"):
                yield from _one(ctx, deployment)
        except Conflict:
            continue
    ended = {c.service for c in ctx.engine.containers() if c.service and c.state == "exited"}
    for service in ctx.store.services.all():
        if service.name in ended and service.status in ("running", "degraded") and service.release:
            try:
                with ctx.store.lock(service.name, f"reconcile (pid {os.getpid()})"):
                    yield from _revive(ctx, service)
            except Conflict:
                continue


def _one(ctx: Context, deployment: Deployment) -> Iterator[Event]:
    current = ctx.store.deployments.find(deployment.id)
    service = ctx.store.services.find(deployment.service)
    if current is None or current.status != "running" or service is None:
        return
    done = {step.name for step in current.steps if step.status == "done"}
    begun = {step.name for step in current.steps}
    release = ctx.store.releases.find(service.id, current.release) if current.release else None
    previous = ctx.store.releases.find(service.id, current.previous) if current.previous else None
    with audited(ctx, "system.reconcile", service.name) as audit:
        if "live" in done or (release is not None and service.release == release.number and "live" in begun):
            ctx.store.deployments.finish(current.id, "succeeded")
            audit.detail = f"deployment {current.number} had finished"
        elif release is not None and "gate" in done and _all_run(ctx, service, release):
            _finish(ctx, service, release, current)
            audit.detail = f"deployment {current.number} finished: release #{release.number} is live"
        else:
            yield from _undo(ctx, service, current, release, previous, started="start" in begun)
            back = f"release #{previous.number} is live" if previous else "nothing was live before"
            audit.detail = f"deployment {current.number} undone: {back}"
        yield Note(f"{service.name}: {audit.detail}")


def _finish(ctx: Context, service: Service, release: Release, deployment: Deployment) -> None:
    with ctx.store.transaction():
        ctx.store.services.save(
            replace(
                service,
                status="running",
                release=release.number,
                port=release.port,
                stack=stack_of(release.detection),
                updated=ctx.clock.now(),
                reason="",
                replicas=wanted_of(ctx, service, release),
            )
        )
        ctx.store.deployments.finish(deployment.id, "succeeded")


def _undo(
    ctx: Context,
    service: Service,
    deployment: Deployment,
    release: Release | None,
    previous: Release | None,
    *,
    started: bool,
) -> Iterator[Event]:
    reason, trouble = "machete-tui ended in the middle of it", ""
    if started and previous is not None:
        try:
            yield from put_up(ctx, service, previous)
        except Unhealthy as error:
            trouble = error.what
    elif previous is None and release is not None:
        ctx.engine.compose_down(project_of(service.name, release))
    made = deployment.release and deployment.kind != "rollback"
    if made and (previous is None or deployment.release != previous.number):
        discard(ctx, service, deployment.release)
    ctx.store.deployments.finish(deployment.id, "interrupted", reason, "deploy again")
    if previous is not None:
        free_ports(ctx, service.name, previous.ports)
        status: ServiceStatus = "degraded" if trouble else "running"
        ctx.store.services.save(replace(service, status=status, updated=ctx.clock.now(), reason=trouble))
        return
    ctx.store.ports.release_service(service.name)
    ctx.store.claims.replace(service.name, ())
    if "build" in {step.name for step in deployment.steps}:
        ctx.store.services.save(replace(service, status="failed", updated=ctx.clock.now(), reason=reason))
    else:
        ctx.settings.deployment_log(deployment.id).unlink(missing_ok=True)
        ctx.store.services.remove(service.id)


def _all_run(ctx: Context, service: Service, release: Release) -> bool:
    names = {c.name for c in release.detection.components if c.kind not in ("job", "cli")}
    running = {
        c.component
        for c in ctx.engine.containers(service=service.name)
        if c.state == "running" and c.release == release.number
    }
    return names <= running


def _revive(ctx: Context, service: Service) -> Iterator[Event]:
    """Start again what ended with the Engine: ``unless-stopped`` can leave it exited."""
    release = live_release(ctx, service)
    containers = ctx.engine.containers(service=service.name)
    ended = [c for c in containers if c.state == "exited"]
    kinds = {c.name: c.kind for c in release.detection.components} if release else {}
    ended = [c for c in ended if kinds.get(c.component, "web") not in ("job", "cli")]
    if release is None or not ended:
        return
    if not all(_ended_with_engine(ctx, c) for c in ended):
        return
    with audited(ctx, "system.reconcile", service.name) as audit:
        yield from put_up(ctx, service, release)
        audit.detail = f"started again what ended with the Engine: {', '.join(sorted(c.name for c in ended))}"
        yield Note(f"{service.name}: {audit.detail}")


def _ended_with_engine(ctx: Context, container: Container) -> bool:
    try:
        detail = ctx.engine.container(container.id)
    except MacheteError:
        return False
    started = ctx.engine.info().started
    if detail.oom_killed or detail.exit_code not in STOPPED_BY_ENGINE or not started:
        return False
    return detail.finished <= started + 30


def _tidy_incoming(ctx: Context) -> None:
    """Remove clones that a dead process left."""
    folder = ctx.settings.state_dir / "incoming"
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        pid = entry.name.partition("-")[0]
        if not pid.isdecimal() or not Path(f"/proc/{pid}").exists():
            remove_folder(entry)
