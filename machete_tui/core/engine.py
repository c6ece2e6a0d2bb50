"""The port to what runs containers: Docker, or the in-memory engine. Operations know only this.

Every method blocks. Each raises :class:`~machete_tui.core.errors.EngineUnavailable` when the engine does
not answer, :class:`~machete_tui.core.errors.NotPermitted` when its socket may not be used, and
:class:`~machete_tui.core.errors.NotFound` when the named object is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Literal, Protocol

from machete_tui.core.cancel import Cancel
from machete_tui.core.frozen import dataclass
from machete_tui.core.logs import LogBatch
from machete_tui.core.verbs import ContainerVerbs, ProjectVerbs

if TYPE_CHECKING:
    from machete_tui.core.metrics import Moment, Process
    from machete_tui.core.resources import Resources

ContainerState = Literal["created", "running", "paused", "restarting", "exited", "dead", "removing"]
Health = Literal["", "starting", "healthy", "unhealthy"]

LABEL = "io.machete"
LABEL_SERVICE = f"{LABEL}.service"
LABEL_RELEASE = f"{LABEL}.release"
LABEL_COMPONENT = f"{LABEL}.component"
LABEL_TEAM = f"{LABEL}.team"
LABEL_STAND_IN = f"{LABEL}.stand-in"
LABEL_PROJECT = "com.docker.compose.project"
LABEL_COMPOSE_SERVICE = "com.docker.compose.service"
LABEL_COMPOSE_HASH = "com.docker.compose.config-hash"
LABEL_COMPOSE_FOLDER = f"{LABEL_PROJECT}.working_dir"
LABEL_COMPOSE_FILES = f"{LABEL_PROJECT}.config_files"
LABEL_COMPOSE_ENV = f"{LABEL_PROJECT}.environment_file"


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What the engine says of itself.

    Attributes:
        name: ``docker`` or ``memory``.
        version: of the engine (``26.1.5``).
        api: API version that was negotiated (``1.45``).
        root: its data folder on this machine, for the free-space check; empty when remote.
        started: Unix time of its start, as far as it tells; 0 when not known.
        cpus: cores that containers may use.
        memory: bytes of the host.
        cgroup: ``1`` or ``2``.
    """

    name: str
    version: str
    api: str
    root: str = ""
    started: float = 0.0
    cpus: int = 0
    memory: int = 0
    cgroup: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A published port: host address and port, the container's own port, ``tcp`` or ``udp``."""

    address: str
    host: int
    container: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Container:
    """One line of the engine's list.

    Attributes:
        id: full id.
        name: without the leading slash.
        image: as it was started.
        image_id: ``sha256:…``.
        state: as the engine says it.
        status: the engine's own sentence (``Up 3 minutes (healthy)``).
        health: of the container's health check; empty when it has none.
        created: Unix seconds.
        labels: all of them.
        ports: published ones.
    """

    id: str
    name: str
    image: str
    image_id: str
    state: ContainerState
    status: str
    health: Health
    created: float
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[Published, ...] = ()

    @property
    def service(self) -> str:
        """Name of the service it belongs to; empty for a container made elsewhere."""
        return self.labels.get(LABEL_SERVICE, "")

    @property
    def component(self) -> str:
        """Its component in the service, or compose's service name."""
        return self.labels.get(LABEL_COMPONENT) or self.labels.get(LABEL_COMPOSE_SERVICE, "")

    @property
    def release(self) -> int:
        """Number of its release; 0 when it has none."""
        text = self.labels.get(LABEL_RELEASE, "")
        return int(text) if text.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class ContainerDetail:
    """What inspecting one container tells beyond the list.

    Attributes:
        container: the list's view of it.
        pid: of its first process on the host; 0 when not running.
        exit_code: of the last run.
        oom_killed: whether the last run ended for lack of memory.
        restarts: how often the engine restarted it.
        started: Unix seconds of the last start; 0 for never.
        finished: Unix seconds of the last end; 0 for never.
        error: the engine's own reason why it did not start.
        health_said: last output of its health check, control sequences neutralised.
        environment: names and values inside.
        mounts: (source, target) pairs.
        networks: network name -> address.
        command: what it runs.
        limits_cpus: cores; 0 for none. ``limits_memory``: bytes; 0 for none.
    """

    container: Container
    pid: int = 0
    exit_code: int = 0
    oom_killed: bool = False
    restarts: int = 0
    started: float = 0.0
    finished: float = 0.0
    error: str = ""
    health_said: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[tuple[str, str], ...] = ()
    networks: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    limits_cpus: float = 0.0
    limits_memory: int = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a container's output, control sequences neutralised; ``at`` is Unix seconds."""

    at: float
    container: str
    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A local image: id, all its tags, size in bytes, creation time, labels."""

    id: str
    tags: tuple[str, ...]
    size: int
    created: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Volume:
    """A named volume and its labels."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listener:
    """A TCP socket that a container listens on, inside it: ``127.0.0.1`` is reachable by nobody else."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Usage of one container: ``cpu`` in percent of one core, ``memory`` in bytes."""

    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """Something happened to a container: ``start``, ``die``, ``destroy``, ``health_status: healthy``."""

    at: float
    action: str
    container: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComposeProject:
    """A compose project on disk: its name, folder, files in order and the 0600 file of variables.

    ``foreign`` means that it was made elsewhere: the operator's own environment counts as it did there.
    """

    name: str
    folder: str
    files: tuple[str, ...] = ("compose.yml",)
    env_file: str = ".env"
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """An image to build.

    Attributes:
        context: absolute folder.
        dockerfile: absolute path, possibly outside the context.
        tag: name of the result.
        labels: added to the image.
        args: build arguments.
        secrets: id -> absolute path of a file; only ever a BuildKit secret mount.
        target: stage; empty for the last.
        ignore_file: absolute path of the ``.dockerignore`` to use when the context has none.
    """

    context: str
    dockerfile: str
    tag: str
    labels: Mapping[str, str] = field(default_factory=dict)
    args: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    ignore_file: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a one-off container ended: its exit code and its output."""

    exit_code: int
    lines: tuple[str, ...] = ()


class Stream(Protocol):
    """Something read in batches that another thread may close to wake the reader."""

    def close(self) -> None:
        """End it; a blocked read returns."""


class LogStream(Stream, Protocol):
    """Log lines in batches of up to 500, or as bytes; one of the two ways, once."""

    def __iter__(self) -> Iterator[tuple[LogLine, ...]]:
        """Yield batches until the end or until closed."""

    def batches(self) -> Iterator[LogBatch]:
        """Yield the same as bytes, without an object for each line."""


class EventStream(Stream, Protocol):
    """Engine events in batches."""

    def __iter__(self) -> Iterator[tuple[EngineEvent, ...]]:
        """Yield batches until the end or until closed."""


class Engine(ContainerVerbs, ProjectVerbs, Protocol):
    """What operations ask of an engine."""

    def ping(self) -> None:
        """Raise EngineUnavailable unless it answers: the cheapest call that tells."""

    def info(self) -> EngineInfo:
        """Return what it is."""

    def containers(self, *, service: str = "", project: str = "", every: bool = True) -> list[Container]:
        """List containers, of one service or compose project if named; running ones only if not ``every``."""

    def container(self, container: str) -> ContainerDetail:
        """Inspect one container by id or name."""

    def start(self, container: str) -> None:
        """Start a stopped container; one that runs is left as it is."""

    def stop(self, container: str, grace: float = 10.0) -> None:
        """Stop it: SIGTERM, then SIGKILL after ``grace`` seconds."""

    def restart(self, container: str, grace: float = 10.0) -> None:
        """Stop and start it."""

    def remove(self, container: str) -> None:
        """Remove it, running or not, with its anonymous volumes; one that is gone is not an error."""

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        since: float = 0.0,
        until: float = 0.0,
        tail: int | None = None,
    ) -> LogStream:
        """Open its output; ``since`` and ``until`` in Unix seconds, ``tail`` the last lines, None for all."""

    def events(self) -> EventStream:
        """Open the stream of container events from now on."""

    def exits(self, container: str, since: float) -> list[int]:
        """Return the exit codes that a container ended with since a Unix time, oldest first."""

    def image(self, ref: str) -> Image | None:
        """Return a local image, or None."""

    def images(self, *, prefix: str = "") -> list[Image]:
        """List local images with a tag that starts with ``prefix``."""

    def tag(self, ref: str, new: str) -> None:
        """Give an image a second tag."""

    def remove_image(self, ref: str) -> None:
        """Remove a tag, and the image with its last tag; one in use or gone is left alone."""

    def pull(self, ref: str, cancel: Cancel) -> Iterator[str]:
        """Pull an image, yielding progress lines; raises NotFound, or EngineUnavailable for no registry."""

    def registry_answers(self) -> bool:
        """Return whether an image registry can be reached; takes at most 5 seconds."""

    def import_root(self, tar: str, ref: str, labels: Mapping[str, str]) -> None:
        """Make an image from a root file system's tar file."""

    def build(self, request: BuildRequest, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Build an image, yielding its log in batches; raises BuildFailed with the last lines."""

    def compose_check(self, project: ComposeProject) -> None:
        """Validate the project's files; raises InvalidInput with compose's own reason."""

    def compose_up(
        self, project: ComposeProject, cancel: Cancel, *, scale: Mapping[str, int] | None = None
    ) -> Iterator[tuple[str, ...]]:
        """Make what runs equal to the files, removing what they no longer name; yields output in batches.

        Returns when containers are created and started, not when they are healthy; containers that
        the files do not change are not restarted.
        """

    def compose_down(self, project: ComposeProject, *, volumes: bool = False) -> None:
        """Remove the project's containers and networks, and its volumes only if told."""

    def compose_run(self, project: ComposeProject, service: str, command: str, cancel: Cancel) -> RunResult:
        """Run a shell command as a one-off container of a compose service, after what it depends on is up."""

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
        """Run a one-off container to its end and remove it; an empty command runs the image's own."""

    def listeners(self, container: str) -> list[Listener]:
        """Return what TCP ports it listens on inside, read from the kernel; empty when not known."""

    def volumes(self, *, project: str = "") -> list[Volume]:
        """List named volumes, of one compose project if named."""

    def remove_volume(self, name: str) -> None:
        """Remove a volume; one that is gone is not an error, one in use is a Conflict."""

    def networks(self, *, project: str = "") -> list[str]:
        """List names of networks, of one compose project if named."""

    def remove_network(self, name: str) -> None:
        """Remove a network; one that is gone is not an error."""

    def sample(self, containers: Sequence[Container]) -> dict[str, Sample]:
        """Return the usage of running containers by id; CPU needs two calls, so the first gives 0."""

    def measure(self, containers: Sequence[Container], *, started: Collection[str] = ()) -> Moment:
        """Return the counters of running containers and of the machine.

        ``started`` are ids that started since the last call: nothing kept of them is believed.
        """

    def processes(self, container: str) -> list[Process]:
        """Return the processes inside a running container; a Conflict when it does not run."""

    @property
    def resources(self) -> Resources:
        """Images, volumes, networks, build cache and the disk that they take."""

    def close(self) -> None:
        """Close every connection."""
