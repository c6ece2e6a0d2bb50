"""The requests of the service and deployment verbs: what a person can say to each of them."""

from __future__ import annotations

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Detection
from machete_tui.operations.log_requests import ContainerLogs as ContainerLogs
from machete_tui.operations.log_requests import Logs as Logs
from machete_tui.operations.queries import ListServices as ListServices
from machete_tui.operations.queries import Name as Name
from machete_tui.operations.queries import Nothing as Nothing
from machete_tui.operations.registry import arg


@dataclass(frozen=True, slots=True)
class Deploy:
    """Deploy a source: make a service of it, or a new release of the service that it is already."""

    source: str = arg("folder or Git URL", positional=True, kind="path", metavar="SOURCE")
    name: str = arg("service name; default: from the manifest or the folder", default="", kind="service")
    branch: str = arg("branch, tag or commit", default="")
    path: str = arg("sub-folder of the source", default="")
    port: int = arg("stable host port; default: the lowest free one", default=0)
    env: tuple[str, ...] = arg("environment variable, repeatable", default=(), kind="pair", metavar="K=V")
    env_file: str = arg("file of environment variables", default="", kind="path", metavar="FILE")
    cpus: float = arg("cores that each component may use", default=0.0)
    memory: int = arg("memory that each component may use", default=0, kind="size", metavar="256m")
    replicas: int = arg("containers of the main component", default=0)
    ssh_key: str = arg("private key for ssh remotes", default="", kind="path", metavar="FILE")
    token_env: str = arg("variable that holds the token for http(s) remotes", default="", metavar="NAME")
    token_file: str = arg("file that holds it", default="", kind="path", metavar="FILE")
    allow_mount: tuple[str, ...] = arg(
        "host path that a component may mount although the rules refuse it, repeatable",
        default=(),
        kind="path",
        metavar="PATH",
    )
    without: tuple[str, ...] = arg(
        "backing service that is not to be run, repeatable", default=(), metavar="SERVICE"
    )
    watch: float = arg(
        "how long to watch the new release; default 15s", default=-1.0, kind="span", metavar="15s"
    )
    gate: float = arg("how long it may take to answer; default 60s", default=-1.0, kind="span", metavar="60s")
    dry_run: bool = arg("show the whole plan and touch nothing", default=False)
    write: bool = arg("write the generated files into the source's folder too", default=False)
    detection: Detection | None = arg("detection with the operator's edits", default=None, hidden=True)
    component_env: tuple[tuple[str, str, str], ...] = arg("(component, name, value)", default=(), hidden=True)
    limits: tuple[tuple[str, float, int], ...] = arg("(component, cpus, memory)", default=(), hidden=True)
    component_replicas: tuple[tuple[str, int], ...] = arg("(component, replicas)", default=(), hidden=True)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Build the service's source again and put the result live."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    branch: str = arg("another branch, tag or commit", default="")
    watch: float = arg("how long to watch the new release", default=-1.0, kind="span", metavar="15s")
    gate: float = arg("how long it may take to answer", default=-1.0, kind="span", metavar="60s")
    dry_run: bool = arg("show the whole plan and touch nothing", default=False)


@dataclass(frozen=True, slots=True)
class Scale:
    """How many containers components run: ``2`` for the main one, ``worker=3`` for another."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    replicas: tuple[str, ...] = arg(
        "N for the main component, or COMPONENT=N", positional=True, metavar="[COMPONENT=]N"
    )


@dataclass(frozen=True, slots=True)
class Update:
    """Change a service's environment, limits or port: a new release of the same images."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    env: tuple[str, ...] = arg("set a variable, repeatable", default=(), kind="pair", metavar="K=V")
    env_file: str = arg("set those of a file", default="", kind="path", metavar="FILE")
    unset: tuple[str, ...] = arg("remove a variable, repeatable", default=(), metavar="K")
    cpus: float = arg("cores that each component may use; 0 for no limit", default=-1.0)
    memory: int = arg(
        "memory that each component may use; 0 for no limit", default=-1, kind="size", metavar="256m"
    )
    port: int = arg("another stable host port", default=0)
    watch: float = arg("how long to watch the new release", default=-1.0, kind="span", metavar="15s")
    gate: float = arg("how long it may take to answer", default=-1.0, kind="span", metavar="60s")


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a service: containers, networks, images, port. Volumes stay unless told."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    volumes: bool = arg("remove its volumes too: their data is lost", default=False)


@dataclass(frozen=True, slots=True)
class ListDeployments:
    """Which deployments to list."""

    name: str = arg("only this service", positional=True, default="", kind="service", metavar="NAME")
    limit: int = arg("how many", default=20)


@dataclass(frozen=True, slots=True)
class OneDeployment:
    """One deployment of a service."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    number: int = arg("deployment's number; default: the last one", positional=True, default=0, metavar="NO")


@dataclass(frozen=True, slots=True)
class DeploymentLog:
    """The log of one deployment."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    number: int = arg("deployment's number; default: the last one", positional=True, default=0, metavar="NO")
    follow: bool = arg("go on until it ends", default=False)


@dataclass(frozen=True, slots=True)
class Diff:
    """Two releases to compare: default the live one and the one before it."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    before: int = arg("older release", positional=True, default=0, kind="release", metavar="BEFORE")
    after: int = arg("newer release", positional=True, default=0, kind="release", metavar="AFTER")


@dataclass(frozen=True, slots=True)
class Rollback:
    """The release to put live again."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    release: int = arg(
        "release; default: the one before", positional=True, default=0, kind="release", metavar="RELEASE"
    )
    watch: float = arg("how long to watch it", default=-1.0, kind="span", metavar="15s")
    gate: float = arg("how long it may take to answer", default=-1.0, kind="span", metavar="60s")


@dataclass(frozen=True, slots=True)
class ListPorts:
    """No choice: all ports that are held."""


@dataclass(frozen=True, slots=True)
class OnePort:
    """A host port."""

    port: int = arg("host port", positional=True, metavar="PORT")
    note: str = arg("what it is for", default="")


@dataclass(frozen=True, slots=True)
class ListEvents:
    """Which rows of the audit trail."""

    name: str = arg("only of this service", positional=True, default="", kind="service", metavar="NAME")
    limit: int = arg("how many", default=50)
    after: int = arg("only above this sequence number", default=0)
    follow: bool = arg("go on as events come", default=False)
