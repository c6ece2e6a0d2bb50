"""What the in-memory engine tells of usage: counters that grow as its containers behave."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from machete_tui.core.metrics import UNKNOWN, Counters, HostCounters, Moment, Process
from machete_tui.engines.faults import not_running
from machete_tui.engines.memory_model import Box

CORES = 4
MEMORY = 16 << 30
DISK = 120 << 30
_TICKS = 100_000  # a second: more than the kernel's, so that a figure that stands still is told as one
_STEP = 1.0
_STEPS = 60


@dataclass(slots=True)
class _Meter:
    """Counters of one container; ``at`` is a time of their own."""

    started: float
    seen: float
    era: int
    at: float
    cpu: float = 0.0
    rx: float = 0.0
    tx: float = 0.0
    read: float = 0.0
    write: float = 0.0


class Meter:
    """Counters of containers and of the machine under them.

    A clock that stands still would give no rates: a second passes then for the counters alone.
    """

    def __init__(self) -> None:
        self._meters: dict[str, _Meter] = {}
        self._eras = 0
        self._at = 0.0
        self._seen: float | None = None
        self._busy = 0.0
        self._moved = [0.0, 0.0, 0.0, 0.0]

    def measure(self, running: Sequence[Box], wanted: Collection[str], now: float) -> Moment:
        """Return the counters of those of the running containers that are wanted, and of the machine."""
        for gone in self._meters.keys() - {box.id for box in running}:
            del self._meters[gone]
        found = {box.id: self._one(box, now) for box in running if box.id in wanted}
        return Moment(found, self._host(running, now))

    def _one(self, box: Box, now: float) -> Counters:
        meter = self._meters.get(box.id)
        if meter is None or meter.started != box.started:
            self._eras += 1
            meter = self._meters[box.id] = _Meter(box.started, now, self._eras, self._at)
        else:
            span = now - meter.seen if now > meter.seen else _STEP
            steps = min(_STEPS, max(1, round(span)))
            for number in range(1, steps + 1):
                self._pass(box, meter, now - span + span * number / steps, span / steps)
            meter.seen, meter.at = now, meter.at + span
        networked = bool(box.spec.networks)
        return Counters(
            meter.at,
            meter.cpu,
            box.sample(now).memory,
            box.spec.memory,
            box.spec.cpus,
            int(meter.rx) if networked else UNKNOWN,
            int(meter.tx) if networked else UNKNOWN,
            int(meter.read),
            int(meter.write),
            pids(box),
            meter.era,
        )

    def _pass(self, box: Box, meter: _Meter, at: float, span: float) -> None:
        """Let time pass: what is moved over network and disk follows from the CPU."""
        cpu = box.sample(at).cpu
        rx, tx, read, write = flows(box, cpu)
        meter.cpu += cpu / 100 * span
        meter.rx += rx * span
        meter.tx += tx * span
        meter.read += read * span
        meter.write += write * span

    def _host(self, boxes: Sequence[Box], now: float) -> HostCounters:
        span = 0.0
        if self._seen is not None:
            span = now - self._seen if now > self._seen else _STEP
        self._seen = now
        self._at += span
        samples = [box.sample(now) for box in boxes]
        cpu = min(CORES * 100.0, sum(sample.cpu for sample in samples) + 12)
        self._busy += cpu / 100 * span
        for box, sample in zip(boxes, samples, strict=True):
            self._moved = [m + f * span for m, f in zip(self._moved, flows(box, sample.cpu), strict=True)]
        rx, tx, read, write = map(int, self._moved)
        return HostCounters(
            self._at,
            int(self._busy * _TICKS),
            int(self._at * CORES * _TICKS),
            CORES,
            sum(sample.memory for sample in samples) + (3 << 30),
            MEMORY,
            70 << 30,
            DISK,
            round(cpu / 100, 2),
            rx,
            tx,
            read,
            write,
            sum(map(pids, boxes)) + 120,
        )


def flows(box: Box, cpu: float) -> tuple[float, float, float, float]:
    """Return bytes a second received, sent, read and written by a container that uses so much CPU.

    They are whole numbers: a rate that stands still is then told as one by counters that are.
    """
    sort = zlib.crc32(box.name.encode())
    serves = 1.0 if box.own_port else 0.1
    stores = 1.0 if box.spec.mounts else 0.02
    received = cpu * serves * (2_000 + sort % 4_000)
    read, written = cpu * stores * 900, cpu * stores * (2_000 + sort % 9_000)
    return float(int(received)), float(int(received) * (1 + sort % 5)), float(int(read)), float(int(written))


def processes(box: Box, now: float) -> list[Process]:
    """Return a container's pretended processes; raises Conflict when it does not run."""
    if not box.running:
        raise not_running(box.name)
    usage = box.sample(now)
    command = " ".join(box.spec.command) or box.spec.image
    count = min(4, pids(box))
    found = []
    for number in range(count):
        share = 0.7 if number == 0 else 0.3 / (count - 1)
        share = 1.0 if count == 1 else share
        found.append(
            Process(
                box.pid * 10 + number,
                1 if number == 0 else box.pid * 10,
                "app",
                "Ss" if number == 0 else "S",
                round(usage.cpu * share, 1),
                int(usage.memory * share),
                _elapsed(now - box.started),
                command if number == 0 else f"{command}: worker {number}",
            )
        )
    return found


def pids(box: Box) -> int:
    """Return how many processes a container has."""
    return 1 + zlib.crc32(box.name.encode()) % 12


def _elapsed(seconds: float) -> str:
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86400)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days}-{text}" if days else text.removeprefix("00:")
