"""The diagnostic log: JSON lines in the state directory, rotating, without any secret.

Each line is one ``write`` to a file opened for appending, so that several processes can share it; only
rotation takes a lock.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from machete_tui.core.secrets import MASK, Redactor, is_secret
from machete_tui.core.settings import Settings

FILES = 5
"""The current file and four older ones, ``machete.log.1`` the youngest of them."""

FILE_BYTES = 2 << 20
"""Size at which the current file becomes an older one."""

TEXT_BYTES = 16 << 10
"""Characters of one field that are kept."""


class DiagnosticLog:
    """Fulfils :class:`machete_tui.core.context.Log`.

    Writing never fails for the caller: a log that cannot be written must not stop what it tells of.
    Secret values of the environment are masked by themselves; :meth:`hide` adds others.

    Args:
        settings: where the state directory is, and whether debug lines are kept.
        file_bytes: size at which the file rotates.
    """

    def __init__(self, settings: Settings, *, file_bytes: int = FILE_BYTES) -> None:
        self.path = settings.state_dir / "logs" / "machete.log"
        self._debug = settings.debug
        self._file_bytes = file_bytes
        self._redact: Redactor | None = None
        self._hidden: set[str] = set()
        self._thread = threading.local()

    def about(self, **fields: object) -> None:
        """Give every further line of this thread these fields; without any, its lines have none again."""
        self._thread.about = fields

    def write(self, level: str, message: str, **fields: object) -> None:
        """Write one line: time (UTC), level, pid, message, then the fields."""
        if level == "debug" and not self._debug:
            return
        if self._redact is None:
            self._redact = Redactor(os.environ)
            self._redact.add(self._hidden)
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"
        line = {"time": stamp, "level": level, "pid": os.getpid(), "message": self._clean(message)}
        fields = {**getattr(self._thread, "about", {}), **fields}
        line.update({name: self._clean(value, name) for name, value in fields.items()})
        data = json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        try:
            self._append(data)
        except OSError:
            return

    def hide(self, values: Iterable[str]) -> None:
        """Mask these values from now on, in whatever field they stand."""
        self._hidden.update(values)
        self._redact = None

    def _append(self, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            descriptor = os.open(self.path, flags, 0o600)
        except FileNotFoundError:
            for folder in (self.path.parent.parent, self.path.parent):  # each private: parents are not
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, flags, 0o600)
        try:
            os.write(descriptor, data)
            full = os.fstat(descriptor).st_size >= self._file_bytes
        finally:
            os.close(descriptor)
        if full:
            self._rotate()

    def _rotate(self) -> None:
        """Move each file one place on; another process may have done it while the lock was waited for."""
        lock = os.open(self.path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.path.stat().st_size < self._file_bytes:
                return
            for number in range(FILES - 1, 0, -1):
                younger = self._older(number - 1) if number > 1 else self.path
                if younger.exists():
                    younger.replace(self._older(number))
        finally:
            os.close(lock)

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    def _clean(self, value: object, name: str = "") -> Any:
        if isinstance(value, str):
            if name and value and is_secret(name):
                return MASK
            assert self._redact is not None
            return self._redact(value[:TEXT_BYTES])
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, Mapping):
            return {str(k): self._clean(v, str(k)) for k, v in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._clean(v) for v in value]
        return self._clean(str(value), name)
