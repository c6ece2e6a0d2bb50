"""CPU and memory of containers: from cgroup files here, from the Engine's stats elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from machete_tui.core.engine import Sample
from machete_tui.core.errors import MacheteError, NotFound
from machete_tui.engines.cgroups import Cgroups
from machete_tui.engines.wire import Transport

_AT_ONCE = 16


class Usage:
    """Takes samples; thread-safe. ``local`` says whether the Engine's cgroups are this machine's."""

    def __init__(self, reads: Transport, *, local: bool) -> None:
        self._reads = reads
        self._lock = threading.Lock()
        self._groups = Cgroups() if local else None
        self._last: dict[str, tuple[int, int]] = {}

    def sample(self, running: Sequence[str]) -> dict[str, Sample]:
        """Return the usage of running containers by full id."""
        with self._lock:
            if self._groups is not None:
                found = self._groups.sample(running, self._pid)
                if found is not None:
                    return found
            return self._asked(running)

    def close(self) -> None:
        """Close the files that are kept open."""
        with self._lock:
            if self._groups is not None:
                self._groups.close()

    def _pid(self, ident: str) -> int:
        try:
            return int(self._reads.get(f"/containers/{ident}/json")["State"]["Pid"] or 0)
        except NotFound:
            return 0

    def _asked(self, running: Sequence[str]) -> dict[str, Sample]:
        from concurrent.futures import ThreadPoolExecutor

        def ask(ident: str) -> Any:
            try:
                return self._reads.get(f"/containers/{ident}/stats?stream=false&one-shot=true", patience=10.0)
            except MacheteError:
                return None

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = dict(zip(running, pool.map(ask, running), strict=True))
        found = {i: self._one(i, raw) for i, raw in answers.items() if raw and raw.get("memory_stats")}
        self._last = {i: pair for i, pair in self._last.items() if i in found}
        return found

    def _one(self, ident: str, raw: dict[str, Any]) -> Sample:
        cpu, memory = raw["cpu_stats"], raw["memory_stats"]
        used, system = int(cpu["cpu_usage"]["total_usage"]), int(cpu.get("system_cpu_usage") or 0)
        last = self._last.get(ident)
        self._last[ident] = (used, system)
        details = memory.get("stats") or {}
        idle = int(details.get("total_inactive_file", details.get("inactive_file", 0)))
        share = 0.0
        if last is not None and system > last[1]:
            share = (used - last[0]) / (system - last[1]) * int(cpu.get("online_cpus") or 1) * 100
        return Sample(max(share, 0.0), max(int(memory.get("usage", 0)) - idle, 0))
