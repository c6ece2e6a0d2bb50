"""What an engine does with single containers, and with compose projects that were made elsewhere.

Two parts of :class:`machete_tui.core.engine.Engine`, and the command lines that a person would type for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from machete_tui.core.frozen import dataclass

if TYPE_CHECKING:
    from machete_tui.core.cancel import Cancel
    from machete_tui.core.engine import ComposeProject, RunResult

ProjectVerb = Literal["up", "restart", "rebuild", "pull", "recreate"]

COMPOSE_WORDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "up": (("up", "-d"),),
    "restart": (("restart",),),
    "rebuild": (("up", "-d", "--build"),),
    "pull": (("pull",), ("up", "-d")),
    "recreate": (("up", "-d", "--force-recreate"),),
}
"""Verb -> what follows ``docker compose -p NAME -f FILE``, one command after the other."""


@dataclass(frozen=True, slots=True)
class Composed:
    """One service of a compose project as its files say now.

    Attributes:
        name: compose's name of it.
        hash: of its configuration, as compose writes it on the containers that it makes.
        image: what it is to run; empty when it is built under compose's own name.
        environment: names and values.
        ports: (host port or 0, container's port, protocol).
        optional: whether it belongs to a profile, so that it may have no container.
    """

    name: str
    hash: str
    image: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[tuple[int, int, str], ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Terminal:
    """A command that is to have a terminal of its own, with the environment that it needs."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]


class ContainerVerbs(Protocol):
    """What is done with one container beside starting and stopping it."""

    def pause(self, container: str) -> None:
        """Freeze its processes; raises Conflict when it does not run, or is paused."""

    def unpause(self, container: str) -> None:
        """Let them go on; raises Conflict when it is not paused."""

    def kill(self, container: str, signal: str = "KILL") -> None:
        """Send its first process a signal; raises Conflict when it does not run."""

    def inspect(self, container: str) -> dict[str, Any]:
        """Return all that the engine knows of it, as the engine's own JSON."""

    def exec(
        self, container: str, command: Sequence[str], cancel: Cancel, *, user: str = "", folder: str = ""
    ) -> RunResult:
        """Run a command in it and return how it ended; raises NotFound for a program that it has not."""

    def terminal(
        self, container: str, command: Sequence[str], *, user: str = "", folder: str = ""
    ) -> Terminal:
        """Return what runs a command in it with this terminal as its own."""


class ProjectVerbs(Protocol):
    """What is done with a compose project that was made elsewhere; its files are read and never written."""

    def compose_missing(self, project: ComposeProject) -> str:
        """Return why the project's files cannot be used, in one line; empty when they can."""

    def compose(
        self, project: ComposeProject, words: Sequence[str], cancel: Cancel
    ) -> Iterator[tuple[str, ...]]:
        """Run one compose command on the project, yielding its output in batches.

        Args:
            project: which.
            words: what follows the project's name and files: one of :data:`COMPOSE_WORDS`.
            cancel: stops it.
        """

    def compose_config(self, project: ComposeProject) -> str:
        """Return the effective compose file: merged, interpolated, as YAML."""

    def composed(self, project: ComposeProject) -> dict[str, Composed]:
        """Return the project's services as its files say now, by name; raises InvalidInput."""


def docker_line(*words: str) -> str:
    """Return a docker command as a person would type it."""
    import shlex

    return shlex.join(("docker", *words))


def compose_line(project: ComposeProject, words: Sequence[str]) -> str:
    """Return a compose command as a person would type it."""
    from pathlib import PurePath

    folder = PurePath(project.folder)
    given = ["compose", "-p", project.name]
    files = [folder / name for name in project.files]
    if files and files[0].parent != folder:
        given += ["--project-directory", project.folder]
    for file in files:
        given += ["-f", str(file)]
    return docker_line(*given, *words)
