"""Programs that were started here and must not outlive this process, however it is left.

They run in sessions of their own, so that a closed terminal does not reach them; the app leaves without
waiting for the threads that read them. What still runs then is told to end.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
from contextlib import suppress

_live: set[subprocess.Popen[bytes]] = set()


def adopt(process: subprocess.Popen[bytes]) -> None:
    """Take a program, the first of its process group, into care until :func:`release`."""
    _live.add(process)


def release(process: subprocess.Popen[bytes]) -> None:
    """Forget a program that has ended."""
    _live.discard(process)


@atexit.register
def end_all() -> None:
    """Tell every program that still runs, and what it started, to end."""
    for process in tuple(_live):
        if process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGTERM)
