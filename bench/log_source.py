"""Containers that write known lines when they are told to, and a service that the app finds them by."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker

from bench.measure import environment
from machete_tui.core.clock import SystemClock
from machete_tui.core.engine import LABEL_COMPONENT, LABEL_RELEASE, LABEL_SERVICE
from machete_tui.core.ids import uuid7
from machete_tui.core.models import Service
from machete_tui.core.settings import Settings
from machete_tui.core.source import SourceRef
from machete_tui.store.sqlite import SqliteStore

IMAGE = "busybox:latest"
NAME = "bench-log"
_LINE = (
    r'printf("%07d INFO request path=/api/orders/%d status=200 took=%dms'
    r' trace=4bf92f3577b34da6a3ce929d0e0e4736\n", i, i*7919%100000, i%97)'
)


class Talker:
    """One container."""

    def __init__(self, client: Any, script: str) -> None:
        labels = {LABEL_SERVICE: NAME, LABEL_RELEASE: "1", LABEL_COMPONENT: "web"}
        wait = "while [ ! -e /go ]; do sleep 0.05; done;"
        self.name = f"{NAME}-{os.getpid()}"
        self.container = client.containers.run(
            IMAGE, ["sh", "-c", f"echo ready; {wait} {script}"], detach=True, name=self.name, labels=labels
        )

    def go(self) -> None:
        """Let it write."""
        self.container.exec_run(["touch", "/go"])

    def remove(self) -> None:
        """Remove it."""
        self.container.remove(force=True, v=True)


def at_once(lines: int) -> str:
    """Return a script that writes so many lines as fast as it can, then one that says END."""
    return f"awk 'BEGIN{{for(i=1;i<={lines};i++) {_LINE}; print \"FLOOD-END\"}}'"


def steady(rate: int) -> str:
    """Return a script that writes so many lines a second for ever; ten times a second one tells when."""
    lot = f"awk -v f=$n 'BEGIN{{for(i=f;i<f+{rate // 10};i++) {_LINE}}}'"
    # What a turn takes beside its pause is measured and taken off, so that the rate is kept.
    return (
        "n=1; read a _ </proc/uptime; t=${a%.*}${a#*.}; while true; do"
        f" {lot}; n=$((n+{rate // 10})); read u _ </proc/uptime; echo TICK $u;"
        " t=$((t+10)); now=${u%.*}${u#*.}; left=$((t-now));"
        " [ $left -gt 0 ] && sleep 0.0$left; done"
    )


@contextmanager
def talker(script: str) -> Iterator[tuple[Talker, dict[str, str]]]:
    """Make the container and a state directory that knows its service; yields it and the environment."""
    client = docker.from_env()
    with tempfile.TemporaryDirectory(prefix="machete-bench-") as folder:
        store = SqliteStore(Settings(state_dir=Path(folder) / "state"), SystemClock())
        store.services.save(
            Service(
                id=uuid7(),
                name=NAME,
                source=SourceRef("folder", "/srv/bench"),
                status="running",
                stack="node/express",
                release=1,
                replicas={"web": 1},
            )
        )
        store.close()
        made = Talker(client, script)
        try:
            (Path(folder) / "state" / "seen-tour").touch()  # it would take the keys of who begins
            yield made, environment(MACHETE_STATE_DIR=f"{folder}/state", XDG_CACHE_HOME=f"{folder}/cache")
        finally:
            made.remove()
            client.close()
