"""Reads the logs of services and containers into a spool, and goes on when the engine is back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.dom import DOMNode

from machete_tui.core.logs import LogBatch, batch
from machete_tui.logs.spool import Spool
from machete_tui.operations.log_requests import ContainerLogs, Logs
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.jobs import Job
from machete_tui.ui.logs.ranges import LogRange
from machete_tui.ui.shell import CONTAINER


def names_of(targets: Sequence[str]) -> str:
    """Return what a heading says of targets."""
    names = [target.removeprefix(CONTAINER) for target in targets]
    return " ".join(names) if len(names) < 4 else f"{names[0]} and {len(names) - 1} more"


class LogReader:
    """One reading of some targets; a job that appends to a spool.

    Args:
        bridge: runs the operation.
        node: gets the job's messages.
        folder: for the spool.
        grown: called from a thread when lines came.
        now: the time of marks that are made here.
    """

    def __init__(
        self,
        bridge: Bridge,
        node: DOMNode,
        folder: Path,
        grown: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._bridge, self._node, self._folder = bridge, node, folder
        self._grown, self._now = grown, now
        self._seen: dict[str, tuple[float, int]] = {}
        self._request: Any = None
        self._name = ""
        self.spool = Spool(None)
        self.job: Job | None = None

    def open(self, targets: Sequence[str], reach: LogRange) -> Spool:
        """Begin to read, into a new spool."""
        self.stop()
        self.spool = Spool(self._folder, grown=self._grown)
        self._seen = {}
        services = [t for t in targets if not t.startswith(CONTAINER)]
        containers = tuple(t.removeprefix(CONTAINER) for t in targets if t.startswith(CONTAINER))
        common: dict[str, Any] = {
            "follow": True,
            "stay": True,
            "markers": True,
            "tail": reach.tail,
            "since": reach.since,
            "sink": self._sink(self.spool),
            "seen": self._seen,
        }
        if services:
            self._name = "service.logs"
            self._request = Logs(
                services[0],
                tuple(services[1:]),
                containers=containers,
                since_deploy=reach.deployed,
                **common,
            )
        else:
            self._name = "container.logs"
            self._request = ContainerLogs(containers[0], containers[1:], **common)
        self.resume()
        return self.spool

    def resume(self) -> None:
        """Read on where reading ended."""
        self.job = self._bridge.run(self._name, self._request, to=self._node, subject="")

    def stop(self) -> None:
        """End reading; what was read stays."""
        job, self.job = self.job, None
        if job is not None:
            job.unwatch(self._node)
            self._bridge.cancel(job)

    def mark(self, text: str) -> None:
        """Put a line of our own at the end."""
        self.spool.append(self.spool.source(""), batch("", [text], self._now()))

    @staticmethod
    def _sink(spool: Spool) -> Callable[[LogBatch], None]:
        known: dict[str, int] = {}

        def sink(lines: LogBatch) -> None:
            source = known.get(lines.container)
            if source is None:
                source = known[lines.container] = spool.source(lines.container)
            spool.append(source, lines)

        return sink
