"""The service's own page and its deployments' pages, put together from the store and the engine."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.core.context import Context
from machete_tui.core.engine import Container
from machete_tui.core.models import Deployment, Limits, Release, Service, Step
from machete_tui.core.secrets import MASK, mask_urls, masked
from machete_tui.operations.releases import address, inputs_of, main_component
from machete_tui.operations.views import (
    ContainerRow,
    DeploymentDetail,
    DeploymentRow,
    ReleaseRow,
    ServiceDetail,
    ServiceRow,
    StepRow,
    size,
)


def detail_of(
    ctx: Context, service: Service, row: ServiceRow, containers: Sequence[Container]
) -> ServiceDetail:
    """Return everything that a service's page shows."""
    releases = ctx.store.releases.of(service.id)
    live = next((r for r in releases if r.number == service.release), None)
    inputs = inputs_of(live)
    last = ctx.store.deployments.of(service.id, 1)
    components = live.detection.components if live else ()
    main = main_component(components)
    limits = {c.name: limit for c in components if (limit := _limit(inputs.limits_of(c)))}
    environment = masked(inputs.environment)
    for name, pairs in inputs.component_environment.items():
        environment |= {f"{name}.{key}": value for key, value in masked(pairs).items()}
    claims = [c for c in ctx.store.claims.all() if c.service == service.name]
    return ServiceDetail(
        service=row,
        source=mask_urls(service.source.location)
        + (f" ({service.source.subpath})" if service.source.subpath else ""),
        branch=service.source.ref or (live.branch if live else ""),
        commit=live.commit if live else "",
        containers=tuple(container_row(c) for c in sorted(containers, key=lambda c: c.name)),
        environment=environment,
        addresses={
            n: address(p, ctx.settings.machine)
            for n, ports in (live.ports if live else {}).items()
            for p in ports[:1]
        },
        volumes=tuple(f"{c.source} -> {c.component}:{c.target}" for c in claims),
        limits=limits,
        replicas={c.name: inputs.replicas_of(c, main=c is main) for c in components},
        releases=tuple(release_row(r, service) for r in releases),
        last_deployment=deployment_detail(last[0], releases) if last else None,
    )


def container_row(container: Container) -> ContainerRow:
    """Return a container as lists show it."""
    shown = {
        f"{p.host}->{p.container}" + ("" if p.protocol == "tcp" else f"/{p.protocol}")
        for p in container.ports
        if p.host
    }
    return ContainerRow(
        name=container.name,
        component=container.component,
        state=container.state,
        health=container.health,
        image=container.image,
        release=container.release,
        ports=", ".join(sorted(shown)),
        status=container.status,
        id=container.id,
    )


def release_row(release: Release, service: Service) -> ReleaseRow:
    """Return a release as lists show it."""
    return ReleaseRow(
        number=release.number,
        live=release.number == service.release,
        kept=release.kept,
        created=release.created,
        commit=release.commit,
        dirty=release.dirty,
        images=", ".join(f"{i.component} {i.id[7:19]}" for i in release.images),
    )


def deployment_row(deployment: Deployment, releases: Sequence[Release]) -> DeploymentRow:
    """Return a deployment as lists show it."""
    commit = next((r.commit for r in releases if r.number == deployment.release), "")
    seconds = None if deployment.finished is None else deployment.finished - deployment.started
    return DeploymentRow(
        service=deployment.service,
        number=deployment.number,
        kind=deployment.kind,
        status=deployment.status,
        release=deployment.release,
        started=deployment.started,
        seconds=seconds,
        actor=deployment.actor,
        commit=commit,
        reason=deployment.reason,
        id=deployment.id,
    )


def deployment_detail(deployment: Deployment, releases: Sequence[Release]) -> DeploymentDetail:
    """Return a deployment with its steps and, where it failed, why."""
    return DeploymentDetail(
        deployment=deployment_row(deployment, releases),
        steps=tuple(_step_row(step) for step in deployment.steps),
        suggestion=deployment.suggestion,
        log_tail=deployment.log_tail,
        previous=deployment.previous,
    )


def _step_row(step: Step) -> StepRow:
    seconds = None if step.finished is None else step.finished - step.started
    return StepRow(step.name, step.title, step.status, seconds, step.detail)


def _limit(limits: Limits) -> str:

    shown = [f"{limits.cpus:g} cpus"] if limits.cpus else []
    return ", ".join(shown + ([size(limits.memory)] if limits.memory else []))


def shown_environment(release: Release) -> dict[str, str]:
    """Return a release's recorded environment as it may be shown: references to secrets are masked."""
    return {k: MASK if v.startswith("secret:") else v for k, v in release.environment.items()}
