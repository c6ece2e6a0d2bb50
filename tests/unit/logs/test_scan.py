from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machete_tui.logs.levels import ERROR, WARN
from machete_tui.logs.query import parse
from machete_tui.logs.scan import Scan, around
from machete_tui.logs.spool import Spool
from tests.unit.logs.making import filled, lines


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.fixture
def scans() -> Iterator[list[Scan]]:
    made: list[Scan] = []
    yield made
    for scan in made:
        scan.close()
        scan.join()


def test_all_that_is_there_and_what_comes(tmp_path: Path, scans: list[Scan]) -> None:
    spool = Spool(tmp_path)
    for n in range(200):
        filled(spool, *(f"{n} {i} {'hit' if i == 7 else 'no'}" for i in range(50)))
    told: list[int] = []
    scan = Scan(spool, parse("hit"), told=lambda: told.append(1))
    scans.append(scan)

    until(lambda: scan.done)
    assert list(scan.hits) == [n * 50 + 7 for n in range(200)]
    assert scan.count() == 200
    filled(spool, "x", "hit", "y")
    scan.poke()
    until(lambda: len(scan.hits) == 201)
    assert scan.hits[-1] == 10_001
    assert told


def test_next_and_previous(tmp_path: Path, scans: list[Scan]) -> None:
    spool = filled(Spool(tmp_path), "hit", "no", "hit", "no", "hit")
    scans.append(scan := Scan(spool, parse("hit")))
    until(lambda: scan.done)

    assert scan.after(0, 1) == 2
    assert scan.after(3, 1) == 4
    assert scan.after(4, 1) is None
    assert scan.after(4, -1) == 2
    assert scan.after(0, -1) is None


def test_lines_around_are_shown_once(tmp_path: Path, scans: list[Scan]) -> None:
    spool = filled(Spool(tmp_path), *("hit" if n in (10, 12, 30) else f"{n}" for n in range(40)))
    scans.append(scan := Scan(spool, parse("hit"), context=2))
    until(lambda: scan.done)

    assert list(scan.shown) == [8, 9, 10, 11, 12, 13, 14, 28, 29, 30, 31, 32]
    assert list(scan.hits) == [10, 12, 30]


def test_lines_after_a_hit_come_when_they_come(tmp_path: Path, scans: list[Scan]) -> None:
    spool = filled(Spool(tmp_path), "a", "hit")
    scans.append(scan := Scan(spool, parse("hit"), context=2))
    until(lambda: scan.done)
    assert list(scan.shown) == [0, 1]

    for text in ("b", "c", "d", "e", "hit"):
        filled(spool, text)
        scan.poke()
        until(lambda: scan.hits is not None)
    until(lambda: list(scan.shown) == [0, 1, 2, 3, 4, 5, 6])


def test_levels_and_the_lines_that_inherit_them(tmp_path: Path, scans: list[Scan]) -> None:
    spool = Spool(tmp_path)
    web, db = spool.source("web"), spool.source("db")
    spool.append(web, lines("INFO a", "ERROR b", "\tat x.Y(Z.java:1)"))
    spool.append(db, lines("WARN c", "INFO no error here"))
    spool.append(web, lines("\tat x.Y(Z.java:2)", "INFO d"))
    scans.append(errors := Scan(spool, level=ERROR))
    scans.append(warnings := Scan(spool, level=WARN))
    scans.append(both := Scan(spool, parse("java:2"), level=ERROR))
    until(lambda: errors.done and warnings.done and both.done)

    assert list(errors.hits) == [1, 2, 5]
    assert list(warnings.hits) == [1, 2, 3, 5]
    assert list(both.hits) == [5]


def test_lines_that_were_dropped_are_no_hits(tmp_path: Path, scans: list[Scan]) -> None:
    spool = Spool(tmp_path, lines=1000)
    filled(spool, *("hit" for _ in range(100)))
    scans.append(scan := Scan(spool, parse("hit")))
    until(lambda: scan.done)
    for _ in range(200):
        filled(spool, *("hit" if n == 0 else "no" for n in range(10)))
    scan.poke()
    until(lambda: scan.hits and scan.hits[-1] == 2090)

    assert scan.count() == sum(1 for n in scan.hits if n >= spool.first)
    assert scan.count() <= 110


def test_it_ends_when_closed(tmp_path: Path) -> None:
    scan = Scan(filled(Spool(tmp_path), "a"), parse("a"))
    scan.close()
    scan.join(5)

    assert not scan._thread.is_alive()


def test_around() -> None:
    from array import array

    assert list(around(array("Q", [0, 5]), 1, 0, 6)) == [0, 1, 4, 5]
    assert list(around(array("Q", []), 3, 0, 6)) == []
