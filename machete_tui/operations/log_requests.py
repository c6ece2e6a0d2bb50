"""What a person can say to the verbs that show logs."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping

from machete_tui.core.frozen import dataclass
from machete_tui.core.logs import LogBatch
from machete_tui.operations.registry import arg

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which lines, and how; common to services and containers.

    ``sink``, where it is given, gets the lines as bytes, and the operation tells only what happens.
    ``seen`` makes reading go on where it ended: container id -> time of its last line, how many had it.
    """

    follow: bool = arg("go on as lines come, of containers that start later too", default=False)
    since: float = arg("only the last span", default=0.0, kind="span", metavar="10m")
    until: float = arg("only what is older than a span", default=0.0, kind="span", metavar="5m")
    tail: int = arg("the last lines of each container; 0 for all; default: 100, or all of a span", default=-1)
    level: str = arg("least level of a line", default="", choices=LEVELS)
    grep: str = arg("only lines that match this expression; a leading ! inverts", default="", metavar="REGEX")
    context: int = arg("lines shown before and after each of them", default=0)
    markers: bool = arg("deployments, starts and ends between the lines", default=False)
    format: str = arg("form of the lines", default="text", choices=("text", "json", "csv"))
    output: str = arg("write them to a file", default="", kind="path", metavar="FILE")
    stay: bool = arg("wait for containers to come when all have ended", default=False, hidden=True)
    sink: Callable[[LogBatch], None] | None = arg("where lines go", default=None, hidden=True)
    seen: MutableMapping[str, tuple[float, int]] | None = arg("what was read", default=None, hidden=True)


@dataclass(frozen=True, slots=True)
class Logs(Shown):
    """Which log lines of which services."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    also: tuple[str, ...] = arg("more services", positional=True, default=(), metavar="NAME")
    component: str = arg("only this component", default="")
    since_deploy: bool = arg("only since the last deployment began", default=False)
    containers: tuple[str, ...] = arg("containers beside the services", default=(), hidden=True)


@dataclass(frozen=True, slots=True)
class ContainerLogs(Shown):
    """Which log lines of which containers."""

    name: str = arg("container, by name or id", positional=True, metavar="CONTAINER")
    also: tuple[str, ...] = arg("more containers", positional=True, default=(), metavar="CONTAINER")
