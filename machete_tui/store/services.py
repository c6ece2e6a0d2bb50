"""Services, and what they hold: ports and volume claims."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from machete_tui.core.checkout import SourceRef
from machete_tui.core.clock import Clock
from machete_tui.core.errors import Conflict
from machete_tui.core.models import PortLease, Service, VolumeClaim
from machete_tui.store.codec import dumps
from machete_tui.store.database import Database


class Services:
    """Repository of services."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> list[Service]:
        """Return every service, by name."""
        return [_service(row) for row in self._db.execute("select * from services order by name")]

    def find(self, name: str) -> Service | None:
        """Return the service of that name, or None."""
        row = self._db.execute("select * from services where name = ?", (name,)).fetchone()
        return _service(row) if row else None

    def save(self, service: Service) -> None:
        """Insert it, or replace the one with its id."""
        holder = self.find(service.name)
        if holder and holder.id != service.id:
            raise Conflict(f"there is a service {service.name!r} already", "choose another name with --name")
        self._db.execute(
            """insert into services (id, name, team, source, status, stack, port, "release", created, updated,
                                     reason, replicas)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               on conflict (id) do update set name = excluded.name, team = excluded.team,
                   source = excluded.source, status = excluded.status, stack = excluded.stack,
                   port = excluded.port, "release" = excluded."release", updated = excluded.updated,
                   reason = excluded.reason, replicas = excluded.replicas""",
            (
                service.id,
                service.name,
                service.team,
                dumps(service.source),
                service.status,
                service.stack,
                service.port,
                service.release,
                service.created,
                service.updated,
                service.reason,
                json.dumps(service.replicas),
            ),
        )

    def remove(self, service_id: str) -> None:
        """Remove it with its releases, deployments, ports and claims."""
        with self._db.transaction():
            row = self._db.execute("select name from services where id = ?", (service_id,)).fetchone()
            if row is None:
                return
            self._db.execute("delete from ports where service = ?", (row["name"],))
            self._db.execute("delete from claims where service = ?", (row["name"],))
            self._db.execute("delete from services where id = ?", (service_id,))


class Ports:
    """Repository of port leases; the primary key makes them unique across processes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def all(self) -> list[PortLease]:
        """Return every lease, by port."""
        rows = self._db.execute("select port, service, component, since, note from ports order by port")
        return [PortLease(*row) for row in rows]

    def lease(self, lease: PortLease) -> None:
        """Hold one port; raises Conflict naming the holder."""
        with self._db.transaction():
            held = self._db.execute(
                "select service, note from ports where port = ?", (lease.port,)
            ).fetchone()
            if held:
                holder = held["service"] or f"a reservation ({held['note'] or 'no note'})"
                raise Conflict(
                    f"port {lease.port} is held by {holder}", "choose another port", field="--port"
                )
            self._db.execute(
                "insert into ports values (?, ?, ?, ?, ?)",
                (lease.port, lease.service, lease.component, lease.since or self._clock.now(), lease.note),
            )

    def release(self, port: int) -> None:
        """Give one up."""
        self._db.execute("delete from ports where port = ?", (port,))

    def release_service(self, service: str) -> None:
        """Give up all of a service's."""
        self._db.execute("delete from ports where service = ?", (service,))


class Claims:
    """Repository of volume claims: a path or volume belongs to one service at a time."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> list[VolumeClaim]:
        """Return every claim, by source."""
        rows = self._db.execute("select source, service, component, target from claims order by source")
        return [VolumeClaim(*row) for row in rows]

    def replace(self, service: str, claims: Sequence[VolumeClaim]) -> None:
        """Set a service's claims; raises Conflict naming the service that holds one of them."""
        with self._db.transaction():
            for claim in claims:
                held = self._db.execute(
                    "select service, source from claims where source = ? and service <> ?",
                    (claim.source, service),
                ).fetchone()
                if held:
                    raise Conflict(
                        f"volume {claim.source} of {claim.component} is claimed by service {held['service']}",
                        "give it another name or path, or remove that service first",
                    )
            self._db.execute("delete from claims where service = ?", (service,))
            for claim in claims:
                self._db.execute(
                    "insert or replace into claims values (?, ?, ?, ?)",
                    (claim.source, service, claim.component, claim.target),
                )


def _service(row: sqlite3.Row) -> Service:
    return Service(
        id=row["id"],
        name=row["name"],
        source=SourceRef(**json.loads(row["source"])),
        team=row["team"],
        status=row["status"],
        stack=row["stack"],
        port=row["port"],
        release=row["release"],
        created=row["created"],
        updated=row["updated"],
        reason=row["reason"],
        replicas=json.loads(row["replicas"]),
    )
