"""How the tests of ``--run`` call it: as a child process with the probe's actions, or on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from machete_tui.operations import registry

_others = dict(registry._operations)
# It registers its actions, which must stay apart from the real ones.
import tests.unit.headless.headless_probe  # noqa: E402, F401

PROBE = {k: v for k, v in registry._operations.items() if k not in _others}
registry._operations.clear()
registry._operations.update(_others)

PROGRAM = Path(__file__).with_name("headless_probe.py")


def action(name: str) -> registry.Operation:
    """Return one of the probe's actions."""
    return PROBE[name]


def environment(state: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TERM")}
    return {**kept, "MACHETE_STATE_DIR": str(state), "PYTHONUTF8": "1", **(more or {})}


def start(state: Path, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start ``machete-tui WORDS`` with pipes at all its ends."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=environment(state, env),
    )


def run(
    state: Path, *words: str, stdin: str = "", env: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run it to its end; return the exit code, stdout and stderr."""
    child = start(state, *words, env=env)
    out, err = child.communicate(stdin, timeout=60)
    return child.returncode, out, err


def on_terminal(
    state: Path,
    *words: str,
    prompt: str = "[y/N]",
    answer: str = "",
    columns: int = 80,
    env: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run it on a terminal, type ``answer`` at ``prompt``; return the exit code and all it showed."""
    import fcntl
    import struct
    import termios

    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    full = {**environment(state, env), "TERM": "xterm-256color"}
    child = subprocess.Popen(
        [sys.executable, str(PROGRAM), *words],
        stdin=side,
        stdout=side,
        stderr=side,
        env=full,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(side)
    shown = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
        if answer and prompt.encode() in shown:
            os.write(main, answer.encode())
            answer = ""
    os.close(main)
    return child.wait(60), shown.decode().replace("\r\n", "\n")
