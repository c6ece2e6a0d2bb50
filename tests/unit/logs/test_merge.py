from __future__ import annotations

import threading
import time
from collections.abc import Callable

from machete_tui.core.logs import LogBatch
from machete_tui.logs.merge import Merger
from tests.unit.logs.making import lines


class Sink:
    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def __call__(self, source: int, batch: LogBatch) -> None:
        self.lines += [(source, text) for text in batch.lines()]

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines]


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_one_source_goes_straight_through() -> None:
    sink = Sink()
    merger = Merger(sink)
    merger.lane(3).put(lines("a", "b"))

    assert sink.lines == [(3, "a"), (3, "b")]


def test_several_are_merged_by_time() -> None:
    sink = Sink()
    merger = Merger(sink)
    one, two, three = merger.lane(1), merger.lane(2), merger.lane(3)
    one.put(lines("1", "4", "7", at=[1, 4, 7]))
    one.end()
    three.put(lines("3", "6", "9", at=[3, 6, 9]))
    two.put(lines("2", "5", "8", at=[2, 5, 8]))
    two.end()
    three.end()

    until(lambda: len(sink.lines) == 9)
    assert sink.texts == [str(n) for n in range(1, 10)]
    merger.close()


def test_a_quiet_source_holds_up_nobody() -> None:
    sink = Sink()
    merger = Merger(sink)
    quiet, loud = merger.lane(1), merger.lane(2)
    quiet.ready()
    loud.put(lines("a"))

    until(lambda: sink.texts == ["a"])
    merger.close()


def test_a_clock_that_jumps_keeps_the_order_of_its_own_source() -> None:
    sink = Sink()
    merger = Merger(sink)
    jumping, steady = merger.lane(1), merger.lane(2)
    jumping.put(lines("j1", "j2", "j3", "j4", at=[100, 5000, 10, 101]))
    steady.put(lines("s1", "s2", at=[99, 102]))
    jumping.end()
    steady.end()

    until(lambda: len(sink.lines) == 6)
    assert [t for t in sink.texts if t[0] == "j"] == ["j1", "j2", "j3", "j4"]
    assert [t for t in sink.texts if t[0] == "s"] == ["s1", "s2"]
    assert sink.texts[:2] == ["s1", "j1"]
    merger.close()


def test_a_source_far_ahead_waits_and_goes_on() -> None:
    sink = Sink()
    merger = Merger(sink)
    ahead, behind = merger.lane(1), merger.lane(2)
    big = "x" * 1000

    def pour() -> None:
        for n in range(3000):
            ahead.put(lines(big, at=[1000.0 + n]))
        ahead.end()

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    for n in range(200):
        behind.put(lines(f"{n}", at=[float(n)]))
    behind.end()
    thread.join(20)

    assert not thread.is_alive()
    until(lambda: len(sink.lines) == 3200)
    assert sink.texts[:200] == [str(n) for n in range(200)]
    merger.close()


def test_closing_lets_a_waiting_reader_go() -> None:
    merger = Merger(lambda source, batch: time.sleep(30))
    first, second = merger.lane(1), merger.lane(2)
    second.ready()

    def pour() -> None:
        for _ in range(10_000):
            first.put(lines("x" * 1000))

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    merger.close()
    thread.join(10)

    assert not thread.is_alive()
