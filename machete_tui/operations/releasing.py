"""Releases made of an older release: other environment, limits, port or replicas, the same images."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import ComposeProject
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.events import Event
from machete_tui.core.models import DeploymentKind, Release, ReleaseImage, Service
from machete_tui.core.plan import Plan
from machete_tui.core.results import Done
from machete_tui.core.source import Checkout
from machete_tui.generation.order import Order
from machete_tui.operations.attempt import attempt
from machete_tui.operations.golive import go_live
from machete_tui.operations.inputs import Inputs
from machete_tui.operations.journal import Journal
from machete_tui.operations.planning import Draft, plan_of
from machete_tui.operations.preflight import hold_ports, preflight
from machete_tui.operations.releases import (
    address,
    inputs_of,
    live_release,
    release_of,
    write_files,
    write_passwords,
)

UPDATE_STEPS = 9
ROLLBACK_STEPS = 6
"""Steps with the watch, which is left out where it lasts no time."""


def update_release(
    ctx: Context,
    service: Service,
    kind: DeploymentKind,
    change: Callable[[Inputs], Inputs],
    *,
    gate: float,
    watch: float,
    cancel: Cancel,
) -> Generator[Event, None, Done]:
    """Make a release of the live one's images with changed inputs, and put it live."""
    live = _live(ctx, service)
    inputs = change(inputs_of(live))
    journal = Journal(ctx, UPDATE_STEPS - (watch <= 0))
    journal.redact.add(inputs.secret_values())
    ctx.engine.info()
    with attempt(ctx, service, kind, journal) as tried:
        number = ctx.store.releases.next_number(service.id)
        tried.makes(ctx, number)
        folder = ctx.settings.release_dir(service.name, number)
        # Edits are in the recorded detection already; a component has them once.
        draft = Draft(
            service.name,
            service.source,
            _checkout(service, live),
            live.detection,
            replace(inputs, edits={}),
            service,
            number,
        )
        plan, order = yield from journal.step("plan", "Plan the release", _plan(ctx, draft, journal, cancel))
        yield from journal.step(
            "preflight", "Check ports and volumes", preflight(ctx, plan, inputs.allow_mounts)
        )
        yield from journal.step(
            "generate", "Write the release's files", _generate(ctx, plan, order, inputs, folder)
        )
        release = yield from journal.step(
            "record", f"Record release #{number}", _record(ctx, plan, service, live, folder)
        )
        now = yield from go_live(ctx, journal, tried.service, release, gate=gate, watch=watch, cancel=cancel)
        return _done(ctx, now, tried.deployment.id)


def put_back(
    ctx: Context, service: Service, number: int, *, gate: float, watch: float, cancel: Cancel
) -> Generator[Event, None, Done]:
    """Put an older release live: no detection, no build, the same gate."""
    release = target_of(ctx, service, number)
    journal = Journal(ctx, ROLLBACK_STEPS - (watch <= 0))
    journal.redact.add(inputs_of(release).secret_values())
    ctx.engine.info()
    with attempt(ctx, service, "rollback", journal) as tried:
        ctx.store.deployments.release(tried.deployment.id, release.number)
        yield from journal.step("check", "Check its images and ports", _check(ctx, service, release))
        now = yield from go_live(ctx, journal, tried.service, release, gate=gate, watch=watch, cancel=cancel)
        return _done(ctx, now, tried.deployment.id)


def target_of(ctx: Context, service: Service, number: int) -> Release:
    """Return the release to roll back to: the one named, or the newest kept one before the live one."""
    releases = ctx.store.releases.of(service.id)
    kept = [str(r.number) for r in releases if r.kept and r.number != service.release]
    choice = f"kept are {', '.join(kept)}" if kept else "no other release is kept"
    if not number:
        older = [r for r in releases if r.kept and r.number < service.release]
        if not older:
            raise NotFound(
                f"{service.name} has no release before #{service.release}", choice, field="RELEASE"
            )
        return older[0]
    release = next((r for r in releases if r.number == number), None)
    if release is None:
        raise NotFound(f"{service.name} has no release #{number}", choice, field="RELEASE")
    if not release.kept:
        raise Conflict(f"the images of release #{number} are gone", choice, field="RELEASE")
    if number == service.release and service.status == "running":
        raise Conflict(f"release #{number} is live already", choice, field="RELEASE")
    return release


def _live(ctx: Context, service: Service) -> Release:
    live = live_release(ctx, service)
    if live is None:
        raise Conflict(
            f"{service.name} has no live release", f"deploy it first: it is {service.status}", field="NAME"
        )
    return live


def _checkout(service: Service, live: Release) -> Checkout:
    kept = Path(live.folder) / "source"
    root = str(kept / service.source.subpath) if kept.is_dir() else service.source.location
    if service.source.kind == "folder" and service.source.subpath:
        root = str(Path(service.source.location) / service.source.subpath)
    return Checkout(root, live.commit, live.branch, live.dirty)


def _plan(
    ctx: Context, draft: Draft, journal: Journal, cancel: Cancel
) -> Generator[Event, None, tuple[Plan, Order]]:
    plan, order = plan_of(ctx, draft, cancel)
    journal.redact.add(order.passwords.values())
    journal.detail("; ".join(plan.changes))
    yield from ()
    return plan, order


def _generate(
    ctx: Context, plan: Plan, order: Order, inputs: Inputs, folder: Path
) -> Generator[Event, None, None]:
    write_passwords(ctx.settings, plan.service, order.passwords)
    write_files(folder, plan.files)
    inputs.save(folder / "inputs.json")
    ctx.engine.compose_check(ComposeProject(plan.service, str(folder)))
    yield from ()


def _record(
    ctx: Context, plan: Plan, service: Service, live: Release, folder: Path
) -> Generator[Event, None, Release]:
    images = []
    built = {image.component: image for image in live.images}
    for image in plan.images:
        old = built[image.component]
        ctx.engine.tag(old.id, image.tag)
        images.append(ReleaseImage(image.component, image.tag, old.id))
    release = release_of(plan, service, tuple(images), folder, ctx.clock.now())
    ctx.store.releases.add(release)
    yield from ()
    return release


def _check(ctx: Context, service: Service, release: Release) -> Generator[Event, None, None]:
    for image in release.images:
        found = ctx.engine.image(image.tag)
        if found is None or found.id != image.id:
            raise Conflict(
                f"image {image.tag} of release #{release.number} is not there any more",
                "roll back to another release, or deploy that commit again",
            )
    hold_ports(ctx, service.name, release.ports)
    yield from ()


def _done(ctx: Context, service: Service, deployment: str) -> Done:
    where = address(service.port, ctx.settings.machine)
    message = f"{service.name} #{service.release} is live" + (f" at {where}" if where else "")
    return Done(message, service.name, where, service.release, deployment)
