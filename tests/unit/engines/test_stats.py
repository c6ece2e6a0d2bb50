"""A remote engine's stats streams: few at a time, all in turn, closed when nobody asks."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from typing import Any

import pytest

from machete_tui.core.errors import NotFound
from machete_tui.core.metrics import UNKNOWN, rates
from machete_tui.engines import stats
from machete_tui.engines.stats import Stats, parsed


def record(cpu: int, **more: Any) -> dict[str, Any]:
    return {
        "cpu_stats": {"cpu_usage": {"total_usage": cpu}},
        "memory_stats": {"usage": 5000, "limit": 9000, "stats": {"inactive_file": 1000}},
        "pids_stats": {"current": 3},
        "networks": {"eth0": {"rx_bytes": 10, "tx_bytes": 20}, "eth1": {"rx_bytes": 1, "tx_bytes": 2}},
        "blkio_stats": {
            "io_service_bytes_recursive": [
                {"op": "Read", "value": 7},
                {"op": "write", "value": 8},
                {"op": "Total", "value": 15},
            ]
        },
        **more,
    }


class Stream:
    """A stats stream with a record each few milliseconds, in pieces that split the lines."""

    def __init__(self, remote: Remote, ident: str) -> None:
        self._remote, self._ident = remote, ident
        self._rest = b""
        self._count = 0
        self._closed = threading.Event()

    def read(self, timeout: float | None = None) -> bytes:
        if self._closed.is_set():
            return b""
        if not self._rest:
            self._closed.wait(0.01)
            self._count += 1
            self._rest = json.dumps(record(self._count * 10_000_000)).encode() + b"\r\n"
        part, self._rest = self._rest[:150], self._rest[150:]
        return part

    def close(self) -> None:
        if not self._closed.is_set():
            self._closed.set()
            with self._remote.lock:
                self._remote.open -= 1


class Remote:
    """An engine on another machine."""

    api = "1.41"

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.open = 0
        self.most = 0
        self.opened: Counter[str] = Counter()
        self.gone: set[str] = set()

    def get(self, path: str, *, patience: float = 5.0) -> Any:
        raise AssertionError(path)

    def open_(self, path: str) -> Stream:
        assert "one-shot" not in path
        ident = path.split("/")[2]
        if ident in self.gone:
            raise NotFound(f"there is no container {ident}")
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
            self.opened[ident] += 1
        return Stream(self, ident)

    def close(self) -> None:
        """Nothing is kept."""


class Transport:
    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.api = "1.41"

    def get(self, path: str, *, patience: float = 5.0) -> Any:
        return self.remote.get(path)

    def open(self, path: str) -> Stream:
        return self.remote.open_(path)

    def close(self) -> None:
        self.remote.close()


def until(true: Any, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def remote() -> Remote:
    return Remote()


def test_a_record_becomes_counters() -> None:
    found = parsed(record(2_500_000_000), 7.0)
    assert found is not None
    assert found[:11] == (7.0, 2.5, 4000, 9000, 0.0, 11, 22, 7, 8, 3, 0)
    assert parsed(record(1, memory_stats={}), 7.0) is None
    bare = parsed(record(1, networks=None, blkio_stats=None, pids_stats=None), 7.0)
    assert bare is not None
    assert (bare.rx, bare.tx) == (UNKNOWN, UNKNOWN)


def test_few_containers_have_a_stream_each_that_stays(remote: Remote) -> None:
    reader = Stats(Transport(remote))
    first = reader.read(["a", "b", "c"])
    assert set(first) == {"a", "b", "c"}
    second = reader.read(["a", "b", "c"])
    for ident in "abc":
        assert (rates(first[ident], second[ident]).cpu or 0) > 0
    assert remote.opened == Counter("abc")
    reader.close()
    until(lambda: remote.open == 0)


def test_many_come_in_turn_over_few_streams(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats, "MOST", 4)
    reader = Stats(Transport(remote))
    idents = [f"c{n}" for n in range(30)]
    until(lambda: len(reader.read(idents)) == 30)
    assert remote.most <= 4
    reader.close()
    until(lambda: remote.open == 0)


def test_what_stops_is_left_and_what_is_gone_does_not_hold_up(remote: Remote) -> None:
    reader = Stats(Transport(remote))
    remote.gone.add("b")
    begun = time.monotonic()
    assert set(reader.read(["a", "b"])) == {"a"}
    assert time.monotonic() - begun < stats.PATIENCE
    assert reader.read([]) == {}
    until(lambda: remote.open == 0)


def test_streams_are_closed_when_nobody_asks(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats, "FORGOTTEN", 0.1)
    reader = Stats(Transport(remote))
    assert set(reader.read(["a", "b"])) == {"a", "b"}
    until(lambda: remote.open == 0)
    until(lambda: reader._threads == 0)
    assert set(reader.read(["a", "b"])) == {"a", "b"}
    reader.close()
