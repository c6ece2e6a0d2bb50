"""Readings in SQLite: minutes, hours made of them, retention, and two programs on one file."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from machete_tui.core.errors import MacheteError
from machete_tui.core.metrics import HOST, Subject
from machete_tui.core.series import HOUR, KEEP_HOURS, KEEP_MINUTES, MINUTE, NOTHING, Bucket
from machete_tui.store.database import Database
from machete_tui.store.metrics import Metrics

SHOP = Subject("service", "shop")
WEB = Subject("container", "shop-web-1")
T = 1_800_000_000.0 // HOUR * HOUR
"""The begin of an hour."""


def bucket(at: float, cpu: float, seconds: int = 60) -> Bucket:
    rest = NOTHING[2:]
    return Bucket(at, seconds, (cpu - 1, 1e6, *rest), (cpu, 2_000_000.0, *rest), (cpu + 1.25, 3e6, *rest))


@pytest.fixture
def store(tmp_path: Path) -> Metrics:
    return Metrics(Database(tmp_path / "machete.db"))


def cpus(
    store: Metrics, subject: Subject, step: int, since: float, until: float
) -> list[tuple[float, float]]:
    found = store.read(subject, step, since, until)
    return [(b.at, b.avg[0]) for b in found if b.avg[0] is not None]


def test_what_is_written_is_read_back(store: Metrics) -> None:
    store.record([(SHOP, bucket(T, 12.5)), (HOST, bucket(T, 3.0)), (SHOP, bucket(T + 60, 14.0, 42))], T + 120)
    first, second = store.read(SHOP, MINUTE, T, T + 600)
    assert (first.at, first.seconds) == (T, 60)
    assert (first.low[0], first.avg[0], first.high[0]) == (11.5, 12.5, 13.75)
    assert first.avg[1] == pytest.approx(2_000_000, abs=1024)
    assert first.avg[2:] == NOTHING[2:]
    assert second.seconds == 42
    assert cpus(store, HOST, MINUTE, T, T + 60) == [(T, 3.0)]
    assert cpus(store, WEB, MINUTE, T, T + 60) == []
    assert set(store.subjects()) == {SHOP, HOST}
    assert set(store.recent(T + 60)) == {SHOP}


def test_two_programs_on_one_file_do_not_count_twice(tmp_path: Path) -> None:
    one, two = (Metrics(Database(tmp_path / "machete.db")) for _ in range(2))
    one.record([(SHOP, bucket(T, 10.0, 60))], T + 60)
    two.record([(SHOP, bucket(T, 11.0, 31))], T + 60)  # it began in the middle of the minute
    assert cpus(one, SHOP, MINUTE, T, T + 60) == [(T, 10.0)]
    two.record([(SHOP, bucket(T, 12.0, 60))], T + 61)
    assert cpus(one, SHOP, MINUTE, T, T + 60) == [(T, 12.0)]
    (hour,) = one.read(SHOP, HOUR, T, T + HOUR)
    assert hour.seconds == 60


def test_an_hour_is_made_of_its_minutes_when_it_is_over(store: Metrics) -> None:
    for minute in range(60):
        at = T + minute * 60
        store.record([(SHOP, bucket(at, 10.0 if minute < 30 else 20.0, 60 if minute < 30 else 20))], at + 60)
    (going,) = store.read(SHOP, HOUR, T, T + HOUR)
    store.record([(SHOP, bucket(T + HOUR, 5.0))], T + HOUR + 60)
    whole, new = store.read(SHOP, HOUR, T, T + 2 * HOUR)
    assert whole.seconds == going.seconds == 30 * 60 + 30 * 20
    assert whole.avg[0] == pytest.approx(12.5)
    assert (whole.low[0], whole.high[0]) == (9.0, 21.25)
    assert (new.at, new.avg[0]) == (T + HOUR, 5.0)


def test_an_hour_that_ended_while_nothing_ran_is_made_later(tmp_path: Path) -> None:
    path = tmp_path / "machete.db"
    Metrics(Database(path)).record([(SHOP, bucket(T, 10.0))], T + 60)
    later = Metrics(Database(path))
    later.record([(SHOP, bucket(T + 5 * HOUR, 20.0))], T + 5 * HOUR + 60)
    rows = sqlite3.connect(path).execute("select bucket, seconds from metric_hours").fetchall()
    assert rows == [(T // HOUR, 60)]


def test_old_ones_go_when_the_clock_can_be_believed(store: Metrics, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: at[0])

    def record(later: float) -> None:
        at[0] = later
        store.record([(SHOP, bucket(T + later // 60 * 60, 1.0))], T + later)

    store.record([(WEB, bucket(T - KEEP_HOURS - 2 * HOUR, 5.0))], T)
    store.record([(SHOP, bucket(T - KEEP_MINUTES - 600, 5.0)), (SHOP, bucket(T - 600, 6.0))], T)
    record(300)
    assert len(store.read(SHOP, MINUTE, 0, T)) == 2
    record(700)
    assert cpus(store, SHOP, MINUTE, 0, T) == [(T - 600, 6.0)]
    assert store.read(WEB, HOUR, 0, T) == []
    assert store.subjects() == [SHOP]


def test_a_clock_that_jumps_ahead_loses_nothing(store: Metrics, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: at[0])
    for later in (0, 300, 500):
        at[0] = later
        store.record([(SHOP, bucket(T + later // 60 * 60, 1.0))], T + later)
    years = 5 * 365 * 24 * HOUR
    at[0] = 700
    store.record([(SHOP, bucket(T + years, 1.0))], T + years)
    at[0] = 800
    store.record([(SHOP, bucket(T + 780, 1.0))], T + 800)
    assert [b.at - T for b in store.read(SHOP, MINUTE, T, T + HOUR)] == [0, 300, 480, 780]


def test_a_clock_that_goes_back_overwrites_and_breaks_nothing(store: Metrics) -> None:
    for at in (T + 600, T + 660, T, T + 60, T + 600):
        store.record([(SHOP, bucket(at, at - T))], at + 60)
    assert [b.at - T for b in store.read(SHOP, MINUTE, T, T + HOUR)] == [0, 60, 600, 660]


def test_a_minute_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "machete.db"
    store = Metrics(Database(path))
    store.record([(SHOP, bucket(T, 1.0))], T + 60)
    broken = Bucket(T + 60, 60, NOTHING, ("x", *NOTHING[1:]), NOTHING)  # type: ignore[arg-type]
    with pytest.raises((TypeError, MacheteError)):
        store.record([(WEB, bucket(T + 60, 1.0)), (SHOP, broken)], T + 120)
    assert store.read(WEB, MINUTE, T, T + HOUR) == []


def test_a_day_of_many_is_small_and_read_fast_enough_to_wait_for(tmp_path: Path) -> None:
    path = tmp_path / "machete.db"
    store = Metrics(Database(path))
    names = [Subject("container", f"perf-{n}") for n in range(100)]
    values = (0.02, 3_400_000.0, 0.0, 0.0, 0.0, 0.0, 1.0, None, None)
    for minute in range(120):
        at = T + minute * 60
        store.record([(name, Bucket(at, 60, values, values, values)) for name in names], at + 60)
    size = path.stat().st_size + path.with_name("machete.db-wal").stat().st_size
    assert size / (100 * 120) < 400  # the log of writes among it, which is cut later
    assert len(store.read(names[50], MINUTE, T, T + 2 * HOUR)) == 120
