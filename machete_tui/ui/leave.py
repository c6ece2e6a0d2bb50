"""Leaves at once: the terminal is put back, what is written is flushed, and no thread is waited for."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys

from textual.app import App


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
