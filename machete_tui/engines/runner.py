"""Runs a program whose output is wanted while it comes, and which can be stopped with all its children."""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import NotFound
from machete_tui.engines.sanitize import clean_bytes

BATCH = 500
"""Lines of a batch at most."""

LINGER = 0.05
"""Seconds that lines wait for company."""

PATIENCE = 3.0
"""Seconds between SIGTERM and SIGKILL."""

_LINE_MOST = 1 << 18  # a line without an end is cut here


_running: set[int] = set()
"""Process groups that run now: what ends this process at once ends them too."""


@atexit.register
def stop_all() -> None:
    """Ask every program that still runs to end."""
    for group in tuple(_running):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGTERM)


class Runner:
    """One program in a process group of its own, without a terminal and without input.

    Attributes:
        code: its exit code once :meth:`batches` has ended; negative for a signal.
        tail: its last lines, at most ``keep``.
    """

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None, keep: int = 40
    ) -> None:
        self.code: int | None = None
        self.tail: list[str] = []
        self._keep = keep
        self._wake, self._waker = os.pipe()
        try:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._wake)
            os.close(self._waker)
            if isinstance(error, FileNotFoundError) and (not cwd or Path(cwd).is_dir()):
                raise NotFound(
                    f"the program {argv[0]} is not on this machine",
                    "install it: machete-tui --run system.setup",
                ) from error
            raise NotFound(f"{argv[0]} could not be started: {error}") from error
        _running.add(self._process.pid)

    def batches(self, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Yield its output in batches; raises Cancelled once it was stopped for that.

        A generator that is left before its end stops the program too.
        """
        try:
            with cancel.closing(self._interrupt):
                for batch in self._read():
                    self.tail = [*self.tail, *batch][-self._keep :]
                    yield batch
                # Its output may end before it does.
                while not self._over(cancel):
                    pass
        finally:
            self._stop()

    def _interrupt(self) -> None:
        with suppress(OSError):
            os.write(self._waker, b"x")

    def _read(self) -> Iterator[tuple[str, ...]]:
        assert self._process.stdout is not None
        out = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(out, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        left, told = b"", 0.0
        waiting: list[str] = []
        while True:
            due = max(told + LINGER - time.monotonic(), 0.0) if waiting else None
            ready = dict(poll.poll(None if due is None else due * 1000))
            if self._wake in ready:
                return
            data = os.read(out, 1 << 16) if out in ready else None
            if data:
                *whole, left = (left + data).split(b"\n")
                if len(left) > _LINE_MOST:
                    whole, left = [*whole, left], b""
                waiting += [clean_bytes(line) for line in whole]
            elif data == b"":
                waiting += [clean_bytes(left)] if left else []
            now = time.monotonic()
            while len(waiting) >= BATCH or (waiting and (not data or now - told >= LINGER)):
                yield tuple(waiting[:BATCH])
                waiting, told = waiting[BATCH:], now
            if data == b"":
                return

    def _stop(self) -> None:
        # The group is signalled only while its first process is not reaped, so that its number is not
        # yet another's.
        if self._process.returncode is None:
            if not self._ended():
                self._signal(signal.SIGTERM)
                deadline = time.monotonic() + PATIENCE
                while not self._ended() and time.monotonic() < deadline:
                    time.sleep(0.02)
            self._signal(signal.SIGKILL)
            _running.discard(self._process.pid)
            self.code = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        waker, self._waker = self._waker, -1
        if waker >= 0:
            os.close(waker)
            os.close(self._wake)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _ended(self) -> bool:
        flags = os.WEXITED | os.WNOWAIT | os.WNOHANG
        return os.waitid(os.P_PID, self._process.pid, flags) is not None

    def _over(self, cancel: Cancel) -> bool:
        return self._ended() or cancel.wait(0.02)


def output(
    argv: Sequence[str], cancel: Cancel, *, env: Mapping[str, str], cwd: str | None = None, keep: int = 40
) -> tuple[int, tuple[str, ...]]:
    """Run a program to its end and return its exit code and its last ``keep`` lines."""
    runner = Runner(argv, env=env, cwd=cwd, keep=keep)
    for _ in runner.batches(cancel):
        pass
    return (runner.code if runner.code is not None else -1), tuple(runner.tail)
