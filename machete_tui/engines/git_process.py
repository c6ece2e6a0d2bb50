"""Runs one Git command that can be cancelled, ends in time and cannot fill the disk."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import NoCapacity, NotFound
from machete_tui.core.frozen import dataclass
from machete_tui.engines import children
from machete_tui.engines.git_access import Access
from machete_tui.engines.sanitize import clean

OUTPUT = 64 << 20
"""Bytes of stdout that are kept; a remote that lists more is not believed."""

TAIL = 64 << 10
"""Bytes of stderr that are kept."""

TICK = 0.25
"""Seconds between two looks at the clock and the disk."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended: its code, its stdout, and the last lines of its stderr, masked and cleaned."""

    code: int
    out: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """A folder that a command fills.

    Attributes:
        folder: where.
        limit: bytes that it may hold.
        reserve: bytes that must stay free on its file system.
    """

    folder: Path
    limit: int
    reserve: int


def git(
    words: Sequence[str],
    access: Access,
    cancel: Cancel,
    *,
    cwd: Path | None = None,
    seconds: float = 60.0,
    watch: Watch | None = None,
) -> Finished:
    """Run ``git WORDS``.

    Args:
        words: the command; nothing of a user may stand before ``--`` unchecked.
        access: the environment.
        cancel: kills the whole process group.
        cwd: folder to run in.
        seconds: after which it is killed.
        watch: the folder that it fills.

    Raises:
        Cancelled: when it was cancelled.
        NotFound: Git is not installed, or the remote did not end in time.
        NoCapacity: when the folder or the disk is full.
    """
    try:
        process = subprocess.Popen(
            ["git", *words],
            cwd=cwd or "/",
            env=access.environment,
            pass_fds=access.descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise NotFound("git is not installed", "machete-tui --run system.setup installs it") from error
    children.adopt(process)
    reader = _Reader(process, watch, seconds)
    try:
        with cancel.closing(lambda: kill(process)):
            reader.read(cancel)
            code = process.wait()
            reader.settle()
    finally:
        kill(process)
        process.wait()
        children.release(process)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    if reader.why is not None:
        raise reader.why
    text = reader.err.decode("utf-8", "replace").replace("\r", "\n")
    lines = [clean(access.redact(line)) for line in text.split("\n")]
    return Finished(
        code, reader.out.decode("utf-8", "replace"), tuple(line for line in lines if line.strip())[-40:]
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all that it started; harmless when they are gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class _Reader:
    def __init__(self, process: subprocess.Popen[bytes], watch: Watch | None, seconds: float) -> None:
        self.out = bytearray()
        self.err = bytearray()
        self.why: Exception | None = None
        self._process = process
        self._watch = watch
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._look = time.monotonic() + 1.0

    def read(self, cancel: Cancel) -> None:
        """Read both pipes to their ends, or kill what fills them and say why."""
        with selectors.DefaultSelector() as selector:
            sinks: dict[int, Callable[[bytes], None]] = {}
            for pipe, sink in ((self._process.stdout, self._keep), (self._process.stderr, self._tail)):
                assert pipe is not None
                selector.register(pipe, selectors.EVENT_READ)
                sinks[pipe.fileno()] = sink
            while selector.get_map() and self.why is None and not cancel.cancelled:
                for key, _ in selector.select(TICK):
                    data = os.read(key.fd, 65536)
                    if data:
                        sinks[key.fd](data)
                    else:
                        selector.unregister(key.fileobj)
                self._check()
        if self.why is not None or cancel.cancelled:
            kill(self._process)

    def settle(self) -> None:
        """Look at the folder once more when all is written."""
        if self._watch is not None and self.why is None:
            self._measure(self._watch)

    def _keep(self, data: bytes) -> None:
        self.out += data
        if len(self.out) > OUTPUT:
            self.why = NoCapacity(f"the remote lists more than {OUTPUT >> 20} MB of branches and tags")

    def _tail(self, data: bytes) -> None:
        self.err += data
        del self.err[:-TAIL]

    def _check(self) -> None:
        now = time.monotonic()
        if now > self._end:
            self.why = NotFound(
                f"the remote did not answer to the end within {self._seconds:.0f} s",
                "look at the network, or deploy from a folder",
            )
        elif self._watch is not None and now > self._look:
            self._look = now + self._measure(self._watch)

    def _measure(self, watch: Watch) -> float:
        """Look at the folder and its disk; return after how many seconds to look again."""
        begin = time.monotonic()
        free = os.statvfs(watch.folder)
        if free.f_bavail * free.f_frsize < watch.reserve:
            self.why = NoCapacity(
                f"less than {watch.reserve >> 20} MB are free in {watch.folder}", "free some disk space"
            )
        elif size(watch.folder) > watch.limit:
            self.why = NoCapacity(
                f"the source is larger than {watch.limit >> 20} MB", "deploy a smaller branch or folder"
            )
        return max(1.0, 10 * (time.monotonic() - begin))


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder; what vanishes meanwhile counts nothing."""
    total = 0
    stack = [str(folder)]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        with contextlib.suppress(OSError):
                            total += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue
    return total
