"""``compose up`` and ``down`` in memory: containers made equal to what the files say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import (
    LABEL_COMPOSE_FILES,
    LABEL_COMPOSE_FOLDER,
    LABEL_COMPOSE_HASH,
    LABEL_COMPOSE_SERVICE,
    LABEL_PROJECT,
    ComposeProject,
)
from machete_tui.core.errors import Unhealthy
from machete_tui.engines import faults
from machete_tui.engines.memory_compose import Composed
from machete_tui.engines.memory_images import add
from machete_tui.engines.memory_model import Box, Spec
from machete_tui.engines.memory_world import World

LABEL_HASH = LABEL_COMPOSE_HASH
LABEL_NUMBER = "com.docker.compose.container-number"
LABEL_IMAGE = "com.docker.compose.image"
_LONGEST = 300.0
_STEP = 0.05


def boxes_of(world: World, project: str) -> list[Box]:
    """Return the containers of a project."""
    return [b for b in world.boxes.values() if b.labels.get(LABEL_PROJECT) == project]


def up(
    world: World,
    project: ComposeProject,
    composed: Composed,
    cancel: Cancel,
    scale: Mapping[str, int],
    *,
    orphans: bool = True,
) -> Iterator[tuple[str, ...]]:
    """Converge the project; raises Conflict for a taken port, Unhealthy for a dependency that failed.

    With ``orphans`` the containers of services that ``composed`` does not name are removed.
    """
    yield from _ground(world, project, composed)
    if orphans:
        with world.use():
            known = {spec.name for spec in composed.services}
            there = [b for b in boxes_of(world, project.name) if LABEL_NUMBER in b.labels]
            gone = [b for b in there if b.labels[LABEL_COMPOSE_SERVICE] not in known]
            for box in gone:
                world.remove_box(box)
        if gone:
            yield tuple(f" Container {box.name}  Removed" for box in gone)
    for spec in composed.services:
        cancel.check()
        with world.use():
            batch = tuple(_create(world, project, spec, scale.get(spec.name, spec.replicas)))
        if batch:
            yield batch
    for spec in composed.services:
        yield from await_needed(world, project, spec, cancel)
        cancel.check()
        with world.use():
            started = [
                b for b in _of(world, project.name, spec.name) if b.state not in ("running", "restarting")
            ]
            for box in started:
                world.start_box(box)
        if started:
            yield tuple(f" Container {box.name}  Started" for box in started)


def down(world: World, project: str, *, volumes: bool) -> None:
    """Remove the project's containers and networks, and its volumes if told."""
    with world.use():
        for box in boxes_of(world, project):
            world.remove_box(box)
        for name in [n for n, owner in world.networks.items() if owner == project]:
            del world.networks[name]
        if volumes:
            for name in [n for n, labels in world.volumes.items() if labels.get(LABEL_PROJECT) == project]:
                del world.volumes[name]


def _ground(world: World, project: ComposeProject, composed: Composed) -> Iterator[tuple[str, ...]]:
    with world.use():
        said: list[str] = []
        for spec in composed.services:
            if world.stored(spec.image) is None:
                if not world.registry or not spec.pulled:
                    raise faults.no_image(spec.image)
                add(world, spec.image, {})
                said.append(f" {spec.name} Pulled")
        for name in composed.networks:
            if name not in world.networks:
                world.networks[name] = project.name
                world.note("network", "create", name)
                said.append(f" Network {name}  Created")
        for name, labels in composed.volumes.items():
            if name not in world.volumes:
                world.volumes[name] = {**labels, LABEL_PROJECT: project.name}
                world.note("volume", "create", name)
                said.append(f' Volume "{name}"  Created')
    if said:
        yield tuple(said)


def _of(world: World, project: str, service: str) -> list[Box]:
    known = [b for b in boxes_of(world, project) if LABEL_NUMBER in b.labels]  # one-off runs have none
    return [b for b in known if b.labels.get(LABEL_COMPOSE_SERVICE) == service]


def _create(world: World, project: ComposeProject, spec: Spec, replicas: int) -> Iterator[str]:
    stored = world.stored(spec.image)
    image = stored.image.id if stored else ""
    there = {int(b.labels[LABEL_NUMBER]): b for b in _of(world, project.name, spec.name)}
    for number, box in there.items():
        same = box.labels[LABEL_HASH] == spec.hash and box.labels[LABEL_IMAGE] == image
        if number > replicas or not same:
            world.stop_box(box)
            world.remove_box(box)
            yield f" Container {box.name}  {'Removed' if number > replicas else 'Recreate'}"
        else:
            yield f" Container {box.name}  Running"
    for number in range(1, replicas + 1):
        if number in there and there[number].id in world.boxes:
            continue
        name = spec.container_name or f"{project.name}-{spec.name}-{number}"
        labels = {
            LABEL_PROJECT: project.name,
            LABEL_COMPOSE_SERVICE: spec.name,
            LABEL_NUMBER: str(number),
            LABEL_HASH: spec.hash,
            LABEL_IMAGE: image,
            "com.docker.compose.oneoff": "False",
            LABEL_COMPOSE_FOLDER: project.folder,
            LABEL_COMPOSE_FILES: ",".join(str(Path(project.folder) / f) for f in project.files),
        }
        world.add_box(name, spec, {**spec.labels, **labels})
        yield f" Container {name}  Created"


def await_needed(
    world: World, project: ComposeProject, spec: Spec, cancel: Cancel
) -> Iterator[tuple[str, ...]]:
    """Wait until what a service depends on is as it wants it; raises Unhealthy when that failed."""
    for other, condition in spec.depends.items():
        if condition == "service_started":
            continue
        waited = 0.0
        while True:
            cancel.check()
            with world.use():
                ready = all(_ready(box, condition) for box in _of(world, project.name, other))
            if ready:
                break
            if waited == 0.0:
                yield (f" Container {project.name}-{other}-1  Waiting",)
            if waited > _LONGEST:
                raise Unhealthy(
                    f"{other} was not ready in {_LONGEST:.0f} s",
                    f"look at its log: service.logs {project.name}",
                )
            world.clock.sleep(_STEP)
            waited += _STEP


def _ready(box: Box, condition: str) -> bool:
    tail = tuple(line.text for line in list(box.lines)[-40:])
    if condition == "service_completed_successfully":
        if box.state == "exited" and box.exit_code:
            raise faults.dependency_failed(
                f'service "{box.spec.name}" didn\'t complete successfully: exit {box.exit_code}', tail
            )
        return box.state == "exited"
    if not box.spec.healthcheck:
        raise faults.dependency_failed(f"container {box.name} has no healthcheck configured", tail)
    if box.health == "unhealthy" or box.state not in ("running", "created"):
        raise faults.dependency_failed(f"container {box.name} is unhealthy", tail)
    return box.health == "healthy"
