"""A shell in a container, in a real terminal: the app gives it away, takes it back, and can be suspended."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

ESCAPES = re.compile(rb"\x1b(\[[0-9;?<=>]*[a-zA-Z~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|.)")


class Terminal:
    """The app in a terminal of its own."""

    def __init__(self, *words: str, **env: str) -> None:
        self.main, side = pty.openpty()
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        known = {**os.environ, "TERM": "xterm-256color", **env}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "machete_tui", *words],
            stdin=side,
            stdout=side,
            stderr=side,
            env=known,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(side)
        self.seen = b""

    def read(self, wanted: str, seconds: float = 90.0) -> None:
        """Read until something is there, escapes removed; what was read before does not count."""
        end = time.monotonic() + seconds
        pattern = re.compile(wanted.encode())
        while not pattern.search(ESCAPES.sub(b"", self.seen)):
            assert time.monotonic() < end, ESCAPES.sub(b"", self.seen)[-1500:].decode(errors="replace")
            if select.select([self.main], [], [], 0.2)[0]:
                self.seen += os.read(self.main, 65536)
        self.seen = b""

    def ended(self, seconds: float = 60.0) -> int:
        """Read until the app has left, as a terminal does; return its exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, "the app did not leave"
            if select.select([self.main], [], [], 0.1)[0]:
                with suppress(OSError):  # the app has closed its side
                    os.read(self.main, 65536)
        return self.process.returncode

    def type(self, text: str) -> None:
        os.write(self.main, text.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.main)


def test_a_shell_in_the_demo_and_back(tmp_path: Path) -> None:
    terminal = Terminal("--demo", MACHETE_STATE_DIR=str(tmp_path))
    try:
        terminal.read("registry-cache")
        terminal.type("/")
        terminal.type("^registry-cache\r")
        terminal.read(r"\b1 of \d+")
        terminal.type("e")
        terminal.read(r"registry-cache:/# ")
        terminal.type("echo hello-$HOME\n")
        terminal.read(r"hello-\r\nregistry-cache:/# ")
        terminal.type("\x03\n")  # Ctrl+C is the shell's, which may notice it at the next line only
        terminal.read(r"\r\nregistry-cache:/# ")
        assert terminal.process.poll() is None
        terminal.type("exit\n")
        terminal.read("Services")
        terminal.type("\x1b")
        terminal.read("monitoring")
        terminal.type("q")
        assert terminal.ended() == 0
    finally:
        terminal.close()


@pytest.mark.engine
@pytest.mark.usefixtures("rig")
def test_a_shell_in_a_real_container_also_when_it_is_removed_meanwhile(tmp_path: Path) -> None:
    name = f"shellbox-{uuid.uuid4().hex[:6]}"
    run = ["docker", "run", "-d", "--init", "--name", name, "busybox:latest", "sleep", "1000"]
    subprocess.run(run, check=True, capture_output=True)
    (tmp_path / "seen-tour").touch()
    terminal = Terminal(MACHETE_STATE_DIR=str(tmp_path))
    try:
        terminal.read(r"1 Services")
        terminal.type(f"/^{name}\r")
        terminal.read(r"\b1 of \d+")
        terminal.type("e")
        terminal.read(r"# ")
        terminal.type("echo in-$((40+2))\n")
        terminal.read("in-42")
        terminal.type("exit\n")
        terminal.read("Services")
        terminal.type("e")
        terminal.read(r"# ")
        subprocess.run(["docker", "rm", "-f", name], check=True, capture_output=True)
        terminal.read("Services")
        assert terminal.process.poll() is None
        terminal.type("\x1b\x1b")
        terminal.type("\x11")  # Ctrl+Q
        assert terminal.ended() == 0
    finally:
        terminal.close()
        subprocess.run(["docker", "rm", "-f", name], check=False, capture_output=True)


def test_ctrl_z_stops_the_app_and_it_goes_on(tmp_path: Path) -> None:
    terminal = Terminal("--demo", MACHETE_STATE_DIR=str(tmp_path))
    try:
        terminal.read("registry-cache")
        terminal.type("\x1a")
        end = time.monotonic() + 20
        while True:
            done, status = os.waitpid(terminal.process.pid, os.WNOHANG | os.WUNTRACED)
            if done and os.WIFSTOPPED(status):
                break
            assert time.monotonic() < end, "Ctrl+Z did nothing"
            time.sleep(0.05)
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.read("Services")
        terminal.type("v")
        terminal.read("shop-web-1|auth-web-1")
        terminal.type("q")
        assert terminal.ended() == 0
    finally:
        terminal.close()
