"""Runs commands and measures them from outside: wall time, CPU of the process and its children."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost, in milliseconds: ``wall`` until it ended or painted, ``cpu`` user and system."""

    wall: float
    cpu: float


def environment(**more: str) -> dict[str, str]:
    """Return the environment with more, such that modules are compiled once and not at each start."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | more


def run(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """Run a command to its end; raises RuntimeError when it fails."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = (time.perf_counter() - begun) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Cost(wall, (usage.ru_utime + usage.ru_stime) * 1000)


def paint(
    command: Sequence[str], env: Mapping[str, str], ready: str, *, columns: int = 120, rows: int = 40
) -> Cost:
    """Start a program in a terminal and stop it when its output matches ``ready``, escapes removed.

    Raises:
        RuntimeError: it ended, or ten seconds passed, before that.
    """
    pattern = re.compile(ready)
    begun = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], list(command), {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    seen, matched = b"", False
    try:
        while time.perf_counter() - begun < 10 and not matched:
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                seen += os.read(terminal, 1 << 16)
            except OSError:
                break
            matched = bool(pattern.search(_plain(seen)))
        wall = (time.perf_counter() - begun) * 1000
    finally:
        os.kill(pid, signal.SIGKILL)
        _, _, usage = os.wait4(pid, 0)
        os.close(terminal)
    if not matched:
        raise RuntimeError(f"{' '.join(command)} never showed {ready!r}: {_plain(seen)[-400:]!r}")
    return Cost(wall, (usage.ru_utime + usage.ru_stime) * 1000)


def median(measure: Callable[[], Cost], times: int) -> Cost:
    """Return the medians of several runs, after one that warms the caches."""
    measure()
    costs = [measure() for _ in range(times)]
    return Cost(statistics.median(c.wall for c in costs), statistics.median(c.cpu for c in costs))


def ratio_line(what: str, ours: Cost, peer: str, theirs: Cost) -> str:
    """Return one line: both figures and both ratios."""
    return (
        f"{what}: wall {ours.wall:.0f} ms vs {peer} {theirs.wall:.0f} ms = {ours.wall / theirs.wall:.2f}x;"
        f" CPU {ours.cpu:.0f} ms vs {theirs.cpu:.0f} ms = {ours.cpu / theirs.cpu:.2f}x"
    )


def hold(what: str, ratio: float, target: float) -> None:
    """Fail a short run whose ratio is more than twice the target: it is too short to say more."""
    if ratio > target * 2:
        raise SystemExit(f"{what}: {ratio:.2f}x is more than twice {target:.2f}x")


def _plain(data: bytes) -> str:
    text = re.sub(rb"\x1b(\[[0-9;?<=>]*[a-zA-Z~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|.)", b"", data)
    return text.decode("utf-8", "replace")
