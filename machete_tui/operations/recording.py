"""Measures containers, services and machine again and again, and keeps what it measured.

One :class:`Recorder` belongs to one thread, which calls :meth:`Recorder.step` each second. Anybody may read
what it keeps: the last five minutes by the second are here, whole minutes go to the store.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise

from machete_tui.core.context import Context
from machete_tui.core.engine import Container
from machete_tui.core.errors import MacheteError
from machete_tui.core.metrics import (
    HOST,
    Counters,
    HostCounters,
    Moment,
    Reading,
    Subject,
    host_rates,
    rates,
    together,
)
from machete_tui.core.series import MINUTE, SECONDS, Bucket, Ring, Window, seconds_window

LEAST = 10
"""Seconds that a container must have been seen for its minute to be kept: the short-lived are too many."""

GONE = 200
"""Series kept of containers that are gone, for as long as anything of them is in the last five minutes."""

WAITING = 30
"""Minutes that wait in memory when the store cannot be written."""

REACH, FAR = 3, 35
"""Seconds that a reading may hold backwards: one that comes each second, and one that is dear."""


@dataclass(slots=True)
class _Followed:
    """A running container between two readings."""

    container: Container
    subject: Subject
    service: Subject | None
    ring: Ring
    last: Counters | None = None


class Recorder:
    """Readings of now and of the last minutes.

    Args:
        context: gives the context.

    Attributes:
        tick: the second of the newest reading, by the monotonic clock.
        cheap: whether measuring each second burdens nobody.
        every: seconds between two steps, as its thread means them.
        lines: what was drawn of the last minute, for whoever draws it; with the second up to which it goes.
        trouble: why readings cannot be kept; None when they can.
    """

    def __init__(self, context: Callable[[], Context]) -> None:
        self._context = context
        self._followed: dict[str, _Followed] = {}
        self._rings: dict[Subject, Ring] = {}
        self._now: dict[Subject, Reading] = {}
        self._host: HostCounters | None = None
        self._listed: list[Container] = []
        self._stale = True
        self._started: set[str] = set()
        self._lock = threading.Lock()
        self.lines: dict[tuple[Subject, str, int], tuple[int, str]] = {}
        self._minute: tuple[int, int] | None = None
        self._pending: list[tuple[Subject, Bucket]] = []
        self.tick = 0
        self.cheap = True
        self.every = 1.0
        self.trouble: MacheteError | None = None

    # What others say and read

    def happened(self, started: Iterable[str] = ()) -> None:
        """Note that containers came, went or started; from any thread."""
        with self._lock:
            self._started.update(started)
            self._stale = True

    def reading(self, subject: Subject) -> Reading | None:
        """Return the newest reading of a subject, or None."""
        return self._now.get(subject)

    @property
    def readings(self) -> dict[Subject, Reading]:
        """The newest reading of everything that runs; a copy."""
        return dict(self._now)

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers that run, as last listed."""
        return tuple(self._listed)

    def ring(self, subject: Subject) -> Ring | None:
        """Return the last five minutes of a subject, or None."""
        return self._rings.get(subject)

    def seconds(self, subject: Subject, now: float, count: int = SECONDS) -> Window:
        """Return the last seconds of a subject; ``now`` is the Unix time."""
        return seconds_window(self.ring(subject), self.tick, now, count)

    # What its thread does

    def recall(self) -> None:
        """Begin with what the store has of the last five minutes: by the minute, but without a hole."""
        context = self._context()
        now, tick = context.clock.now(), int(context.clock.monotonic())
        for subject, buckets in context.store.metrics.recent(now - SECONDS).items():
            ring = self._rings.setdefault(subject, Ring())
            times = [bucket.at for bucket in buckets]
            step = min([MINUTE, *(int(b - a) for a, b in pairwise(times))])
            for bucket in buckets:
                begin = tick - int(now - bucket.at)
                reading = Reading._make((*bucket.avg, 0.0, 0.0, 0.0))
                for second in range(max(begin, tick - SECONDS + 1), min(begin + step, tick)):
                    ring.push(second, reading)

    def step(self) -> None:
        """Measure once; write the minute that ended.

        Raises:
            MacheteError: the engine does not answer; the time until it does is a gap.
        """
        context = self._context()
        with self._lock:
            stale, started = self._stale, self._started
            self._stale, self._started = False, set()
        try:
            if stale:
                self._listed = context.engine.containers(every=False)
            moment = context.engine.measure(self._listed, started=started)
        except BaseException:
            self.happened(started)
            raise
        self.cheap = moment.cheap
        self.tick = int(context.clock.monotonic())
        if stale:
            self._follow(started)
        self._take(moment)
        self._turn(context)

    def _follow(self, started: Collection[str]) -> None:
        """Adjust to the containers that run now."""
        followed: dict[str, _Followed] = {}
        for container in self._listed:
            known = self._followed.get(container.id)
            if known is None or known.container.name != container.name:
                subject = Subject("container", container.name)
                owner = container.service or container.labels.get("com.docker.compose.project", "")
                service = Subject("service", owner) if owner else None
                known = _Followed(
                    container,
                    subject,
                    service,
                    self._rings.setdefault(subject, Ring()),
                    None if known is None else known.last,
                )
            elif container.id in started:
                known.last = None
            followed[container.id] = known
        self._followed = followed
        self._forget()

    def _forget(self) -> None:
        """Drop the series of what is gone: at once if it was short, else when five minutes have passed."""
        live = {f.subject for f in self._followed.values()} | {f.service for f in self._followed.values()}
        gone = [(r.last, s) for s, r in self._rings.items() if s not in live and s != HOST]
        gone.sort()
        for place, (last, subject) in enumerate(gone):
            short = last - self._rings[subject].first < LEAST
            if short or last < self.tick - SECONDS or place < len(gone) - GONE:
                del self._rings[subject]

    def _take(self, moment: Moment) -> None:
        """Turn counters into readings and put them into the series."""
        tick = self.tick
        reach = max(REACH, math.ceil(self.every * 2)) if moment.cheap else FAR
        now: dict[Subject, Reading] = {}
        services: dict[Subject, list[Reading]] = {}
        for ident, counters in moment.containers.items():
            followed = self._followed.get(ident)
            if followed is None:
                continue
            if followed.last is not None and counters.at <= followed.last.at:
                reading = self._now.get(followed.subject)  # nothing newer of it yet
                if reading is None:
                    continue
            else:
                reading = rates(followed.last, counters)
                followed.last = counters
                followed.ring.push(tick, reading, reach)
            now[followed.subject] = reading
            if followed.service is not None:
                services.setdefault(followed.service, []).append(reading)
        for service, readings in services.items():
            now[service] = whole = together(readings)
            ring = self._rings.get(service)
            if ring is None:
                ring = self._rings[service] = Ring()
            ring.push(tick, whole, reach)
        if moment.host is not None:
            now[HOST] = whole = host_rates(self._host, moment.host)
            self._host = moment.host
            self._rings.setdefault(HOST, Ring()).push(tick, whole, reach)
        self._now = now

    def _turn(self, context: Context) -> None:
        """At the end of a minute of the wall clock, write it; however that clock got to another minute."""
        minute = int(context.clock.now() // MINUTE)
        if self._minute is None:
            self._minute = (minute, self.tick)
        elif minute != self._minute[0]:
            ended, since = self._minute
            self._minute = (minute, self.tick)
            self._pending += self._folded(ended, max(since, self.tick - MINUTE), self.tick - 1)
            self._write(context)
            self._forget()

    def partial(self, subject: Subject) -> Bucket | None:
        """Return the minute that has not ended yet, or None."""
        ring, minute = self.ring(subject), self._minute
        if ring is None or minute is None:
            return None
        return ring.fold(max(minute[1], self.tick - MINUTE), self.tick, float(minute[0] * MINUTE))

    def _folded(self, minute: int, since: int, until: int) -> list[tuple[Subject, Bucket]]:
        found: list[tuple[Subject, Bucket]] = []
        for subject, ring in self._rings.items():
            if ring.last < since:
                continue
            bucket = ring.fold(since, until, float(minute * MINUTE))
            if bucket is not None and (bucket.seconds >= LEAST or subject.kind != "container"):
                found.append((subject, bucket))
        return found

    def _write(self, context: Context) -> None:
        try:
            context.store.metrics.record(self._pending, context.clock.now())
        except MacheteError as error:
            if self.trouble is None:
                context.log.write("warning", "readings cannot be kept", reason=str(error.what))
            self.trouble = error
            self._pending = self._pending[-WAITING * len(self._rings) :]
        else:
            self.trouble = None
            self._pending = []
