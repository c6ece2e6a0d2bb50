"""What lies around on the demo's engine: older releases, forgotten images, volumes, networks, build cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from machete_tui.core.engine import LABEL_COMPONENT, LABEL_PROJECT, LABEL_RELEASE, LABEL_SERVICE, Image
from machete_tui.core.resources import CacheRecord, Layer
from machete_tui.engines.demo_fleet import DAY, HOUR, DemoService
from machete_tui.engines.memory_images import pulled_layers
from machete_tui.engines.memory_world import Stored, World

_MIB = 1 << 20
_BASES = {
    "node:22-slim": 198,
    "python:3.13-slim": 121,
    "golang:1.24": 838,
    "postgres:16": 431,
    "nginx:1.27": 192,
    "alpine:3": 8,
}
_STEPS = (
    ("regular", "[deps 2/3] COPY package.json package-lock.json ./", 1),
    ("regular", "[deps 3/3] RUN npm ci", 212),
    ("regular", "[build 2/2] RUN npm run build", 96),
    ("exec.cachemount", "cached mount /root/.npm from exec RUN npm ci", 388),
    ("source.local", "local source for context", 14),
    ("regular", "[build 3/5] RUN go build -trimpath -o /out/app ./cmd/app", 64),
    ("exec.cachemount", "cached mount /root/.cache/go-build from exec RUN go build", 702),
    ("regular", "[stage-1 2/4] RUN pip install -r requirements.txt", 171),
)


def litter(world: World, fleet: Iterable[DemoService]) -> None:
    """Put it there, as if it had come about over the last weeks; the sizes are of the kind that one meets."""
    with world.use() as now:
        for service in fleet:
            for part in service.parts:
                if part.image:
                    _resize(world, part.image, 60 + len(part.image) * 9, now - 40 * DAY)
                    continue
                for back in range(5):
                    number = service.release - back
                    if number >= 1:
                        _release(world, service, part.name, number, now - service.age - back * 26 * HOUR)
        for ref, size in _BASES.items():
            _image(world, ref, size, now - 20 * DAY, {})
        for count in (1, 2):
            _image(
                world,
                "",
                90 + 7 * count,
                now - count * DAY,
                {LABEL_SERVICE: "shop", LABEL_RELEASE: str(count)},
            )
        for name in ("anonymous", "forgotten"):
            world.volumes[hashlib.sha256(name.encode()).hexdigest()] = {}
        world.volumes["intranet_uploads"] = {LABEL_PROJECT: "intranet"}
        world.networks["intranet_default"] = "intranet"
        for name in (*world.volumes, *world.networks):
            for kind in ("volume", "network"):
                world.made[f"{kind} {name}"] = now - (7 + len(name)) * DAY
        _cache(world, now)


def _release(world: World, service: DemoService, part: str, number: int, at: float) -> None:
    labels = {LABEL_SERVICE: service.name, LABEL_RELEASE: str(number), LABEL_COMPONENT: part}
    ref = f"machete/{service.name}-{part}:{number}"
    size = 90 + (len(service.stack) * 37 + number) % 240
    if number == service.release:
        _resize(world, ref, size, at)
    elif world.stored(ref) is not None:
        _resize(world, ref, size, at, labels)
    else:
        _image(world, ref, size, at, labels)


def _layers(ref: str, size: int) -> tuple[Layer, ...]:
    """Return the layers of an image of that many MiB, the lowest one common to all."""
    base, own = pulled_layers(ref)
    small = size * _MIB <= base.size
    return (replace(own, size=size * _MIB),) if small else (base, replace(own, size=size * _MIB - base.size))


def _image(world: World, ref: str, size: int, at: float, labels: dict[str, str]) -> None:
    name = ref or f"untagged {size}"
    ident = "sha256:" + hashlib.sha256(name.encode()).hexdigest()
    stored = Stored(Image(ident, (), size * _MIB, at, labels), layers=_layers(name, size))
    if ref:
        world.keep_image(stored, ref)
    else:
        world.images[ident] = stored


def _resize(world: World, ref: str, size: int, at: float, labels: dict[str, str] | None = None) -> None:
    """Give an image that is there another size, age and labels; its id stays."""
    stored = world.stored(ref)
    if stored is not None:
        image = replace(stored.image, size=size * _MIB, created=at, labels=labels or stored.image.labels)
        world.images[image.id] = replace(stored, image=image, layers=_layers(ref, size))


def _cache(world: World, now: float) -> None:
    parent = ""
    for number, (kind, text, size) in enumerate(_STEPS):
        ident = hashlib.sha256(text.encode()).hexdigest()[:25]
        alone = kind != "regular"
        world.cache[ident] = CacheRecord(
            ident,
            kind,
            text,
            size * _MIB,
            in_use=number == 2,
            shared=number == 1,
            created=now - 30 * DAY,
            used=now - number * 2.2 * DAY,
            uses=40 - 4 * number,
            parents=() if alone or not parent else (parent,),
        )
        parent = parent if alone else ident
