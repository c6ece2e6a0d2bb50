"""Fills the in-memory engine with the fleet of ``--demo``."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from machete_tui.core.engine import (
    LABEL_COMPONENT,
    LABEL_COMPOSE_SERVICE,
    LABEL_PROJECT,
    LABEL_RELEASE,
    LABEL_SERVICE,
    LABEL_TEAM,
    Image,
)
from machete_tui.engines import demo_voices as voices
from machete_tui.engines.demo_fleet import FLEET, DemoService, Part
from machete_tui.engines.demo_resources import litter
from machete_tui.engines.memory import MemoryEngine
from machete_tui.engines.memory_images import add
from machete_tui.engines.memory_model import Behaviour, Mapped, Spec
from machete_tui.engines.memory_up import LABEL_HASH, LABEL_IMAGE, LABEL_NUMBER
from machete_tui.engines.memory_world import Stored

__all__ = ["FLEET", "DemoService", "Part", "digest_of", "fill", "image_of", "releases_of"]


def fill(engine: MemoryEngine, fleet: tuple[DemoService, ...] = FLEET) -> None:
    """Create the containers of every service as if they had been started long ago.

    They go on by the engine's clock: lines keep coming, usage moves, what loops goes on looping.
    """
    for service in fleet:
        for part in service.parts:
            _keep(engine, service, part)
            _place(engine, service, part)
    litter(engine.world, fleet)


def image_of(service: DemoService, part: Part) -> str:
    """Return the image that a part runs."""
    return part.image or f"machete/{service.name}-{part.name}:{service.release}"


def releases_of(service: DemoService) -> range:
    """Return the numbers of the releases that are kept, the live one last."""
    return range(max(service.release - 4, 1), service.release + 1)


def digest_of(service: DemoService, part: Part, number: int) -> str:
    """Return the id of the image that a release has of a part that is built."""
    return "sha256:" + hashlib.sha256(f"{service.name}-{part.name}:{number}".encode()).hexdigest()


def _keep(engine: MemoryEngine, service: DemoService, part: Part) -> None:
    """Keep the images of a part's releases, so that each can be put live again."""
    for number in releases_of(service) if not part.image else ():
        with engine.world.use() as now:
            image = Image(digest_of(service, part, number), (), 60 << 20, now, {})
            ref = image_of(replace(service, release=number), part)
            engine.world.keep_image(Stored(image, (part.port,) if part.port else ()), ref)


def _place(engine: MemoryEngine, service: DemoService, part: Part) -> None:
    world = engine.world
    image = image_of(service, part)
    labels = {
        LABEL_SERVICE: service.name,
        LABEL_TEAM: service.team,
        LABEL_RELEASE: str(service.release),
        LABEL_COMPONENT: part.name,
        LABEL_PROJECT: service.name,
        LABEL_COMPOSE_SERVICE: part.name,
    }
    main = part is service.parts[0] and service.port
    spec = Spec(
        part.name,
        image,
        command=("serve",),
        ports=(Mapped("0.0.0.0", service.port, service.port + part.replicas - 1, part.port),) if main else (),
        expose=(part.port,) if part.port else (),
        networks=(f"{service.name}_default",),
        mounts=((f"{service.name}_data", "/var/lib/data"),) if part.image and part.voice != "redis" else (),
        healthcheck=part.mood not in ("plain", "looping", "killed"),
        restart="no" if part.mood in ("half", "killed") else "unless-stopped",
        replicas=part.replicas,
        memory=part.limit << 20,
    )
    with world.use() as now:
        world.networks[f"{service.name}_default"] = service.name
        for source, _ in spec.mounts:
            world.volumes[source] = {LABEL_PROJECT: service.name}
        stored = world.stored(image)
        image_id = stored.image.id if stored else add(world, image, {}).id
        for number in range(1, part.replicas + 1):
            name = f"{service.name}-{part.name}-{number}"
            engine.behave(name, _behaviour(part, name))
            own = {LABEL_NUMBER: str(number), LABEL_HASH: spec.hash, LABEL_IMAGE: image_id}
            box = world.add_box(name, spec, {**labels, **own}, created=now - service.age)
            world.start_box(box, at=now - service.age)
            if part.mood == "stopped":
                world.tell(box, box.stop(now - service.age / 2))
            elif part.mood == "half" and number > 1:
                world.tell(box, box.stop(now - 600 * number, 137))


def _behaviour(part: Part, name: str) -> Behaviour:
    crash = {"looping": 1.2, "killed": 900.0}.get(part.mood)
    return Behaviour(
        answers_after={"starting": 90.0}.get(part.mood, 0.5),
        status=500 if part.mood == "sick" else 200,
        crash_after=crash,
        exit_code=1,
        oom=part.mood == "killed",
        log=voices.opening(part.voice),
        talk=voices.talk(part.voice, name),
        talk_every=voices.pace(part.voice),
        usage=voices.usage(name, part.cpu, part.memory),
        stop_seconds=0.2,
    )
