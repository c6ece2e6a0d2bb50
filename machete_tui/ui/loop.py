"""The way from a thread to the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Callable
from typing import Any


class Loop:
    """Calls functions on the running event loop, from any thread.

    Make it on the loop, where Textual's context variables are set: timers and messages made by the
    functions need them.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._vars = contextvars.copy_context()

    @property
    def closed(self) -> bool:
        """Whether the app has left and its loop is gone."""
        return self._loop.is_closed()

    def post(self, function: Callable[..., None], *args: Any) -> None:
        """Call it soon; after the app has left, do nothing."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(function, *args, context=self._vars)

    def later(self, seconds: float, function: Callable[..., None], *args: Any) -> None:
        """Call it after a time; only on the loop itself."""
        self._loop.call_later(seconds, function, *args, context=self._vars)
