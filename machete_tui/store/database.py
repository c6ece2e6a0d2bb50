"""Connections to the one SQLite file: WAL, foreign keys, one per thread, migrated when opened.

``PRAGMA user_version`` holds the number of migrations applied, so that a start with nothing to migrate
does not import sqlite-utils (94 ms).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from machete_tui.core.errors import Conflict, MacheteError, NoCapacity, StoreUnavailable

SCHEMA = 7
"""How many migrations :mod:`machete_tui.store.schema` holds; a test compares."""

BUSY_SECONDS = 5.0


class Database:
    """One SQLite file; safe to share between threads, each of which gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened and migrated when first asked for."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with translated(self.path):
                connection = self._open()
            self._local.connection = connection
            self._local.depth = 0
        return connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement; outside :meth:`transaction` it is committed at once."""
        connection = self.connection
        with translated(self.path):
            return connection.execute(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of the body or nothing of it; a write lock is taken at its begin. They nest."""
        connection = self.connection
        if self._local.depth:
            yield
            return
        with translated(self.path):
            connection.execute("begin immediate")
        self._local.depth = 1
        try:
            yield
            with translated(self.path):
                connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        finally:
            self._local.depth = 0

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _open(self) -> sqlite3.Connection:
        new = not self.path.exists()
        if new:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        connection = _connect(str(self.path))
        try:
            try:
                version = connection.execute("pragma user_version").fetchone()[0]
            except sqlite3.OperationalError:
                if new or not _on_read_only_disk(self.path):
                    raise
                # WAL needs files beside the database; without them it can still be read as it is.
                from urllib.parse import quote

                connection.close()
                connection = _connect(f"file:{quote(str(self.path))}?mode=ro&immutable=1", uri=True)
                version = connection.execute("pragma user_version").fetchone()[0]
            if version > SCHEMA:
                raise StoreUnavailable(
                    f"{self.path} was written by a newer machete-tui"
                    f" (schema {version}, this one knows {SCHEMA})",
                    "install the newer version again, or point MACHETE_STATE_DIR at another folder",
                )
            if version < SCHEMA:
                connection.execute("pragma journal_mode = wal")
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma synchronous = full")
            if version < SCHEMA:
                _migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _connect(where: str, *, uri: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        where, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=64, uri=uri
    )
    connection.row_factory = sqlite3.Row
    return connection


def _on_read_only_disk(path: Path) -> bool:
    return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)


def _migrate(connection: sqlite3.Connection) -> None:
    import sqlite_utils

    from machete_tui.store.schema import migrations

    # Two processes may start at once: the second waits here and then finds nothing to do.
    connection.execute("begin immediate")
    try:
        database = sqlite_utils.Database(connection)
        migrations.apply(database)
        connection.execute(f"pragma user_version = {SCHEMA}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's and the file system's errors into ones with a title and a mend."""
    try:
        yield
    except MacheteError:
        raise
    except sqlite3.IntegrityError as error:
        raise Conflict(f"the database refuses it: {error}", "refresh and try again") from error
    except sqlite3.Error as error:
        raise _explained(path, str(error)) from error
    except PermissionError as error:
        raise StoreUnavailable(
            f"{path}: {error.strerror}", f"make {path.parent} writable for this user, mode 0700"
        ) from error
    except OSError as error:
        raise StoreUnavailable(
            f"{path}: {error.strerror}", "set MACHETE_STATE_DIR to a folder that can be written"
        ) from error


def _explained(path: Path, reason: str) -> MacheteError:
    if "full" in reason:
        return NoCapacity(f"the disk that holds {path} is full", "free some space and try again")
    if "locked" in reason or "busy" in reason:
        return Conflict(
            f"{path} was locked by another process for {BUSY_SECONDS:.0f} s", "try again when it has finished"
        )
    if "readonly" in reason or "read-only" in reason:
        return StoreUnavailable(
            f"{path} is read-only", "check its owner and mode (0600) and the disk's mount"
        )
    if "not a database" in reason or "malformed" in reason:
        return StoreUnavailable(
            f"{path} is damaged: {reason}",
            f"move it aside (mv {path} {path}.damaged); containers keep running",
        )
    return StoreUnavailable(f"{path}: {reason}", "check the file's owner and mode and the disk")
