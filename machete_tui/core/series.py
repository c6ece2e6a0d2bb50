"""Readings over time: the last five minutes by the second, then minutes and hours with min, average and max.

What was not measured is a gap and stays one. Seconds are counted by the monotonic clock, so that a clock
that jumps tears no hole into them; minutes and hours are those of the wall clock.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from machete_tui.core.frozen import dataclass
from machete_tui.core.metrics import WIDTH, Reading, Subject

SECONDS = 300
"""Seconds that are kept one by one."""

MINUTE = 60
HOUR = 3600
KEEP_MINUTES = 24 * HOUR
KEEP_HOURS = 30 * 24 * HOUR
"""Seconds for which minutes and hours are kept."""

_NAN = math.nan

Values = tuple[float | None, ...]
"""One value for each of METRICS."""

NOTHING: Values = (None,) * WIDTH


class Bucket(NamedTuple):
    """What was measured in one second, minute or hour.

    Attributes:
        at: Unix time of its begin.
        seconds: how many seconds of it were measured.
        low: least value of each metric, ``avg`` the average, ``high`` the greatest.
        avg: see ``low``.
        high: see ``low``.
    """

    at: float
    seconds: int
    low: Values
    avg: Values
    high: Values


class Ring:
    """The last values of one subject, a slot for each second of the monotonic clock."""

    __slots__ = ("_data", "_size", "first", "last")

    def __init__(self, size: int = SECONDS) -> None:
        self._size = size
        self._data = array("f", [_NAN]) * (size * WIDTH)
        self.first = self.last = -1

    def push(self, tick: int, reading: Reading, reach: int = 3) -> None:
        """Put a reading at a second.

        Args:
            tick: the second.
            reading: its first WIDTH fields count.
            reach: how many seconds back it holds, where nothing was put there: rates are averages since
                the reading before. What lies further back is a gap.
        """
        values = array("f", [_NAN if v is None else v for v in reading[:WIDTH]])
        data, size, last = self._data, self._size, self.last
        if tick <= last - size or last < 0:
            self.first, last = tick, tick - 1
        elif tick < last:
            tick = last
        if tick - last > 1:
            filling = values if tick - last <= reach else array("f", [_NAN]) * WIDTH
            for between in range(max(last + 1, tick - size + 1), tick):
                place = between % size * WIDTH
                data[place : place + WIDTH] = filling
        place = tick % size * WIDTH
        data[place : place + WIDTH] = values
        self.last = tick

    def column(self, metric: int, until: int, count: int = SECONDS) -> list[float | None]:
        """Return ``count`` values of one metric up to a second, oldest first; None where there is a gap."""
        known = self._ordered(metric)
        late = max(0, until - self.last)
        taken = known[: len(known) - (self.last - until)] if until < self.last else known
        found: list[float | None] = [None if v != v else v for v in taken[-count:]]
        found += [None] * min(late, count)
        return [None] * (count - len(found)) + found[-count:]

    def fold(self, since: int, until: int, at: float) -> Bucket | None:
        """Return the seconds from ``since`` to ``until`` as one bucket; None when all are gaps."""
        least: list[float | None] = []
        mean: list[float | None] = []
        most: list[float | None] = []
        seconds = 0
        count = until - since + 1
        for metric in range(WIDTH):
            known = [v for v in self.column(metric, until, count) if v is not None]
            seconds = max(seconds, len(known))
            least.append(min(known) if known else None)
            mean.append(sum(known) / len(known) if known else None)
            most.append(max(known) if known else None)
        return Bucket(at, seconds, tuple(least), tuple(mean), tuple(most)) if seconds else None

    def _ordered(self, metric: int) -> array[float]:
        """Return the column from the oldest slot to the newest."""
        column = self._data[metric::WIDTH]
        start = (self.last + 1) % self._size
        return column[start:] + column[:start]


def merged(buckets: Iterable[Bucket], at: float) -> Bucket | None:
    """Return several buckets as one longer one; averages count by their seconds. None for none."""
    found = list(buckets)
    if not found:
        return None
    lows, means, highs = [], [], []
    for metric in range(WIDTH):
        low = [b.low[metric] for b in found]
        high = [b.high[metric] for b in found]
        lows.append(min((v for v in low if v is not None), default=None))
        highs.append(max((v for v in high if v is not None), default=None))
        known = [(v, b.seconds) for b in found if (v := b.avg[metric]) is not None]
        weight = sum(seconds for _, seconds in known)
        means.append(sum(v * seconds for v, seconds in known) / weight if weight else None)
    return Bucket(at, sum(b.seconds for b in found), tuple(lows), tuple(means), tuple(highs))


def coarser(buckets: Sequence[Bucket], step: int) -> list[Bucket]:
    """Return buckets as those of a longer step, oldest first."""
    by_step: dict[int, list[Bucket]] = {}
    for bucket in buckets:
        by_step.setdefault(int(bucket.at // step), []).append(bucket)
    return [b for key in sorted(by_step) if (b := merged(by_step[key], float(key * step))) is not None]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in slots of equal length, gaps among them.

    Attributes:
        since: Unix time of the first slot's begin.
        step: seconds of a slot.
        slots: one bucket a slot, None for a gap.
    """

    since: float
    step: int
    slots: tuple[Bucket | None, ...]

    @property
    def until(self) -> float:
        """Unix time of the end of the last slot."""
        return self.since + self.step * len(self.slots)

    def column(self, metric: int) -> list[tuple[float, float, float] | None]:
        """Return (low, average, high) of one metric in each slot; None for a gap."""
        found: list[tuple[float, float, float] | None] = []
        for slot in self.slots:
            low = avg = high = None
            if slot is not None:
                low, avg, high = slot.low[metric], slot.avg[metric], slot.high[metric]
            found.append(None if low is None or avg is None or high is None else (low, avg, high))
        return found

    def whole(self) -> Bucket | None:
        """Return everything in it as one bucket; None when all are gaps."""
        return merged((slot for slot in self.slots if slot is not None), self.since)


def window(buckets: Iterable[Bucket], step: int, since: float, until: float) -> Window:
    """Put buckets of that step into the slots between two times; both ends are rounded to whole slots."""
    first, last = math.floor(since / step), math.ceil(until / step)
    slots: list[Bucket | None] = [None] * max(0, last - first)
    for bucket in buckets:
        place = math.floor(bucket.at / step) - first
        if 0 <= place < len(slots):
            slots[place] = bucket
    return Window(float(first * step), step, tuple(slots))


def seconds_window(ring: Ring | None, tick: int, now: float, count: int = SECONDS) -> Window:
    """Return the last seconds of a ring; ``tick`` is the second that is now, ``now`` its Unix time."""
    since = float(math.floor(now) - count + 1)
    if ring is None or ring.last < 0:
        return Window(since, 1, (None,) * count)
    columns = [ring.column(metric, tick, count) for metric in range(WIDTH)]
    slots: list[Bucket | None] = []
    for place, values in enumerate(zip(*columns, strict=True)):
        empty = all(v is None for v in values)
        slots.append(None if empty else Bucket(since + place, 1, values, values, values))
    return Window(since, 1, tuple(slots))


class MetricStore(Protocol):
    """What is kept of readings: minutes of the last day, hours of the last 30."""

    def record(self, buckets: Sequence[tuple[Subject, Bucket]], now: float) -> None:
        """Write minutes, in one transaction, with the hours that they complete; remove what is too old.

        Of a minute that is there already, by this program or another, the one with more seconds stays.
        """

    def read(self, subject: Subject, step: int, since: float, until: float) -> list[Bucket]:
        """Return the minutes (``step`` 60) or hours (3600) that begin in ``[since, until)``, oldest first."""

    def recent(self, since: float) -> Mapping[Subject, list[Bucket]]:
        """Return the minutes of every subject since a time."""

    def subjects(self) -> list[Subject]:
        """Return everything that something is kept of."""
