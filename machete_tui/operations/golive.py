"""Putting a release live: start it, pass the gate, watch it; on failure the previous one is live again."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import (
    BuildFailed,
    Cancelled,
    EngineUnavailable,
    MacheteError,
    Unhealthy,
)
from machete_tui.core.events import Event, Lines, Note
from machete_tui.core.models import Release, Service
from machete_tui.core.plan import BaseImage
from machete_tui.operations.gate import ENDS, Gate, Passed
from machete_tui.operations.journal import Journal
from machete_tui.operations.patience import patiently
from machete_tui.operations.preflight import free_ports
from machete_tui.operations.releases import (
    image_prefix,
    inputs_of,
    live_release,
    main_component,
    project_of,
    remove_folder,
    stack_of,
)


def go_live(
    ctx: Context,
    journal: Journal,
    service: Service,
    release: Release,
    *,
    gate: float,
    watch: float,
    cancel: Cancel,
) -> Generator[Event, None, Service]:
    """Run the steps from start to retention; returns the service as it is now recorded.

    Raises:
        Unhealthy: the release did not pass; the previous one was put back.
        MacheteError: compose could not start it; the previous one was put back.
    """
    previous = live_release(ctx, service)
    title = f"Start release #{release.number}"
    since = ctx.clock.now()
    try:
        guard = Gate(ctx, service.name, release.detection.components, release.ports, gate, since)
        yield from journal.step("start", title, _start(ctx, journal, service, release, guard, cancel))
        yield from journal.step("gate", "Wait until it answers", _gate(journal, guard, previous, cancel))
        if watch > 0:
            yield from journal.step("watch", f"Watch it for {watch:.0f}s", _watch(guard, watch, cancel))
        live = yield from journal.step("live", "Record it as live", _record(ctx, service, release))
    except GeneratorExit:
        # Nobody reads any more, so nothing may be yielded; the previous release is put back all the same.
        gone = Cancelled("the front that ran it went away")
        for _ in restore(ctx, journal, service, release, previous, gone):
            pass
        raise
    except MacheteError as error:
        yield from restore(ctx, journal, service, release, previous, error)
        raise
    yield from journal.step("retain", "Keep the last releases", retain(ctx, live))
    return live


def _start(
    ctx: Context, journal: Journal, service: Service, release: Release, guard: Gate, cancel: Cancel
) -> Generator[Event, None, None]:
    ctx.store.services.save(replace(service, status="deploying", updated=ctx.clock.now(), reason=""))
    yield from _one_offs(ctx, service, release, "pre_deploy", cancel)
    said = Note(
        f"the start of {service.name} goes on;"
        f" watch it with `machete-tui --run deployment.log {service.name} --follow`"
    )
    batches = ctx.engine.compose_up(project_of(service.name, release), cancel)
    try:
        yield from patiently(ctx, batches, cancel, said)
    except Unhealthy as error:
        raise guard.why_not_up(error) from error
    journal.detail(f"release #{release.number}", release=str(release.number), previous=str(service.release))


def _one_offs(
    ctx: Context, service: Service, release: Release, which: str, cancel: Cancel
) -> Generator[Event, None, None]:
    for component in release.detection.components:
        command: str = getattr(component, which)
        if not command:
            continue
        yield Note(f"{which.replace('_', '-')} of {component.name}: {command}")
        result = ctx.engine.compose_run(project_of(service.name, release), component.name, command, cancel)
        if result.lines:
            yield Lines(result.lines)
        if result.exit_code:
            raise Unhealthy(
                f"the {which.replace('_', '-')} command of {component.name} exited with {result.exit_code}",
                "its output says why",
                log=result.lines[-200:],
            )


def _gate(
    journal: Journal, guard: Gate, previous: Release | None, cancel: Cancel
) -> Generator[Event, None, Passed]:
    passed = yield from guard.wait(cancel)
    shown = "; ".join(passed.answers) or "all containers run"
    if previous is not None and passed.answers:
        journal.detail(shown, gap=f"{passed.seconds:.1f}")
    else:
        journal.detail(shown)
    return passed


def _watch(guard: Gate, seconds: float, cancel: Cancel) -> Generator[Event, None, None]:
    yield from guard.watch(seconds, cancel)


def _record(ctx: Context, service: Service, release: Release) -> Generator[Event, None, Service]:
    live = replace(
        service,
        status="running",
        release=release.number,
        port=release.port,
        stack=stack_of(release.detection),
        updated=ctx.clock.now(),
        reason="",
        replicas=wanted_of(ctx, service, release),
    )
    ctx.store.services.save(live)
    yield from _one_offs(ctx, service, release, "post_deploy", Cancel())
    return live


def wanted_of(ctx: Context, service: Service, release: Release) -> dict[str, int]:
    """Return how many containers each compose service of a release should run."""
    wanted: dict[str, int] = {}
    for container in ctx.engine.containers(service=service.name):
        wanted[container.component] = wanted.get(container.component, 0) + 1
    inputs = inputs_of(release)
    main = main_component(release.detection.components)
    for component in release.detection.components:
        if component.kind in ENDS:
            wanted.pop(component.name, None)
        else:
            wanted[component.name] = inputs.replicas_of(component, main=component is main)
    return wanted


def restore(
    ctx: Context,
    journal: Journal,
    service: Service,
    failed: Release,
    previous: Release | None,
    error: MacheteError,
) -> Generator[Event, None, None]:
    """Put the previous release back, or take down what never was live; volumes stay in either case."""
    status = "failed" if previous is None else "running"
    reason = "" if previous is not None else error.what
    if previous is not None and previous.number != failed.number:
        title = f"Put release #{previous.number} back"
    else:
        title = "Take down what did not pass"
    try:
        yield from journal.step("restore", title, _restore(ctx, service, failed, previous))
    except EngineUnavailable:
        # Nothing can be done without the Engine; `reconcile` finishes it when it is back.
        status, reason = "degraded", "Docker went away in the middle of a deployment"
    except MacheteError as second:
        status, reason = "degraded", f"release #{previous.number if previous else 0}: {second.what}"
    if isinstance(error, Cancelled) and previous is None:
        return
    ctx.store.services.save(
        replace(service, status=status, updated=ctx.clock.now(), reason=reason)  # type: ignore[arg-type]
    )


def _restore(
    ctx: Context, service: Service, failed: Release, previous: Release | None
) -> Generator[Event, None, None]:
    if previous is None:
        ctx.engine.compose_down(project_of(service.name, failed))
        yield Note("no release was live before: nothing is left running")
        return
    yield from put_up(ctx, service, previous)


def put_up(ctx: Context, service: Service, release: Release) -> Generator[Event, None, None]:
    """Make what runs equal to a release that was live before, and wait until it answers again."""
    since = ctx.clock.now()
    for batch in ctx.engine.compose_up(project_of(service.name, release), Cancel()):
        yield Lines(batch)
    guard = Gate(
        ctx, service.name, release.detection.components, release.ports, ctx.settings.gate_seconds, since
    )
    passed = yield from guard.wait(Cancel())
    yield Note(f"release #{release.number} is live again after {passed.seconds:.1f}s")


def retain(ctx: Context, service: Service) -> Generator[Event, None, None]:
    """Free the ports and remove the images of releases that are no longer kept; never a volume."""
    releases = ctx.store.releases.of(service.id)
    free_ports(ctx, service.name, next((r.ports for r in releases if r.number == service.release), {}))
    kept = [r for r in releases if r.kept]
    spare = [r for r in kept if r.number != service.release][max(ctx.settings.keep_releases - 1, 0) :]
    for release in spare:
        for image in release.images:
            ctx.engine.remove_image(image.tag)
        ctx.store.releases.forget_images(release.id)
        yield Note(f"release #{release.number}: images removed")


def discard(ctx: Context, service: Service, release_number: int) -> None:
    """Remove every trace of a release that was never live: images, folder, row."""
    for image in ctx.engine.images(prefix=image_prefix(service.name)):
        for tag in image.tags:
            if tag.startswith(image_prefix(service.name)) and tag.endswith(f":{release_number}"):
                ctx.engine.remove_image(tag)
    release = ctx.store.releases.find(service.id, release_number)
    if release is not None:
        ctx.store.releases.remove(release.id)
    remove_folder(ctx.settings.release_dir(service.name, release_number))


def prepare_bases(ctx: Context, bases: tuple[BaseImage, ...], cancel: Cancel) -> Generator[Event, None, str]:
    """Pull or make the base images that are not local; returns one line about it."""
    from machete_tui.core.errors import NotFound
    from machete_tui.operations.images import ensure

    missing = [b.ref for b in bases if b.available == "missing"]
    if missing:
        raise NotFound(
            f"base image {', '.join(missing)} is neither local nor to be pulled, and no stand-in is known",
            "load it with `docker load`, or set DOCKER_REGISTRY_URL to a mirror",
        )
    for base in bases:
        if base.available == "registry":
            yield Note(f"pulling {base.ref}")
            for line in ctx.engine.pull(base.ref, cancel):
                yield Lines((line,))
    stand_ins = tuple(b.ref for b in bases if b.available == "stand-in")
    if stand_ins:
        yield Note(f"no image registry answers: using machete.local stand-ins for {', '.join(stand_ins)}")
        yield from ensure(ctx, stand_ins, cancel)
    counts = {kind: sum(b.available == kind for b in bases) for kind in ("local", "registry", "stand-in")}
    return ", ".join(f"{n} {kind}" for kind, n in counts.items() if n) or "none needed"


def explain_build(ctx: Context, error: BuildFailed) -> BuildFailed:
    """Return the build's failure with the reason and the suggestion that its log gives."""
    from machete_tui.operations import diagnosis

    root = ctx.engine.info().root
    verdict = diagnosis.of_build(error.log, ctx.host.disk_free(root) if root else None)
    what = f"{error.what}: {verdict.reason}" if verdict.reason else error.what
    return BuildFailed(what, verdict.suggestion if verdict.reason else error.mend, log=error.log)
