"""Compose through the docker command line, one process at a time, each of which can be stopped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import ComposeProject, RunResult
from machete_tui.core.errors import Conflict, InvalidInput, MacheteError, NotFound
from machete_tui.core.secrets import Redactor
from machete_tui.core.settings import Settings
from machete_tui.core.trail import note
from machete_tui.engines import cli, faults
from machete_tui.engines.envfile import variables
from machete_tui.engines.runner import Runner

TAIL = 40
"""Lines of output that an error carries."""

LONGEST = 100_000
"""Lines of a configuration at most."""

_NO_IMAGE = re.compile(
    r"(?:No such image: |pull access denied for |manifest for )(\S+?)(?:,| not found|$)"
    r"|failed to resolve reference \"(\S+?)\"",
    re.MULTILINE,
)
_PULLED = re.compile(
    r"^ ?(\S+) Error +(?:Get|Head|failed|context|dial|pull|manifest|denied|unauthorized)", re.M
)
_OFFLINE = re.compile(r"Get \"https?://\S+/v2/|dial tcp: lookup|server misbehaving|i/o timeout")
_DEPENDENCY = re.compile(r"dependency failed to start: (.+)|(service \"\S+\" didn't complete successfully.*)")


class Compose:
    """Runs compose on the Engine that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self, project: ComposeProject) -> None:
        """Validate the files; raises InvalidInput with compose's own reason."""
        code, lines = self._run(project, Cancel(), "config", "--quiet")
        if code:
            raise invalid(lines)

    def up(
        self, project: ComposeProject, cancel: Cancel, scale: Mapping[str, int]
    ) -> Iterator[tuple[str, ...]]:
        """Converge the project, yielding output in batches."""
        # No --pull: it would overrule the files, and images built here are never to be looked for elsewhere.
        words = ["up", "--detach", "--remove-orphans", "--no-build"]
        for name, count in sorted(scale.items()):
            words += ["--scale", f"{name}={count}"]
        runner = self._runner(project, *words)
        redact = _redactor(project)
        note(redact(cli.shown(cli.docker(self._settings, *arguments(project), *words))))
        for batch in runner.batches(cancel):
            yield tuple(redact(line) for line in batch)
        if runner.code:
            log = tuple(redact(line) for line in runner.tail)
            service = _PULLED.search("\n".join(log))
            raise self._no_image(project, service[1], log) if service else refused(log)

    def command(
        self, project: ComposeProject, words: Sequence[str], cancel: Cancel
    ) -> Iterator[tuple[str, ...]]:
        """Run any compose command, yielding output in batches."""
        runner = self._runner(project, *words)
        redact = _redactor(project)
        for batch in runner.batches(cancel):
            yield tuple(redact(line) for line in batch)
        if runner.code:
            log = tuple(redact(line) for line in runner.tail)
            service = _PULLED.search("\n".join(log))
            raise self._no_image(project, service[1], log) if service else refused(log, project.name)

    def output(self, project: ComposeProject, *words: str) -> str:
        """Return what a command that changes nothing prints; raises InvalidInput with compose's reason."""
        runner = self._runner(project, *words, progress="quiet", keep=LONGEST, apart=True)
        for _ in runner.batches(Cancel()):
            pass
        if runner.code:
            # What went wrong is told on the stream that a program's data is not mixed with.
            code, lines = self._run(project, Cancel(), *words)
            raise invalid(lines) if code else invalid(tuple(runner.tail))
        return "\n".join(runner.tail)

    def run(
        self, project: ComposeProject, service: str, command: str, cancel: Cancel, *, name: str
    ) -> RunResult:
        """Run a shell command as a container of a service, called ``name``, and return how it ended."""
        words = ["run", "--rm", "--no-TTY", "--quiet-pull", "--name", name, "--entrypoint", "sh"]
        runner = self._runner(project, *words, service, "-c", command, progress="quiet", keep=2000)
        redact = _redactor(project)
        lines = [redact(line) for batch in runner.batches(cancel) for line in batch]
        if runner.code:
            error = known(tuple(lines[-TAIL:]))
            if error is not None:
                raise error
        return RunResult(runner.code or 0, tuple(lines))

    def _no_image(self, project: ComposeProject, service: str, log: tuple[str, ...]) -> NotFound:
        """Return that a service's image is not to be had; compose's own line names only the service."""
        code, lines = self._run(project, Cancel(), "config", "--images", service)
        missing = faults.no_image(lines[-1] if lines and not code else f"of service {service}")
        return NotFound(missing.what, missing.mend, log=log)

    def _run(self, project: ComposeProject, cancel: Cancel, *words: str) -> tuple[int, tuple[str, ...]]:
        runner = self._runner(project, *words)
        redact = _redactor(project)
        for _ in runner.batches(cancel):
            pass
        return runner.code or 0, tuple(redact(line) for line in runner.tail)

    def _runner(
        self,
        project: ComposeProject,
        *words: str,
        progress: str = "plain",
        keep: int = TAIL,
        apart: bool = False,
    ) -> Runner:
        if not Path(project.folder).is_dir():
            raise InvalidInput(f"there is no folder {project.folder}", field="folder")
        if project.foreign:
            env = dict(os.environ)
            env.pop("COMPOSE_FILE", None)  # the files are named
        else:
            env = cli.environment(without=variables(Path(project.folder) / project.env_file))
        return Runner(
            cli.docker(self._settings, *arguments(project, progress), *words),
            env=env,
            cwd=project.folder,
            keep=keep,
            apart=apart,
        )


def arguments(project: ComposeProject, progress: str = "plain") -> list[str]:
    """Return what names a project on docker's command line; its variables stand in its file alone."""
    folder = Path(project.folder)
    words = ["compose", "--ansi", "never", "--progress", progress, "--project-name", project.name]
    words += ["--project-directory", project.folder]
    if project.env_file and (folder / project.env_file).is_file():
        words += ["--env-file", str(folder / project.env_file)]
    for name in project.files:
        words += ["--file", str(folder / name)]
    return words


def known(log: tuple[str, ...]) -> MacheteError | None:
    """Return the error behind compose's last lines where it has a name of its own."""
    text = "\n".join(log)
    if re.search(r"(?:^|: )(?:unexpected )?EOF$", text, re.MULTILINE):
        return faults.gone()
    found = faults.known(text, log)
    if found is not None:
        return found
    match = _DEPENDENCY.search(text)
    if match:
        return faults.dependency_failed(match[1] or match[2], log)
    image = _NO_IMAGE.search(text)
    if image or _OFFLINE.search(text):
        ref = next((g for g in image.groups() if g), "") if image else ""
        missing = faults.no_image(ref or "of a service")
        return NotFound(missing.what, missing.mend, log=log)
    return None


def refused(log: tuple[str, ...], name: str = "the service") -> MacheteError:
    """Return the error of a command that ended badly."""
    found = known(log)
    if found is not None:
        return found
    reason = _reason(log)
    return Conflict(f"compose could not start {name}: {reason}", "see compose's last lines", log=log)


def invalid(log: tuple[str, ...]) -> MacheteError:
    """Return the error of a ``config`` that ended badly."""
    found = faults.known("\n".join(log), log)
    if found is not None:
        return found
    return InvalidInput(f"the compose file is not valid: {_reason(log)}", "mend the file", log=log)


def _reason(log: tuple[str, ...]) -> str:
    said = [line for line in log if line.strip() and "level=warning" not in line]
    return said[-1].strip().removeprefix("Error response from daemon: ") if said else "no output"


def _redactor(project: ComposeProject) -> Redactor:
    return Redactor(variables(Path(project.folder) / project.env_file))
