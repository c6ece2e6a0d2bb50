"""Ctrl-C, SIGTERM and SIGHUP cancel what runs; its clean-up is not broken by a second one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from machete_tui.core.cancel import Cancel

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def cancelling(cancel: Cancel, *, say: str = "") -> Iterator[None]:
    """Turn the signals into ``cancel`` for the body; ``say`` goes to stderr at each of them.

    A signal that the parent ignores (``nohup``) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        if say:
            _write(say)
        # The interrupted code may hold the token's lock, so another thread does it.
        threading.Thread(target=cancel.cancel, daemon=True).start()

    before: dict[int, Any] = {}
    for number in NUMBERS:
        now = signal.getsignal(number)
        if now is not signal.SIG_IGN:
            before[number] = now
            signal.signal(number, on_signal)
    try:
        yield
    finally:
        for restored, handler in before.items():
            signal.signal(restored, handler if handler is not None else signal.SIG_DFL)


def _write(text: str) -> None:
    """Write past Python's buffers: a handler may have interrupted a write to them."""
    with suppress(OSError):
        os.write(2, text.encode())
