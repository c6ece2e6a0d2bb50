"""``service.deploy`` and ``service.rebuild``: from a source to a verified, recorded, live release."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.models import Limits, Service
from machete_tui.core.source import Detection, SourceRef
from machete_tui.operations.bounds import check_deploy
from machete_tui.operations.inputs import Inputs, environment_of
from machete_tui.operations.job import Job, detect_in, with_edits
from machete_tui.operations.journal import audited
from machete_tui.operations.names import check_name, find_service, slug
from machete_tui.operations.planning import Draft, plan_of
from machete_tui.operations.preflight import check_plan
from machete_tui.operations.registry import operation
from machete_tui.operations.releases import inputs_of, live_release
from machete_tui.operations.requests import Deploy, Rebuild
from machete_tui.operations.sources import parse_source


@operation(
    "service.deploy",
    "build a folder or Git URL, run it, verify it, record it",
    role="operator",
    changes=True,
    check=check_deploy,
)
def deploy(ctx: Context, request: Deploy, cancel: Cancel) -> Iterator[Event]:
    """Deploy a source; with ``dry_run`` end with the plan and touch nothing."""
    check_deploy(request)
    source = parse_source(
        request.source,
        branch=request.branch,
        path=request.path,
        ssh_key=request.ssh_key,
        token_env=request.token_env,
        token_file=request.token_file,
    )
    service = _known(ctx, source, request.name)
    inputs = _inputs(request, inputs_of(live_release(ctx, service)) if service else Inputs())
    name = request.name or (service.name if service else "")
    if request.dry_run:
        yield from _dry_run(ctx, source, service, name, inputs, request.detection, cancel)
        return
    job = Job(ctx, source, service, name, inputs, request.detection, write=request.write)
    with audited(ctx, "service.deploy", name) as audit:
        audit.redact = job.redact
        done = yield from job.run("deploy", request.gate, request.watch, cancel)
        audit.service, audit.detail = done.service, f"release #{done.release}"
    yield Result(done)


@operation("service.rebuild", "build a service's source again and put it live", role="operator", changes=True)
def rebuild(ctx: Context, request: Rebuild, cancel: Cancel) -> Iterator[Event]:
    """Deploy a service from its own source with the inputs of its live release."""
    service = find_service(ctx.store, request.name)
    source = replace(service.source, ref=request.branch) if request.branch else service.source
    inputs = inputs_of(live_release(ctx, service))
    if request.dry_run:
        yield from _dry_run(ctx, source, service, service.name, inputs, None, cancel)
        return
    job = Job(ctx, source, service, service.name, inputs)
    with audited(ctx, "service.rebuild", service.name) as audit:
        audit.redact = job.redact
        done = yield from job.run("rebuild", request.gate, request.watch, cancel)
        audit.detail = f"release #{done.release}"
    yield Result(done)


def _known(ctx: Context, source: SourceRef, name: str) -> Service | None:
    """Return the service that a deploy makes a new release of: by name, else by the same source."""
    if name:
        return ctx.store.services.find(name)
    same = [
        s
        for s in ctx.store.services.all()
        if (s.source.kind, s.source.location, s.source.subpath)
        == (source.kind, source.location, source.subpath)
    ]
    if len(same) > 1:
        raise Conflict(
            f"services {', '.join(s.name for s in same)} come from this source",
            "say which one with --name",
            field="--name",
        )
    return same[0] if same else None


def _inputs(request: Deploy, kept: Inputs) -> Inputs:
    """Return the inputs of the live release with what this request says changed in them."""
    components = {name: dict(pairs) for name, pairs in kept.component_environment.items()}
    for component, key, value in request.component_env:
        components.setdefault(component, {})[key] = value
    limits = dict(kept.limits)
    if request.cpus or request.memory:
        before = limits.get("", Limits())
        limits[""] = Limits(request.cpus or before.cpus, request.memory or before.memory)
    limits |= {component: Limits(cpus, memory) for component, cpus, memory in request.limits}
    replicas = kept.replicas | dict(request.component_replicas)
    if request.replicas:
        replicas[""] = request.replicas
    return Inputs(
        environment=kept.environment | environment_of(request.env, request.env_file),
        component_environment=components,
        limits=limits,
        replicas=replicas,
        port=request.port or kept.port,
        without=tuple(dict.fromkeys((*kept.without, *request.without))),
        allow_mounts=tuple(dict.fromkeys((*kept.allow_mounts, *request.allow_mount))),
        edits=kept.edits,
    )


def _dry_run(
    ctx: Context,
    source: SourceRef,
    service: Service | None,
    name: str,
    inputs: Inputs,
    wanted: Detection | None,
    cancel: Cancel,
) -> Iterator[Event]:
    with tempfile.TemporaryDirectory(prefix="machete-plan-") as folder:
        checkout = ctx.sources.fetch(source, f"{folder}/source", cancel)
        found = detect_in(checkout, source, name)
        for warning in found.warnings:
            yield Note(warning, "warning")
        chosen = name or check_name(slug(found.name))
        known = service or ctx.store.services.find(chosen)
        inputs = with_edits(inputs, found, wanted)
        draft = Draft(chosen, source, checkout, found, inputs, known, _next_number(ctx, known))
        plan, _ = plan_of(ctx, draft, cancel)
        check_plan(ctx, plan, inputs.allow_mounts)
    yield Result(plan)


def _next_number(ctx: Context, service: Service | None) -> int:
    return 1 if service is None else ctx.store.releases.coming_number(service.id)
