"""Rings, buckets and windows: gaps stay gaps, and no clock can break them."""

from __future__ import annotations

import pytest

from machete_tui.core.metrics import INDEX, WIDTH, Reading
from machete_tui.core.series import NOTHING, SECONDS, Bucket, Ring, coarser, merged, seconds_window, window

CPU, MEMORY = INDEX["cpu"], INDEX["memory"]


def bucket(at: float, cpu: float, seconds: int = 60, low: float = 0.0, high: float = 100.0) -> Bucket:
    rest = NOTHING[1:]
    return Bucket(at, seconds, (low, *rest), (cpu, *rest), (high, *rest))


class TestRing:
    def test_values_come_back_in_order_with_what_was_not_measured_empty(self) -> None:
        ring = Ring()
        ring.push(10, Reading(cpu=1.0, memory=5.0))
        ring.push(11, Reading(memory=6.0))
        ring.push(20, Reading(cpu=3.0))
        assert ring.column(CPU, 20, 12) == [None, 1.0, None, *[None] * 8, 3.0]
        assert ring.column(MEMORY, 20, 12) == [None, 5.0, 6.0, *[None] * 9]

    def test_a_reading_that_comes_a_little_late_leaves_no_hole(self) -> None:
        ring = Ring()
        ring.push(10, Reading(cpu=1.0))
        ring.push(12, Reading(cpu=2.0))
        ring.push(18, Reading(cpu=3.0))
        assert ring.column(CPU, 18, 9) == [1.0, 2.0, 2.0, *[None] * 5, 3.0]

    def test_seldom_readings_hold_back_as_far_as_they_reach(self) -> None:
        ring = Ring()
        ring.push(10, Reading(cpu=1.0))
        ring.push(15, Reading(cpu=2.0), reach=10)
        assert ring.column(CPU, 15, 6) == [1.0, 2.0, 2.0, 2.0, 2.0, 2.0]

    def test_the_oldest_goes_when_it_is_full(self) -> None:
        ring = Ring(5)
        for tick in range(20):
            ring.push(tick, Reading(cpu=float(tick)))
        assert ring.column(CPU, 19, 5) == [15.0, 16.0, 17.0, 18.0, 19.0]
        assert ring.column(CPU, 21, 5) == [17.0, 18.0, 19.0, None, None]
        assert ring.column(CPU, 17, 5) == [None, None, 15.0, 16.0, 17.0]

    def test_a_long_silence_empties_it(self) -> None:
        ring = Ring(5)
        ring.push(1, Reading(cpu=1.0))
        ring.push(1000, Reading(cpu=2.0))
        assert ring.column(CPU, 1000, 5) == [None, None, None, None, 2.0]

    def test_a_second_that_comes_twice_and_a_clock_that_goes_back(self) -> None:
        ring = Ring(5)
        ring.push(100, Reading(cpu=1.0))
        ring.push(100, Reading(cpu=2.0))
        assert ring.column(CPU, 100, 2) == [None, 2.0]
        ring.push(99, Reading(cpu=3.0))
        assert ring.column(CPU, 100, 2) == [None, 3.0]
        ring.push(3, Reading(cpu=4.0))  # another boot, as it were
        assert ring.column(CPU, 3, 2) == [None, 4.0]

    def test_folding_gives_least_average_and_greatest(self) -> None:
        ring = Ring()
        for tick, cpu in enumerate((10.0, 30.0, 20.0), start=5):
            ring.push(tick, Reading(cpu=cpu, memory=100.0))
        found = ring.fold(5, 7, 60.0)
        assert found is not None
        assert (found.at, found.seconds) == (60.0, 3)
        assert (found.low[CPU], found.avg[CPU], found.high[CPU]) == (10.0, 20.0, 30.0)
        assert found.avg[MEMORY] == 100.0
        assert found.avg[INDEX["disk"]] is None
        assert Ring().fold(0, 59, 0.0) is None


class TestBuckets:
    def test_merging_counts_averages_by_their_seconds(self) -> None:
        found = merged([bucket(0, 10.0, 60, 5.0, 20.0), bucket(60, 40.0, 20, 1.0, 90.0)], 0)
        assert found is not None
        assert found.seconds == 80
        assert (found.low[0], found.avg[0], found.high[0]) == (1.0, 17.5, 90.0)
        assert merged([], 0) is None

    def test_unknown_values_count_for_nothing(self) -> None:
        found = merged([bucket(0, 10.0), Bucket(60, 60, NOTHING, NOTHING, NOTHING)], 0)
        assert found is not None
        assert found.avg[0] == 10.0
        assert found.avg[1:] == NOTHING[1:]

    def test_hours_are_made_of_their_minutes(self) -> None:
        hours = coarser([bucket(3540, 1.0), bucket(3600, 2.0), bucket(3660, 4.0)], 3600)
        assert [(b.at, b.avg[0]) for b in hours] == [(0.0, 1.0), (3600.0, 3.0)]


class TestWindow:
    def test_gaps_have_slots_of_their_own(self) -> None:
        found = window([bucket(120, 1.0), bucket(300, 2.0), bucket(9000, 3.0)], 60, 100, 361)
        assert (found.since, found.until, len(found.slots)) == (60.0, 420.0, 6)
        assert [None if s is None else s.avg[0] for s in found.slots] == [None, 1.0, None, None, 2.0, None]
        assert found.column(0)[1] == (0.0, 1.0, 100.0)
        assert found.column(1) == [None] * 6

    def test_the_live_one_ends_now(self) -> None:
        ring = Ring()
        for tick in range(40, 51):
            ring.push(tick, Reading(cpu=float(tick)))
        found = seconds_window(ring, 52, 1000.7)
        assert len(found.slots) == SECONDS
        assert found.until == 1001.0
        assert found.slots[-1] is None
        last = found.slots[-3]
        assert last is not None
        assert last.avg[0] == 50.0
        assert last.at == 998.0
        assert seconds_window(None, 52, 1000.7).whole() is None

    @pytest.mark.parametrize(("since", "until"), [(100, 100), (100, 40)])
    def test_no_time_at_all(self, since: float, until: float) -> None:
        assert window([bucket(60, 1.0)], 60, since, until).whole() is None or since == until

    def test_every_metric_has_its_place(self) -> None:
        assert len(NOTHING) == WIDTH == len(INDEX)
        assert Reading._fields[:WIDTH] == tuple(INDEX)
