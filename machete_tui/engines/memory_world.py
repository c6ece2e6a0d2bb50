"""What the in-memory engine holds: containers, images, volumes, networks, and the events they made."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Literal

from machete_tui.core.clock import Clock
from machete_tui.core.engine import EngineEvent, Image, Published
from machete_tui.core.errors import Conflict
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import CacheRecord, Happening, Layer
from machete_tui.engines import faults
from machete_tui.engines.memory_model import Behaviour, Box, Happened, Spec

Down = Literal["", "unavailable", "forbidden"]
_EPHEMERAL = range(32768, 61000)


@dataclass(frozen=True, slots=True)
class Stored:
    """An image, what its Dockerfile said of ports and environment, and its layers from below.

    Without layers it is one layer that no other image has.
    """

    image: Image
    expose: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()


def normal(ref: str) -> str:
    """Return an image reference as the engine keeps it: a tag always, Docker Hub never named."""
    for head in ("docker.io/library/", "docker.io/", "library/"):
        ref = ref.removeprefix(head)
    if ref.startswith("sha256:") or "@" in ref or ":" in ref.rpartition("/")[2]:
        return ref
    return f"{ref}:latest"


class World:
    """The state behind :class:`~machete_tui.engines.memory.MemoryEngine`; :meth:`use` guards every access."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changed = threading.Condition(threading.RLock())
        self.boxes: dict[str, Box] = {}
        self.images: dict[str, Stored] = {}
        self.volumes: dict[str, Mapping[str, str]] = {}
        self.networks: dict[str, str] = {}  # name -> compose project
        self.taken: set[int] = set()
        self.files: dict[str, str] = {}  # absolute path -> text, of compose files that are on no disk
        self.registry = True
        self.down: Down = ""
        self.events: deque[EngineEvent] = deque(maxlen=10_000)
        self.happened = 0  # events ever, also those that ``events`` has dropped
        self.happenings: deque[Happening] = deque(maxlen=10_000)  # of every kind of object
        self.noted = 0  # happenings ever
        self.cache: dict[str, CacheRecord] = {}
        self.cached: dict[str, str] = {}  # record -> image that holds the same bytes
        self.made: dict[str, float] = {}  # "volume NAME", "network NAME" -> when it was seen first
        self._behaviours: list[tuple[str, Behaviour]] = []
        self._made = 0

    @contextmanager
    def use(self) -> Iterator[float]:
        """Hold the lock with time brought up to now, and give that time; raises while it is down."""
        with self.changed:
            if self.down == "forbidden":
                raise faults.forbidden("memory")
            if self.down:
                raise faults.unavailable()
            before = self.noted
            yield self.tick()
            # Only news wake the streams: they come here too, and would keep waking each other.
            if self.noted != before:
                self.changed.notify_all()

    def tick(self) -> float:
        """Let every container live up to now; the lock is held."""
        now = self.clock.now()
        news = [(at, action, box) for box in self.boxes.values() for at, action in box.advance(now)]
        for at, action, box in sorted(news, key=lambda item: item[0]):
            self._tell(box, at, action)
        return now

    def tell(self, box: Box, events: Iterable[Happened]) -> None:
        """Put what happened to a container into the stream."""
        for at, action in events:
            self._tell(box, at, action)

    def _tell(self, box: Box, at: float, action: str) -> None:
        labels = {**box.labels, "name": box.name, "image": box.spec.image}
        if action == "die":
            # It may have started again since: the code is that of this end, not the container's last.
            labels["exitCode"] = str(next((code for end, code in box.ends if end == at), box.exit_code))
        self.events.append(EngineEvent(at, action, box.id, labels))
        self.happened += 1
        self.happenings.append(Happening(at, "container", action, box.id, box.name, labels))
        self.noted += 1

    def note(self, kind: str, action: str, ident: str, name: str = "") -> None:
        """Put what happened to an image, a volume or a network into the stream of all that happens."""
        shown = name or ident.removeprefix("sha256:")[:40]
        self.happenings.append(Happening(self.clock.now(), kind, action, ident, shown, {"name": shown}))
        self.noted += 1

    def behave(self, match: str, behaviour: Behaviour, *, running: bool) -> None:
        """Remember how what ``match`` names behaves; the last one that matches counts."""
        self._behaviours.append((match, behaviour))
        if running:
            for box in self.boxes.values():
                if _matches(match, box.labels, box.spec.name, box.spec.image, box.name):
                    box.behaviour = behaviour

    def behaviour(self, labels: Mapping[str, str], *names: str) -> Behaviour:
        """Return the behaviour of what has these labels or names."""
        for match, behaviour in reversed(self._behaviours):
            if _matches(match, labels, *names):
                return behaviour
        return Behaviour()

    def box(self, name: str) -> Box:
        """Return a container by name, id or the start of its id; raises NotFound."""
        for box in self.boxes.values():
            if name in (box.id, box.name) or (len(name) >= 8 and box.id.startswith(name)):
                return box
        raise faults.no_container(name)

    def add_box(
        self, name: str, spec: Spec, labels: Mapping[str, str], *, created: float | None = None
    ) -> Box:
        """Create a container, now or at a time in the past; its image is there."""
        if any(b.name == name for b in self.boxes.values()):
            raise Conflict(f"a container named {name} is there already", "remove it, or choose another name")
        stored = self.stored(spec.image)
        if stored is None:
            raise faults.no_image(spec.image)
        self._made += 1
        ident = hashlib.sha256(f"{name} {self._made}".encode()).hexdigest()
        spec = replace(
            spec,
            expose=spec.expose or stored.expose,
            environment={**stored.environment, **spec.environment},
        )
        full = {**stored.image.labels, **labels}
        box = Box(ident, name, spec, stored.image, full, self.behaviour(full, spec.name, spec.image, name))
        box.created = self.clock.now() if created is None else created
        box.pid = 1000 + self._made
        self.boxes[ident] = box
        self._tell(box, box.created, "create")
        return box

    def start_box(self, box: Box, *, at: float | None = None) -> None:
        """Start a container unless it runs; raises Conflict for a port that is taken."""
        if box.state in ("running", "restarting"):
            return
        if box.state == "paused":
            raise Conflict("cannot start a paused container, try unpause instead", "let it go on first")
        now = self.clock.now()
        taken = self.ports_taken()
        published: list[Published] = []
        for want in box.spec.ports:
            choice = _EPHEMERAL if want.low == 0 else range(want.low, want.high + 1)
            port = next((p for p in choice if want.protocol != "tcp" or p not in taken), None)
            if port is None:
                box.error = f"Bind for {want.address}:{want.low} failed: port is already allocated"
                raise faults.port_taken(want.low, (box.error,))
            taken.add(port)
            published.append(Published(want.address, port, want.container, want.protocol))
        box.published = tuple(published)
        self.tell(box, box.start(now if at is None else at))
        self.tell(box, box.advance(now))

    def stop_box(self, box: Box) -> None:
        """Stop a container that runs."""
        if box.state in ("running", "restarting", "paused"):
            if box.behaviour.stop_seconds:
                self.clock.sleep(box.behaviour.stop_seconds)
            self.tell(box, box.stop(self.clock.now()))

    def remove_box(self, box: Box) -> None:
        """Remove a container, running or not."""
        if box.state in ("running", "restarting", "paused"):
            self.tell(box, box.stop(self.clock.now(), 137))
        del self.boxes[box.id]
        self._tell(box, self.clock.now(), "destroy")

    def ports_taken(self) -> set[int]:
        """Return the host's TCP ports that containers or other programs hold."""
        return self.taken | {p for b in self.boxes.values() for p in b.occupies}

    def stored(self, ref: str) -> Stored | None:
        """Return an image by tag, id or the start of its id."""
        wanted = normal(ref)
        for stored in self.images.values():
            if wanted in stored.image.tags or ref == stored.image.id:
                return stored
        short = ref.removeprefix("sha256:")
        if len(short) >= 12:
            return next((s for i, s in self.images.items() if i.startswith(f"sha256:{short}")), None)
        return None

    def drop_tag(self, stored: Stored, left: tuple[str, ...]) -> None:
        """Leave an image with the tags in ``left``."""
        self.images[stored.image.id] = replace(stored, image=replace(stored.image, tags=left))

    def keep_image(self, stored: Stored, tag: str) -> None:
        """Add an image under ``tag``, which is taken from the image that had it."""
        tag = normal(tag)
        for key, other in list(self.images.items()):
            if tag in other.image.tags and key != stored.image.id:
                left = tuple(t for t in other.image.tags if t != tag)
                self.images[key] = replace(other, image=replace(other.image, tags=left))
        there = self.images.get(stored.image.id)
        tags = tuple(dict.fromkeys((*(there.image.tags if there else ()), tag)))
        self.images[stored.image.id] = replace(stored, image=replace(stored.image, tags=tags))


def _matches(match: str, labels: Mapping[str, str], *names: str) -> bool:
    return match in labels.values() or any(match in name for name in names)
