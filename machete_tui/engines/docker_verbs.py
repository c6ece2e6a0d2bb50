"""What Docker does with single containers and with compose projects made elsewhere; a part of its engine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import ComposeProject, RunResult
from machete_tui.core.errors import Conflict, MacheteError, NotFound
from machete_tui.core.settings import Settings
from machete_tui.core.verbs import Composed, Terminal
from machete_tui.engines import faults

if TYPE_CHECKING:
    from docker import APIClient

    from machete_tui.engines.compose import Compose
    from machete_tui.engines.wire import Transport

_STATE = re.compile(
    r"is (?:not running|already paused|not paused|paused|restarting)|cannot kill container", re.I
)
_NO_PROGRAM = re.compile(r'exec: "([^"]*)"|executable file not found|stat (\S+): no such file')


class DockerVerbs:
    """Mixed into :class:`~machete_tui.engines.docker.DockerEngine`, which gives it its connections."""

    _settings: Settings

    def _changing(self) -> AbstractContextManager[APIClient]:
        raise NotImplementedError

    def _awake(self) -> None:
        raise NotImplementedError

    @property
    def _reads(self) -> Transport:
        raise NotImplementedError

    @cached_property
    def _compose(self) -> Compose:
        from machete_tui.engines.compose import Compose

        return Compose(self._settings)

    def pause(self, container: str) -> None:
        """Freeze its processes."""
        self._sent(container, "pause")

    def unpause(self, container: str) -> None:
        """Let them go on."""
        self._sent(container, "unpause")

    def kill(self, container: str, signal: str = "KILL") -> None:
        """Send its first process a signal."""
        self._sent(container, "kill", signal)

    def inspect(self, container: str) -> dict[str, Any]:
        """Return the Engine's own JSON."""
        raw: dict[str, Any] = self._reads.get(f"/containers/{named(container)}/json")
        return raw

    def exec(
        self, container: str, command: Sequence[str], cancel: Cancel, *, user: str = "", folder: str = ""
    ) -> RunResult:
        """Run a command in it, through docker's own client, which can be stopped while it runs."""
        from machete_tui.engines import cli
        from machete_tui.engines.runner import output

        ident = str(self.inspect(container)["Id"])
        self._awake()
        words = ["exec", *_options(user, folder), ident, *command]
        code, lines = output(cli.docker(self._settings, *words), cancel, env=cli.environment(), keep=2000)
        if code in (125, 126, 127, 1) and lines:
            self._explain(container, code, lines, command)
        return RunResult(code, lines)

    def terminal(
        self, container: str, command: Sequence[str], *, user: str = "", folder: str = ""
    ) -> Terminal:
        """Return the command line of docker's own client."""
        from machete_tui.engines import cli

        environment = cli.environment(TERM=os.environ.get("TERM", "xterm"))
        words = ["exec", "-it", *_options(user, folder), named(container), *command]
        return Terminal(tuple(cli.docker(self._settings, *words)), environment)

    def compose_missing(self, project: ComposeProject) -> str:
        """Return why the project's files cannot be used on this machine."""
        from machete_tui.engines import foreign

        return foreign.missing(project)

    def compose(
        self, project: ComposeProject, words: Sequence[str], cancel: Cancel
    ) -> Iterator[tuple[str, ...]]:
        """Run one compose command on the project."""
        self._awake()
        yield from self._compose.command(project, words, cancel)

    def compose_config(self, project: ComposeProject) -> str:
        """Return the effective compose file."""
        return self._compose.output(project, "config")

    def composed(self, project: ComposeProject) -> dict[str, Composed]:
        """Return the project's services as its files say now."""
        from machete_tui.engines import foreign

        return foreign.composed(self._compose, project)

    def _sent(self, container: str, verb: str, *words: str) -> None:
        try:
            with self._changing() as client:
                getattr(client, verb)(named(container), *words)
        except (NotFound, Conflict):
            raise
        except MacheteError as error:
            # Before 1.42 the Engine says with a fault of its own that a container is in the wrong state.
            if not _STATE.search(error.what):
                raise
            raise Conflict(
                error.what.removeprefix("the container engine refused: "), "look at its state"
            ) from error

    def _explain(self, container: str, code: int, lines: tuple[str, ...], command: Sequence[str]) -> None:
        said = " ".join(lines[-3:])
        found = faults.known(said, lines)
        if found is not None:
            raise found
        if "No such container" in said:
            raise faults.no_container(container)
        if "is not running" in said or "is paused" in said:
            raise Conflict(f"{container} does not run", "start it first", log=lines)
        if code in (126, 127) and "OCI runtime" in said and _NO_PROGRAM.search(said):
            raise NotFound(
                f"{container} has no program {command[0]}", "its image does not bring one", log=lines
            )


def named(container: str) -> str:
    """Return a container's name or id; one that cannot be any is not found, and never part of a path."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", container, re.ASCII):
        raise faults.no_container(repr(container))
    return container


def _options(user: str, folder: str) -> list[str]:
    return [*(("--user", user) if user else ()), *(("--workdir", folder) if folder else ())]
