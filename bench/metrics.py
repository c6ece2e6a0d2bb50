"""One full metric sample of all containers: our CPU, ``docker stats``', glances', and the ratios.

    python -m bench.metrics [--containers 50] [--samples 20] [--short]

CPU is that of the client and what it adds to the daemons (dockerd, containerd, the containers' shims) above
what they use without it. Needs an Engine on a local socket (``DOCKER_HOST``) with the image
``busybox:latest``; the containers are made for the benchmark and removed after it.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import docker

from machete_tui.context import live
from machete_tui.core.settings import Settings
from machete_tui.operations.recording import Recorder

IMAGE = "busybox:latest"
TARGET = 50
"""How many times cheaper than ``docker stats`` one sample is to be."""

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sampled:
    """Milliseconds of one sample: CPU of the client, CPU added to the daemons, wall time."""

    client: float
    daemons: float
    wall: float

    @property
    def cpu(self) -> float:
        """All of its CPU."""
        return self.client + self.daemons

    def __str__(self) -> str:
        return (
            f"{self.cpu:8.2f} ms CPU ({self.client:.2f} client + {self.daemons:.2f} daemons), "
            f"{self.wall:.1f} ms wall"
        )


class Daemons:
    """CPU time of the processes behind the Engine's socket."""

    def __init__(self, path: str, containers: list[str]) -> None:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(path)
            first = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        self._pids = [first, *self._others(first, containers)]

    def _others(self, dockerd: int, containers: list[str]) -> Iterator[int]:
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            name = Path(words[0].decode(errors="replace")).name
            shim = name.startswith("containerd-shim") and any(c.encode() in words for c in containers)
            if shim or (name == "containerd" and parent in (dockerd, 1)):
                yield int(entry.name)

    def seconds(self) -> float:
        """Return the CPU seconds of all of them."""
        total = 0
        for pid in self._pids:
            try:
                words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += int(words[11]) + int(words[12])
        return total / _TICK


def mine() -> float:
    """Return the CPU seconds of this process and its children that ended."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def measured(daemons: Daemons, idle: float, count: int, sample: Callable[[], object]) -> Sampled:
    """Take samples; ``idle`` is what the daemons use a second without them."""
    theirs, ours, begun = daemons.seconds(), mine(), time.perf_counter()
    for _ in range(count):
        sample()
    wall, client = time.perf_counter() - begun, mine() - ours
    added = max(0.0, daemons.seconds() - theirs - idle * wall)
    return Sampled(client / count * 1000, added / count * 1000, wall / count * 1000)


@contextmanager
def fleet(count: int) -> Iterator[list[str]]:
    """Run that many containers; yields their ids."""
    client = docker.from_env(version="auto").api
    names = [f"bench-metrics-{os.getpid()}-{n:04d}" for n in range(count)]

    def run(name: str) -> str:
        made = client.create_container(IMAGE, ["sleep", "1000000"], name=name)
        client.start(made["Id"])
        return str(made["Id"])

    def remove(name: str) -> None:
        try:
            client.remove_container(name, force=True, v=True)
        except docker.errors.APIError as error:
            print(f"{name} stays behind: {error}", file=sys.stderr)

    try:
        with ThreadPoolExecutor(4) as pool:
            yield list(pool.map(run, names))
    finally:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(remove, names))
        client.close()


def glances() -> Callable[[], object] | None:
    """Return what takes one sample with glances, where it is installed."""
    found = shutil.which("glances", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if found is None:
        return None
    command = [found, "--stdout", "containers", "--stop-after", "2", "--time", "1"]
    return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def compared(count: int, samples: int, folder: Path) -> float:
    """Print all figures for a number of containers; return how many times cheaper ours is."""
    settings = Settings(state_dir=folder / "state", cache_dir=folder / "cache")
    if not settings.socket:
        raise SystemExit("DOCKER_HOST must name a local socket")
    with fleet(count) as made:
        daemons = Daemons(settings.socket, made)
        context = live(settings)
        recorder = Recorder(lambda: context)
        for _ in range(2):
            recorder.step()
            time.sleep(0.2)
        assert len(recorder.containers) >= count
        begun, before = time.perf_counter(), daemons.seconds()
        time.sleep(3)
        idle = (daemons.seconds() - before) / (time.perf_counter() - begun)
        running = len(recorder.containers)
        ours = measured(daemons, idle, samples, recorder.step)
        rest = 5 if samples > 5 else 3

        def each_second() -> None:
            recorder.step()
            time.sleep(1)

        steady = measured(daemons, idle, rest, each_second)
        command = ["docker", "stats", "--no-stream"]
        theirs = measured(
            daemons, idle, 3, lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        )
        print(f"one full sample of {running} containers, and of the machine:")
        print(f"  machete, one after the other  {ours}")
        print(f"  machete, one a second         {steady}")
        print(f"  docker stats --no-stream      {theirs}")
        ratio = theirs.cpu / ours.cpu
        slow = theirs.cpu / steady.cpu
        print(f"  docker stats costs {ratio:.0f}x as much as a sample, {slow:.0f}x as much as one a second")
        peer = glances()
        if peer is not None:
            other = measured(daemons, idle, 1, peer)
            print(f"  glances, two samples          {other} = {other.cpu / 2 / ours.cpu:.0f}x")
        context.close()
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--containers", type=int, default=50, help="how many are made")
    parser.add_argument("--samples", type=int, default=20, help="samples taken one after the other")
    parser.add_argument(
        "--short", action="store_true", help="few of all; fails when it is worse than twice the target"
    )
    options = parser.parse_args()
    count, samples = (8, 5) if options.short else (options.containers, options.samples)
    with TemporaryDirectory(prefix="machete-bench-") as folder:
        ratio = compared(count, samples, Path(folder))
    wanted = TARGET / 2 if options.short else TARGET
    if ratio < wanted:
        raise SystemExit(f"docker stats costs only {ratio:.1f}x as much, and not {wanted:.0f}x")


if __name__ == "__main__":
    main()
