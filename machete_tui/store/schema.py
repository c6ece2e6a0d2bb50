"""The tables and how they came to be: small migrations, applied once each, in order."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("machete")


@migrations()
def m001_services(db: Database) -> None:
    """Services and the leases that they hold."""
    db.execute(
        """create table services (
            id text primary key, name text not null unique, team text not null, source text not null,
            status text not null, stack text not null, port integer not null, release integer not null,
            last_release integer not null default 0, created real not null, updated real not null,
            reason text not null, replicas text not null) strict"""
    )
    db.execute(
        """create table ports (
            port integer primary key, service text not null, component text not null,
            since real not null, note text not null) strict"""
    )
    db.execute(
        """create table claims (
            source text not null, service text not null, component text not null, target text not null,
            primary key (source, component, target)) strict"""
    )
    db.execute("create index claims_by_service on claims (service)")


@migrations()
def m002_releases(db: Database) -> None:
    """Releases: what can be live."""
    db.execute(
        """create table releases (
            id text primary key, service_id text not null references services (id) on delete cascade,
            number integer not null, created real not null, kept integer not null, body text not null,
            unique (service_id, number)) strict"""
    )


@migrations()
def m003_deployments(db: Database) -> None:
    """Deployments and their journal."""
    db.execute(
        """create table deployments (
            id text primary key, service_id text not null references services (id) on delete cascade,
            service text not null, number integer not null, kind text not null, status text not null,
            started real not null, finished real, actor text not null, "release" integer not null,
            previous integer not null, pid integer not null, pid_started text not null,
            reason text not null, suggestion text not null, log_tail text not null,
            unique (service_id, number)) strict"""
    )
    db.execute("create index deployments_by_status on deployments (status)")
    db.execute(
        """create table steps (
            deployment_id text not null references deployments (id) on delete cascade,
            seq integer not null, name text not null, title text not null, status text not null,
            started real not null, finished real, detail text not null, data text not null,
            primary key (deployment_id, name)) strict"""
    )


@migrations()
def m004_events(db: Database) -> None:
    """The audit trail: only ever appended to."""
    db.execute(
        """create table events (
            seq integer primary key autoincrement, at real not null, actor text not null,
            action text not null, service text not null, outcome text not null,
            seconds real not null, detail text not null) strict"""
    )
    db.execute("create index events_by_service on events (service, seq)")


@migrations()
def m005_preferences(db: Database) -> None:
    """What an operator chose of the app's looks: columns, sorting, filters."""
    db.execute("create table preferences (name text primary key, value text not null) strict")


@migrations()
def m006_metrics(db: Database) -> None:
    """Readings by the minute and by the hour, of the host, services and containers."""
    db.execute(
        """create table metric_objects (
            id integer primary key, kind text not null, name text not null, unique (kind, name)) strict"""
    )
    parts = [
        f"{metric}_{part} integer"
        for metric in ("cpu", "memory", "rx", "tx", "read", "write", "pids", "disk", "load")
        for part in ("min", "avg", "max")
    ]
    for table in ("metric_minutes", "metric_hours"):
        db.execute(
            f"""create table {table} (
                bucket integer not null, object integer not null, seconds integer not null,
                {", ".join(parts)}, primary key (bucket, object)) strict, without rowid"""
        )


@migrations()
def m007_postmortems(db: Database) -> None:
    """How containers ended and what they said last."""
    db.execute(
        """create table postmortems (
            container text primary key, name text not null, service text not null,
            ended real not null, body text not null) strict"""
    )
    db.execute("create index postmortems_by_service on postmortems (service, ended)")
    db.execute("create index postmortems_by_name on postmortems (name, ended)")
