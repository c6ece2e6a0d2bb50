"""Processes by their exact ids: waiting for their end, and finding those that an engine left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.rig.commands import RigError


def alive(pid: int) -> bool:
    """Return whether a process runs; a zombie, which init may reap late, does not."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "\nState:\tZ" not in status


def read_pid(file: Path, program: str) -> int:
    """Return the id in a pid file if that process is still ``program``; else 0."""
    try:
        pid = int(file.read_text())
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, ValueError):
        return 0
    return pid if name == program and alive(pid) else 0


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something is so; raises RigError naming ``what`` when the time is up."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise RigError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def end(pid: int, seconds: float = 20.0) -> None:
    """End a process: SIGTERM, then SIGKILL when the time is up."""
    if not pid or not alive(pid):
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    try:
        wait_until(lambda: not alive(pid), seconds, f"process {pid} ends")
    except RigError:
        kill(pid)


def kill(pid: int) -> None:
    """Kill a process at once and wait until it is gone."""
    if not pid:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid), 10, f"process {pid} is killed")


def mentioning(folder: Path, programs: tuple[str, ...]) -> Iterator[int]:
    """Yield the processes of some programs whose command line names a path inside ``folder``."""
    wanted = f"{folder}/".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with suppress(OSError):
            named = (entry / "comm").read_text().strip().startswith(programs)
            if named and wanted in (entry / "cmdline").read_bytes():
                yield int(entry.name)


def children(pid: int) -> list[int]:
    """Return the direct children of a process."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += [int(word) for word in (task / "children").read_text().split()]
    return found
