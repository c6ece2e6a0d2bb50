"""Where the kernel keeps a container's figures, for both cgroup versions; finding and opening only.

Version 1 has a folder for each controller, ``<controller>/docker/<id>``; version 2 one folder,
``system.slice/docker-<id>.scope`` or ``docker/<id>``. A hybrid machine has version 1's controllers and
beside them a version 2 tree that has none.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
from collections.abc import Callable, Mapping
from pathlib import Path

from machete_tui.core.frozen import dataclass

HIGH = 2048
"""Descriptors are kept above this number where the limit allows it: ``select`` cannot use such ones."""

ENOUGH = 1 << 16
"""How many descriptors this process asks for."""

_NO_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one container; None where there is no such file.

    Attributes:
        cpu: CPU time: ``cpuacct.usage`` or ``cpu.stat``.
        usage: memory in use.
        stat: memory by kind.
        pids: number of processes and threads.
        io: bytes by block device.
        procs: process numbers.
        limit: limit of memory.
        quota: files of the CPU limit: one in version 2, quota and period in version 1.
        two: whether they are version 2's.
    """

    cpu: Path
    usage: Path
    stat: Path
    pids: Path
    io: Path
    procs: Path
    limit: Path
    quota: tuple[Path, ...]
    two: bool


def find(root: Path, proc: Path, ident: str, pid: Callable[[str], int]) -> Places | None:
    """Return where a container's files are, or None.

    Args:
        root: where cgroups are mounted.
        proc: where processes are.
        ident: full id of the container.
        pid: asks for its first process; called only when its folder has no usual name.
    """
    for folder in (f"system.slice/docker-{ident}.scope", f"docker/{ident}"):
        two = _two(root / folder)
        if two is not None:
            return two
    for folder in (f"docker/{ident}", f"system.slice/docker-{ident}.scope"):
        one = _one(root, {}, folder)
        if one is not None:
            return one
    process = pid(ident)
    return _by_process(root, proc, ident, process) if process > 0 else None


def _two(folder: Path) -> Places | None:
    if not (folder / "cpu.stat").is_file() or not (folder / "memory.current").is_file():
        return None
    return Places(
        folder / "cpu.stat",
        folder / "memory.current",
        folder / "memory.stat",
        folder / "pids.current",
        folder / "io.stat",
        folder / "cgroup.procs",
        folder / "memory.max",
        (folder / "cpu.max",),
        two=True,
    )


def _one(root: Path, paths: Mapping[str, str], usual: str) -> Places | None:
    def place(controller: str) -> Path:
        return root / controller / paths.get(controller, usual)

    usage, memory, io = place("cpuacct") / "cpuacct.usage", place("memory"), place("blkio")
    if not usage.is_file() or not memory.is_dir():
        return None
    recursive = io / "blkio.throttle.io_service_bytes_recursive"
    return Places(
        usage,
        memory / "memory.usage_in_bytes",
        memory / "memory.stat",
        place("pids") / "pids.current",
        recursive if recursive.is_file() else io / "blkio.throttle.io_service_bytes",
        memory / "cgroup.procs",
        memory / "memory.limit_in_bytes",
        (place("cpu") / "cpu.cfs_quota_us", place("cpu") / "cpu.cfs_period_us"),
        two=False,
    )


def _by_process(root: Path, proc: Path, ident: str, pid: int) -> Places | None:
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return None
    paths: dict[str, str] = {}
    for line in lines:
        controllers, _, path = line.partition(":")[2].partition(":")
        if ident in path:  # else it is not this container's any more
            paths |= {name: path.lstrip("/") for name in controllers.split(",")}
    if "cpuacct" in paths and "memory" in paths:
        return _one(root, paths, paths["memory"])
    return _two(root / paths[""]) if "" in paths else None


def limits(places: Places) -> tuple[int, float]:
    """Return the bytes of memory and the cores that it may use, each 0 for no limit."""
    memory, cpus = 0, 0.0
    with contextlib.suppress(OSError, ValueError):
        memory = int(places.limit.read_bytes())  # "max" is no number
    with contextlib.suppress(OSError, ValueError, IndexError):
        words = b" ".join(path.read_bytes() for path in places.quota).split()
        quota, period = int(words[0]), int(words[1])
        cpus = quota / period if quota > 0 and period > 0 else 0.0
    return memory if 0 < memory < _NO_LIMIT else 0, cpus


def keep(path: Path) -> int:
    """Open a file to be read again and again; -1 where it cannot be."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1
    if _roomy():
        with contextlib.suppress(OSError):
            high = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, HIGH)
            os.close(number)
            return high
    return number


_asked: list[bool] = []


def _roomy() -> bool:
    """Ask once for more descriptors: six a container are more than the usual 1,024 for 200 of them."""
    if not _asked:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                soft = wanted
        _asked.append(soft == resource.RLIM_INFINITY or soft > 2 * HIGH)
    return _asked[0]
