"""Releases, deployments with their journal, and the audit trail."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from machete_tui.core.clock import Clock
from machete_tui.core.ids import uuid7
from machete_tui.core.models import (
    Deployment,
    DeploymentKind,
    DeploymentStatus,
    EventRecord,
    Release,
    Service,
    Step,
    StepStatus,
)
from machete_tui.store.codec import dumps, loads
from machete_tui.store.database import Database


def process_started(pid: int) -> str:
    """Return when a process started, in the kernel's ticks since boot, or an empty text if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


class Releases:
    """Repository of releases."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, service_id: str) -> list[Release]:
        """Return a service's releases, newest first."""
        rows = self._db.execute(
            "select body, kept from releases where service_id = ? order by number desc", (service_id,)
        )
        return [_release(row) for row in rows]

    def find(self, service_id: str, number: int) -> Release | None:
        """Return one release, or None."""
        row = self._db.execute(
            "select body, kept from releases where service_id = ? and number = ?", (service_id, number)
        ).fetchone()
        return _release(row) if row else None

    def add(self, release: Release) -> None:
        """Record a new release."""
        self._db.execute(
            "insert into releases values (?, ?, ?, ?, ?, ?)",
            (
                release.id,
                release.service_id,
                release.number,
                release.created,
                int(release.kept),
                dumps(release),
            ),
        )

    def coming_number(self, service_id: str) -> int:
        """Return the number that the next release will get, without giving it away."""
        row = self._db.execute("select last_release from services where id = ?", (service_id,)).fetchone()
        return int(row[0]) + 1 if row else 1

    def next_number(self, service_id: str) -> int:
        """Return the number that the next release gets, and never give it again."""
        with self._db.transaction():
            self._db.execute(
                "update services set last_release = last_release + 1 where id = ?", (service_id,)
            )
            row = self._db.execute("select last_release from services where id = ?", (service_id,)).fetchone()
        return int(row[0]) if row else 1

    def forget_images(self, release_id: str) -> None:
        """Mark a release as no longer bootable."""
        self._db.execute("update releases set kept = 0 where id = ?", (release_id,))

    def remove(self, release_id: str) -> None:
        """Remove one release."""
        self._db.execute("delete from releases where id = ?", (release_id,))


class Deployments:
    """Repository of deployments; every write is committed before the method returns."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def begin(self, service: Service, kind: DeploymentKind, actor: str, previous: int) -> Deployment:
        """Record a new running deployment owned by this process."""
        pid = os.getpid()
        with self._db.transaction():
            row = self._db.execute(
                "select coalesce(max(number), 0) + 1 from deployments where service_id = ?", (service.id,)
            ).fetchone()
            deployment = Deployment(
                id=uuid7(),
                service_id=service.id,
                service=service.name,
                number=row[0],
                kind=kind,
                status="running",
                started=self._clock.now(),
                actor=actor,
                previous=previous,
                pid=pid,
                pid_started=process_started(pid),
            )
            self._db.execute(
                "insert into deployments values (?, ?, ?, ?, ?, ?, ?, null, ?, 0, ?, ?, ?, '', '', '[]')",
                (
                    deployment.id,
                    service.id,
                    service.name,
                    deployment.number,
                    kind,
                    "running",
                    deployment.started,
                    actor,
                    previous,
                    pid,
                    deployment.pid_started,
                ),
            )
        return deployment

    def step(
        self,
        deployment_id: str,
        name: str,
        title: str,
        status: StepStatus,
        detail: str = "",
        data: dict[str, str] | None = None,
    ) -> Step:
        """Write one step before or after it acted."""
        now = self._clock.now()
        finished = None if status == "running" else now
        with self._db.transaction():
            self._db.execute(
                """insert into steps
                   select ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?, ?, ? from steps where deployment_id = ?
                   on conflict (deployment_id, name) do update set title = excluded.title,
                       status = excluded.status, finished = excluded.finished, detail = excluded.detail,
                       data = case excluded.data when '{}' then data else excluded.data end""",
                (
                    deployment_id,
                    name,
                    title,
                    status,
                    now,
                    finished,
                    detail,
                    json.dumps(data or {}),
                    deployment_id,
                ),
            )
            row = self._db.execute(
                "select * from steps where deployment_id = ? and name = ?", (deployment_id, name)
            ).fetchone()
        return _step(row)

    def release(self, deployment_id: str, number: int) -> None:
        """Note which release it makes or puts live."""
        self._db.execute('update deployments set "release" = ? where id = ?', (number, deployment_id))

    def finish(
        self,
        deployment_id: str,
        status: DeploymentStatus,
        reason: str = "",
        suggestion: str = "",
        log_tail: Sequence[str] = (),
    ) -> Deployment:
        """Record how it ended."""
        self._db.execute(
            """update deployments set status = ?, finished = ?, reason = ?, suggestion = ?, log_tail = ?
               where id = ?""",
            (
                status,
                self._clock.now(),
                reason,
                suggestion,
                json.dumps(list(log_tail)[-200:], ensure_ascii=False),
                deployment_id,
            ),
        )
        found = self.find(deployment_id)
        assert found is not None, deployment_id
        return found

    def find(self, deployment_id: str) -> Deployment | None:
        """Return it with its steps, or None."""
        row = self._db.execute("select * from deployments where id = ?", (deployment_id,)).fetchone()
        return self._with_steps([row])[0] if row else None

    def of(self, service_id: str = "", limit: int = 50) -> list[Deployment]:
        """Return deployments, newest first, of one service if named."""
        where = "where service_id = ?" if service_id else "where ? = ''"
        rows = self._db.execute(
            f"select * from deployments {where} order by id desc limit ?", (service_id, limit)
        )
        return self._with_steps(rows.fetchall())

    def unfinished(self) -> list[Deployment]:
        """Return those that are still running, oldest first."""
        rows = self._db.execute("select * from deployments where status = 'running' order by id")
        return self._with_steps(rows.fetchall())

    def _with_steps(self, rows: list[sqlite3.Row]) -> list[Deployment]:
        found = []
        for row in rows:
            steps = self._db.execute(
                "select * from steps where deployment_id = ? order by seq", (row["id"],)
            ).fetchall()
            found.append(replace(_deployment(row), steps=tuple(_step(step) for step in steps)))
        return found


class Events:
    """Repository of the audit trail."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def add(
        self, actor: str, action: str, service: str, outcome: str, seconds: float, detail: str = ""
    ) -> EventRecord:
        """Append a row with the next sequence number."""
        at = self._clock.now()
        with self._db.transaction():
            row = self._db.execute(
                """insert into events (at, actor, action, service, outcome, seconds, detail)
                   values (?, ?, ?, ?, ?, ?, ?) returning seq""",
                (at, actor, action, service, outcome, seconds, detail),
            ).fetchone()
        return EventRecord(row[0], at, actor, action, service, outcome, seconds, detail)

    def last(self, limit: int = 100, *, service: str = "", after: int = 0) -> list[EventRecord]:
        """Return rows, newest first."""
        where = "service = ?" if service else "? = ''"
        rows = self._db.execute(
            f"""select seq, at, actor, action, service, outcome, seconds, detail from events
                where seq > ? and {where} order by seq desc limit ?""",
            (after, service, limit),
        )
        return [EventRecord(*row) for row in rows]


def _release(row: sqlite3.Row) -> Release:
    return replace(loads(Release, row["body"]), kept=bool(row["kept"]))


def _step(row: sqlite3.Row) -> Step:
    return Step(
        name=row["name"],
        title=row["title"],
        status=row["status"],
        started=row["started"],
        finished=row["finished"],
        detail=row["detail"],
        data=json.loads(row["data"]),
    )


def _deployment(row: sqlite3.Row) -> Deployment:
    return Deployment(
        id=row["id"],
        service_id=row["service_id"],
        service=row["service"],
        number=row["number"],
        kind=row["kind"],
        status=row["status"],
        started=row["started"],
        finished=row["finished"],
        actor=row["actor"],
        release=row["release"],
        previous=row["previous"],
        pid=row["pid"],
        pid_started=row["pid_started"],
        reason=row["reason"],
        suggestion=row["suggestion"],
        log_tail=tuple(json.loads(row["log_tail"])),
    )
