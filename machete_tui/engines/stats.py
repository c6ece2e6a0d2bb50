"""Counters of a remote Engine's containers, from its stats streams.

A few threads read one stream each. Where there are more containers than threads, a stream is left after
its second record and the next container's is opened, so that all come in turn. When nobody has asked for a
while the streams are closed: each costs the Engine's machine CPU for as long as it is open. The API's
``one-shot`` is not used: Engine 20.10 takes a second for each.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from machete_tui.core.errors import MacheteError
from machete_tui.core.metrics import UNKNOWN, Counters
from machete_tui.engines.wire import Body, Transport

MOST = 16
"""Streams at the same time."""

PATIENCE = 3.0
"""Seconds that a first record is waited for."""

PAUSE = 0.5
"""Seconds after a stream that gave nothing."""

FORGOTTEN = 5.0
"""Seconds after the last question at which the streams are closed."""


class Stats:
    """Keeps streams while it is asked; thread-safe."""

    def __init__(self, transport: Transport, clock: Callable[[], float] = time.monotonic) -> None:
        self._transport = transport
        self._clock = clock
        self._changed = threading.Condition()
        self._latest: dict[str, Counters] = {}
        self._wanted: frozenset[str] = frozenset()
        self._given: dict[str, Counters] = {}
        self._queue: deque[str] = deque()
        self._tried: set[str] = set()
        self._open: dict[str, Body] = {}
        self._threads = 0
        self._asked = 0.0

    def read(self, running: Sequence[str]) -> dict[str, Counters]:
        """Return the newest counters of running containers by id, waiting for first ones a moment."""
        with self._changed:
            self._asked = self._clock()
            new = [ident for ident in running if ident not in self._wanted]
            self._wanted = frozenset(running)
            for gone in self._latest.keys() - self._wanted:
                del self._latest[gone]
            self._tried &= self._wanted
            self._queue.extend(new)
            leave = [body for ident, body in self._open.items() if ident not in self._wanted]
            for _ in range(min(MOST, len(running)) - self._threads):
                self._threads += 1
                threading.Thread(target=self._work, name="stats", daemon=True).start()
        for body in leave:
            body.close()
        with self._changed:
            self._changed.wait_for(lambda: self._fresh(running), PATIENCE)
            self._given = {i: self._latest[i] for i in running if i in self._latest}
            return dict(self._given)

    def close(self) -> None:
        """Close every stream."""
        with self._changed:
            self._wanted = frozenset()
            self._queue.clear()
            bodies = list(self._open.values())
        for body in bodies:
            body.close()

    def _fresh(self, running: Sequence[str]) -> bool:
        """Return whether there is something newer of each than was given before."""
        few = len(running) <= MOST
        for ident in running[:MOST]:
            latest, given = self._latest.get(ident), self._given.get(ident)
            if latest is None:
                if ident not in self._tried:
                    return False
            elif few and given is not None and latest.at <= given.at and ident in self._open:
                return False
        return True

    def _work(self) -> None:
        while True:
            with self._changed:
                ident = self._queue.popleft() if self._queue else ""
                if not ident or self._idle():
                    self._threads -= 1
                    if self._idle():  # the next question begins anew
                        self._wanted, self._tried = frozenset(), set()
                        self._queue.clear()
                    return
            taken = 0
            with suppress(MacheteError, OSError, ValueError):
                taken = self._follow(ident)
            if not taken:
                with self._changed:
                    self._tried.add(ident)
                    self._changed.notify_all()
                time.sleep(PAUSE)  # it is gone, or the engine is away
            with self._changed:
                self._open.pop(ident, None)
                self._tried.add(ident)
                if ident in self._wanted and not self._idle():
                    self._queue.append(ident)
                self._changed.notify_all()

    def _idle(self) -> bool:
        return not self._wanted or self._clock() - self._asked > FORGOTTEN

    def _follow(self, ident: str) -> int:
        """Read a stream until it ends or is left; return how many records it gave."""
        body = self._transport.open(f"/containers/{ident}/stats?stream=true")
        with self._changed:
            self._open[ident] = body
        try:
            taken = 0
            for raw in _records(body):
                counters = parsed(raw, self._clock())
                with self._changed:
                    if counters is None or ident not in self._wanted or self._idle():
                        break
                    self._latest[ident] = counters
                    self._changed.notify_all()
                    taken += 1
                    if taken > 1 and self._queue:
                        break
            return taken
        finally:
            body.close()


def _records(body: Body) -> Any:
    rest = b""
    while data := body.read():
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line.strip():
                yield json.loads(line)


def parsed(raw: dict[str, Any], at: float) -> Counters | None:
    """Return one record of the API as counters; None for a container that does not run."""
    memory = raw.get("memory_stats") or {}
    if not memory.get("usage"):
        return None
    details = memory.get("stats") or {}
    idle = int(details.get("total_inactive_file", details.get("inactive_file", 0)))
    networks = (raw.get("networks") or {}).values()
    blocks = (raw.get("blkio_stats") or {}).get("io_service_bytes_recursive") or ()
    moved = {"read": 0, "write": 0}
    for block in blocks:
        operation = str(block.get("op", "")).lower()
        if operation in moved:
            moved[operation] += int(block.get("value", 0))
    return Counters(
        at,
        int(raw["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9,
        max(int(memory["usage"]) - idle, 0),
        int(memory.get("limit") or 0),
        0.0,
        sum(int(n.get("rx_bytes", 0)) for n in networks) if networks else UNKNOWN,
        sum(int(n.get("tx_bytes", 0)) for n in networks) if networks else UNKNOWN,
        moved["read"],
        moved["write"],
        int((raw.get("pids_stats") or {}).get("current") or 0),
    )
