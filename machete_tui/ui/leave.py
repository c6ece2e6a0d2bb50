"""Leaves at once: the terminal is put back, what is written is flushed, and no thread is waited for."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import sys
from collections.abc import Callable

from textual.app import App

PATIENCE = 2.0
"""Seconds that a terminal may take to be put back when the process was told to end."""


def leave(app: App[int], code: int = 0) -> None:
    """Put the terminal back and end the process; under a test or a headless driver, exit as Textual does.

    Textual's own way out unmounts every widget and joins its input thread, a quarter of a second in
    which nothing useful happens: all that must last is in SQLite already.
    """
    driver = app._driver
    if driver is None or app.is_headless or app._exit:
        app.exit(code)
        return
    # The input thread looks up from its select ten times a second; it is a daemon and need not be joined.
    if hasattr(driver, "_key_thread"):
        driver._key_thread = None
    try:
        with contextlib.suppress(OSError):  # a terminal that is gone cannot be put back
            driver.stop_application_mode()
            driver.close()
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        os._exit(code)


def leave_when_told(app: App[int], go: Callable[[int], None]) -> None:
    """Leave when the process is asked to end, or its terminal is closed, as by the key.

    Args:
        app: the app; nothing is done under a headless driver.
        go: leaves with the exit code that it is called with.
    """
    if app.is_headless:
        return

    def told(number: int) -> None:
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)  # a terminal that takes no bytes holds nobody up
        go(128 + number)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, told, number)
