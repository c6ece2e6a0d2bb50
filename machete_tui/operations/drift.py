"""``service.drift`` and ``project.drift``: where what runs differs from what its compose files say now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import (
    LABEL_COMPOSE_HASH,
    LABEL_COMPOSE_SERVICE,
    ComposeProject,
    Container,
)
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.events import Event, Result
from machete_tui.core.results import Listing
from machete_tui.core.verbs import Composed
from machete_tui.operations.adopt_requests import Project
from machete_tui.operations.adopted import find_project
from machete_tui.operations.container_views import DriftRow
from machete_tui.operations.foreign import LABEL_ONEOFF
from machete_tui.operations.names import find_service
from machete_tui.operations.projects import readable
from machete_tui.operations.registry import operation
from machete_tui.operations.releases import live_release
from machete_tui.operations.releases import project_of as release_project
from machete_tui.operations.requests import Name

SAME = "what runs is what the files say"


@operation("project.drift", "compare a project's containers with its compose files")
def project_drift(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """List what differs; nothing when what runs is what the files say."""
    found = readable(ctx, find_project(ctx, request.name))
    yield Result(Listing(tuple(drift_of(ctx, found.project, found.lasting)), SAME))


@operation("service.drift", "compare a service's containers with its live release")
def service_drift(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """List what differs; nothing when what runs is what the live release says."""
    service = find_service(ctx.store, request.name)
    release = live_release(ctx, service)
    if release is None:
        raise Conflict(f"{service.name} has no live release", f"it is {service.status}", field="NAME")
    project = release_project(service.name, release)
    missing = ctx.engine.compose_missing(project)
    if missing:
        raise Conflict(f"release #{release.number} of {service.name} cannot be compared: {missing}")
    containers = ctx.engine.containers(service=service.name)
    rows = drift_of(ctx, project, containers)
    images = {image.component: image.id for image in release.images}
    rows += [
        DriftRow(c.component, c.name, "image", f"not the one of release #{release.number}")
        for c in lasting(containers)
        if images.get(c.component, c.image_id) != c.image_id
        and not any(r.container == c.name and r.what == "image" for r in rows)
    ]
    yield Result(Listing(tuple(rows), SAME))


def drift_of(ctx: Context, project: ComposeProject, containers: Iterable[Container]) -> list[DriftRow]:
    """Return what differs between containers and the files of their project, by component."""
    files = ctx.engine.composed(project)
    known = lasting(containers)
    rows: list[DriftRow] = []
    for container in known:
        component = container.labels.get(LABEL_COMPOSE_SERVICE, "")
        wanted = files.get(component)
        if wanted is None:
            rows.append(DriftRow(component, container.name, "component", "the files no longer name it"))
        elif container.labels.get(LABEL_COMPOSE_HASH) not in (None, "", wanted.hash):
            rows += _differences(ctx, container, component, wanted)
    there = {c.labels.get(LABEL_COMPOSE_SERVICE, "") for c in known}
    rows += [
        DriftRow(name, "", "component", "it has no container")
        for name, wanted in files.items()
        if name not in there and not wanted.optional
    ]
    return sorted(rows, key=lambda row: (row.component, row.container, row.what))


def drifted(files: Mapping[str, Composed], containers: Sequence[Container]) -> int:
    """Return how many components differ, by their hashes alone; one without a hash cannot be compared."""
    hashes: dict[str, set[str]] = {}
    for container in lasting(containers):
        component = container.labels.get(LABEL_COMPOSE_SERVICE, "")
        hashes.setdefault(component, set()).add(container.labels.get(LABEL_COMPOSE_HASH, ""))
    wrong = sum(name not in files or bool(found - {"", files[name].hash}) for name, found in hashes.items())
    return wrong + sum(name not in hashes and not wanted.optional for name, wanted in files.items())


def lasting(containers: Iterable[Container]) -> list[Container]:
    """Return containers without one-off runs, by name."""
    return sorted((c for c in containers if c.labels.get(LABEL_ONEOFF) != "True"), key=lambda c: c.name)


def _differences(ctx: Context, container: Container, component: str, wanted: Composed) -> list[DriftRow]:
    """Return how a container differs whose hash is not the files' one; names of variables, never values."""
    try:
        detail = ctx.engine.container(container.id)
    except NotFound:  # it went while this looked
        return []
    found: list[tuple[str, str]] = []
    if wanted.image and wanted.image != detail.container.image:
        found.append(("image", f"{detail.container.image} -> {wanted.image}"))
    changed = sorted(n for n, v in wanted.environment.items() if detail.environment.get(n) != v)
    if changed:
        found.append(("environment", ", ".join(changed)))
    if container.state == "running":
        # A port that the engine chose is no difference.
        has = {(p.container, p.protocol): p.host for p in detail.container.ports}
        asks = {(inside, protocol): host for host, inside, protocol in wanted.ports}
        ports = [
            f"{has.get(port, 'none')} -> {asks.get(port, 'none')}"
            for port in sorted(has.keys() | asks.keys())
            if port not in has or port not in asks or (asks[port] and asks[port] != has[port])
        ]
        if ports:
            found.append(("ports", "; ".join(ports)))
    if not found:
        found.append(("settings", "other settings of it changed, or another version of compose made it"))
    return [DriftRow(component, container.name, what, how) for what, how in found]
