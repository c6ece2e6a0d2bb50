"""However the app is left, its process ends, the terminal is put back and nothing stays behind."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.ui.waiting import settle
from tests.ui.world import World

PATIENCE = 30.0


class Terminal:
    """The demo in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.master, slave = pty.openpty()
        env = {**os.environ, "TERM": "xterm-256color", "TMPDIR": str(folder), "COLUMNS": "80", "LINES": "24"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "machete_tui", "--demo"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            preexec_fn=lambda: os.login_tty(slave),
        )
        os.close(slave)
        self.said = b""

    def until(self, what: bytes) -> None:
        """Read until it was written."""
        end = time.monotonic() + PATIENCE
        while what not in self.said:
            assert time.monotonic() < end, self.said[-500:]
            self.read()

    def read(self) -> bool:
        """Read what there is; return whether more may come."""
        if select.select([self.master], [], [], 0.2)[0]:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:
                return False
            self.said += data
            return bool(data)
        return True

    def end(self) -> int:
        """Read to the end and return the exit code."""
        with suppress(OSError):
            while self.read() and self.process.poll() is None:
                pass
        return self.process.wait(PATIENCE)


@pytest.mark.parametrize("how", ["q", "hangup", "terminate", "close"])
def test_leaving_ends_the_process_and_leaves_nothing(tmp_path: Path, how: str) -> None:
    terminal = Terminal(tmp_path)
    try:
        terminal.until(b"wiki")
        assert list(tmp_path.glob("machete-demo-*"))
        if how == "q":
            os.write(terminal.master, b"q")
        elif how == "close":
            os.close(terminal.master)
        else:
            number = signal.SIGHUP if how == "hangup" else signal.SIGTERM
            terminal.process.send_signal(number)
        expected = {"q": 0, "terminate": 128 + signal.SIGTERM}.get(how, 128 + signal.SIGHUP)
        assert terminal.end() == expected
        assert not list(tmp_path.glob("machete-demo-*"))
        if how != "close":
            assert b"\x1b[?1049l" in terminal.said
    finally:
        terminal.process.kill()
        terminal.process.wait()
        if how != "close":
            os.close(terminal.master)


async def test_an_app_within_another_program_leaves_no_threads(world: World) -> None:
    before = set(threading.enumerate())
    async with world.app().run_test() as pilot:
        await settle(pilot)
        ours = set(threading.enumerate()) - before
        assert {"watch", "usage", "facts"} <= {thread.name for thread in ours}
    for thread in ours:
        if not thread.name.startswith("asyncio"):  # the loop's own, which outlives the app
            thread.join(PATIENCE)
            assert not thread.is_alive(), thread.name
