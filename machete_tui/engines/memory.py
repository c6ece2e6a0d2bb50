"""An engine without containers: for tests, and for ``--demo`` on a machine that has no Docker.

It keeps to the contract of the Docker engine (one suite tests both): it reads the real compose file,
leaves unchanged containers alone, takes ports, restarts what crashes, and tells all of it as events. How
its containers behave is said beforehand::

    engine = MemoryEngine(FrozenClock())
    host = MemoryHost(engine)
    engine.behave("web", Behaviour(answers_after=2.0, log=("listening on :8000",)))
    engine.behave("shop-web:2", Behaviour(crash_after=0.1, exit_code=3))
    engine.down = "unavailable"  # every call raises, every stream ends

Time is the clock's: with a frozen one, containers live on only while somebody sleeps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import Clock, SystemClock
from machete_tui.core.engine import (
    LABEL_COMPOSE_SERVICE,
    LABEL_PROJECT,
    LABEL_SERVICE,
    BuildRequest,
    ComposeProject,
    Container,
    ContainerDetail,
    EngineInfo,
    Image,
    Listener,
    RunResult,
    Sample,
    Volume,
)
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.trail import note
from machete_tui.engines import memory_compose, memory_host, memory_images, memory_shell, memory_up
from machete_tui.engines.memory_model import Behaviour, Spec
from machete_tui.engines.memory_resources import MemoryResources
from machete_tui.engines.memory_streams import MemoryEvents, MemoryLogs
from machete_tui.engines.memory_verbs import MemoryVerbs
from machete_tui.engines.memory_world import Down, World, normal

if TYPE_CHECKING:
    from machete_tui.core.metrics import Moment, Process
    from machete_tui.engines.memory_meter import Meter

__all__ = ["Behaviour", "MemoryEngine", "MemoryHost"]


class MemoryEngine(MemoryVerbs):
    """Fills :class:`~machete_tui.core.engine.Engine`; thread-safe."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.world = World(clock or SystemClock())
        self.resources = MemoryResources(self.world)
        self._measured: set[str] = set()
        self._runs = 0

    @property
    def down(self) -> Down:
        """``unavailable`` or ``forbidden`` while every call is to fail; empty while all is well."""
        return self.world.down

    @down.setter
    def down(self, value: Down) -> None:
        with self.world.changed:
            self.world.down = value
            self.world.changed.notify_all()

    @property
    def registry(self) -> bool:
        """Whether an image registry answers; it has every image whose name does not hold ``missing``."""
        return self.world.registry

    @registry.setter
    def registry(self, value: bool) -> None:
        self.world.registry = value

    def behave(self, match: str, behaviour: Behaviour, *, running: bool = False) -> None:
        """Say how containers and builds behave from now on.

        Args:
            match: a component's or service's name, or a part of the image's or container's name.
            behaviour: what they do; the last one said for a name counts.
            running: whether containers that exist already change too.
        """
        with self.world.changed:
            self.world.behave(match, behaviour, running=running)

    def add_image(self, ref: str, labels: Mapping[str, str] | None = None) -> Image:
        """Put an image on this machine."""
        with self.world.use():
            return memory_images.add(self.world, ref, labels or {})

    def say(self, container: str, *lines: str) -> None:
        """Let a container print lines now."""
        with self.world.use() as now:
            box = self.world.box(container)
            for line in lines:
                box.say(now, line)
            self.world.changed.notify_all()

    def crash(self, container: str, code: int = 137, *, oom: bool = False) -> None:
        """End a container as if by itself; its restart policy decides what comes then."""
        with self.world.use() as now:
            box = self.world.box(container)
            self.world.tell(box, box.crash(now, code, oom=oom))

    def ping(self) -> None:
        """Raise EngineUnavailable while it is down."""
        with self.world.use():
            pass

    def info(self) -> EngineInfo:
        """Return what it is."""
        with self.world.use():
            return EngineInfo("memory", "1.0", "1.41", cpus=4, memory=16 << 30, cgroup="2")

    def containers(self, *, service: str = "", project: str = "", every: bool = True) -> list[Container]:
        """List containers, newest first as Docker does."""
        with self.world.use() as now:
            return [
                box.container(now)
                for box in reversed(self.world.boxes.values())
                if (not service or box.labels.get(LABEL_SERVICE) == service)
                and (not project or box.labels.get(LABEL_PROJECT) == project)
                and (every or box.state in ("running", "restarting", "paused"))
            ]

    def container(self, container: str) -> ContainerDetail:
        """Inspect one container."""
        with self.world.use() as now:
            return self.world.box(container).detail(now)

    def start(self, container: str) -> None:
        """Start a stopped container."""
        with self.world.use():
            self.world.start_box(self.world.box(container))

    def stop(self, container: str, grace: float = 10.0) -> None:
        """Stop it."""
        with self.world.use():
            self.world.stop_box(self.world.box(container))

    def restart(self, container: str, grace: float = 10.0) -> None:
        """Stop and start it."""
        with self.world.use() as now:
            box = self.world.box(container)
            self.world.stop_box(box)
            self.world.start_box(box)
            self.world.tell(box, [(now, "restart")])

    def remove(self, container: str) -> None:
        """Remove it; one that is gone is not an error."""
        with self.world.use():
            try:
                box = self.world.box(container)
            except NotFound:
                return
            self.world.remove_box(box)

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        since: float = 0.0,
        until: float = 0.0,
        tail: int | None = None,
    ) -> MemoryLogs:
        """Open its output."""
        with self.world.use():
            box = self.world.box(container)
            return MemoryLogs(self.world, box, follow=follow, since=since, until=until, tail=tail)

    def events(self) -> MemoryEvents:
        """Open the stream of events from now on."""
        with self.world.use():
            return MemoryEvents(self.world)

    def exits(self, container: str, since: float) -> list[int]:
        """Return the exit codes of a container's ends."""
        with self.world.use():
            return [code for at, code in self.world.box(container).ends if at >= since]

    def image(self, ref: str) -> Image | None:
        """Return an image, or None."""
        with self.world.use():
            stored = self.world.stored(ref)
            return stored.image if stored else None

    def images(self, *, prefix: str = "") -> list[Image]:
        """List images with a tag that starts with ``prefix``."""
        with self.world.use():
            found = [s.image for s in self.world.images.values()]
            return [i for i in found if not prefix or any(t.startswith(prefix) for t in i.tags)]

    def tag(self, ref: str, new: str) -> None:
        """Give an image a second tag."""
        with self.world.use():
            stored = self.world.stored(ref)
            if stored is None:
                raise NotFound(f"there is no image {ref}")
            self.world.keep_image(stored, new)

    def remove_image(self, ref: str) -> None:
        """Remove a tag, and the image with its last one unless a container uses it."""
        with self.world.use():
            stored = self.world.stored(ref)
            if stored is None:
                return
            left = tuple(t for t in stored.image.tags if t != normal(ref) and ref != stored.image.id)
            used = any(b.image.id == stored.image.id for b in self.world.boxes.values())
            if left:
                self.world.drop_tag(stored, left)
            elif not used:
                del self.world.images[stored.image.id]

    def pull(self, ref: str, cancel: Cancel) -> Iterator[str]:
        """Pull an image."""
        return memory_images.pull(self.world, ref, cancel)

    def registry_answers(self) -> bool:
        """Return :attr:`registry`."""
        with self.world.use():
            return self.world.registry

    def import_root(self, tar: str, ref: str, labels: Mapping[str, str]) -> None:
        """Make an image from a tar file."""
        memory_images.import_root(self.world, tar, ref, labels)

    def build(self, request: BuildRequest, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Build an image whose id follows from the context's content."""
        return memory_images.build(self.world, request, cancel)

    def compose_check(self, project: ComposeProject) -> None:
        """Read the project's files."""
        with self.world.use():
            memory_compose.read(project, self.world.files)

    def compose_up(
        self, project: ComposeProject, cancel: Cancel, *, scale: Mapping[str, int] | None = None
    ) -> Iterator[tuple[str, ...]]:
        """Converge the project's containers."""
        with self.world.use():
            composed = memory_compose.read(project, self.world.files)
        note(f"docker compose --project-name {project.name} up --detach --remove-orphans --no-build")
        yield from memory_up.up(self.world, project, composed, cancel, scale or {})

    def compose_down(self, project: ComposeProject, *, volumes: bool = False) -> None:
        """Remove the project's containers and networks."""
        memory_up.down(self.world, project.name, volumes=volumes)

    def compose_run(self, project: ComposeProject, service: str, command: str, cancel: Cancel) -> RunResult:
        """Run a shell command as a one-off container of a compose service."""
        with self.world.use():
            composed = memory_compose.read(project, self.world.files)
        spec = next((s for s in composed.services if s.name == service), None)
        if spec is None:
            raise NotFound(f"no such service: {service}", "see the compose file", field=service)
        needed = memory_compose.needed(composed, service)
        deque(memory_up.up(self.world, project, needed, cancel, {}, orphans=False), maxlen=0)
        deque(memory_up.await_needed(self.world, project, spec, cancel), maxlen=0)
        return self.run(
            spec.image,
            ("sh", "-c", command),
            cancel,
            environment=spec.environment,
            network=spec.networks[0],
            labels={**spec.labels, LABEL_PROJECT: project.name, LABEL_COMPOSE_SERVICE: service},
        )

    def run(
        self,
        image: str,
        command: Sequence[str],
        cancel: Cancel,
        *,
        environment: Mapping[str, str] | None = None,
        network: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> RunResult:
        """Run a one-off container: what its command prints, or what its behaviour says."""
        cancel.check()
        with self.world.use():
            if network and network not in self.world.networks:
                raise NotFound(f"there is no network {network}")
            self._runs += 1
            spec = Spec("run", image, command=tuple(command), environment=environment or {})
            box = self.world.add_box(f"run-{self._runs}", spec, labels or {})
            told = box.behaviour
            script = memory_shell.script(box.spec.command, box.spec.environment)
            self.world.tell(box, box.start(self.world.clock.now()))
        try:
            waited = 0.0
            while script.ends is not None and waited < script.ends:
                cancel.check()
                self.world.clock.sleep(0.05)
                waited += 0.05
        finally:
            with self.world.use():
                self.world.remove_box(box)
        code = told.run_exit if told.run_exit is not None else script.code
        return RunResult(code, told.run_log or tuple(line.text for line in script.lines))

    def listeners(self, container: str) -> list[Listener]:
        """Return what it listens on."""
        with self.world.use() as now:
            listening = self.world.box(container).listening(now)
            return [Listener(*listening)] if listening else []

    def volumes(self, *, project: str = "") -> list[Volume]:
        """List named volumes."""
        with self.world.use():
            found = [Volume(name, dict(labels)) for name, labels in sorted(self.world.volumes.items())]
            return [v for v in found if not project or v.labels.get(LABEL_PROJECT) == project]

    def remove_volume(self, name: str) -> None:
        """Remove a volume; one in use is a Conflict."""
        with self.world.use():
            for box in self.world.boxes.values():
                if any(source == name for source, _ in box.spec.mounts):
                    raise Conflict(
                        f"volume {name} is used by container {box.name}", "remove that container first"
                    )
            self.world.volumes.pop(name, None)

    def networks(self, *, project: str = "") -> list[str]:
        """List names of networks."""
        with self.world.use():
            return sorted(n for n, owner in self.world.networks.items() if not project or owner == project)

    def remove_network(self, name: str) -> None:
        """Remove a network; one in use is a Conflict."""
        with self.world.use():
            for box in self.world.boxes.values():
                if name in box.spec.networks and box.running:
                    raise Conflict(f"network {name} is used by container {box.name}", "remove that one first")
            self.world.networks.pop(name, None)

    def sample(self, containers: Sequence[Container]) -> dict[str, Sample]:
        """Return the usage of those that run; the first CPU figure of each is 0."""
        with self.world.use() as now:
            found: dict[str, Sample] = {}
            for container in containers:
                box = self.world.boxes.get(container.id)
                if box is not None and box.running:
                    usage = box.sample(now)
                    found[box.id] = usage if box.id in self._measured else Sample(0.0, usage.memory)
            self._measured = set(found)
            return found

    def measure(self, containers: Sequence[Container], *, started: Collection[str] = ()) -> Moment:
        """Return the counters of those that run, and of a pretended machine."""
        with self.world.use() as now:
            running = [box for box in self.world.boxes.values() if box.running]
            return self._meter.measure(running, {c.id for c in containers}, now)

    def processes(self, container: str) -> list[Process]:
        """Return the pretended processes of a running container."""
        from machete_tui.engines.memory_meter import processes

        with self.world.use() as now:
            return processes(self.world.box(container), now)

    def close(self) -> None:
        """Nothing is open."""

    @cached_property
    def _meter(self) -> Meter:
        from machete_tui.engines.memory_meter import Meter

        return Meter()


class MemoryHost(memory_host.MemoryHost):
    """The machine under a :class:`MemoryEngine`; fills :class:`~machete_tui.core.ports.Host`."""

    def __init__(self, engine: MemoryEngine) -> None:
        super().__init__(engine.world)
