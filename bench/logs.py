"""The log view under load: a flood, a steady stream, a search in a million lines, keys meanwhile.

    python -m bench.logs [--short] [--only flood,steady,search] [--seconds N] [--rate N] [--peer CMD]

Peers: ``docker logs -f``, an app with a RichLog, and any program given by ``--peer``, in whose words
``{}`` stands for the container's name. Needs an Engine (``DOCKER_HOST`` or the local socket) with the image
``busybox:latest``; what it makes there is removed afterwards.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.log_source import Talker, at_once, steady, talker
from bench.terminal import Terminal

MACHETE = [sys.executable, "-m", "machete_tui"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A program that shows a log: how it is started, and what is pressed when it shows ``ready``."""

    name: str
    command: Sequence[str]
    ready: str
    keys: str = ""


def viewers(container: str, peer: str) -> list[Viewer]:
    """Return ours first, then the peers; ours alone when the peer is ``none``."""
    follow = ["docker", "logs", "-f", container]
    found = [
        Viewer("machete-tui", MACHETE, "bench-log", "l"),
        Viewer("docker logs -f", follow, "ready"),
        Viewer("a RichLog app", [sys.executable, "-m", "bench.richlog_app", *follow], "ready"),
    ]
    if peer == "none":
        return found[:1]
    if peer:
        found.append(Viewer(peer, [word.replace("{}", container) for word in shlex.split(peer)], "ready"))
    return found


def started(viewer: Viewer, env: Mapping[str, str]) -> Terminal:
    """Start one and bring it to the log."""
    terminal = Terminal(viewer.command, env)
    terminal.until(viewer.ready)
    if viewer.keys:
        time.sleep(0.5)
        terminal.send(viewer.keys)
        terminal.until("ready|No line yet")
    time.sleep(1.0)
    return terminal


def flood(lines: int, peer: str) -> None:
    """Measure so many lines at once."""
    print(f"\n{lines:,} lines at once")
    first: tuple[float, float] | None = None
    for index in range(len(viewers("", peer))):
        with talker(at_once(lines)) as (source, env):
            viewer = viewers(source.name, peer)[index]
            terminal = started(viewer, env)
            cpu, memory = terminal.cpu(), terminal.memory()
            ended: list[float] = []
            waits = threading.Thread(target=_wait, args=(source, ended), daemon=True)
            waits.start()
            source.go()
            try:
                painted = terminal.until("FLOOD-END", 180)
            except RuntimeError:
                print(f"  {viewer.name:16} never painted the last line")
                terminal.close()
                continue
            waits.join(60)
            time.sleep(0.5)
            after, cost, more = painted - ended[0], terminal.cpu() - cpu, terminal.memory() - memory
            print(f"  {viewer.name:16} last line {after:+6.2f} s after the end, CPU {cost:5.2f} s,"
                  f" memory {terminal.memory():4.0f} MB (+{more:.0f}){_ratio(first, cost)}")  # fmt: skip
            first = first or (cost, more)
            terminal.close()


def _wait(source: Talker, ended: list[float]) -> None:
    source.container.wait()
    ended.append(time.perf_counter())


def _ratio(first: tuple[float, float] | None, cost: float) -> str:
    return f"; ours is {first[0] / cost:.2f}x its CPU" if first and cost else ""


def stream(rate: int, seconds: float, peer: str) -> None:
    """Measure a steady stream, and keys meanwhile in our own app."""
    print(f"\n{rate:,} lines/s for {seconds:.0f} s")
    first: float | None = None
    for index in range(len(viewers("", peer))):
        with talker(steady(rate)) as (source, env):
            viewer = viewers(source.name, peer)[index]
            terminal = started(viewer, env)
            source.go()
            time.sleep(2.0)
            cpu, begun, memory = terminal.cpu(), time.perf_counter(), terminal.memory()
            lags = [_lag(terminal) for _ in range(max(4, int(seconds)))]
            early, late = lags[: len(lags) // 3], lags[-(len(lags) // 3) :]
            took = time.perf_counter() - begun
            load = (terminal.cpu() - cpu) / took * 100
            drift = terminal.memory() - memory
            ratio = f"; ours is {first / load:.2f}x its CPU" if first and load else ""
            print(f"  {viewer.name:16} CPU {load:5.1f} %, memory {terminal.memory():4.0f} MB ({drift:+.1f}),"
                  f" lag {statistics.median(early) * 1000:.0f} ms at first,"
                  f" {statistics.median(late) * 1000:.0f} ms at the end{ratio}")  # fmt: skip
            if first is None:
                first = load
                keys(terminal)
            terminal.close()


def _lag(terminal: Terminal) -> float:
    """Wait a second, then return how old the newest line on the screen is."""
    time.sleep(0.9)
    terminal.forget()
    terminal.until(r"TICK \d+\.\d\d\s", 20)
    told = float(terminal.text.rpartition("TICK ")[2].split()[0])
    return float(Path("/proc/uptime").read_text().split()[0]) - told


def keys(terminal: Terminal, times: int = 60) -> None:
    """Measure from a key to the paint that it causes, while lines come: pausing, following, moving."""
    times_of: dict[str, list[float]] = {"pause/follow": [], "move": []}
    for number in range(times):
        time.sleep(0.05 + number % 7 * 0.013)
        word = "paused" if number % 2 == 0 else "following"
        times_of["pause/follow"].append(
            terminal.until(word, 5) - begun if (begun := terminal.send("f")) else 0
        )
    terminal.send("\x1b[A")
    for number in range(times):
        time.sleep(0.05 + number % 7 * 0.013)
        begun = terminal.send("k")
        times_of["move"].append(terminal.until("›", 5) - begun)
    for name, found in times_of.items():
        found.sort()
        p50, p95 = found[len(found) // 2], found[int(len(found) * 0.95)]
        print(f"  key to paint meanwhile, {name}: p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms")


def search(lines: int) -> None:
    """Measure expressions over so many lines kept in a spool, and how late a waiting thread is meanwhile."""
    from array import array

    from machete_tui.core.logs import LogBatch
    from machete_tui.logs.query import parse
    from machete_tui.logs.scan import Scan
    from machete_tui.logs.spool import Spool

    print(f"\nexpressions over {lines:,} lines")
    with tempfile.TemporaryDirectory(prefix="machete-bench-") as folder:
        spool = Spool(Path(folder), lines=lines + 100_000, size=1 << 30)
        source, text = spool.source("web"), Path(folder) / "text"
        with text.open("wb") as file:
            for start in range(0, lines, 500):
                data = "".join(
                    f"{n:07d} INFO request path=/api/orders/{n * 7919 % 100000} status=200 took={n % 97}ms\n"
                    for n in range(start, start + 500)
                ).encode()
                file.write(data)
                spool.append(source, LogBatch("web", data, array("d", [0.0]) * 500))
        for word in ("took=13ms", r"orders/\d*77 ", "status=(200|500)", "nothing at all"):
            found: list[float] = []
            begun = time.perf_counter()

            def told(found: list[float] = found, begun: float = begun) -> None:
                found.append(time.perf_counter() - begun)

            scan = Scan(spool, parse(word), told=told)
            late = 0.0
            while not scan.done:
                before = time.perf_counter()
                time.sleep(0.001)
                late = max(late, time.perf_counter() - before - 0.001)
            total = time.perf_counter() - begun
            hits = scan.count()
            scan.close()
            begun = time.perf_counter()
            subprocess.run(["grep", "-ciE", word.replace(r"\d", "[0-9]"), str(text)], stdout=subprocess.PIPE)
            peer = time.perf_counter() - begun
            print(
                f"  {word:18} {hits:9,} hits, first news {found[0] * 1000:6.1f} ms, all {total:5.2f} s,"
                f" others wait at most {late * 1000:4.1f} ms; grep -c {peer:.2f} s = {total / peer:.1f}x"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--short", action="store_true", help="a tenth of everything")
    parser.add_argument("--only", default="flood,steady,search", help="which parts")
    parser.add_argument("--lines", type=int, default=200_000, help="lines of the flood")
    parser.add_argument("--rate", type=int, default=5_000, help="lines a second of the steady stream")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it goes on")
    parser.add_argument(
        "--peer", default="", help="another program; {} is the container's name; none for ours alone"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the container is removed
    part = 10 if options.short else 1
    chosen = options.only.split(",")
    if "flood" in chosen:
        flood(options.lines // part, options.peer)
    if "steady" in chosen:
        stream(options.rate, max(6.0, options.seconds / part), options.peer)
    if "search" in chosen:
        search(1_000_000 // part)


if __name__ == "__main__":
    main()
