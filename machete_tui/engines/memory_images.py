"""Building, pulling and importing images in memory."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import BuildRequest, Image
from machete_tui.core.errors import BuildFailed, InvalidInput, NotFound
from machete_tui.core.resources import CacheRecord, Layer
from machete_tui.engines import faults
from machete_tui.engines.memory_world import Stored, World
from machete_tui.engines.sanitize import clean

_PORTS = {"postgres": 5432, "redis": 6379, "mysql": 3306, "mariadb": 3306, "mongo": 27017, "nginx": 80}
_SLICE = 0.05


def fingerprint(request: BuildRequest) -> str:
    """Return the image id of what would be built: it follows from every file, argument and label."""
    digest = hashlib.sha256(Path(request.dockerfile).read_bytes())
    digest.update(
        repr((sorted(request.args.items()), sorted(request.labels.items()), request.target)).encode()
    )
    for folder, folders, files in os.walk(request.context):
        folders[:] = sorted(f for f in folders if f != ".git")
        for name in sorted(files):
            path = Path(folder) / name
            digest.update(str(path.relative_to(request.context)).encode())
            digest.update(os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes())
    return f"sha256:{digest.hexdigest()}"


def cache_of(world: World, steps: list[str], tag: str, stored: Stored) -> None:
    """Add what a build left in the cache: a record for each instruction that made something."""
    parent = ""
    now = world.clock.now()
    made = [s for s in steps if s.split(" ", 1)[0] in ("RUN", "COPY", "ADD", "WORKDIR")]
    for number, step in enumerate(made, 1):
        name = f"{tag.rpartition(':')[0]} {number} {step}"
        ident = hashlib.sha256(name.encode()).hexdigest()[:25]
        mount = "--mount=type=cache" in step
        known = world.cache.get(ident)
        world.cache[ident] = CacheRecord(
            ident,
            "exec.cachemount" if mount else "regular",
            f"[{number}/{len(made)}] {step}",
            stored.layers[-1].size // len(made),
            created=known.created if known else now,
            used=now,
            uses=known.uses + 1 if known else 1,
            parents=(parent,) if parent else (),
        )
        if not mount:
            world.cached[ident] = stored.image.id
        parent = ident


def build(world: World, request: BuildRequest, cancel: Cancel) -> Iterator[tuple[str, ...]]:
    """Build an image: one step for each instruction, at the pace that the behaviour gives."""
    dockerfile = Path(request.dockerfile)
    if not dockerfile.is_file():
        raise InvalidInput(f"there is no Dockerfile at {dockerfile}", field="dockerfile")
    if not Path(request.context).is_dir():
        raise InvalidInput(f"there is no folder {request.context}", field="context")
    steps = _instructions(dockerfile.read_text())
    with world.use():
        told = world.behaviour(request.labels, request.tag)
        _bases(world, steps, dockerfile.name)
    printed: list[str] = []
    waited = 0.0
    for number, step in enumerate(steps, 1):
        cancel.check()
        title = clean(f"#{number} [{number}/{len(steps)}] {step}")
        yield (title,)
        while waited < told.build_seconds * number / len(steps):
            cancel.check()
            world.clock.sleep(_SLICE)
            waited += _SLICE
        with world.use():
            pass
        failed = told.build_error and number == len(steps)
        end = (
            (f"#{number} ERROR: {told.build_error}", told.build_error)
            if failed
            else (f"#{number} DONE 0.0s",)
        )
        printed += (title, *end)
        yield end
    cancel.check()
    if told.build_error:
        raise BuildFailed(
            f"the build of {request.tag} failed at {steps[-1]}: {told.build_error}",
            "mend it in the source and deploy again; what runs was not touched",
            log=tuple(printed[-40:]),
        )
    with world.use() as now:
        ident = fingerprint(request)
        below = _below(world, steps)
        own = max((80 << 20) - sum(x.size for x in below), 10 << 20)
        layers = (*below, Layer(ident, own))
        image = Image(ident, (), sum(x.size for x in layers), now, dict(request.labels))
        expose = tuple(int(m) for s in steps if s.startswith("EXPOSE ") for m in re.findall(r"\d+", s))
        pairs = [re.match(r"ENV (\w+)[= ]\"?([^\"]*)", s) for s in steps]
        stored = Stored(image, expose, {m[1]: m[2] for m in pairs if m}, layers)
        world.keep_image(stored, request.tag)
        cache_of(world, steps, request.tag, stored)


def _instructions(text: str) -> list[str]:
    joined = re.sub(r"\\\s*\n", " ", text)
    lines = (" ".join(line.split()) for line in joined.splitlines())
    return [line for line in lines if line and not line.startswith("#")] or ["FROM scratch"]


def _bases(world: World, steps: list[str], dockerfile: str) -> None:
    stages = {"scratch"}
    for step in steps:
        match = re.match(r"FROM (?:--\S+ )?(\S+)(?: AS (\S+))?", step, re.IGNORECASE)
        if not match:
            continue
        if match[1].lower() not in stages and "$" not in match[1] and world.stored(match[1]) is None:
            if not world.registry:
                raise BuildFailed(
                    f"{dockerfile}: {step}: the image is neither local nor to be pulled",
                    faults.no_image(match[1]).mend,
                    log=(f"ERROR: failed to resolve source metadata for {match[1]}",),
                )
            add(world, match[1], {})
        stages.add((match[2] or "").lower())


def _below(world: World, steps: list[str]) -> tuple[Layer, ...]:
    """Return the layers that the last stage of a Dockerfile starts from."""
    froms = [step.split() for step in steps if step.upper().startswith("FROM ")]
    named = [word for word in (froms[-1][1:] if froms else ()) if not word.startswith("--")]
    stored = world.stored(named[0]) if named else None
    return stored.layers if stored else ()


def pulled_layers(ref: str) -> tuple[Layer, ...]:
    """Return the layers of an image of a registry: one that most have, and one of its own."""
    return (
        Layer("sha256:" + hashlib.sha256(b"debian").hexdigest(), 30 << 20),
        Layer("sha256:" + hashlib.sha256(f"layer {ref}".encode()).hexdigest(), 30 << 20),
    )


def add(world: World, ref: str, labels: Mapping[str, str]) -> Image:
    """Add an image as if it had been pulled."""
    digest = hashlib.sha256(ref.encode()).hexdigest()
    port = next((p for name, p in _PORTS.items() if name in ref), 0)
    layers = pulled_layers(ref)
    size = sum(layer.size for layer in layers)
    image = Image(f"sha256:{digest}", (), size, world.clock.now(), dict(labels))
    world.keep_image(Stored(image, (port,) if port else (), layers=layers), ref)
    stored = world.stored(ref)
    return stored.image if stored else image


def pull(world: World, ref: str, cancel: Cancel) -> Iterator[str]:
    """Pull an image, which any name but one with ``missing`` in it has."""
    cancel.check()
    with world.use():
        if not world.registry:
            raise faults.no_registry(ref)
        if "missing" in ref:
            raise NotFound(f"the registry has no image {ref}", "see whether its name and tag are right")
    yield f"Pulling {ref}"
    with world.use():
        add(world, ref, {})
    yield f"Pulled {ref}"


def import_root(world: World, tar: str, ref: str, labels: Mapping[str, str]) -> None:
    """Make an image from a tar file; raises InvalidInput when it cannot be read."""
    if not Path(tar).is_file():
        raise InvalidInput(f"there is no file {tar}", field="tar")
    digest = hashlib.sha256(Path(tar).read_bytes() + repr(sorted(labels.items())).encode()).hexdigest()
    with world.use() as now:
        world.keep_image(
            Stored(Image(f"sha256:{digest}", (), Path(tar).stat().st_size, now, dict(labels))), ref
        )
