"""What is measured: counters as they are read, and the readings per second that two of them give.

An engine gives counters, which only ever grow, with the time of each. Whoever wants rates keeps the ones
before and calls :func:`rates`, so that no reader of the same engine disturbs another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, NamedTuple

from machete_tui.core.frozen import dataclass

Unit = Literal["%", "B", "B/s", ""]
UNKNOWN = -1
"""A counter that cannot be read: the network of a container that has the host's own, for example."""


class Counters(NamedTuple):
    """What one container has used up to a moment.

    Attributes:
        at: monotonic seconds of the reading.
        cpu: CPU seconds since its start.
        memory: bytes, without inactive file pages.
        limit: bytes that it may use; 0 for no limit.
        cpus: cores that it may use; 0 for no limit.
        rx: bytes received since its start, ``tx`` sent; UNKNOWN where it has the host's network.
        tx: see ``rx``.
        read: bytes read from block devices, ``write`` written.
        write: see ``read``.
        pids: processes and threads now.
        era: another number after a restart, when all counters begin anew.
    """

    at: float
    cpu: float
    memory: int
    limit: int = 0
    cpus: float = 0.0
    rx: int = UNKNOWN
    tx: int = UNKNOWN
    read: int = UNKNOWN
    write: int = UNKNOWN
    pids: int = UNKNOWN
    era: int = 0


class HostCounters(NamedTuple):
    """What the machine has used up to a moment.

    Attributes:
        at: monotonic seconds of the reading.
        busy: CPU time used by anything, ``total`` all there was, both in the kernel's ticks.
        total: see ``busy``.
        cores: how many.
        memory: bytes in use, ``limit`` bytes there are.
        limit: see ``memory``.
        disk: bytes in use where the engine keeps its data, ``space`` bytes there are.
        space: see ``disk``.
        load: of the last minute.
        rx: bytes received on the machine's own interfaces, ``tx`` sent.
        tx: see ``rx``.
        read: bytes read from disks, ``write`` written.
        write: see ``read``.
        pids: processes and threads now.
    """

    at: float
    busy: int
    total: int
    cores: int
    memory: int
    limit: int
    disk: int = UNKNOWN
    space: int = 0
    load: float = 0.0
    rx: int = UNKNOWN
    tx: int = UNKNOWN
    read: int = UNKNOWN
    write: int = UNKNOWN
    pids: int = UNKNOWN


@dataclass(frozen=True, slots=True)
class Moment:
    """One full reading.

    Attributes:
        containers: counters by full id of those that run and could be read.
        host: the machine's; None where the engine is on another one.
        cheap: whether reading each second burdens nobody; else it costs the engine a lot.
    """

    containers: Mapping[str, Counters] = field(default_factory=dict)
    host: HostCounters | None = None
    cheap: bool = True


class Reading(NamedTuple):
    """Usage at one moment; None where it is not known (rates need two readings).

    Attributes:
        cpu: percent: of one core for containers and services, of the whole machine for the host.
        memory: bytes.
        rx: bytes a second received, ``tx`` sent, ``read`` from disks, ``write`` to them.
        tx: see ``rx``.
        read: see ``rx``.
        write: see ``rx``.
        pids: processes and threads.
        disk: bytes in use; of the host only.
        load: of the last minute; of the host only.
        limit: bytes of memory that it may use; 0 for no limit.
        cpus: cores that it may use; 0 for no limit.
        space: bytes of the disk; of the host only.
    """

    cpu: float | None = None
    memory: float | None = None
    rx: float | None = None
    tx: float | None = None
    read: float | None = None
    write: float | None = None
    pids: float | None = None
    disk: float | None = None
    load: float | None = None
    limit: float = 0.0
    cpus: float = 0.0
    space: float = 0.0

    @property
    def net(self) -> float | None:
        """Bytes a second received and sent together."""
        return None if self.rx is None or self.tx is None else self.rx + self.tx

    @property
    def io(self) -> float | None:
        """Bytes a second read from disks and written together."""
        return None if self.read is None or self.write is None else self.read + self.write


@dataclass(frozen=True, slots=True)
class Process:
    """One process inside a container, as ``ps`` on its machine tells.

    Attributes:
        pid: on the machine, not inside.
        parent: its parent's.
        user: who runs it.
        state: the kernel's letter (``S``, ``R``, ``D``, ``Z``) and its signs.
        cpu: percent of a core over its whole life.
        memory: resident bytes.
        elapsed: since its start, as ``ps`` writes it (``2-03:04:05``).
        command: with its arguments.
    """

    pid: int
    parent: int
    user: str
    state: str
    cpu: float
    memory: int
    elapsed: str
    command: str


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: field of :class:`Reading`, what people call it, its unit."""

    id: str
    title: str
    unit: Unit


METRICS = (
    Metric("cpu", "CPU", "%"),
    Metric("memory", "Memory", "B"),
    Metric("rx", "Net in", "B/s"),
    Metric("tx", "Net out", "B/s"),
    Metric("read", "Disk read", "B/s"),
    Metric("write", "Disk write", "B/s"),
    Metric("pids", "Processes", ""),
    Metric("disk", "Disk used", "B"),
    Metric("load", "Load", ""),
)
"""Every metric that is recorded, in the order of :class:`Reading`'s first fields."""

WIDTH = len(METRICS)
INDEX = {metric.id: place for place, metric in enumerate(METRICS)}

Kind = Literal["host", "service", "container"]


class Subject(NamedTuple):
    """What a series is of; the host has no name."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return self.name or "host"


HOST = Subject("host")


def rates(before: Counters | None, now: Counters) -> Reading:
    """Return the usage between two readings of one container; without the first, what needs no rate."""
    memory, pids = float(now.memory), None if now.pids < 0 else float(now.pids)
    if before is None or before.era != now.era or now.cpu < before.cpu or now.at <= before.at:
        return Reading(memory=memory, pids=pids, limit=now.limit, cpus=now.cpus)
    span = now.at - before.at
    return Reading(
        (now.cpu - before.cpu) / span * 100,
        memory,
        _rate(before.rx, now.rx, span),
        _rate(before.tx, now.tx, span),
        _rate(before.read, now.read, span),
        _rate(before.write, now.write, span),
        pids,
        None,
        None,
        now.limit,
        now.cpus,
    )


def host_rates(before: HostCounters | None, now: HostCounters) -> Reading:
    """Return the machine's usage between two readings."""
    span = 0.0 if before is None else now.at - before.at
    cpu = rx = tx = read = write = None
    if before is not None and span > 0 and now.total > before.total:
        cpu = max(0.0, min(100.0, (now.busy - before.busy) / (now.total - before.total) * 100))
        rx, tx = _rate(before.rx, now.rx, span), _rate(before.tx, now.tx, span)
        read, write = _rate(before.read, now.read, span), _rate(before.write, now.write, span)
    return Reading(
        cpu,
        float(now.memory),
        rx,
        tx,
        read,
        write,
        None if now.pids < 0 else float(now.pids),
        None if now.disk < 0 else float(now.disk),
        now.load,
        now.limit,
        float(now.cores),
        now.space,
    )


def together(readings: list[Reading]) -> Reading:
    """Return the sum of several containers' usage; the limits count where every one of them has one."""
    if len(readings) < 2:
        return readings[0] if readings else Reading()
    cpu, memory, rx, tx, read, write, pids = (_sum(c) for c in list(zip(*readings, strict=True))[:7])
    limit = sum(r.limit for r in readings) if all(r.limit for r in readings) else 0.0
    cpus = sum(r.cpus for r in readings) if all(r.cpus for r in readings) else 0.0
    return Reading(cpu, memory, rx, tx, read, write, pids, None, None, limit, cpus)


def _rate(before: int, now: int, span: float) -> float | None:
    return (now - before) / span if 0 <= before <= now else None


def _sum(values: tuple[float | None, ...]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None
