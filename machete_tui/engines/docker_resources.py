"""Images, volumes, networks, build cache and events of a Docker Engine."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Conflict, MacheteError, NotFound, NotPermitted
from machete_tui.core.resources import (
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
from machete_tui.engines import resource_shapes as shapes
from machete_tui.engines.wire import Body, Transport, query, segment

if TYPE_CHECKING:
    from docker import APIClient

    from machete_tui.engines.images import Images

_NAME = re.compile(r"[A-Za-z0-9][\w.:/@+-]*", re.ASCII)
"""What can be a name or an id; anything else never becomes part of a path."""

DF_SECONDS = 300.0
"""How long the Engine may take to measure: it walks every volume."""


class DockerResources:
    """Fills :class:`~machete_tui.core.resources.Resources`; thread-safe.

    Args:
        reads: asks the Engine.
        changing: gives the SDK's client, once the Engine has shown that it answers.
        images: gives what pulls.
        local: whether the Engine is on this machine.
    """

    def __init__(
        self,
        reads: Transport,
        changing: Callable[[], AbstractContextManager[APIClient]],
        images: Callable[[], Images],
        *,
        local: bool,
    ) -> None:
        self._reads = reads
        self._changing = changing
        self._images = images
        self._local = local
        self._measuring = threading.Lock()
        self._usage: DiskUsage | None = None

    def usage(self, max_age: float = 0.0) -> DiskUsage:
        """Measure everything; two that ask at once share one measure."""
        asked = time.time()
        with self._measuring:
            known = self._usage
            if known is not None and known.at >= asked - max_age:
                return known
            self._reads.get("/version")  # whether it answers at all: the measure may take its time
            began = time.time()
            raw = self._reads.get("/system/df", patience=DF_SECONDS)
            self._usage = fresh = DiskUsage(
                at=began,
                seconds=time.time() - began,
                images=tuple(shapes.image(i) for i in raw.get("Images") or ()),
                containers=tuple(shapes.container(c) for c in raw.get("Containers") or ()),
                volumes=tuple(shapes.volume(v) for v in raw.get("Volumes") or ()),
                cache=tuple(shapes.record(r) for r in raw.get("BuildCache") or ()),
                layers=int(raw.get("LayersSize") or 0),
            )
            return fresh

    def containers(self) -> list[ContainerLink]:
        """List what every container holds."""
        return [shapes.container(c) for c in self._reads.get(query("/containers/json", all=True))]

    def images(self) -> list[LocalImage]:
        """List images."""
        return [shapes.image(i) for i in self._reads.get("/images/json")]

    def volumes(self) -> list[LocalVolume]:
        """List volumes."""
        return [shapes.volume(v) for v in self._reads.get("/volumes").get("Volumes") or ()]

    def networks(self) -> list[LocalNetwork]:
        """List networks."""
        return [shapes.network(n) for n in self._reads.get("/networks")]

    def layers(self, image: str) -> tuple[Layer, ...]:
        """Return an image's layers, the lowest first."""
        ref = segment(image, slashes=True)
        raw = self._reads.get(f"/images/{ref}/json")
        return shapes.layers(raw, self._reads.get(f"/images/{ref}/history"))

    def inspect(self, kind: Kind, ref: str) -> dict[str, Any]:
        """Return all that the Engine knows of one object."""
        if not _NAME.fullmatch(ref) or ".." in ref:
            raise NotFound(f"there is no {kind} {ref!r}")
        path = {"volume": f"/volumes/{segment(ref)}", "network": f"/networks/{segment(ref)}"}
        called = path.get(kind) or f"/{kind}s/{segment(ref, slashes=kind == 'image')}/json"
        found: dict[str, Any] = self._reads.get(called)
        return found

    def remove_image(self, ref: str) -> tuple[str, ...]:
        """Remove a tag, and the image with its last one."""
        with self._changing() as client:
            done = client.remove_image(ref)
        self._usage = None
        return tuple(str(value) for entry in done or () for value in entry.values())

    def remove_volume(self, name: str) -> None:
        """Remove a volume with its data."""
        with self._changing() as client:
            client.remove_volume(name)
        self._usage = None

    def remove_network(self, name: str) -> None:
        """Remove a network."""
        try:
            with self._changing() as client:
                client.remove_network(name)
        except NotPermitted as error:
            raise Conflict(error.what, "remove the containers in it first") from error

    def remove_cache(self, ids: Iterable[str]) -> int:
        """Remove records one by one: the Engine takes one id a call, and only those that nothing needs."""
        back = 0
        with self._changing() as client:
            for ident in ids:
                url = client.base_url + query("/build/prune", all=True, filters={"id": [ident]})
                answer = client.post(url, timeout=60)
                if answer.status_code >= 400:
                    from machete_tui.engines.wire import failure

                    raise failure(answer.status_code, answer.content)
                back += int(answer.json().get("SpaceReclaimed") or 0)
        self._usage = None
        return back

    def pull(self, ref: str, cancel: Cancel) -> Iterator[tuple[LayerState, ...]]:
        """Pull an image, from the mirror of the settings where one is named."""
        with self._changing():
            pass
        yield from self._images().pull_layers(ref, cancel)
        self._usage = None

    def events(self, since: float = 0.0, until: float = 0.0) -> DockerHappenings:
        """Open what happened and what happens."""
        begin = f"{since:.9f}" if since else f"{time.time():.9f}" if self._local else None
        path = query("/events", since=begin, until=f"{until:.9f}" if until else None)
        return DockerHappenings(self._reads.open(path))


class DockerHappenings:
    """All events of an Engine; one reader, closed by any thread."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def close(self) -> None:
        """End it; a blocked read returns."""
        self._body.close()

    def __iter__(self) -> Iterator[tuple[Happening, ...]]:
        """Yield batches until the end; raises EngineUnavailable when the Engine goes away."""
        left = b""
        try:
            while data := self._body.read():
                *whole, left = (left + data).split(b"\n")
                batch = tuple(shapes.happening(json.loads(line)) for line in whole if line.strip())
                if batch:
                    yield batch
        except (ValueError, KeyError) as error:
            raise MacheteError(f"the Engine's events cannot be read: {error}") from error
        finally:
            self._body.close()
