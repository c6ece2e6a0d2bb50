"""CPU, memory, network, disk and processes of local containers, from files that are kept open.

A reading of 200 containers costs 7 ms of CPU this way and 400-900 through the Engine's stats. Memory is
usage without inactive file pages.

A restart makes a container's cgroup and network anew. The kept cgroup files fail then, but the kept
``net/dev`` goes on telling of the old network: when one file is opened anew, all are, and so they are for
containers that are said to have started.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from machete_tui.core.engine import Sample
from machete_tui.core.metrics import UNKNOWN, Counters, rates
from machete_tui.engines import netdev
from machete_tui.engines.cgroup_files import Places, find, keep, limits

_LOOK_AGAIN = 30
"""Readings after which the limits are read again, and a network that was not there is looked for."""

_SOON, _LATE = 0.5, 60.0
"""Seconds after which a container without a cgroup is looked for again: at first, and at the most."""

_TRIES = 5
"""Readings at the beginning after each of which a network that was not there is looked for."""


@dataclass(slots=True)
class _Kept:
    """Open files of one container; -1 for what it has not. ``net`` is None on the host's network."""

    ident: str
    places: Places
    cpu: int
    usage: int
    stat: int
    pids: int
    io: int
    net: int | None
    era: int
    limit: int = 0
    cpus: float = 0.0
    turn: int = 0

    def close(self) -> None:
        for number in (self.cpu, self.usage, self.stat, self.pids, self.io, self.net):
            if number is not None and number >= 0:
                with suppress(OSError):
                    os.close(number)


class Cgroups:
    """Reads counters; not thread-safe."""

    def __init__(
        self,
        root: str = "/sys/fs/cgroup",
        proc: str = "/proc",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = Path(root)
        self._proc = Path(proc)
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._last: dict[str, Counters] = {}
        self._absent: dict[
            str, tuple[float, float]
        ] = {}  # id -> when to look again, and how long to wait then
        self._eras = 0

    def read(
        self, running: Sequence[str], pid: Callable[[str], int], started: Collection[str] = ()
    ) -> dict[str, Counters] | None:
        """Return the counters of running containers by id; None when this machine shows no cgroup of theirs.

        Args:
            running: full ids; what is kept of others is closed.
            pid: asks for the first process of a container whose folder has no usual name.
            started: those that started since the last reading, whose files are opened anew.
        """
        if len(self._kept) != len(running) or started or self._kept.keys() != set(running):
            for gone in (self._kept.keys() - set(running)) | (self._kept.keys() & set(started)):
                self._kept.pop(gone).close()
            self._absent = {i: a for i, a in self._absent.items() if i in running and i not in started}
        found: dict[str, Counters] = {}
        for ident in running:
            kept = self._kept.get(ident)
            if kept is not None:
                try:
                    found[ident] = self._read(kept)
                    continue
                except (OSError, ValueError):
                    self._kept.pop(ident).close()  # a restart made its folder anew
            counters = self._first(ident, pid)
            if counters is not None:
                found[ident] = counters
        return None if running and not found else found

    def sample(self, running: Sequence[str], pid: Callable[[str], int]) -> dict[str, Sample] | None:
        """Return the usage of running containers since the last sample, by id; None as in :meth:`read`."""
        found = self.read(running, pid)
        if found is None:
            return None
        last, self._last = self._last, found
        return {i: Sample(rates(last.get(i), now).cpu or 0.0, now.memory) for i, now in found.items()}

    def close(self) -> None:
        """Close every kept file."""
        for kept in self._kept.values():
            kept.close()
        self._kept.clear()

    def _first(self, ident: str, pid: Callable[[str], int]) -> Counters | None:
        now = self._clock()
        until, wait = self._absent.get(ident, (0.0, _SOON))
        if now < until:
            return None
        kept = self._open(ident, pid)
        if kept is None:
            self._absent[ident] = (now + wait, min(wait * 2, _LATE))
            return None
        self._absent.pop(ident, None)
        try:
            counters = self._read(kept)
        except (OSError, ValueError):
            kept.close()
            return None
        self._kept[ident] = kept
        return counters

    def _read(self, kept: _Kept) -> Counters:
        pread = os.pread
        raw, stat = pread(kept.cpu, 4096, 0), pread(kept.stat, 8192, 0)
        now = self._clock()
        if kept.places.two:
            cpu, idle = _field(raw, b"usage_usec ") / 1e6, _field(stat, b"inactive_file ")
        else:
            cpu, idle = int(raw) / 1e9, _field(stat, b"total_inactive_file ")
        memory = int(pread(kept.usage, 64, 0)) - idle
        pids = int(pread(kept.pids, 64, 0)) if kept.pids >= 0 else UNKNOWN
        read = write = rx = tx = UNKNOWN
        if kept.io >= 0:
            read, write = _bytes(pread(kept.io, 16384, 0), two=kept.places.two)
        kept.turn += 1
        if kept.turn <= 0 or kept.turn % _LOOK_AGAIN == 0:
            self._look_again(kept)
        if kept.net is not None and kept.net >= 0:
            rx, tx = netdev.totals(pread(kept.net, 8192, 0))
        return Counters(
            now,
            cpu,
            memory if memory > 0 else 0,
            kept.limit,
            kept.cpus,
            rx,
            tx,
            read,
            write,
            pids,
            kept.era,
        )

    def _open(self, ident: str, pid: Callable[[str], int]) -> _Kept | None:
        places = find(self._root, self._proc, ident, pid)
        if places is None:
            return None
        self._eras += 1
        kept = _Kept(
            ident,
            places,
            keep(places.cpu),
            keep(places.usage),
            keep(places.stat),
            keep(places.pids),
            keep(places.io),
            -1,
            self._eras,
        )
        if min(kept.cpu, kept.usage, kept.stat) < 0:
            kept.close()
            return None
        kept.limit, kept.cpus = limits(places)
        kept.net = self._network(kept)
        kept.turn = -_TRIES if kept.net == -1 else self._eras  # so that not all look again at once
        return kept

    def _look_again(self, kept: _Kept) -> None:
        kept.limit, kept.cpus = limits(kept.places)
        if kept.net == -1:
            kept.net = self._network(kept)

    def _network(self, kept: _Kept) -> int | None:
        return netdev.opened(self._proc, netdev.first_process(kept.places.procs), kept.ident)


def _field(text: bytes, name: bytes) -> int:
    at = text.find(name)
    while at > 0 and text[at - 1] != 10:  # a longer name that ends like it
        at = text.find(name, at + 1)
    if at < 0:
        raise ValueError(name)
    start = at + len(name)
    end = text.find(b"\n", start)
    return int(text[start : end if end >= 0 else len(text)])


def _bytes(text: bytes, *, two: bool) -> tuple[int, int]:
    """Return the bytes read and written: lines of ``8:0 Read 123``, or of ``8:0 rbytes=123 wbytes=4 …``."""
    if len(text) < 10:  # nothing yet: "Total 0", or no line at all
        return 0, 0
    marks = (b"rbytes=", b"wbytes=") if two else (b" Read ", b" Write ")
    read, write = (sum(int(p.split(None, 1)[0]) for p in text.split(m)[1:]) for m in marks)
    return read, write
