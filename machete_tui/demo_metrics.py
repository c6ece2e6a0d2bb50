"""What the store of ``--demo`` recalls of readings from before it was started: made up when asked for.

The same functions of time give the fleet's usage now and in the past, so that charts have no seam. A
service used less CPU and more memory before its last deployment, and nothing was measured in one night.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from machete_tui.core.metrics import HOST, Reading, Subject, together
from machete_tui.core.series import HOUR, SECONDS, Bucket, MetricStore, Values
from machete_tui.engines.memory import MemoryEngine
from machete_tui.engines.memory_meter import CORES, DISK, MEMORY, flows, pids
from machete_tui.engines.memory_model import Box

GAP = (9 * HOUR, 11 * HOUR)
"""Hours before the start in which nobody had the app open."""


class DemoMetrics:
    """The store's own readings, and a past in front of them.

    Args:
        kept: the real repository.
        engine: whose containers have the past.
        start: Unix time at which the demo began; ``kept`` has what is later.
    """

    def __init__(self, kept: MetricStore, engine: MemoryEngine, start: float) -> None:
        self._kept = kept
        self._engine = engine
        self._start = start

    def record(self, buckets: Sequence[tuple[Subject, Bucket]], now: float) -> None:
        """Keep them."""
        self._kept.record(buckets, now)

    def read(self, subject: Subject, step: int, since: float, until: float) -> list[Bucket]:
        """Return the past, then what was kept."""
        past: list[Bucket] = []
        boxes = self._boxes(subject)
        first = int(-(-since // step) * step)
        for at in range(first, int(min(until, self._start)), step) if boxes else ():
            bucket = self._bucket(subject, boxes, float(at), step)
            if bucket is not None:
                past.append(bucket)
        kept = self._kept.read(subject, step, max(since, self._start - step), until)
        known = {bucket.at for bucket in past}
        return past + [bucket for bucket in kept if bucket.at not in known]

    def recent(self, since: float) -> Mapping[Subject, list[Bucket]]:
        """Return the last minutes by the second, so that the live charts are full from the beginning."""
        boxes = self._running()
        names = {Subject("container", box.name) for box in boxes}
        names |= {Subject("service", _owner(box)) for box in boxes} | {HOST}
        first = int(max(since, self._start - SECONDS))
        return {
            subject: [
                found
                for at in range(first, int(self._start))
                if (found := self._bucket(subject, self._boxes(subject), float(at), 1)) is not None
            ]
            for subject in names
        }

    def subjects(self) -> list[Subject]:
        """Return everything that something is kept of."""
        return self._kept.subjects()

    def _running(self) -> list[Box]:
        return [box for box in self._engine.world.boxes.values() if box.running]

    def _boxes(self, subject: Subject) -> list[Box]:
        return [
            box
            for box in self._running()
            if subject.kind == "host"
            or subject.name == (box.name if subject.kind == "container" else _owner(box))
        ]

    def _bucket(self, subject: Subject, boxes: list[Box], at: float, step: int) -> Bucket | None:
        if GAP[0] < self._start - at < GAP[1] and step < HOUR:
            return None
        count = 1 if step == 1 else 3
        rows: list[Values] = []
        for part in range(count):
            moment = at + step * part / count
            readings = [_reading(box, moment) for box in boxes]
            rows.append((_machine(readings) if subject.kind == "host" else together(readings))[:9])
        columns = list(zip(*rows, strict=True))
        known = [[v for v in column if v is not None] for column in columns]
        return Bucket(
            at,
            step,
            tuple(min(k) if k else None for k in known),
            tuple(sum(k) / len(k) if k else None for k in known),
            tuple(max(k) if k else None for k in known),
        )


def _owner(box: Box) -> str:
    return box.labels.get("io.machete.service", "")


def _reading(box: Box, at: float) -> Reading:
    before = at < box.started
    sample = box.sample(at)
    cpu = sample.cpu * (0.8 if before else 1.0)
    memory = sample.memory * (1.15 if before else 1.0)
    return Reading(cpu, memory, *flows(box, cpu), float(pids(box)))


def _machine(readings: list[Reading]) -> Reading:
    whole = together(readings)
    cpu = min(100.0, ((whole.cpu or 0.0) + 12) / CORES)
    return Reading(
        cpu,
        min(MEMORY, (whole.memory or 0.0) + (3 << 30)),
        whole.rx,
        whole.tx,
        whole.read,
        whole.write,
        (whole.pids or 0.0) + 120,
        min(DISK, float(70 << 30)),
        cpu * CORES / 100,
    )
