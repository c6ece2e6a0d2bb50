"""The Docker engine: reads over its socket, changes through the SDK, compose and builds through its client.

Nothing heavy is imported until it is needed: a listing loads neither the SDK nor anything of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import (
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
from machete_tui.core.errors import BuildFailed, Conflict, MacheteError, NoCapacity, NotFound
from machete_tui.core.settings import Settings
from machete_tui.engines import shapes
from machete_tui.engines.docker_verbs import DockerVerbs, named
from machete_tui.engines.wire import Transport, Wire, query, segment
from machete_tui.engines.wire_streams import WireEvents, WireLogs

if TYPE_CHECKING:
    from docker import APIClient

    from machete_tui.core.metrics import Moment, Process
    from machete_tui.engines.build import Builder
    from machete_tui.engines.docker_resources import DockerResources
    from machete_tui.engines.images import Images
    from machete_tui.engines.sdk import Sdk
    from machete_tui.engines.usage import Usage

_ACTIONS = [
    "create",
    "start",
    "restart",
    "die",
    "oom",
    "stop",
    "pause",
    "unpause",
    "destroy",
    "rename",
    "health_status",
]
"""Events of containers that change what a list shows; a health check's own runs are not among them."""

_DISK_FULL = 32 << 20
_BUSY_SECONDS = 40.0  # that an Engine that lives may take to tell all of itself
_REMOVAL_SECONDS = 15.0  # that a removal begun by another may take


class DockerEngine(DockerVerbs):
    """Fills :class:`~machete_tui.core.engine.Engine` with Docker, 20.10 or newer; thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._local = bool(settings.socket)
        self._wire = Wire(settings.socket)

    def ping(self) -> None:
        """Raise EngineUnavailable unless it answers within the patience."""
        self._reads.open("/_ping").close()

    def info(self) -> EngineInfo:
        """Return what it is."""
        # Whether it lives is told by a call that waits for nothing inside; /info waits for a look-up of a
        # registry that is under way.
        self._reads.get("/version")
        raw = self._reads.get("/info", patience=_BUSY_SECONDS)
        started = self._wire.started() if self._local else 0.0
        return shapes.info(raw, self._reads.api, started=started, local=self._local)

    def containers(self, *, service: str = "", project: str = "", every: bool = True) -> list[Container]:
        """List containers, newest first."""
        labels = _labels(**{LABEL_SERVICE: service, LABEL_PROJECT: project})
        raw = self._reads.get(query("/containers/json", all=every, filters=labels))
        return [shapes.listed(entry) for entry in raw]

    def container(self, container: str) -> ContainerDetail:
        """Inspect one container."""
        return shapes.inspected(self._inspect(container))

    def start(self, container: str) -> None:
        """Start a stopped container."""
        with self._changing() as client:
            client.start(named(container))

    def stop(self, container: str, grace: float = 10.0) -> None:
        """Stop it."""
        with self._changing() as client:
            client.stop(named(container), timeout=round(grace))

    def restart(self, container: str, grace: float = 10.0) -> None:
        """Stop and start it."""
        with self._changing() as client:
            client.restart(named(container), timeout=round(grace))

    def remove(self, container: str) -> None:
        """Remove it and wait until it is gone; one that was gone before is not an error."""
        try:
            with self._changing() as client:
                client.remove_container(named(container), v=True, force=True)
        except NotFound:
            pass
        except Conflict as error:
            if "already in progress" not in error.what:
                raise
            deadline = time.monotonic() + _REMOVAL_SECONDS
            with suppress(NotFound):
                while time.monotonic() < deadline:
                    self._inspect(container)
                    time.sleep(0.05)

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        since: float = 0.0,
        until: float = 0.0,
        tail: int | None = None,
    ) -> WireLogs:
        """Open its output."""
        raw = self._inspect(container)
        path = query(
            f"/containers/{raw['Id']}/logs",
            stdout=True,
            stderr=True,
            timestamps=True,
            follow=follow,
            since=f"{since:.9f}" if since else None,
            until=f"{until:.9f}" if until else None,
            tail="all" if tail is None else tail,
        )
        tty = bool((raw.get("Config") or {}).get("Tty"))
        return WireLogs(self._reads.open(path), raw["Name"].removeprefix("/"), tty=tty)

    def events(self) -> WireEvents:
        """Open the stream of container events from now on."""
        # The Engine begins to listen after it has begun to answer: what happens between is replayed.
        # The clock of another machine would be another one.
        since = f"{time.time():.9f}" if self._local else None
        filters = {"type": ["container"], "event": _ACTIONS}
        return WireEvents(self._reads.open(query("/events", since=since, filters=filters)))

    def exits(self, container: str, since: float) -> list[int]:
        """Return the exit codes of a container's ends; the Engine remembers its last 256 events."""
        filters = {"type": ["container"], "event": ["die"], "container": [container]}
        span = query("/events", since=f"{since:.9f}", until=f"{time.time():.9f}", filters=filters)
        ends = [event for batch in WireEvents(self._reads.open(span)) for event in batch]
        return [int(code) for e in ends if (code := e.labels.get("exitCode", "")).isdecimal()]

    def image(self, ref: str) -> Image | None:
        """Return a local image, or None."""
        try:
            return shapes.image(self._reads.get(f"/images/{segment(ref, slashes=True)}/json"))
        except NotFound:
            return None

    def images(self, *, prefix: str = "") -> list[Image]:
        """List local images with a tag that starts with ``prefix``."""
        found = [shapes.image(entry) for entry in self._reads.get("/images/json")]
        return [i for i in found if not prefix or any(t.startswith(prefix) for t in i.tags)]

    def tag(self, ref: str, new: str) -> None:
        """Give an image a second tag."""
        self._awake()
        self._images.tag(ref, new)

    def remove_image(self, ref: str) -> None:
        """Remove a tag, and the image with its last one."""
        self._awake()
        self._images.remove(ref)

    def pull(self, ref: str, cancel: Cancel) -> Iterator[str]:
        """Pull an image, from the mirror of the settings where one is named."""
        self._awake()
        yield from self._images.pull(ref, cancel)

    def registry_answers(self) -> bool:
        """Return whether the Engine reaches an image registry."""
        return self._images.registry_answers(self._reads)

    def import_root(self, tar: str, ref: str, labels: Mapping[str, str]) -> None:
        """Make an image from a root file system's tar file."""
        self._awake()
        self._images.import_root(tar, ref, labels)

    def build(self, request: BuildRequest, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Build an image with BuildKit."""
        self._awake()
        try:
            yield from self._builder.build(request, cancel)
        except BuildFailed as error:
            self._blame_disk(error)
            raise

    def compose_check(self, project: ComposeProject) -> None:
        """Validate the project's files."""
        self._compose.check(project)

    def compose_up(
        self, project: ComposeProject, cancel: Cancel, *, scale: Mapping[str, int] | None = None
    ) -> Iterator[tuple[str, ...]]:
        """Converge the project's containers."""
        self._awake()
        yield from self._compose.up(project, cancel, scale or {})

    def compose_down(self, project: ComposeProject, *, volumes: bool = False) -> None:
        """Remove the project's containers and networks, and its volumes only if told.

        What is there is found by its labels, so that the files need not be.
        """
        from machete_tui.engines.compose_down import down

        down(self, project.name, volumes=volumes)

    def compose_run(self, project: ComposeProject, service: str, command: str, cancel: Cancel) -> RunResult:
        """Run a shell command as a one-off container of a compose service."""
        from machete_tui.core.ids import uuid7

        self._awake()
        name = f"{project.name}-{service}-run-{uuid7()[-12:]}"
        try:
            return self._compose.run(project, service, command, cancel, name=name)
        finally:
            self.remove(name)

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
        """Run a one-off container to its end and remove it."""
        from machete_tui.engines.oneoff import run

        self._awake()
        return run(self, self._sdk, image, command, cancel, environment or {}, network, labels or {})

    def listeners(self, container: str) -> list[Listener]:
        """Return what it listens on; nothing for a remote Engine."""
        from machete_tui.engines.listeners import listening

        detail = self.container(container)
        return listening(detail.pid, detail.container.id) if self._local and detail.pid else []

    def volumes(self, *, project: str = "") -> list[Volume]:
        """List named volumes."""
        raw = self._reads.get(query("/volumes", filters=_labels(**{LABEL_PROJECT: project})))
        return sorted((shapes.volume(v) for v in raw.get("Volumes") or ()), key=lambda v: v.name)

    def remove_volume(self, name: str) -> None:
        """Remove a volume; one in use is a Conflict."""
        try:
            with self._changing() as client:
                client.remove_volume(name)
        except NotFound:
            pass

    def networks(self, *, project: str = "") -> list[str]:
        """List names of networks."""
        raw = self._reads.get(query("/networks", filters=_labels(**{LABEL_PROJECT: project})))
        return sorted(str(n["Name"]) for n in raw)

    def remove_network(self, name: str) -> None:
        """Remove a network; one in use is a Conflict."""
        from machete_tui.core.errors import NotPermitted

        try:
            with self._changing() as client:
                client.remove_network(name)
        except NotFound:
            pass
        except NotPermitted as error:
            raise Conflict(error.what, "remove the containers in it first") from error

    def sample(self, containers: Sequence[Container]) -> dict[str, Sample]:
        """Return the usage of running containers by id."""
        running = [c.id for c in containers if c.state == "running"]
        return self._usage.sample(running)

    def measure(self, containers: Sequence[Container], *, started: Collection[str] = ()) -> Moment:
        """Return the counters of running containers and of this machine."""
        running = [c.id for c in containers if c.state in ("running", "paused")]
        return self._usage.read(running, started)

    def processes(self, container: str) -> list[Process]:
        """Return the processes inside a running container."""
        from machete_tui.engines.top import PS, listed

        return listed(self._reads.get(query(f"/containers/{named(container)}/top", ps_args=PS)))

    @cached_property
    def resources(self) -> DockerResources:
        """Images, volumes, networks, build cache, events."""
        from machete_tui.engines.docker_resources import DockerResources

        return DockerResources(self._reads, self._changing, lambda: self._images, local=self._local)

    def close(self) -> None:
        """Close every connection and file that is kept open."""
        for part in ("_sdk", "_usage"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()

    def _awake(self) -> None:
        """Raise at once when the Engine does not answer: docker's own client would wait for ever."""
        (self._wire if self._local else self._sdk).ping()

    @contextmanager
    def _changing(self) -> Iterator[APIClient]:
        self._awake()
        with self._sdk.use() as client:
            yield client

    def _blame_disk(self, error: BuildFailed) -> None:
        """Raise NoCapacity in its place when the Engine's disk is full: a step just fails then."""
        root = self.info().root
        try:
            figures = os.statvfs(root)
        except OSError:  # remote, or not to be seen by this user
            return
        free = figures.f_bavail * figures.f_frsize
        if root and free < _DISK_FULL:
            raise NoCapacity(
                f"the disk of the container engine is full: {free >> 20} MiB are free in {root}",
                "free some space, then deploy again",
                log=error.log,
            ) from error

    def _inspect(self, container: str) -> dict[str, Any]:
        raw: dict[str, Any] = self._reads.get(f"/containers/{named(container)}/json")
        return raw

    def _root(self) -> str:
        """Return the Engine's data folder; empty where it does not tell."""
        try:
            return str(self._reads.get("/info", patience=_BUSY_SECONDS).get("DockerRootDir") or "")
        except MacheteError:
            return ""

    @property
    def _reads(self) -> Transport:
        return self._wire if self._local else self._sdk

    @cached_property
    def _sdk(self) -> Sdk:
        from machete_tui.engines.cli import host
        from machete_tui.engines.sdk import Sdk

        return Sdk(host(self._settings), self._settings.docker_tls)

    @cached_property
    def _images(self) -> Images:
        from machete_tui.engines.images import Images

        return Images(self._sdk, self._settings.registry)

    @cached_property
    def _builder(self) -> Builder:
        from machete_tui.engines.build import Builder

        return Builder(self._settings)

    @cached_property
    def _usage(self) -> Usage:
        from machete_tui.engines.usage import Usage

        return Usage(self._reads, local=self._local, root=self._root)


def _labels(**wanted: str) -> dict[str, list[str]]:
    found = [f"{name}={value}" for name, value in wanted.items() if value]
    return {"label": found} if found else {}
