"""``service.start|stop|restart|scale|update|remove``: what is done to a service between deployments."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import ComposeProject, Container
from machete_tui.core.errors import Conflict, InvalidInput, MacheteError
from machete_tui.core.events import Event, Result
from machete_tui.core.models import Limits, Service
from machete_tui.core.results import Done
from machete_tui.core.secrets import is_secret
from machete_tui.operations.bounds import check_update
from machete_tui.operations.inputs import Inputs, environment_of
from machete_tui.operations.journal import audited
from machete_tui.operations.names import find_service
from machete_tui.operations.patience import PATIENCE, patiently, watch_hint
from machete_tui.operations.registry import operation
from machete_tui.operations.releases import (
    address,
    image_prefix,
    inputs_of,
    live_release,
    main_component,
    project_of,
    remove_folder,
)
from machete_tui.operations.releasing import update_release
from machete_tui.operations.requests import Name, Remove, Scale, Update

GRACE = 10.0
"""Seconds between SIGTERM and SIGKILL."""


@operation("service.start", "start a stopped service", role="operator", changes=True)
def start(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """Start every container of the live release, or make those that are gone."""
    service = find_service(ctx.store, request.name)
    with audited(ctx, "service.start", service.name), _held(ctx, service, "start"):
        yield from _start(ctx, service, "start", cancel)
    where = address(service.port)
    yield Result(Done(f"{service.name} is started" + (f" at {where}" if where else ""), service.name, where))


@operation(
    "service.stop", "stop a service; its containers, volumes and port stay", role="operator", changes=True
)
def stop(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """Stop every container, dependants before what they depend on."""
    service = find_service(ctx.store, request.name)
    with audited(ctx, "service.stop", service.name), _held(ctx, service, "stop"):
        containers = ctx.engine.containers(service=service.name)
        yield from _stop(ctx, service, containers)
        ctx.store.services.save(replace(service, status="stopped", updated=ctx.clock.now(), reason=""))
    yield Result(Done(f"{service.name} is stopped", service.name))


@operation("service.restart", "stop and start a service's containers", role="operator", changes=True)
def restart(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """Restart the components' containers; backing services keep running."""
    service = find_service(ctx.store, request.name)
    with audited(ctx, "service.restart", service.name), _held(ctx, service, "restart"):
        release = live_release(ctx, service)
        names = {c.name for c in release.detection.components} if release else set()
        containers = [c for c in ctx.engine.containers(service=service.name) if c.component in names]
        running = [c for c in containers if c.state == "running"]
        if not running:
            yield from _start(ctx, service, "restart", cancel)
        else:
            yield from _each(ctx, service, "restart", running, lambda c: ctx.engine.restart(c.id, GRACE))
            ctx.store.services.save(replace(service, status="running", updated=ctx.clock.now(), reason=""))
    yield Result(Done(f"{service.name} is restarted", service.name, address(service.port)))


@operation("service.scale", "change how many containers components run", role="operator", changes=True)
def scale(ctx: Context, request: Scale, cancel: Cancel) -> Iterator[Event]:
    """Make a release of the same images with other numbers of containers."""
    service = find_service(ctx.store, request.name)
    release = live_release(ctx, service)
    names = {c.name for c in release.detection.components} if release else set()
    main = main_component(release.detection.components) if release else None
    wanted: dict[str, int] = {}
    for text in request.replicas:
        name, sign, count = text.rpartition("=")
        if not count.isdecimal() or not 1 <= int(count) <= 100 or (sign and name not in names):
            raise InvalidInput(
                f"{text!r} is not N or COMPONENT=N",
                f"N is 1 to 100; components are {', '.join(sorted(names)) or 'none'};"
                " `service.stop` stops a service",
                field="REPLICAS",
            )
        wanted["" if not sign or (main and name == main.name) else name] = int(count)
    if not wanted:
        raise InvalidInput("no number of containers", "for example 2, or worker=3", field="REPLICAS")

    def change(inputs: Inputs) -> Inputs:
        kept = {k: v for k, v in inputs.replicas.items() if not (main and k == main.name and "" in wanted)}
        return replace(inputs, replicas=kept | wanted)

    with audited(ctx, "service.scale", service.name) as audit:
        audit.detail = ", ".join(request.replicas)
        done = yield from update_release(
            ctx, service, "scale", change, gate=ctx.settings.gate_seconds, watch=0, cancel=cancel
        )
    yield Result(done)


@operation(
    "service.update",
    "change a service's environment, limits or port",
    role="operator",
    changes=True,
    check=check_update,
)
def update(ctx: Context, request: Update, cancel: Cancel) -> Iterator[Event]:
    """Make a release of the same images with other environment, limits or port."""
    check_update(request)
    service = find_service(ctx.store, request.name)
    added = environment_of(request.env, request.env_file)
    asked = (added, request.unset, request.port, request.cpus >= 0, request.memory >= 0)
    if not any(asked):
        raise InvalidInput(
            "nothing to change", "give --env, --env-file, --unset, --cpus, --memory or --port", field="--env"
        )

    unknown = [
        name for name in request.unset if name not in inputs_of(live_release(ctx, service)).environment
    ]
    if unknown:
        raise InvalidInput(
            f"{service.name} has no variable {', '.join(unknown)} that was given to it",
            f"`machete-tui --run service.show {service.name}` lists them",
            field="--unset",
        )

    def change(inputs: Inputs) -> Inputs:
        environment = {k: v for k, v in inputs.environment.items() if k not in request.unset} | added
        limits = dict(inputs.limits)
        if request.cpus >= 0 or request.memory >= 0:
            before = limits.get("", Limits())
            limits[""] = Limits(
                request.cpus if request.cpus >= 0 else before.cpus,
                request.memory if request.memory >= 0 else before.memory,
            )
        return replace(inputs, environment=environment, limits=limits, port=request.port or inputs.port)

    settings = ctx.settings
    with audited(ctx, "service.update", service.name) as audit:
        audit.redact.add(v for k, v in added.items() if is_secret(k, v))
        audit.detail = ", ".join([*added, *(f"-{name}" for name in request.unset)])
        done = yield from update_release(
            ctx,
            service,
            "update",
            change,
            gate=settings.gate_seconds if request.gate < 0 else request.gate,
            watch=settings.watch_seconds if request.watch < 0 else request.watch,
            cancel=cancel,
        )
    yield Result(done)


@operation(
    "service.remove",
    "remove a service: containers, networks, images, port; volumes stay unless told",
    role="operator",
    changes=True,
    destroys=True,
)
def remove(ctx: Context, request: Remove, cancel: Cancel) -> Iterator[Event]:
    """Remove everything of a service but its volumes, or these too."""
    service = find_service(ctx.store, request.name)
    with audited(ctx, "service.remove", service.name) as audit, _held(ctx, service, "remove"):
        volumes = [v.name for v in ctx.engine.volumes(project=service.name)]
        audit.detail = "with its volumes" if request.volumes else ""
        folder = ctx.settings.service_dir(service.name)
        for group in _ordered(ctx, service, ctx.engine.containers(service=service.name)):
            yield from _each(ctx, service, "remove", group, lambda c: _stop_and_remove(ctx, c))
        release = live_release(ctx, service)
        project = project_of(service.name, release) if release else ComposeProject(service.name, str(folder))
        ctx.engine.compose_down(project, volumes=request.volumes)
        for network in ctx.engine.networks(project=service.name):
            ctx.engine.remove_network(network)
        for image in ctx.engine.images(prefix=image_prefix(service.name)):
            for tag in image.tags:
                if tag.startswith(image_prefix(service.name)):
                    ctx.engine.remove_image(tag)
        if request.volumes:
            for volume in volumes:
                ctx.engine.remove_volume(volume)
            remove_folder(folder)
        else:
            # Passwords stay with the volumes: a database keeps the one that it was made with.
            remove_folder(folder / "releases")
        for deployment in ctx.store.deployments.of(service.id, 1000):
            ctx.settings.deployment_log(deployment.id).unlink(missing_ok=True)
        ctx.store.services.remove(service.id)
    kept = f"; kept: {', '.join(volumes)}" if volumes and not request.volumes else ""
    yield Result(Done(f"{service.name} is removed{kept}", service.name))


def _held(ctx: Context, service: Service, verb: str) -> AbstractContextManager[None]:
    return ctx.store.lock(service.name, f"{verb} by {ctx.actor} (pid {os.getpid()})")


def _start(ctx: Context, service: Service, verb: str, cancel: Cancel) -> Generator[Event, None, None]:
    release = live_release(ctx, service)
    if release is None:
        raise Conflict(
            f"{service.name} has no live release", f"deploy it first: it is {service.status}", field="NAME"
        )
    batches = ctx.engine.compose_up(project_of(service.name, release), cancel)
    yield from patiently(ctx, batches, cancel, watch_hint(verb, service.name))
    ctx.store.services.save(replace(service, status="running", updated=ctx.clock.now(), reason=""))


def _stop(ctx: Context, service: Service, containers: Sequence[Container]) -> Generator[Event, None, None]:
    up = [c for c in containers if c.state in ("running", "paused", "restarting")]
    for group in _ordered(ctx, service, up):
        yield from _each(ctx, service, "stop", group, lambda c: ctx.engine.stop(c.id, GRACE))


def _ordered(
    ctx: Context, service: Service, containers: Sequence[Container]
) -> tuple[list[Container], list[Container]]:
    release = live_release(ctx, service)
    names = {c.name for c in release.detection.components} if release else set()
    return (
        [c for c in containers if c.component in names],
        [c for c in containers if c.component not in names],
    )


def _stop_and_remove(ctx: Context, container: Container) -> None:
    ctx.engine.stop(container.id, GRACE)
    ctx.engine.remove(container.id)


def _each(
    ctx: Context,
    service: Service,
    verb: str,
    containers: Sequence[Container],
    act: Callable[[Container], None],
) -> Generator[Event, None, None]:
    """Do something to all containers at once; after 5 seconds say that it goes on."""
    errors: list[MacheteError] = []

    def one(container: Container) -> None:
        try:
            act(container)
        except MacheteError as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(c,), daemon=True) for c in containers]
    for thread in threads:
        thread.start()
    begun = ctx.clock.monotonic()
    said = False
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)
            if not said and ctx.clock.monotonic() - begun >= PATIENCE:
                said = True
                yield watch_hint(verb, service.name)
    if errors:
        raise errors[0]
