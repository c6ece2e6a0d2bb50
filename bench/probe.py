"""Drives any terminal program in a pty and measures it from outside.

What it writes is only stamped with the time while it runs, and drawn by an emulator afterwards, so that the
probe itself stays out of the figures.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyte

from bench.load import cpu_of, memory_of, tree

SETTLED = 0.06
"""Seconds without a byte after which a paint is over."""

_STRANGE = re.compile(rb"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP.*?\x1b\\|\x1b_.*?\x1b\\", re.S)
_ESCAPES = re.compile(rb"\x1b(?:\[[<>=?]?[0-9;:]*[ $]?[@-~]|[\]P_^].*?(?:\x07|\x1b\\)|[()][A-Z0-9]|.)", re.S)


@dataclass(slots=True)
class Keys:
    """Keys pressed one after the other: milliseconds until the paint was complete, and its bytes."""

    paints: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    missed: int = 0

    def paint(self, part: int) -> float:
        """Return a percentile of the paints."""
        return percentile(self.paints, part)

    @property
    def bytes(self) -> float:
        """Median bytes of a paint."""
        return statistics.median(self.sizes) if self.sizes else 0.0


class Probe:
    """One run of a program."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], size: tuple[int, int]) -> None:
        self.size = size
        self.received: list[tuple[float, bytes]] = []
        self.over = False
        given = {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        for name in ("NO_COLOR", "LINES", "COLUMNS"):
            given.pop(name, None)
        master, slave = pty.openpty()
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.begun = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(master)
            os.login_tty(slave)
            try:
                os.execvpe(command[0], list(command), given)
            finally:
                os._exit(127)
        os.close(slave)
        self._fd = master

    @property
    def now(self) -> float:
        """Seconds since the program was started."""
        return time.perf_counter() - self.begun

    def send(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys)

    def read(self, until: float) -> int:
        """Take what comes until a time; return its bytes."""
        size = 0
        while not self.over and (left := until - self.now) > 0:
            if not select.select([self._fd], [], [], left)[0]:
                break
            size += self._take()
        return size

    def _take(self) -> int:
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self.over = True
            return 0
        self.received.append((self.now, data))
        if b"\x1b[?2026$p" in data:
            self.send(b"\x1b[?2026;2$y")
        if re.search(rb"\x1b\[0?c", data):
            self.send(b"\x1b[?62;22c")
        if b"\x1b[6n" in data:
            self.send(b"\x1b[1;1R")
        return len(data)

    def until(self, pattern: str, count: int, patience: float) -> None:
        """Read until a pattern was written so many times; raises RuntimeError when it never is."""
        wanted, seen, at = re.compile(pattern.encode()), b"", 0
        while self.now < patience and not self.over:
            self.read(self.now + 0.02)
            seen += b"".join(data for _, data in self.received[at:])
            at = len(self.received)
            if len(set(wanted.findall(_ESCAPES.sub(b"", seen)))) >= count:
                return
        raise RuntimeError(f"never showed {pattern!r} {count} times: {_ESCAPES.sub(b'', seen)[-300:]!r}")

    def settle(self, quiet: float = SETTLED, limit: float = 1.5) -> None:
        """Read until nothing was written for a moment."""
        end = self.now + limit
        while self.now < end and self.read(self.now + quiet):
            pass

    def press(self, keys: Sequence[bytes], times: int, gap: float) -> Keys:
        """Press keys in turn, each when the paint of the one before is over."""
        found = Keys()
        for number in range(times):
            self.read(self.now + gap)
            at, begun = len(self.received), self.now
            self.send(keys[number % len(keys)])
            end = begun + 1.5
            while self.now < end and not self.over:
                last = self.received[-1][0] if len(self.received) > at else None
                if last is not None and self.now - last >= SETTLED:
                    break
                self.read(min(end, (last or end) + SETTLED))
            painted = self.received[at:]
            if painted:
                found.paints.append((painted[-1][0] - begun) * 1000)
                found.sizes.append(sum(len(data) for _, data in painted))
            else:
                found.missed += 1
                if found.missed > 5 and not found.paints:
                    break
        return found

    def cpu(self) -> float:
        """Return seconds of CPU that the program and its children used."""
        return sum(cpu_of(pid) for pid in tree(self.pid))

    def memory(self) -> float:
        """Return megabytes that are its own: shared pages count by their share."""
        return sum(memory_of(pid) for pid in tree(self.pid))

    def quit(self, keys: bytes, patience: float = 5.0) -> float:
        """Press what ends it; return milliseconds until it has gone, or -1 when it had to be killed."""
        begun = self.now
        self.send(keys)
        while self.now < begun + patience:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                spent = (self.now - begun) * 1000
                os.close(self._fd)
                return spent
            self.read(self.now + 0.001)
            if self.over:
                time.sleep(0.0005)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)
        return -1.0

    def complete(self, ready: Callable[[str], bool]) -> float:
        """Return milliseconds from the start until the drawn screen was as ``ready`` wants it, or -1."""
        screen = pyte.Screen(*self.size)
        stream = pyte.ByteStream(screen)
        for at, data in self.received:
            stream.feed(_STRANGE.sub(b"", data))
            if ready("\n".join(screen.display)):
                return at * 1000
        return -1.0

    def sent(self, since: float) -> int:
        """Return the bytes written since a time."""
        return sum(len(data) for at, data in self.received if at >= since)


def percentile(values: Sequence[float], part: int) -> float:
    """Return a percentile, 0 for no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part / 100 * (len(ordered) - 1)))] if ordered else 0.0
