"""A program in a terminal of its own: keys go in, bytes come out with their times, its cost is read."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

import psutil

_QUESTIONS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?2026$p": b"\x1b[?2026;0$y",
}
_ESCAPES = re.compile(rb"\x1b(\[[0-9;?<=>$]*[a-zA-Z~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|.)")


class Terminal:
    """Runs a command on a pty and keeps the last output.

    Args:
        command: what to run.
        env: its environment.
        columns: of the terminal, as ``rows``.
    """

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], *, columns: int = 120, rows: int = 40
    ) -> None:
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._seen = bytearray()
        self._changed = threading.Condition()
        self.bytes = 0
        self.ended = False
        self.last = time.perf_counter()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, keys: str) -> float:
        """Press keys; return when."""
        with self._changed:
            self._seen.clear()
        now = time.perf_counter()
        os.write(self._fd, keys.encode())
        return now

    def forget(self) -> None:
        """Look only at what comes from now on."""
        with self._changed:
            self._seen.clear()

    def until(self, pattern: str, seconds: float = 30.0) -> float:
        """Return when the output, escapes removed, matched; raises RuntimeError when it does not in time."""
        wanted = re.compile(pattern)
        deadline = time.perf_counter() + seconds
        with self._changed:
            while True:
                if wanted.search(self.text):
                    return self.last
                left = deadline - time.perf_counter()
                if left <= 0 or self.ended:
                    raise RuntimeError(f"never showed {pattern!r}: {self.text[-300:]!r}")
                self._changed.wait(left)

    @property
    def text(self) -> str:
        """What was put out lately, escapes removed."""
        return _ESCAPES.sub(b"", bytes(self._seen)).decode("utf-8", "replace")

    def cpu(self) -> float:
        """Return the CPU seconds of the program and its children."""
        try:
            process = psutil.Process(self.pid)
            every = [process, *process.children(recursive=True)]
            return sum(sum(p.cpu_times()[:2]) for p in every)
        except psutil.NoSuchProcess:
            return 0.0

    def memory(self) -> float:
        """Return the resident MiB of the program and its children."""
        try:
            process = psutil.Process(self.pid)
            every = [process, *process.children(recursive=True)]
            return sum(float(p.memory_info().rss) for p in every) / (1 << 20)
        except psutil.NoSuchProcess:
            return 0.0

    def close(self) -> None:
        """End it."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.ended = True
        os.close(self._fd)

    def _read(self) -> None:
        while not self.ended:
            try:
                ready = select.select([self._fd], [], [], 0.2)[0]
                data = os.read(self._fd, 1 << 16) if ready else b""
            except (OSError, ValueError):
                break
            if not ready:
                continue
            if not data:
                break
            for question, answer in _QUESTIONS.items():
                if question in data:
                    os.write(self._fd, answer)
            with self._changed:
                self._seen += data
                if len(self._seen) > 1 << 17:
                    del self._seen[: -(1 << 16)]
                self.bytes += len(data)
                self.last = time.perf_counter()
                self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()
