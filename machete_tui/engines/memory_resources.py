"""Images, volumes, networks, build cache and events of the in-memory engine."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import iso
from machete_tui.core.engine import LABEL_PROJECT
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.resources import (
    BUILT_IN,
    CacheRecord,
    ContainerLink,
    DiskUsage,
    Happening,
    Kind,
    Layer,
    LayerState,
    LocalImage,
    LocalNetwork,
    LocalVolume,
)
from machete_tui.engines import faults, memory_images
from machete_tui.engines.memory_model import Box
from machete_tui.engines.memory_streams import pause
from machete_tui.engines.memory_world import Stored, World, normal

_SLICES = 8
_SLICE_SECONDS = 0.1


class MemoryResources:
    """Fills :class:`~machete_tui.core.resources.Resources`; sizes follow from names."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._usage: DiskUsage | None = None

    def usage(self, max_age: float = 0.0) -> DiskUsage:
        """Measure everything."""
        with self._world.use() as now:
            known = self._usage
            if known is not None and max_age and now - known.at <= max_age:
                return known
            common = Counter(x.digest for s in self._world.images.values() for x in _layers(s))
            images = [self._image(stored, common) for stored in self._world.images.values()]
            layers = {x.digest: x.size for s in self._world.images.values() for x in _layers(s)}
            self._usage = fresh = DiskUsage(
                at=now,
                seconds=0.4,
                images=tuple(images),
                containers=tuple(_link(box, measured=True) for box in self._world.boxes.values()),
                volumes=tuple(
                    replace(volume, size=_volume_size(volume.name)) for volume in self._volumes(now)
                ),
                cache=tuple(self._records()),
                layers=sum(layers.values()),
            )
            return fresh

    def containers(self) -> list[ContainerLink]:
        """List what every container holds."""
        with self._world.use():
            return [_link(box) for box in self._world.boxes.values()]

    def images(self) -> list[LocalImage]:
        """List images."""
        with self._world.use():
            return [self._image(stored) for stored in self._world.images.values()]

    def volumes(self) -> list[LocalVolume]:
        """List volumes."""
        with self._world.use() as now:
            return self._volumes(now)

    def networks(self) -> list[LocalNetwork]:
        """List networks, the engine's own among them."""
        with self._world.use() as now:
            own = [LocalNetwork(_hash(n), n, _DRIVERS[n], subnets=_RANGES.get(n, ())) for n in _DRIVERS]
            return own + [
                LocalNetwork(
                    _hash(name),
                    name,
                    subnets=(f"172.{18 + zlib.crc32(name.encode()) % 200}.0.0/16",),
                    created=self._world.made.setdefault(f"network {name}", now),
                    labels={LABEL_PROJECT: project} if project else {},
                )
                for name, project in self._world.networks.items()
            ]

    def layers(self, image: str) -> tuple[Layer, ...]:
        """Return an image's layers, the lowest first."""
        with self._world.use():
            return _layers(self._stored(image))

    def inspect(self, kind: Kind, ref: str) -> dict[str, Any]:
        """Return all that there is of one object, in Docker's form."""
        if kind == "image":
            with self._world.use():
                return _inspected_image(self._stored(ref))
        if kind == "container":
            with self._world.use() as now:
                return _inspected_container(self._world.box(ref), now)
        if kind == "volume":
            with self._world.use() as now:
                volume = next((v for v in self._volumes(now) if v.name == ref), None)
            if volume is None:
                raise NotFound(f"get {ref}: no such volume")
            return {
                "CreatedAt": iso(volume.created),
                "Driver": volume.driver,
                "Labels": dict(volume.labels),
                "Mountpoint": volume.mountpoint,
                "Name": volume.name,
                "Scope": "local",
            }
        network = next((n for n in self.networks() if ref in (n.name, n.id)), None)
        if network is None:
            raise NotFound(f"network {ref} not found")
        members = [link for link in self.containers() if network.name in link.networks]
        return {
            "Name": network.name,
            "Id": network.id,
            "Created": iso(network.created),
            "Scope": "local",
            "Driver": network.driver,
            "IPAM": {"Config": [{"Subnet": subnet} for subnet in network.subnets]},
            "Internal": False,
            "Containers": {m.id: {"Name": m.name} for m in members if m.state == "running"},
            "Labels": dict(network.labels),
        }

    def remove_image(self, ref: str) -> tuple[str, ...]:
        """Remove a tag, and the image with its last one."""
        with self._world.use():
            stored = self._stored(ref)
            tags = stored.image.tags
            by_id = normal(ref) not in tags
            if by_id and len(tags) > 1:
                raise Conflict(f"image {ref} has several tags: {', '.join(tags)}", "remove them by name")
            left = () if by_id else tuple(t for t in tags if t != normal(ref))
            holders = [b.name for b in self._world.boxes.values() if b.image.id == stored.image.id]
            if not left and holders:
                raise Conflict(f"image {ref} is used by container {holders[0]}", "remove it first")
            gone = tuple(t for t in tags if t not in left)
            for tag in gone:
                self._world.note("image", "untag", stored.image.id, tag)
            if left:
                self._world.drop_tag(stored, left)
                return gone
            del self._world.images[stored.image.id]
            self._world.note("image", "delete", stored.image.id)
            self._usage = None
            return (*gone, stored.image.id)

    def remove_volume(self, name: str) -> None:
        """Remove a volume with its data."""
        with self._world.use():
            if name not in self._world.volumes:
                raise NotFound(f"get {name}: no such volume")
            for box in self._world.boxes.values():
                if name in _named(box):
                    raise Conflict(f"volume {name} is used by container {box.name}", "remove it first")
            del self._world.volumes[name]
            self._world.note("volume", "destroy", name)
            self._usage = None

    def remove_network(self, name: str) -> None:
        """Remove a network by its name or id."""
        with self._world.use():
            name = next((n for n in (*_DRIVERS, *self._world.networks) if name in (n, _hash(n))), name)
            if name in BUILT_IN:
                raise Conflict(f"{name} is a network of the engine itself and cannot be removed")
            if name not in self._world.networks:
                raise NotFound(f"network {name} not found")
            for box in self._world.boxes.values():
                if name in box.spec.networks and box.running:
                    raise Conflict(f"network {name} is used by container {box.name}", "remove it first")
            del self._world.networks[name]
            self._world.note("network", "destroy", _hash(name), name)

    def remove_cache(self, ids: Iterable[str]) -> int:
        """Remove records that no build reads and no other record stands on."""
        back = 0
        with self._world.use():
            shared = {record.id for record in self._records() if record.shared}
            for ident in ids:
                record = self._world.cache.get(ident)
                needed = any(ident in other.parents for other in self._world.cache.values())
                if record is not None and not record.in_use and not needed:
                    del self._world.cache[ident]
                    back += 0 if ident in shared else record.size
            self._usage = None
        return back

    def pull(self, ref: str, cancel: Cancel) -> Iterator[tuple[LayerState, ...]]:
        """Pull an image, which any name but one with ``missing`` in it has, layer after layer."""
        cancel.check()
        with self._world.use():
            if not self._world.registry:
                raise faults.no_registry(ref)
            if "missing" in ref:
                raise NotFound(f"the registry has no image {ref}", "see whether its name and tag are right")
            layers = memory_images.pulled_layers(ref)
        yield (LayerState("", f"Pulling from {ref}"),)
        yield tuple(LayerState(x.digest[7:19], "Pulling fs layer") for x in layers)
        for part in range(1, _SLICES + 1):
            cancel.check()
            self._world.clock.sleep(_SLICE_SECONDS)
            yield tuple(
                LayerState(x.digest[7:19], "Downloading", x.size * part // _SLICES, x.size) for x in layers
            )
        cancel.check()
        yield tuple(LayerState(x.digest[7:19], "Pull complete", x.size, x.size) for x in layers)
        with self._world.use():
            memory_images.add(self._world, ref, {})
            self._world.note("image", "pull", normal(ref))
            self._usage = None

    def events(self, since: float = 0.0, until: float = 0.0) -> MemoryHappenings:
        """Open what happened and what happens."""
        with self._world.use():
            return MemoryHappenings(self._world, since, until)

    def _stored(self, ref: str) -> Stored:
        stored = self._world.stored(ref)
        if stored is None:
            raise NotFound(f"there is no image {ref}")
        return stored

    def _image(self, stored: Stored, common: Counter[str] | None = None) -> LocalImage:
        """Return an image; with how many images have each layer, what it shares too."""
        image = stored.image
        shared = None if common is None else sum(x.size for x in _layers(stored) if common[x.digest] > 1)
        tags = tuple(sorted(image.tags))
        return LocalImage(image.id, tags, image.size, image.created, shared, image.labels)

    def _records(self) -> Iterator[CacheRecord]:
        """Yield the build cache; a record is shared as long as its image is there."""
        for record in self._world.cache.values():
            image = self._world.cached.get(record.id)
            yield record if image is None else replace(record, shared=image in self._world.images)

    def _volumes(self, now: float) -> list[LocalVolume]:
        return [
            LocalVolume(
                name,
                mountpoint=f"/var/lib/docker/volumes/{name}/_data",
                created=self._world.made.setdefault(f"volume {name}", now),
                labels=labels,
            )
            for name, labels in sorted(self._world.volumes.items())
        ]


class MemoryHappenings:
    """All events; one reader, closed by any thread."""

    def __init__(self, world: World, since: float, until: float) -> None:
        self._world = world
        self._until = until
        self._closed = False
        past = [h for h in world.happenings if since and since <= h.at]
        self._past = [h for h in past if not until or h.at <= until]
        self._next = world.noted

    def close(self) -> None:
        """End it; a blocked read returns."""
        self._closed = True
        with self._world.changed:
            self._world.changed.notify_all()

    def __iter__(self) -> Iterator[tuple[Happening, ...]]:
        """Yield batches until the end; raises EngineUnavailable when the engine goes away."""
        if self._past:
            yield tuple(self._past)
        while not self._closed:
            with self._world.use() as now:
                fresh = self._world.noted - self._next
                batch = tuple(list(self._world.happenings)[-fresh:]) if fresh else ()
                self._next = self._world.noted
            if batch:
                yield batch
            if self._until and now >= self._until:
                return
            if not batch and not self._closed:
                pause(self._world)


_DRIVERS = {"bridge": "bridge", "host": "host", "none": "null"}
_RANGES = {"bridge": ("172.17.0.0/16",)}


def _hash(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def _layers(stored: Stored) -> tuple[Layer, ...]:
    return stored.layers or (Layer(stored.image.id, stored.image.size),)


def _named(box: Box) -> tuple[str, ...]:
    return tuple(source for source, _ in box.spec.mounts if not source.startswith(("/", ".", "~")))


def _link(box: Box, *, measured: bool = False) -> ContainerLink:
    size = (box.pid % 7 + 1) << 18 if measured else None
    return ContainerLink(
        box.id, box.name, box.image.id, box.state, _named(box), box.spec.networks, box.labels, size
    )


def _volume_size(name: str) -> int:
    return (zlib.crc32(name.encode()) % 900 + 12) << 20


def _inspected_image(stored: Stored) -> dict[str, Any]:
    image = stored.image
    return {
        "Id": image.id,
        "RepoTags": list(image.tags),
        "Created": iso(image.created),
        "Size": image.size,
        "Config": {
            "Env": [f"{k}={v}" for k, v in stored.environment.items()],
            "ExposedPorts": {f"{port}/tcp": {} for port in stored.expose},
            "Labels": dict(image.labels),
        },
        "RootFS": {"Type": "layers", "Layers": [x.digest for x in _layers(stored)]},
    }


def _inspected_container(box: Box, now: float) -> dict[str, Any]:
    detail = box.detail(now)
    return {
        "Id": box.id,
        "Name": f"/{box.name}",
        "Created": iso(box.created),
        "Image": box.image.id,
        "State": {
            "Status": box.state,
            "Pid": detail.pid,
            "ExitCode": detail.exit_code,
            "OOMKilled": detail.oom_killed,
            "StartedAt": iso(detail.started),
            "FinishedAt": iso(detail.finished),
        },
        "RestartCount": detail.restarts,
        "Config": {
            "Image": box.spec.image,
            "Cmd": list(box.spec.command),
            "Env": [f"{k}={v}" for k, v in detail.environment.items()],
            "Labels": dict(box.labels),
        },
        "HostConfig": {"Memory": box.spec.memory, "NanoCpus": int(box.spec.cpus * 1e9)},
        "Mounts": [{"Source": source, "Destination": target} for source, target in box.spec.mounts],
        "NetworkSettings": {
            "Networks": {name: {"IPAddress": address} for name, address in detail.networks.items()},
            "Ports": [asdict(port) for port in detail.container.ports],
        },
    }
