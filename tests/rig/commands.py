"""Running the machine's programs: a failure says what was run and what it printed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class RigError(RuntimeError):
    """The rig cannot do what it is for; the message says why."""


def run(*argv: str | Path, env: Mapping[str, str] | None = None, timeout: float = 600) -> str:
    """Run a program to its end and return what it printed."""
    done = subprocess.run(
        [str(word) for word in argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
        env={**os.environ, **(env or {})},
    )
    if done.returncode:
        said = done.stdout.strip()[-2000:]
        raise RigError(f"`{' '.join(map(str, argv))}` ended with {done.returncode}: {said}")
    return done.stdout


def succeeds(*argv: str | Path) -> bool:
    """Run a program and return whether it ended with 0."""
    words = [str(word) for word in argv]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
