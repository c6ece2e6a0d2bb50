from __future__ import annotations

import errno
import os
import threading
from array import array
from pathlib import Path

import pytest

from machete_tui.core.logs import LogBatch
from machete_tui.logs.spool import Kept, Spool
from tests.unit.logs.making import filled, lines, texts


def test_lines_keep_their_number_time_source_and_stream(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    web, db = spool.source("web"), spool.source("db")
    spool.append(web, lines("one", "two", at=[1.5, 2.5]))
    spool.append(db, LogBatch("db", "drei ü\n".encode(), array("d", [3.0]), b"\1"))

    assert spool.lines(0, 3) == [
        Kept(0, 1.5, web, False, "one"),
        Kept(1, 2.5, web, False, "two"),
        Kept(2, 3.0, db, True, "drei ü"),
    ]
    assert spool.line(1) == Kept(1, 2.5, web, False, "two")
    assert spool.line(3) is None
    assert spool.time(2) == 3.0
    assert spool.sources == ["web", "db"]
    assert spool.source("web") == web


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    spool = filled(Spool(tmp_path / "new" / "folder"), *("x" * 100 for _ in range(1000)))

    assert len(spool) == 1000
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o777 == 0o700


def test_the_oldest_lines_go_and_are_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lines=1000)
    for n in range(400):
        filled(spool, *(f"{n * 10 + i}" for i in range(10)))

    assert spool.end == 4000
    assert 800 <= len(spool) <= 1000
    assert spool.dropped == spool.first == 4000 - len(spool)
    assert texts(spool) == [str(n) for n in range(spool.first, 4000)]
    assert spool.line(0) is None


def test_bytes_are_bounded_too(tmp_path: Path) -> None:
    spool = Spool(tmp_path, size=100_000)
    for n in range(1000):
        filled(spool, f"{n} " + "x" * 1000)

    assert spool.size <= 100_000
    assert spool.dropped >= 900
    assert texts(spool)[-1].startswith("999 ")


def test_a_line_larger_than_every_bound_is_kept_alone(tmp_path: Path) -> None:
    spool = Spool(tmp_path, size=10_000)
    filled(spool, "before")
    filled(spool, "y" * 50_000)

    assert [len(t) for t in texts(spool)] == [50_000]


def test_many_threads_append_and_every_line_is_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path)

    def work(name: str) -> None:
        source = spool.source(name)
        for n in range(200):
            spool.append(source, lines(*(f"{name} {n} {i}" for i in range(10))))

    threads = [threading.Thread(target=work, args=(f"t{k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = spool.lines(0, spool.end)
    assert len(kept) == 8000
    for name in ("t0", "t1", "t2", "t3"):
        own = [line.text for line in kept if spool.sources[line.source] == name]
        assert own == [f"{name} {n} {i}" for n in range(200) for i in range(10)]


def test_growth_is_told_once_until_it_was_seen(tmp_path: Path) -> None:
    told: list[int] = []
    spool = Spool(tmp_path, grown=lambda: told.append(1))

    filled(filled(spool, "a"), "b")
    assert len(told) == 1
    spool.seen()
    filled(spool, "c")
    assert len(told) == 2


def test_clearing_drops_all_and_numbers_go_on(tmp_path: Path) -> None:
    spool = filled(Spool(tmp_path), "a", "b")
    spool.clear()
    filled(spool, "c")

    assert spool.lines(0, 10) == [Kept(2, 1.0, 0, False, "c")]


class FullDisk:
    """Lets a number of bytes be written, then says that the disk is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room = room
        self._real = os.pwrite
        monkeypatch.setattr(os, "pwrite", self._write)

    def _write(self, descriptor: int, data: bytes, offset: int) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = self._real(descriptor, data[: self.room], offset)
        self.room -= done
        return done


def test_a_full_disk_leaves_a_ring_in_memory_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, ring=40_000)
    filled(spool, *(f"on disk {n}" for n in range(100)))
    disk = FullDisk(monkeypatch, 500)

    for n in range(2000):
        filled(spool, f"{n} " + "x" * 100)

    assert "no space left on device" in spool.trouble
    assert "only the last" in spool.trouble
    kept = texts(spool)
    assert kept[-1].startswith("1999 ")
    assert sum(len(t) + 1 for t in kept) <= 60_000
    assert spool.dropped == spool.end - len(kept)
    assert [int(t.split()[0]) for t in kept if t[0].isdigit()] == list(range(2000 - len(kept), 2000))

    disk.room = 1 << 30
    for n in range(2000):
        filled(spool, f"again {n} " + "x" * 100)
    assert spool.trouble == ""
    assert len(spool) > len(kept)


def test_a_folder_that_cannot_be_made_leaves_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    spool = filled(Spool(tmp_path / "file" / "spool"), "kept")

    assert texts(spool) == ["kept"]
    assert "not a directory" in spool.trouble


def test_without_a_folder_all_is_in_memory() -> None:
    assert texts(filled(Spool(None), "a", "b")) == ["a", "b"]


@pytest.mark.parametrize("backwards", [False, True])
def test_pieces_are_whole_lines_that_cover_everything(tmp_path: Path, backwards: bool) -> None:
    spool = Spool(tmp_path, size=1 << 20)
    for n in range(300):
        filled(spool, *(f"line {n} {i} " + "z" * (i * 13 % 90) for i in range(20)))

    pieces = list(spool.pieces(100, 5000, 4096, backwards=backwards))
    if backwards:
        pieces.reverse()
    found = [text for p in pieces for text in p.data.decode().split("\n")[:-1]]

    assert found == [line.text for line in spool.lines(100, 5000)]
    assert pieces[0].first == 100
    assert max(len(p.data) for p in pieces) < 4096 + 200
    for piece in pieces:
        assert piece.number(0) == piece.first
        assert piece.number(len(piece.data) - 1) == piece.first + piece.high - piece.low - 1


def test_what_was_dropped_while_it_is_read_stays_readable(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lines=100)
    filled(spool, *(f"old {n}" for n in range(50)))
    pieces = spool.pieces(0, spool.end, 64)
    first = next(pieces)
    for n in range(1000):
        filled(spool, f"new {n}")

    assert first.data.startswith(b"old 0\n")
    assert [t for p in pieces for t in p.data.decode().split()][-1] == "49"
