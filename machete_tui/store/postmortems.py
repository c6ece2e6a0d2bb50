"""The ends of containers."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.core.postmortem import PostMortem
from machete_tui.store.codec import dumps, loads
from machete_tui.store.database import Database

KEPT = 300
"""Ends kept, of all containers together."""


class PostMortems:
    """Repository of the ends of containers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, end: PostMortem) -> None:
        """Keep it in place of what was kept of the same container."""
        with self._db.transaction():
            self._db.execute(
                "insert or replace into postmortems values (?, ?, ?, ?, ?)",
                (end.container, end.name, end.service, end.ended, dumps(end)),
            )
            self._db.execute(
                "delete from postmortems where container not in"
                " (select container from postmortems order by ended desc limit ?)",
                (KEPT,),
            )

    def find(self, name: str) -> PostMortem | None:
        """Return the last end of a container by its name, its id or the beginning of its id."""
        row = self._db.execute(
            "select body from postmortems where name = ? or container = ?"
            " or (length(?) >= 6 and substr(container, 1, length(?)) = ?) order by ended desc limit 1",
            (name, name, name, name, name),
        ).fetchone()
        return loads(PostMortem, row["body"]) if row else None

    def of(self, services: Sequence[str] = (), limit: int = 20) -> list[PostMortem]:
        """Return ends, newest first, of these services if any is named."""
        where = f"where service in ({', '.join('?' * len(services))})" if services else ""
        rows = self._db.execute(
            f"select body from postmortems {where} order by ended desc limit ?", (*services, limit)
        )
        return [loads(PostMortem, row["body"]) for row in rows]
