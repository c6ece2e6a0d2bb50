"""The end that nobody chose: a signal, or a terminal that has gone. Nothing is left running.

A terminal that goes away (a dropped line, a closed window) sends SIGHUP to most programs, but not to all:
where it is ignored, only a failing terminal tells. One thread waits for that in the kernel, which costs
nothing while the terminal is there.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from textual.app import App

RESTORE_SECONDS = 1.0
"""How long giving the terminal back may take: to one that has gone, a write can block for ever."""


def watch(app: App[int], before: Callable[[], None]) -> None:
    """End the process on SIGTERM, SIGHUP, or when its terminal has gone.

    Args:
        app: the app; on its event loop.
        before: called first, to stop what runs.
    """
    if app.is_headless or app.is_web:
        return

    def end(number: int, *, terminal: bool = True) -> None:
        threading.Thread(target=_end, args=(app, before, 128 + number, terminal), daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda caught, _: end(caught))
    threading.Thread(target=_wait_for_hang_up, args=(end,), name="terminal", daemon=True).start()


def _wait_for_hang_up(end: Callable[..., None]) -> None:
    try:
        poll = select.poll()
        poll.register(sys.__stdin__.fileno(), 0)  # type: ignore[union-attr]
        while True:
            if poll.poll() and not _alive():
                end(signal.SIGHUP, terminal=False)
                return
    except (OSError, ValueError, AttributeError):
        return


def _alive() -> bool:
    """Return whether there is still a terminal: one that hung up answers no question about itself."""
    try:
        os.get_terminal_size(sys.__stdin__.fileno())  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _end(app: App[int], before: Callable[[], None], code: int, terminal: bool) -> None:
    """Stop what runs, give the terminal back where there is one, and end; needs no loop."""
    with suppress(Exception):
        before()
    if terminal:
        restoring = threading.Thread(target=_restore, args=(app,), daemon=True)
        restoring.start()
        restoring.join(RESTORE_SECONDS)
    with suppress(Exception):
        atexit._run_exitfuncs()
    os._exit(code)


def _restore(app: App[int]) -> None:
    driver = app._driver
    if driver is None:
        return
    with suppress(Exception):
        if hasattr(driver, "_key_thread"):
            driver._key_thread = None
        driver.stop_application_mode()
        driver.close()
