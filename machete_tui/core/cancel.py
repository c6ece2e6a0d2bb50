"""Cancellation that wakes a blocked read: cancelling closes what is being read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from machete_tui.core.errors import Cancelled


class Cancel:
    """A token shared by the front that may cancel and the operation that listens.

    A flag alone cannot wake a thread blocked in a read, so whoever blocks registers a closer with
    :meth:`closing`; :meth:`cancel` runs every closer. Thread-safe; cancelling twice does no harm.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._closers: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Cancel: set the flag and close every stream that is being read."""
        with self._lock:
            self._event.set()
            closers, self._closers = self._closers, []
        for close in closers:
            with suppress(Exception):
                close()

    def check(self) -> None:
        """Raise :class:`Cancelled` when the token was cancelled."""
        if self._event.is_set():
            raise Cancelled("cancelled by the operator")

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds`` of real time; return whether it was cancelled meanwhile."""
        return self._event.wait(seconds)

    @contextmanager
    def closing(self, close: Callable[[], None]) -> Iterator[None]:
        """Run the body with ``close`` registered; raise :class:`Cancelled` if cancelled in it."""
        self.check()
        with self._lock:
            self._closers.append(close)
        try:
            yield
        finally:
            with self._lock, suppress(ValueError):
                self._closers.remove(close)
        self.check()
