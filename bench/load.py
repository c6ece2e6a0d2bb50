"""What processes use, read from /proc: the program's own, and the daemons' that it asks."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Return seconds of CPU that a process used, with its reaped children; 0 for one that has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(f) for f in fields[11:15]) / _TICKS


def memory_of(pid: int) -> float:
    """Return megabytes of a process: its proportional set size."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:")), 0.0)


def parents() -> dict[int, int]:
    """Return the parent of each process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    return found


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    above = parents()
    found = [pid]
    for one in found:
        found += [child for child, parent in above.items() if parent == one]
    return found


def daemons(path: str) -> list[int]:
    """Return the Engine behind a socket and its containerd, without the containers' own processes."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
        raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    engine = int(struct.unpack("3i", raw)[0])
    children = [child for child, parent in parents().items() if parent == engine]
    return [engine, *(c for c in children if _name(c) == "containerd")]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def machine() -> str:
    """Return what this was measured on: processor, cores, memory, Python."""
    import platform

    text = Path("/proc/cpuinfo").read_text()
    model = next((x.partition(":")[2].strip() for x in text.splitlines() if x.startswith("model name")), "")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) >> 20
    python = platform.python_version()
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {memory} GiB, Python {python}"
