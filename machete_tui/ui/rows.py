"""The columns of the other lists: containers, steps, deployments, releases, events, variables."""

from __future__ import annotations

from collections.abc import Callable

from machete_tui.core.clock import duration
from machete_tui.operations.container_views import DriftRow, HealthCheck
from machete_tui.operations.views import (
    ContainerRow,
    DeploymentRow,
    EventRow,
    ReleaseRow,
    StepRow,
)
from machete_tui.ui import status
from machete_tui.ui.ages import ago
from machete_tui.ui.widgets.cells import Cell, Column, Tone

Now = Callable[[], float]


def container_columns() -> list[Column[ContainerRow]]:
    """Return the columns of a service's containers."""
    return [
        Column("name", "CONTAINER", lambda r: Cell(r.name, "strong"), 18, grow=2, most=32),
        Column("component", "COMPONENT", lambda r: Cell(r.component), 9, priority=5),
        Column("state", "STATE", lambda r: status.cell(r.state), 12),
        Column("health", "HEALTH", lambda r: status.cell(r.health), 11, priority=2),
        Column("release", "REL", lambda r: _number(r.release), 4, priority=4, right=True),
        Column("ports", "PORTS", lambda r: _dash(r.ports), 12, grow=1, priority=3),
        Column("status", "STATUS", lambda r: _dash(r.status), 14, grow=1, priority=6),
        Column("image", "IMAGE", lambda r: _dash(r.image), 16, grow=2, priority=7),
    ]


def check_columns(now: Now) -> list[Column[HealthCheck]]:
    """Return the columns of the last runs of a health check."""
    return [
        Column("at", "WHEN", lambda r: Cell(ago(r.at, now())), 11, sort=lambda r: r.at),
        Column(
            "exit", "EXIT", lambda r: Cell(str(r.exit_code), "bad" if r.exit_code else "good"), 5, right=True
        ),
        Column("said", "SAID", lambda r: _dash(r.said), 24, grow=1),
    ]


def drift_columns() -> list[Column[DriftRow]]:
    """Return the columns of what differs from compose files."""
    return [
        Column("component", "COMPONENT", lambda r: Cell(r.component, "strong"), 12, grow=1, most=24),
        Column("what", "WHAT", lambda r: Cell(r.what, "warn"), 12),
        Column("how", "HOW", lambda r: Cell(r.how), 24, grow=4),
        Column("container", "CONTAINER", lambda r: _dash(r.container), 18, grow=1, most=32, priority=1),
    ]


def step_columns() -> list[Column[StepRow]]:
    """Return the columns of a deployment's steps."""
    return [
        Column("title", "STEP", lambda r: Cell(r.title), 37, grow=1, most=40),
        Column("status", "HOW", lambda r: status.step(r.status), 11),
        Column("time", "TIME", lambda r: Cell(duration(r.seconds), "quiet"), 6, right=True),
        Column("detail", "DETAIL", lambda r: Cell(r.detail, _step_tone(r)), 14, grow=5, priority=1),
    ]


def deployment_columns(now: Now, *, service: bool) -> list[Column[DeploymentRow]]:
    """Return the columns of deployments; with the service's name where the list is of all."""
    columns: list[Column[DeploymentRow]] = [
        Column("number", "NO", lambda r: Cell(str(r.number)), 4, right=True, sort=lambda r: r.number),
        Column("kind", "KIND", lambda r: Cell(r.kind), 8, priority=3),
        Column("status", "STATUS", lambda r: status.step(r.status), 13),
        Column("release", "REL", lambda r: _number(r.release), 4, right=True, priority=2),
        Column("started", "STARTED", lambda r: Cell(ago(r.started, now())), 11, sort=lambda r: r.started),
        Column("time", "TIME", lambda r: Cell(duration(r.seconds)), 7, right=True, priority=1),
        Column("commit", "COMMIT", lambda r: _dash(r.commit[:8]), 8, priority=6),
        Column("actor", "ACTOR", lambda r: _dash(r.actor), 12, grow=1, most=24, priority=7),
        Column("reason", "REASON", _reason, 12, grow=4, priority=4),
    ]
    if service:
        columns.insert(
            0, Column("service", "SERVICE", lambda r: Cell(r.service, "strong"), 14, most=20, grow=1)
        )
    return columns


def release_columns(now: Now) -> list[Column[ReleaseRow]]:
    """Return the columns of a service's releases."""
    return [
        Column(
            "number",
            "RELEASE",
            lambda r: Cell(f"#{r.number}", "strong"),
            8,
            right=True,
            sort=lambda r: r.number,
        ),
        Column("live", "STATE", _release_state, 13),
        Column("created", "CREATED", lambda r: Cell(ago(r.created, now())), 12, sort=lambda r: r.created),
        Column("commit", "COMMIT", _commit, 10, priority=1),
        Column("images", "IMAGES", lambda r: _dash(r.images), 16, grow=1, priority=2),
    ]


def event_columns(now: Now) -> list[Column[EventRow]]:
    """Return the columns of the audit trail."""
    return [
        Column("seq", "SEQ", lambda r: Cell(str(r.seq), "quiet"), 5, right=True, sort=lambda r: r.seq),
        Column("at", "WHEN", lambda r: Cell(ago(r.at, now())), 11, sort=lambda r: r.at),
        Column("action", "ACTION", lambda r: Cell(r.action), 19, most=24, grow=1),
        Column(
            "service",
            "SERVICE",
            lambda r: Cell(r.service or "-", "strong" if r.service else "quiet"),
            14,
            most=24,
            grow=1,
        ),
        Column("outcome", "OUTCOME", lambda r: status.cell(r.outcome), 11),
        Column(
            "time",
            "TIME",
            lambda r: Cell(duration(r.seconds)),
            7,
            right=True,
            priority=2,
            sort=lambda r: r.seconds,
        ),
        Column("actor", "ACTOR", lambda r: _dash(r.actor), 14, grow=1, most=26, priority=3),
        Column("detail", "DETAIL", lambda r: _dash(r.detail), 12, grow=4, priority=4),
    ]


def variable_columns() -> list[Column[tuple[str, str]]]:
    """Return the columns of an environment."""
    return [
        Column("name", "NAME", lambda r: Cell(r[0], "strong"), 20, grow=1, most=40),
        Column("value", "VALUE", lambda r: _dash(r[1]), 20, grow=3),
    ]


def _dash(text: str) -> Cell:
    return Cell(text) if text else Cell("-", "quiet")


def _number(number: int) -> Cell:
    return Cell(f"#{number}") if number else Cell("-", "quiet")


def _step_tone(row: StepRow) -> Tone:
    return "bad" if row.status == "failed" else "quiet"


def _reason(row: DeploymentRow) -> Cell:
    return Cell(row.reason, "bad" if row.status == "failed" else "warn") if row.reason else Cell("")


def _release_state(row: ReleaseRow) -> Cell:
    if row.live:
        return Cell("● live", "good")
    return Cell("○ kept") if row.kept else Cell("– images gone", "quiet")


def _commit(row: ReleaseRow) -> Cell:
    if not row.commit:
        return Cell("-", "quiet")
    return Cell(row.commit[:8] + ("+" if row.dirty else ""))
