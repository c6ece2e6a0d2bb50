"""Repository of readings: minutes of the last day, hours of the last 30.

Values are whole numbers in units that suit each metric, which SQLite keeps in as few bytes as they need: a
minute of an idle container takes about 50. Rows lie in the order of time, so that a minute's rows are
appended and a day's oldest are dropped in one piece; one subject's are looked up by the second column.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence

from machete_tui.core.metrics import METRICS, Subject
from machete_tui.core.series import HOUR, KEEP_HOURS, KEEP_MINUTES, MINUTE, Bucket, Values, coarser
from machete_tui.store.database import Database

_SCALE = {"cpu": 100.0, "load": 100.0, "memory": 1 / 1024, "disk": 1 / 1024}
_SCALES = tuple(_SCALE.get(metric.id, 1.0) for metric in METRICS)
COLUMNS = tuple(f"{metric.id}_{part}" for metric in METRICS for part in ("min", "avg", "max"))
"""Columns of a row after its bucket, its object and its seconds."""

_TABLES = {MINUTE: "metric_minutes", HOUR: "metric_hours"}
_PRUNE_EVERY = 3600.0
_TRUSTED = 600.0
"""Seconds that the clock must have gone evenly before anything is removed by it."""


class Metrics:
    """Readings; safe to share between threads and between processes."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._ids: dict[Subject, int] = {}
        self._rolled = -1
        self._pruned = 0.0
        self._even: tuple[float, float] | None = None

    def record(self, buckets: Sequence[tuple[Subject, Bucket]], now: float) -> None:
        """Write minutes with the hours that they complete; remove what is too old."""
        hour = int(now // HOUR)
        touched = {int(bucket.at // HOUR) for _, bucket in buckets}
        with self._db.transaction():
            for subject, bucket in buckets:
                self._insert(MINUTE, self._id(subject), bucket)
            if self._rolled != hour:
                touched |= self._unrolled(now)
            for each in touched:
                if each < hour:
                    self._roll(each)
            self._rolled = hour
            if self._may_prune(now):
                self._prune(now)

    def read(self, subject: Subject, step: int, since: float, until: float) -> list[Bucket]:
        """Return minutes or hours, oldest first; hours that are not whole yet are made of their minutes."""
        ident = self._known(subject)
        if ident is None:
            return []
        found = {b.at: b for b in self._rows(step, ident, since, until)}
        if step == HOUR:
            late = max(since, until - 2 * HOUR, max(found, default=0.0))
            for bucket in coarser(list(self._rows(MINUTE, ident, late, until)), HOUR):
                kept = found.get(bucket.at)
                if kept is None or kept.seconds < bucket.seconds:
                    found[bucket.at] = bucket
        return [found[at] for at in sorted(found)]

    def recent(self, since: float) -> Mapping[Subject, list[Bucket]]:
        """Return the minutes of every subject since a time, oldest first."""
        found: dict[Subject, list[Bucket]] = {}
        rows = self._db.execute(
            f"""select o.kind, o.name, m.bucket, m.seconds, {", ".join(COLUMNS)}
                from metric_minutes m join metric_objects o on o.id = m.object
                where m.bucket >= ? order by m.bucket""",
            (int(since // MINUTE),),
        )
        for row in rows:
            found.setdefault(Subject(row[0], row[1]), []).append(_bucket(MINUTE, tuple(row)[2:]))
        return found

    def subjects(self) -> list[Subject]:
        """Return everything that something is kept of, by kind and name."""
        rows = self._db.execute("select kind, name from metric_objects order by kind, name")
        return [Subject(row[0], row[1]) for row in rows]

    def _id(self, subject: Subject) -> int:
        ident = self._ids.get(subject)
        if ident is None:
            self._db.execute("insert or ignore into metric_objects (kind, name) values (?, ?)", subject)
            ident = self._known(subject)
            assert ident is not None, subject
            self._ids[subject] = ident
        return ident

    def _known(self, subject: Subject) -> int | None:
        row = self._db.execute(
            "select id from metric_objects where kind = ? and name = ?", subject
        ).fetchone()
        return None if row is None else int(row[0])

    def _insert(self, step: int, ident: int, bucket: Bucket) -> None:
        values: list[int | None] = []
        for scale, *three in zip(_SCALES, bucket.low, bucket.avg, bucket.high, strict=True):
            values += [None if v is None else round(v * scale) for v in three]
        row = (int(bucket.at // step), ident, bucket.seconds, *values)
        marks = ", ".join("?" * len(row))
        self._db.execute(f"insert into {_TABLES[step]} values ({marks}) {_KEEP_FULLER}", row)

    def _rows(self, step: int, ident: int, since: float, until: float) -> list[Bucket]:
        rows = self._db.execute(
            f"""select bucket, seconds, {", ".join(COLUMNS)} from {_TABLES[step]}
                where bucket >= ? and bucket < ? and object = ? order by bucket""",
            (-int(-since // step), -int(-until // step), ident),
        )
        return [_bucket(step, row) for row in rows]

    def _unrolled(self, now: float) -> set[int]:
        """Return past hours of the last day that have minutes and no row of their own."""
        rows = self._db.execute(
            """select distinct bucket / 60 from metric_minutes where bucket >= ?
               except select bucket from metric_hours""",
            (int((now - KEEP_MINUTES) // MINUTE),),
        )
        return {int(row[0]) for row in rows}

    def _roll(self, hour: int) -> None:
        self._db.execute(_ROLL, (hour, hour * 60, hour * 60 + 60))

    def _may_prune(self, now: float) -> bool:
        """Return whether it is time, and the clock can be believed: one that jumped would lose everything."""
        offset = now - time.monotonic()
        if self._even is None or abs(offset - self._even[0]) > MINUTE:
            self._even = (offset, now)
            return False
        return now - self._even[1] >= _TRUSTED and now - self._pruned >= _PRUNE_EVERY

    def _prune(self, now: float) -> None:
        self._pruned = now
        for step, kept in ((MINUTE, KEEP_MINUTES), (HOUR, KEEP_HOURS)):
            self._db.execute(f"delete from {_TABLES[step]} where bucket < ?", (int((now - kept) // step),))
        self._db.execute(
            """delete from metric_objects where id not in (select object from metric_minutes)
               and id not in (select object from metric_hours)"""
        )
        self._ids.clear()


def _bucket(step: int, row: sqlite3.Row | tuple[int | None, ...]) -> Bucket:
    def part(which: int) -> Values:
        values = tuple(row)[2 + which :: 3]
        return tuple(None if v is None else v / s for v, s in zip(values, _SCALES, strict=True))

    at, seconds = row[0], row[1]
    assert at is not None
    assert seconds is not None
    return Bucket(float(at * step), int(seconds), part(0), part(1), part(2))


_KEEP_FULLER = (
    "on conflict (bucket, object) do update set seconds = excluded.seconds, "
    + ", ".join(f"{c} = excluded.{c}" for c in COLUMNS)
    + " where excluded.seconds >= seconds"
)


def _rolled(column: str) -> str:
    if column.endswith("_min"):
        return f"min({column})"
    if column.endswith("_max"):
        return f"max({column})"
    weight = f"sum(case when {column} is null then 0 else seconds end)"
    return f"cast(round(sum({column} * seconds) * 1.0 / {weight}) as integer)"


_ROLL = f"""insert into metric_hours
    select ?, object, sum(seconds), {", ".join(_rolled(c) for c in COLUMNS)}
    from metric_minutes where bucket >= ? and bucket < ? group by object
    {_KEEP_FULLER}"""
