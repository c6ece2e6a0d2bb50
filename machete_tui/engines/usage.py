"""Counters of containers and machine: from the kernel's files here, from the Engine's stats elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from machete_tui.core.engine import Sample
from machete_tui.core.errors import NotFound
from machete_tui.core.metrics import Counters, Moment, rates
from machete_tui.engines.cgroups import Cgroups
from machete_tui.engines.hostfiles import HostFiles
from machete_tui.engines.wire import Transport

if TYPE_CHECKING:
    from machete_tui.engines.stats import Stats


class Usage:
    """Reads counters; thread-safe.

    Args:
        reads: asks the Engine.
        local: whether its cgroups are this machine's.
        root: gives the Engine's data folder on this machine; asked once, when the machine is first measured.
    """

    def __init__(self, reads: Transport, *, local: bool, root: Callable[[], str] = str) -> None:
        self._reads = reads
        self._lock = threading.Lock()
        self._groups = Cgroups() if local else None
        self._local = local
        self._root = root
        self._host: HostFiles | None = None
        self._last: dict[str, Counters] = {}
        self._stats: Stats | None = None

    def read(self, running: Sequence[str], started: Collection[str] = ()) -> Moment:
        """Return the counters of running containers by full id, and of this machine."""
        with self._lock:
            if self._local and self._host is None:
                self._host = HostFiles(self._root() or "/")
            host = self._host.read() if self._host is not None else None
            found = self._counters(running, started)
            return Moment(found[0], host, cheap=found[1])

    def sample(self, running: Sequence[str]) -> dict[str, Sample]:
        """Return the usage of running containers since the last sample, by full id."""
        with self._lock:
            found, _ = self._counters(running)
            last, self._last = self._last, found
        return {i: Sample(rates(last.get(i), now).cpu or 0.0, now.memory) for i, now in found.items()}

    def close(self) -> None:
        """Close the files and streams that are kept open."""
        with self._lock:
            for part in (self._groups, self._host, self._stats):
                if part is not None:
                    part.close()

    def _counters(
        self, running: Sequence[str], started: Collection[str] = ()
    ) -> tuple[dict[str, Counters], bool]:
        """Return the counters, and whether they were cheap."""
        if self._groups is not None:
            found = self._groups.read(running, self._pid, started)
            if found is not None:
                return found, True
        return self._asked().read(running), False

    def _asked(self) -> Stats:
        if self._stats is None:
            from machete_tui.engines.stats import Stats

            self._stats = Stats(self._reads)
        return self._stats

    def _pid(self, ident: str) -> int:
        try:
            return int(self._reads.get(f"/containers/{ident}/json")["State"]["Pid"] or 0)
        except NotFound:
            return 0
