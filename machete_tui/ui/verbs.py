"""Which operation a key means for a row: a service, a project made elsewhere, or a container."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from machete_tui.core.frozen import dataclass
from machete_tui.operations.adopt_requests import (
    Containers,
    KillContainers,
    Project,
    ProjectDown,
    StopContainers,
)
from machete_tui.operations.requests import Name, Remove
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.usage import usage_key

PAST = {
    "start": "started",
    "stop": "stopped",
    "restart": "restarted",
    "remove": "removed",
    "pause": "paused",
    "unpause": "going on",
    "kill": "killed",
}

PLURAL = {"service": "services", "project": "projects", "container": "containers"}

REQUESTS: Mapping[str, Callable[[tuple[str, ...]], Any]] = {"stop": StopContainers, "kill": KillContainers}
"""Requests of the verbs of containers that can be told more than names."""


@dataclass(frozen=True, slots=True)
class Act:
    """One operation on one row.

    Attributes:
        row: what it is done to.
        operation: its name in the registry.
        request: what it is asked.
        label: for people, while it runs.
    """

    row: ServiceRow
    operation: str
    request: Any
    label: str

    @property
    def subject(self) -> str:
        """What the job is called by, so that the row shows it as busy."""
        return usage_key(self.row)


def acts(verb: str, rows: Sequence[ServiceRow], fleet: Fleet, *, volumes: bool = False) -> list[Act]:
    """Return what a verb means for each row; rows that it means nothing for are left out."""
    found = (_act(verb, row, fleet, volumes) for row in rows)
    return [act for act in found if act is not None]


def _act(verb: str, row: ServiceRow, fleet: Fleet, volumes: bool) -> Act | None:
    label = f"{verb} {row.name}"
    if verb == "pause":
        return _pausing(row, fleet)
    if row.kind == "container":
        return Act(row, f"container.{verb}", REQUESTS.get(verb, Containers)((row.id,)), label)
    if verb == "kill":
        running = tuple(c.id for c in fleet.members(row) if c.state in ("running", "paused"))
        return Act(row, "container.kill", KillContainers(running), label) if running else None
    if verb == "remove" and row.kind == "project":
        return Act(row, "project.down", ProjectDown(row.name, volumes), f"down {row.name}")
    if verb == "remove":
        return Act(row, "service.remove", Remove(row.name, volumes=volumes), label)
    request: Callable[[str], Any] = Name if row.kind == "service" else Project
    return Act(row, f"{row.kind}.{verb}", request(row.name), label)


def _pausing(row: ServiceRow, fleet: Fleet) -> Act | None:
    """Pause what runs of a row; where all of it is paused, let it go on."""
    members = fleet.members(row)
    running = tuple(c.id for c in members if c.state == "running")
    paused = tuple(c.id for c in members if c.state == "paused")
    if running:
        return Act(row, "container.pause", Containers(running), f"pause {row.name}")
    if paused:
        return Act(row, "container.unpause", Containers(paused), f"unpause {row.name}")
    return None


def called(rows: Sequence[ServiceRow]) -> str:
    """Return what rows are called: the name of one, or how many of what."""
    if len(rows) == 1:
        return rows[0].name
    kinds = {row.kind for row in rows}
    return f"{len(rows)} {PLURAL[kinds.pop()] if len(kinds) == 1 else 'rows'}"


def listed(rows: Sequence[ServiceRow]) -> list[str]:
    """Return the names of rows for a dialog, with what they are where that differs."""
    mixed = len({row.kind for row in rows}) > 1
    return [f"{row.name} ({row.kind})" if mixed else row.name for row in rows]
