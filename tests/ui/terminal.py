"""A real terminal for a test: a program in a pty, what it shows, and what is left when it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte

PATIENCE = 20.0
APP = (sys.executable, "-m", "machete_tui")
_STRANGE = re.compile(rb"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP.*?\x1b\\|\x1b_.*?\x1b\\", re.S)


class Terminal:
    """A pty, read whenever something is waited for.

    Attributes:
        pid: of the program.
        sent: all bytes that it wrote.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str], size: tuple[int, int]) -> None:
        self.sent = b""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._status: int | None = None
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                os.execvpe(command[0], list(command), dict(env))
            finally:
                os._exit(127)
        self._set_size(size)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def key(self, keys: str | bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    def escape(self) -> None:
        """Press Escape, and let it be known as that: what follows at once would make it Alt."""
        self.key("\x1b")
        self.rest(0.4)

    def rest(self, seconds: float) -> None:
        """Take what comes for a time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.read(left):
            pass

    def wipe(self) -> None:
        """Forget what is on the screen, so that only what is painted from now on counts."""
        self._screen.reset()

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size, as a window does."""
        self._screen.resize(rows, columns)
        self._set_size((columns, rows))

    def until(self, true: Callable[[], object], what: str) -> None:
        """Read until something is true."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, f"waited {PATIENCE:.0f} s for {what}; there is:\n{self.text}"
            self.read(0.05)

    def shows(self, text: str) -> None:
        """Wait for a text on the screen."""
        self.until(lambda: text in self.text, repr(text))

    def read(self, seconds: float) -> bool:
        """Take what comes within a time; False at the end of it."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            time.sleep(0.01)
            return False
        self.sent += data
        self._stream.feed(_STRANGE.sub(b"", data))
        return True

    def ended(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        self.until(self._over, "the end")
        assert self._status is not None
        return os.waitstatus_to_exitcode(self._status)

    def _over(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
                while self.read(0.0) and select.select([self._fd], [], [], 0)[0]:
                    pass
        return self._status is not None

    def hang_up(self) -> None:
        """Take the terminal away, as a dropped line does."""
        os.close(self._fd)
        self._fd = -1

    def reaped(self) -> int:
        """Wait for its end without a terminal; return its exit code, negative for a signal."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        raise AssertionError("it lives on without its terminal")

    def close(self) -> None:
        """End whatever still runs."""
        if self._fd >= 0:
            os.close(self._fd)
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def _set_size(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    @property
    def restored(self) -> bool:
        """Whether the terminal was given back: the other screen left, cursor shown, mouse off."""
        last = {code: self.sent.rfind(code) for code in (b"?1049h", b"?1049l", b"?25h", b"?25l")}
        return last[b"?1049l"] > last[b"?1049h"] and last[b"?25h"] > last[b"?25l"]


@contextmanager
def terminal(
    folder: Path, *words: str, size: tuple[int, int] = (80, 24), command: Sequence[str] = APP, **env: str
) -> Iterator[Terminal]:
    """Run the app (or another command) in a terminal; its state is in ``folder``."""
    given = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LINES", "COLUMNS", "TMUX")}
    given |= {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
        "MACHETE_STATE_DIR": str(folder / "state"),
        "MACHETE_CONFIG": str(folder / "config.toml"),
        "DOCKER_CONFIG": str(folder / "docker"),
        **env,
    }
    made = Terminal((*command, *words), {k: v for k, v in given.items() if v != "-"}, size)
    try:
        yield made
    finally:
        made.close()


def descendants(pid: int) -> set[int]:
    """Return the numbers of all processes below one."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    found = {pid}
    while more := {p for p, parent in parents.items() if parent in found and p not in found}:
        found |= more
    return found - {pid}
