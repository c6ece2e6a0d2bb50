"""Bytes that went over a network namespace's interfaces, from its ``net/dev``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from machete_tui.engines.cgroup_files import keep


def totals(text: bytes, counts: Callable[[bytes], bool] | None = None) -> tuple[int, int]:
    """Return the bytes received and sent over every interface but ``lo``.

    Args:
        text: of ``net/dev``.
        counts: says of an interface's name whether it counts too.
    """
    rx = tx = 0
    at = text.find(b":")
    while at > 0:
        start, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
        if end < 0:
            end = len(text)
        name = text[start:at].strip()
        if name != b"lo" and (counts is None or counts(name)):
            figures = text[at + 1 : end].split(None, 9)
            rx += int(figures[0])
            tx += int(figures[8])
        at = text.find(b":", end)
    return rx, tx


def own_interface(name: bytes) -> bool:
    """Return whether an interface is the machine's own: not a bridge of Docker's, nor a container's end."""
    return not name.startswith((b"veth", b"docker", b"br-", b"virbr", b"tun", b"tap", b"cni", b"flannel"))


def first_process(procs: Path) -> int:
    """Return the first process of a cgroup; 0 when there is none, or none that this process can see."""
    try:
        with procs.open("rb") as file:
            return int(file.readline() or 0)
    except (OSError, ValueError):
        return 0


def opened(proc: Path, pid: int, ident: str) -> int | None:
    """Open a container's ``net/dev``.

    Args:
        proc: where processes are.
        pid: one of its processes.
        ident: its full id, which the process's cgroup must hold: the number may be another's by now.

    Returns:
        A descriptor; -1 when it cannot be opened now; None when the container has the host's network.
    """
    place = proc / str(pid)
    if pid <= 0:
        return -1
    number = keep(place / "net" / "dev")
    if number < 0:
        return -1
    try:
        known = (place / "cgroup").read_text()
    except OSError:
        known = ""
    if ident not in known:
        os.close(number)
        return -1
    if _same_network(proc, place, number):
        os.close(number)
        return None
    return number


def _same_network(proc: Path, place: Path, number: int) -> bool:
    """Return whether a process is in this one's network; by its interfaces where that may not be asked."""
    try:
        return (place / "ns" / "net").stat().st_ino == (proc / "self" / "ns" / "net").stat().st_ino
    except FileNotFoundError:
        return False
    except OSError:
        pass
    try:
        own = (proc / "self" / "net" / "dev").read_bytes()
        return _names(own) == _names(os.pread(number, 1 << 16, 0))
    except OSError:
        return False


def _names(text: bytes) -> set[bytes]:
    return {line.partition(b":")[0].strip() for line in text.splitlines() if b":" in line}
