"""The requests of the verbs of containers and adopted projects; light, for the app makes them on its loop."""

from __future__ import annotations

from machete_tui.core.frozen import dataclass
from machete_tui.operations.registry import arg


@dataclass(frozen=True, slots=True)
class OneContainer:
    """A container by name, id, or the beginning of its id."""

    name: str = arg("container", positional=True, kind="container", metavar="NAME")


@dataclass(frozen=True, slots=True)
class ListContainers:
    """Which containers to list."""

    of: str = arg("only of this service or project", positional=True, default="", metavar="OF")
    running: bool = arg("only those that run", default=False)
    restarts: bool = arg("count restarts too (asks for each container)", default=False)


@dataclass(frozen=True, slots=True)
class Containers:
    """Containers by name, id, or the beginning of an id."""

    names: tuple[str, ...] = arg("containers", positional=True, kind="container", metavar="NAME")


@dataclass(frozen=True, slots=True)
class StopContainers:
    """Containers, and how long they may take."""

    names: tuple[str, ...] = arg("containers", positional=True, kind="container", metavar="NAME")
    grace: float = arg("time before it is killed", default=10.0, kind="span", metavar="10s")


@dataclass(frozen=True, slots=True)
class KillContainers:
    """Containers, and the signal for them."""

    names: tuple[str, ...] = arg("containers", positional=True, kind="container", metavar="NAME")
    signal: str = arg("signal", default="KILL")


@dataclass(frozen=True, slots=True)
class ExecIn:
    """A command to run in a container; words with a leading dash come after ``--``."""

    name: str = arg("container", positional=True, kind="container", metavar="NAME")
    command: tuple[str, ...] = arg("command and its words", positional=True, metavar="COMMAND")
    user: str = arg("user in the container", default="")
    folder: str = arg("folder in the container", default="")


@dataclass(frozen=True, slots=True)
class ShellIn:
    """A shell in a container."""

    name: str = arg("container", positional=True, kind="container", metavar="NAME")
    shell: str = arg("program; default: bash, else sh", default="")
    user: str = arg("user in the container", default="")


@dataclass(frozen=True, slots=True)
class Project:
    """A compose project made elsewhere, by its name."""

    name: str = arg("project", positional=True, kind="project", metavar="NAME")


@dataclass(frozen=True, slots=True)
class ProjectUp:
    """A compose project made elsewhere, or the folder of one that has no containers yet."""

    name: str = arg("project", positional=True, kind="project", metavar="NAME")
    folder: str = arg("folder of a project that has no containers", default="", kind="path", metavar="FOLDER")


@dataclass(frozen=True, slots=True)
class ProjectDown:
    """A compose project made elsewhere, and whether its volumes go too."""

    name: str = arg("project", positional=True, kind="project", metavar="NAME")
    volumes: bool = arg("remove its volumes too: their data is lost", default=False)
