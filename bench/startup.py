"""Start-up: exec to the first useful paint, and ``--run service.list``, as ratios against peers.

    python -m bench.startup [--times N] [--containers 0,50] [--short]

Peers: an empty Textual app, and ``docker ps``. Needs an Engine (``DOCKER_HOST`` or the local socket)
with the image ``busybox:latest``; the containers are made for the benchmark and removed after it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker

from bench.measure import environment, hold, median, paint, ratio_line, run
from machete_tui.core.clock import SystemClock
from machete_tui.core.engine import LABEL_COMPONENT, LABEL_RELEASE, LABEL_SERVICE
from machete_tui.core.ids import uuid7
from machete_tui.core.models import Service
from machete_tui.core.settings import Settings
from machete_tui.core.source import SourceRef
from machete_tui.store.sqlite import SqliteStore

MACHETE = [sys.executable, "-m", "machete_tui"]
PAINT = 1.25
"""The target: CPU of the first paint against an empty app's.

The list against ``docker ps`` is printed and not held to its target of 1.5: bench/README.md says what stands
in the way.
"""

EMPTY = [sys.executable, "-m", "bench.empty_app"]


@contextmanager
def fleet(count: int) -> Iterator[dict[str, str]]:
    """Make that many services of one container each; yields the environment to run in."""
    client = docker.from_env()
    made = []
    with tempfile.TemporaryDirectory(prefix="machete-bench-") as folder:
        store = SqliteStore(Settings(state_dir=Path(folder)), SystemClock())
        try:
            for number in range(count):
                name = f"bench-{number:03d}"
                labels = {LABEL_SERVICE: name, LABEL_RELEASE: "1", LABEL_COMPONENT: "web"}
                made.append(
                    client.containers.run(
                        "busybox:latest", ["sleep", "1000000"], detach=True, name=name, labels=labels
                    )
                )
                store.services.save(
                    Service(
                        id=uuid7(),
                        name=name,
                        source=SourceRef("folder", "/srv/bench"),
                        status="running",
                        stack="node/express",
                        release=1,
                        replicas={"web": 1},
                    )
                )
            store.services.all()
            store.close()
            yield environment(MACHETE_STATE_DIR=folder)
        finally:
            for container in made:
                container.remove(force=True, v=True)
            client.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=9, help="runs of each; the median counts")
    parser.add_argument("--containers", default="0,50", help="fleet sizes")
    parser.add_argument(
        "--short", action="store_true", help="few of all; fails when it is worse than twice the target"
    )
    options = parser.parse_args()
    times, sizes = (2, "8") if options.short else (options.times, options.containers)
    for count in (int(text) for text in sizes.split(",")):
        with fleet(count) as env:
            ready = "bench-000" if count else "no services yet|No services"
            app = median(lambda e=env, r=ready: paint(MACHETE, e, r), times)  # type: ignore[misc]
            empty = median(lambda e=env: paint(EMPTY, e, "empty-and-ready"), times)  # type: ignore[misc]
            print(ratio_line(f"first useful paint, {count} containers", app, "an empty Textual app", empty))
            ours = median(
                lambda e=env: run([*MACHETE, "--run", "service.list"], e),  # type: ignore[misc]
                times,
            )
            theirs = median(lambda e=env: run(["docker", "ps"], e), times)  # type: ignore[misc]
            print(ratio_line(f"--run service.list, {count} containers", ours, "docker ps", theirs))
            if options.short:
                hold("CPU to the first paint", app.cpu / empty.cpu, PAINT)


if __name__ == "__main__":
    main()
