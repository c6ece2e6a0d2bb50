"""What an engine holds beside what runs: images, volumes, networks, build cache, and the disk they take.

The port is :class:`Resources`, reached as ``engine.resources``. It is not on the way of any start, so it
may hold many types. Sizes are bytes, times Unix seconds; None means that it was not measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, Literal, Protocol

from machete_tui.core.cancel import Cancel
from machete_tui.core.frozen import dataclass

Kind = Literal["container", "image", "volume", "network"]

BUILT_IN = frozenset({"bridge", "host", "none", "ingress", "docker_gwbridge"})
"""Networks that belong to the engine itself."""

_ANONYMOUS = "com.docker.volume.anonymous"
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class LocalImage:
    """One image.

    Attributes:
        id: ``sha256:…``.
        tags: all its names.
        digests: ``name@sha256:…`` as a registry knows it.
        size: of all its layers.
        shared: bytes of layers that other images have too; None when not measured.
        created: when it was built.
        labels: all of them.
    """

    id: str
    tags: tuple[str, ...]
    size: int
    created: float
    shared: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    digests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its first tag, else what a registry calls it, else the start of its id."""
        if self.tags:
            return self.tags[0]
        return self.digests[0].partition("@")[0] if self.digests else self.short

    @property
    def short(self) -> str:
        """The start of its id, as ``docker`` shows it."""
        return self.id.removeprefix("sha256:")[:12]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: ``digest`` stands for it and for all below it, so equal digests are one layer on disk."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class LocalVolume:
    """One volume; ``size`` is None when not measured."""

    name: str
    driver: str = "local"
    mountpoint: str = ""
    created: float = 0.0
    size: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def anonymous(self) -> bool:
        """Whether nobody gave it a name."""
        return _ANONYMOUS in self.labels or (len(self.name) == 64 and set(self.name) <= _HEX)


@dataclass(frozen=True, slots=True)
class LocalNetwork:
    """One network and its address ranges."""

    id: str
    name: str
    driver: str = "bridge"
    scope: str = "local"
    subnets: tuple[str, ...] = ()
    internal: bool = False
    created: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def built_in(self) -> bool:
        """Whether it belongs to the engine itself."""
        return self.name in BUILT_IN


@dataclass(frozen=True, slots=True)
class CacheRecord:
    """One record of the build cache.

    Attributes:
        id: its own.
        kind: ``regular``, ``source.local``, ``exec.cachemount``, …
        text: the instruction that it is of.
        size: bytes.
        in_use: whether a build reads it now.
        shared: whether images hold the same bytes, so that removing it gives nothing back.
        created: when it was made; ``used`` when a build read it last.
        uses: how often.
        parents: ids of the records below it.
    """

    id: str
    kind: str
    text: str
    size: int
    in_use: bool = False
    shared: bool = False
    created: float = 0.0
    used: float = 0.0
    uses: int = 0
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContainerLink:
    """What a container, running or not, holds: its image, its volumes, its networks.

    ``size`` is what it wrote itself; None when not measured.
    """

    id: str
    name: str
    image: str
    state: str
    volumes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    size: int | None = None


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """What takes room, as measured at ``at`` in ``seconds``; ``layers`` counts each layer once."""

    at: float
    seconds: float
    images: tuple[LocalImage, ...]
    containers: tuple[ContainerLink, ...]
    volumes: tuple[LocalVolume, ...]
    cache: tuple[CacheRecord, ...]
    layers: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """Something happened to any object of the engine.

    Attributes:
        at: when.
        kind: of the object: ``container``, ``image``, ``volume``, ``network``, ``builder``, …
        action: what (``start``, ``pull``, ``mount``, ``health_status: healthy``).
        id: of the object.
        name: as people know it.
        attributes: what the engine adds.
    """

    at: float
    kind: str
    action: str
    id: str
    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayerState:
    """How one layer of a pull is, in bytes where known, else 0; ``layer`` is empty for the pull itself."""

    layer: str
    status: str
    current: int = 0
    total: int = 0


class HappeningStream(Protocol):
    """Happenings in batches; another thread may close it to wake the reader."""

    def close(self) -> None:
        """End it; a blocked read returns."""

    def __iter__(self) -> Iterator[tuple[Happening, ...]]:
        """Yield batches until the end or until closed."""


class Resources(Protocol):
    """What operations ask of an engine's images, volumes, networks and cache.

    Raises what :class:`~machete_tui.core.engine.Engine` raises; removing what is in use is a Conflict,
    removing what is gone is NotFound.
    """

    def usage(self, max_age: float = 0.0) -> DiskUsage:
        """Measure everything, which may take long; a measure not older than ``max_age`` seconds is good."""

    def containers(self) -> list[ContainerLink]:
        """List what every container holds; nothing is measured."""

    def images(self) -> list[LocalImage]:
        """List images; what they share is not measured."""

    def volumes(self) -> list[LocalVolume]:
        """List volumes; they are not measured."""

    def networks(self) -> list[LocalNetwork]:
        """List networks."""

    def layers(self, image: str) -> tuple[Layer, ...]:
        """Return an image's layers, the lowest first; empty when the engine does not tell."""

    def inspect(self, kind: Kind, ref: str) -> dict[str, Any]:
        """Return all that the engine knows of one object, as it says it."""

    def remove_image(self, ref: str) -> tuple[str, ...]:
        """Remove a tag, and the image with its last one; returns what was untagged and deleted."""

    def remove_volume(self, name: str) -> None:
        """Remove a volume with its data."""

    def remove_network(self, name: str) -> None:
        """Remove a network."""

    def remove_cache(self, ids: Iterable[str]) -> int:
        """Remove records of the build cache that no build reads now; returns the bytes that came back."""

    def pull(self, ref: str, cancel: Cancel) -> Iterator[tuple[LayerState, ...]]:
        """Pull an image, yielding how its layers are; raises NotFound, EngineUnavailable for no registry."""

    def events(self, since: float = 0.0, until: float = 0.0) -> HappeningStream:
        """Open what happened since a time, and what happens until another; 0 is now, and for ever."""
