"""The app as a person meets it, against peers, in one run on one machine.

    python -m bench.tui [--containers 50] [--peer "CMD" [--peer-ready REGEX]] [--short] [--json]

Start to complete list, idle CPU of itself and of the daemons, memory, bytes when idle and per key, key to
paint, event to paint, quitting; each with the figure of a bare Textual app, and of any program given with
``--peer``. Needs an Engine (``DOCKER_HOST`` or the local socket) with the image ``busybox:latest``; the
containers are made for it and removed after it. Needs pyte: ``pip install -e '.[bench]'``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import docker

from bench.load import cpu_of, daemons, machine
from bench.measure import hold
from bench.probe import Keys, Probe
from bench.startup import EMPTY, MACHETE, PAINT, fleet

SIZE = (120, 40)
YOUNG = 62.0
"""Seconds after which a container's age is told in minutes: until then a list changes every second."""
DOWN, UP = b"\x1b[B", b"\x1b[A"


@dataclass(slots=True)
class Figures:
    """What was measured of one program; times in milliseconds, -1 for what could not be measured."""

    name: str
    complete: float = -1.0
    start_cpu: float = -1.0
    idle_cpu: float = -1.0
    daemon_cpu: float = -1.0
    idle_bytes: float = -1.0
    memory: float = -1.0
    key_p50: float = -1.0
    key_p95: float = -1.0
    key_bytes: float = -1.0
    event: float = -1.0
    quit: float = -1.0


ROWS: tuple[tuple[str, str, str], ...] = (
    ("complete", "exec to complete list", "ms"),
    ("start_cpu", "CPU until then", "ms"),
    ("idle_cpu", "idle CPU, itself", "% of a core"),
    ("daemon_cpu", "idle CPU, added to the daemons", "% of a core"),
    ("idle_bytes", "bytes to the terminal when idle", "B/s"),
    ("memory", "memory", "MB"),
    ("key_p50", "key to paint, p50", "ms"),
    ("key_p95", "key to paint, p95", "ms"),
    ("key_bytes", "bytes per key", "B"),
    ("event", "event to paint", "ms"),
    ("quit", "quit", "ms"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program to measure: its command, when its list is complete, how it is left."""

    name: str
    command: Sequence[str]
    ready: str
    count: int
    leave: bytes


class Bench:
    """All measures of one run."""

    def __init__(self, env: Mapping[str, str], *, idle: float, keys: int, times: int) -> None:
        self.env = env
        self.idle, self.keys, self.times = idle, keys, times
        host = env.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        self.daemons = daemons(host.removeprefix("unix://"))

    def load(self) -> float:
        """Return seconds of CPU that the daemons used."""
        return sum(cpu_of(pid) for pid in self.daemons)

    def resting(self) -> float:
        """Return what the daemons use when nobody asks, in percent."""
        before, begun = self.load(), time.perf_counter()
        time.sleep(self.idle)
        return (self.load() - before) / (time.perf_counter() - begun) * 100

    def measure(self, program: Program, resting: float, event: Callable[[], str] | None) -> Figures:
        """Run a program several times to its complete list, the last time to its end."""
        figures = Figures(program.name)
        starts: list[tuple[float, float]] = []
        for number in range(self.times):
            probe = self._start(program)
            starts.append((_complete(probe, program), probe.cpu() * 1000))
            if number < self.times - 1:
                probe.quit(program.leave)
        starts.sort()
        figures.complete, figures.start_cpu = starts[len(starts) // 2]
        probe.settle(0.5, 4)
        probe.read(probe.now + 2)
        before, theirs, begun = probe.cpu(), self.load(), probe.now
        probe.read(begun + self.idle)
        spent = probe.now - begun
        figures.idle_cpu = (probe.cpu() - before) / spent * 100
        figures.daemon_cpu = max(0.0, (self.load() - theirs) / spent * 100 - resting)
        figures.idle_bytes = probe.sent(begun) / spent
        figures.memory = probe.memory()
        pressed: Keys = probe.press([DOWN] * 8 + [UP] * 8, self.keys, 0.15)
        if pressed.paints:
            figures.key_p50, figures.key_p95 = pressed.paint(50), pressed.paint(95)
            figures.key_bytes = pressed.bytes
        if event is not None:
            figures.event = self._event(probe, event)
        figures.quit = probe.quit(program.leave)
        return figures

    def _start(self, program: Program) -> Probe:
        probe = Probe(program.command, self.env, SIZE)
        probe.until(program.ready, program.count, 30)
        probe.settle(0.3, 3)
        return probe

    def _event(self, probe: Probe, event: Callable[[], str]) -> float:
        """Return milliseconds from a change on the Engine to the first byte of it on the screen."""
        found = []
        for _ in range(3):
            probe.settle(0.4, 4)
            at = len(probe.received)
            event()
            done = probe.now
            probe.read(done + 3)
            if len(probe.received) > at:
                found.append(max(0.0, (probe.received[at][0] - done) * 1000))
            probe.settle(0.6, 4)
        return sorted(found)[len(found) // 2] if found else -1.0


def _complete(probe: Probe, program: Program) -> float:
    pattern = re.compile(program.ready)
    return probe.complete(lambda text: len(set(pattern.findall(text))) >= program.count)


def table(found: Sequence[Figures]) -> str:
    """Return the figures as a table, ours beside each peer's with the ratio."""
    ours, *peers = found
    head = ["figure", ours.name, *(word for peer in peers for word in (peer.name, "ratio"))]
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    for key, said, unit in ROWS:
        mine = getattr(ours, key)
        cells = [f"{said}, {unit}", _shown(mine)]
        for peer in peers:
            theirs = getattr(peer, key)
            known = mine >= 0 and theirs > 0
            cells += [_shown(theirs), f"{mine / theirs:.2f}×" if known else "-"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _shown(value: float) -> str:
    return "-" if value < 0 else f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def toggle(client: docker.DockerClient, name: str) -> Callable[[], str]:
    """Return a function that changes one container, so that a list has something to show."""

    def change() -> str:
        container = client.containers.get(name)
        container.reload()
        if container.status == "paused":
            container.unpause()
        else:
            container.pause()
        return name

    return change


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--containers", type=int, default=50, help="size of the fleet")
    parser.add_argument("--peer", help="another program, as one shell word")
    parser.add_argument("--peer-ready", default=r"bench-\d+", help="what its complete list shows, as a regex")
    parser.add_argument(
        "--peer-count", type=int, default=0, help="how many different matches make it complete"
    )
    parser.add_argument("--peer-quit", default="q", help="keys that end it")
    parser.add_argument(
        "--short", action="store_true", help="few, short measures; fails when far worse than the target"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    visible = min(options.containers, SIZE[1] - 8)
    programs = [
        Program("machete", MACHETE, r"bench-\d+", visible, b"q"),
        Program("a bare Textual app", EMPTY, "empty-and-ready", 1, b"\x11"),
    ]
    if options.peer:
        count = options.peer_count or min(options.containers, 5)
        leave = options.peer_quit.encode().decode("unicode_escape").encode("latin-1")
        programs.append(Program(options.peer, shlex.split(options.peer), options.peer_ready, count, leave))
    with fleet(options.containers) as env:
        given = {**env, "MACHETE_CONFIG": os.devnull + "/none"}
        with open(os.path.join(env["MACHETE_STATE_DIR"], "seen-tour"), "w"):  # noqa: PTH118, PTH123
            pass
        short = options.short
        if not short:
            time.sleep(YOUNG)
        bench = Bench(given, idle=4 if short else 20, keys=16 if short else 80, times=1 if short else 5)
        client = docker.from_env()
        resting = bench.resting()
        found = [
            bench.measure(
                program,
                resting,
                toggle(client, "bench-003") if program.name != "a bare Textual app" else None,
            )
            for program in programs
        ]
        client.close()
    if short:
        hold("CPU to the complete list", found[0].start_cpu / found[1].start_cpu, PAINT)
    if options.json:
        print(
            json.dumps(
                {"machine": machine(), "containers": options.containers, "found": [asdict(f) for f in found]}
            )
        )
        return
    print(f"{options.containers} containers, {SIZE[0]}×{SIZE[1]}, {machine()}\n")
    print(table(found))


if __name__ == "__main__":
    main()
