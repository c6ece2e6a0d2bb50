"""This machine: what is installed, what would make it ready, and the one runner of such changes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import EngineUnavailable, MacheteError, NotFound, NotPermitted
from machete_tui.core.machine import (
    BasesContext,
    Change,
    Command,
    MachineFacts,
    StartDaemon,
    WriteFile,
)
from machete_tui.core.settings import Settings
from machete_tui.engines import packages_facts as looking
from machete_tui.engines.packages_plan import setup_changes
from machete_tui.engines.processes import run_lines

ENGINE_START_SECONDS = 60.0
"""How long a started Engine may take until its socket answers."""


class LocalMachine:
    """The machine that this process runs on: a :class:`machete_tui.core.machine.Machine`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._daemons: list[subprocess.Popen[bytes]] = []

    def facts(self) -> MachineFacts:
        """Look, changing nothing; takes up to a second."""
        return looking.facts(self._settings)

    def setup(self, facts: MachineFacts) -> tuple[Change, ...]:
        """Return what would make this machine ready, in order; empty when it is."""
        from machete_tui.engines.bootstrap_mirrors import apt_sources

        return setup_changes(facts, apt_sources(), str(self._settings.state_dir / "dockerd.log"))

    def apply(self, change: Change, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Make one change, yielding its output in batches; raises MacheteError with the last lines."""
        if isinstance(change, Command):
            mend = "mend what it says, then run the same again: what is done stays done"
            yield from run_lines(change.argv, cancel, env=change.env, mend=mend)
        elif isinstance(change, WriteFile):
            yield from _write(change)
        else:
            yield from self._start(change, cancel)

    def _start(self, daemon: StartDaemon, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Start a daemon that outlives this process; return when the Engine's socket answers."""
        log = Path(daemon.log)
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with log.open("ab") as out:
            begins = out.tell()
            try:
                process = subprocess.Popen(
                    daemon.argv,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    cwd="/",
                )
            except FileNotFoundError:
                raise NotFound(
                    f"{daemon.argv[0]} is not installed", "machete-tui --run system.setup"
                ) from None
        self._daemons.append(process)
        yield (f"process {process.pid}, pid file {daemon.pid_file}, log {daemon.log}",)
        deadline = time.monotonic() + ENGINE_START_SECONDS
        while time.monotonic() < deadline:
            if looking.pings(self._settings.socket):
                return
            if process.poll() is not None:
                break
            if cancel.wait(0.1):
                process.terminate()
                cancel.check()
        tail = _tail(log, begins)
        ended = f"ended with {process.returncode}" if process.poll() is not None else "does not answer"
        process.terminate()
        raise EngineUnavailable(f"{daemon.argv[0]} {ended}", f"its log says why: {daemon.log}", log=tail)

    def ask(self, question: str) -> bool | None:
        """Ask yes or no on the terminal; None where nobody can answer.

        A terminal that a full-screen program has taken over (it then reads key by key) counts as nobody.
        """
        if not looking.line_terminal():
            return None
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def base_root(self, cancel: Cancel, *, refresh: bool = False) -> Generator[tuple[str, ...], None, str]:
        """Make the root file system of the base images, or take the one made before; return its tar."""
        from machete_tui.engines import bootstrap

        codename = looking.os_release().get("VERSION_CODENAME", "")
        return (yield from bootstrap.base_root(self._bases, codename, cancel, refresh=refresh))

    def bases_context(self) -> BasesContext:
        """Write the build context of the base images into the cache folder and return it."""
        from machete_tui.engines import bootstrap

        return bootstrap.bases_context(self._bases, looking.os_release().get("VERSION_CODENAME", ""))

    @property
    def _bases(self) -> Path:
        return self._settings.cache_dir / "bases"

    def example(self, name: str) -> str:
        """Return the absolute folder of an example that comes with the program, or raise NotFound."""
        return looking.example(name)


def _write(change: WriteFile) -> Iterator[tuple[str, ...]]:
    path = Path(change.path)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(change.text, encoding="utf-8")
        part.chmod(0o644)
        part.replace(path)
    except PermissionError:
        raise NotPermitted(f"{change.path} may not be written", "run it as root") from None
    except OSError as error:
        raise MacheteError(f"{change.path} cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    yield (f"wrote {change.path}",)


def _tail(log: Path, begins: int) -> tuple[str, ...]:
    with log.open("rb") as file:
        file.seek(max(begins, os.fstat(file.fileno()).st_size - 8192))
        return tuple(file.read().decode(errors="replace").splitlines()[-40:])
