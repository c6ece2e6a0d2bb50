"""The store: one SQLite file, its repositories, and the locks that keep deployments apart."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from machete_tui.core.clock import Clock
from machete_tui.core.errors import Conflict
from machete_tui.core.settings import Settings
from machete_tui.store.database import Database, translated
from machete_tui.store.history import Deployments, Events, Releases
from machete_tui.store.postmortems import PostMortems
from machete_tui.store.preferences import Preferences
from machete_tui.store.services import Claims, Ports, Services

if TYPE_CHECKING:
    from machete_tui.core.series import MetricStore


class SqliteStore:
    """Everything that is remembered."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._db = Database(settings.database)
        self.services = Services(self._db)
        self.releases = Releases(self._db)
        self.deployments = Deployments(self._db, clock)
        self.ports = Ports(self._db, clock)
        self.claims = Claims(self._db)
        self.events = Events(self._db, clock)
        self.preferences = Preferences(self._db)
        self.postmortems = PostMortems(self._db)

    @cached_property
    def metrics(self) -> MetricStore:
        """Readings, loaded when they are first asked for."""
        from machete_tui.store.metrics import Metrics

        return Metrics(self._db)

    def transaction(self) -> AbstractContextManager[None]:
        """Do all that is written in the body, or nothing of it."""
        return self._db.transaction()

    @contextmanager
    def lock(self, service: str, holder: str) -> Iterator[None]:
        """Hold a service; the kernel frees the ``flock`` when the process dies, however it dies."""
        with translated(self._settings.database):
            file = self._open_lock(service)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                by = os.pread(file, 500, 0).decode(errors="replace").strip() or "another process"
                raise Conflict(
                    f"{service} is being changed by {by}", "wait until it has finished, or cancel it there"
                ) from None
            os.ftruncate(file, 0)
            os.pwrite(file, holder.encode(), 0)
            yield
            os.ftruncate(file, 0)
        finally:
            os.close(file)

    def held(self, service: str) -> str:
        """Return who holds the service's lock now, or an empty text."""
        with translated(self._settings.database):
            file = self._open_lock(service)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return os.pread(file, 500, 0).decode(errors="replace").strip() or "another process"
            return ""
        finally:
            os.close(file)

    def close(self) -> None:
        """Close this thread's connection."""
        self._db.close()

    def _open_lock(self, service: str) -> int:
        folder = self._settings.state_dir / "locks"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(folder / f"{service}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
