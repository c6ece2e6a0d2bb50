"""Backing services: which driver, setting or image means which one, and under what names it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from machete_tui.core.source import BackingKind, BackingService, Evidence
from machete_tui.detection.draft import Draft

DRIVERS: dict[str, dict[str, BackingKind]] = {
    "node": {
        **dict.fromkeys(
            ("pg", "pg-promise", "postgres", "@fastify/postgres", "@neondatabase/serverless"), "postgres"
        ),
        **dict.fromkeys(("mysql", "mysql2", "mariadb", "@fastify/mysql"), "mysql"),
        **dict.fromkeys(
            ("mongodb", "mongoose", "@nestjs/mongoose", "@fastify/mongodb", "connect-mongo"), "mongodb"
        ),
        **dict.fromkeys(("redis", "ioredis", "bull", "bullmq", "connect-redis", "@fastify/redis"), "redis"),
    },
    "python": {
        **dict.fromkeys(
            ("psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000"), "postgres"
        ),
        **dict.fromkeys(("mysqlclient", "pymysql", "mysql-connector-python", "aiomysql", "asyncmy"), "mysql"),
        **dict.fromkeys(("pymongo", "motor", "mongoengine", "beanie", "flask-pymongo"), "mongodb"),
        **dict.fromkeys(
            ("redis", "aioredis", "django-redis", "rq", "flask-redis", "arq", "channels-redis"), "redis"
        ),
    },
    "php": {
        **dict.fromkeys(("ext-pdo_pgsql", "ext-pgsql"), "postgres"),
        **dict.fromkeys(("ext-pdo_mysql", "ext-mysqli"), "mysql"),
        **dict.fromkeys(("mongodb/mongodb", "mongodb/laravel-mongodb", "ext-mongodb"), "mongodb"),
        **dict.fromkeys(("predis/predis", "ext-redis"), "redis"),
    },
    "go": {
        **dict.fromkeys(("github.com/lib/pq", "github.com/jackc/pgx", "gorm.io/driver/postgres"), "postgres"),
        **dict.fromkeys(("github.com/go-sql-driver/mysql", "gorm.io/driver/mysql"), "mysql"),
        **dict.fromkeys(("go.mongodb.org/mongo-driver",), "mongodb"),
        **dict.fromkeys(
            ("github.com/redis/go-redis", "github.com/go-redis/redis", "github.com/gomodule/redigo"), "redis"
        ),
    },
    "ruby": {
        "pg": "postgres",
        **dict.fromkeys(("mysql2", "trilogy"), "mysql"),
        **dict.fromkeys(("mongoid", "mongo"), "mongodb"),
        **dict.fromkeys(("redis", "sidekiq", "resque", "redis-client"), "redis"),
    },
    "java": {
        **dict.fromkeys(("postgresql", "quarkus-jdbc-postgresql", "r2dbc-postgresql"), "postgres"),
        **dict.fromkeys(
            ("mysql-connector-java", "mysql-connector-j", "mariadb-java-client", "quarkus-jdbc-mysql"),
            "mysql",
        ),
        **dict.fromkeys(
            ("spring-boot-starter-data-mongodb", "mongodb-driver-sync", "quarkus-mongodb-client"), "mongodb"
        ),
        **dict.fromkeys(
            ("spring-boot-starter-data-redis", "jedis", "lettuce-core", "quarkus-redis-client"), "redis"
        ),
    },
    "dotnet": {
        **dict.fromkeys(("npgsql", "npgsql.entityframeworkcore.postgresql"), "postgres"),
        **dict.fromkeys(("mysqlconnector", "mysql.data", "pomelo.entityframeworkcore.mysql"), "mysql"),
        "mongodb.driver": "mongodb",
        **dict.fromkeys(("stackexchange.redis", "microsoft.extensions.caching.stackexchangeredis"), "redis"),
    },
    "rust": {
        **dict.fromkeys(("postgres", "tokio-postgres", "deadpool-postgres"), "postgres"),
        **dict.fromkeys(("mysql", "mysql_async"), "mysql"),
        "mongodb": "mongodb",
        **dict.fromkeys(("redis", "fred", "deadpool-redis", "bb8-redis"), "redis"),
    },
}
"""Stack -> name of a dependency -> the service that it is a driver of."""

SCHEMES: dict[str, BackingKind] = {
    **dict.fromkeys(("postgres", "postgresql", "pgsql", "postgis"), "postgres"),
    **dict.fromkeys(("mysql", "mysql2", "mariadb", "trilogy"), "mysql"),
    **dict.fromkeys(("mongodb", "mongodb+srv", "mongo"), "mongodb"),
    **dict.fromkeys(("redis", "rediss", "valkey"), "redis"),
}
"""How URLs, ORM settings and manifests name them."""

IMAGES: dict[str, BackingKind] = {
    **dict.fromkeys(("postgres", "postgis", "timescaledb", "postgresql", "pgvector"), "postgres"),
    **dict.fromkeys(("mysql", "mariadb", "mysql-server", "percona"), "mysql"),
    **dict.fromkeys(("mongo", "mongodb", "mongodb-community-server"), "mongodb"),
    **dict.fromkeys(("redis", "valkey", "redis-stack", "redis-stack-server", "keydb"), "redis"),
}
"""Last part of an image's name -> what it runs."""

_URLS = "(URL|URI|DSN|CONN(ECTION)?_?STR(ING)?|CONNECTION)"
_PARTS = "(HOST(NAME)?|SERVER|PORT|USER(NAME)?|PASS(WORD)?|NAME|DATABASE|DB|DBNAME)"

VARIABLES: dict[BackingKind, tuple[re.Pattern[str], ...]] = {
    "postgres": (
        re.compile(
            rf"^(DATABASE|POSTGRES(QL)?|PG|DB|SQLALCHEMY_DATABASE|JDBC_DATABASE|SPRING_DATASOURCE)_?{_URLS}$"
        ),
        re.compile(rf"^(PG|POSTGRES(QL)?_|DB_|DATABASE_|SPRING_DATASOURCE_){_PARTS}$"),
        re.compile(r"^ConnectionStrings__\w+$"),
    ),
    "mysql": (
        re.compile(
            rf"^(DATABASE|MYSQL|MARIADB|DB|SQLALCHEMY_DATABASE|JDBC_DATABASE|SPRING_DATASOURCE)_?{_URLS}$"
        ),
        re.compile(rf"^(MYSQL_?|MARIADB_|DB_|DATABASE_|SPRING_DATASOURCE_){_PARTS}$"),
        re.compile(r"^ConnectionStrings__\w+$"),
    ),
    "mongodb": (
        re.compile(rf"^(MONGO(DB)?|MONGO(DB)?_DB|SPRING_DATA_MONGODB)_?{_URLS}$"),
        re.compile(rf"^MONGO(DB)?_?{_PARTS}$"),
        re.compile(rf"^(DATABASE|DB)_?{_URLS}$"),
    ),
    "redis": (
        re.compile(rf"^(REDIS|REDIS_CLOUD|REDIS_TLS|QUEUE|CACHE|SPRING_DATA_REDIS|SPRING_REDIS)_?{_URLS}$"),
        re.compile(r"^(CELERY_)?(BROKER_URL|RESULT_BACKEND)$"),
        re.compile(r"^(REDIS_|SPRING_DATA_REDIS_)(HOST(NAME)?|PORT|PASS(WORD)?|DB)$"),
    ),
}
"""Names under which code reads each service, in order of preference."""

DEFAULT_VARIABLES: dict[BackingKind, tuple[str, ...]] = {
    "postgres": ("DATABASE_URL",),
    "mysql": ("DATABASE_URL",),
    "mongodb": ("MONGODB_URI",),
    "redis": ("REDIS_URL",),
}
"""Given when the code shows no name of its own."""

FRAMEWORK_VARIABLES: dict[tuple[str, BackingKind], tuple[str, ...]] = {
    **{
        ("laravel", kind): (
            "DB_CONNECTION",
            "DB_HOST",
            "DB_PORT",
            "DB_DATABASE",
            "DB_USERNAME",
            "DB_PASSWORD",
        )
        for kind in ("postgres", "mysql")
    },
    ("laravel", "redis"): ("REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD"),
    **{
        ("spring-boot", kind): (
            "SPRING_DATASOURCE_URL",
            "SPRING_DATASOURCE_USERNAME",
            "SPRING_DATASOURCE_PASSWORD",
        )
        for kind in ("postgres", "mysql")
    },
    ("spring-boot", "mongodb"): ("SPRING_DATA_MONGODB_URI",),
    ("spring-boot", "redis"): ("SPRING_DATA_REDIS_HOST", "SPRING_DATA_REDIS_PORT"),
    **{
        ("quarkus", kind): (
            "QUARKUS_DATASOURCE_JDBC_URL",
            "QUARKUS_DATASOURCE_USERNAME",
            "QUARKUS_DATASOURCE_PASSWORD",
        )
        for kind in ("postgres", "mysql")
    },
}
"""(framework, service) -> names that the framework itself reads without any code."""

NAMES: dict[BackingKind, str] = {"postgres": "db", "mysql": "db", "mongodb": "mongo", "redis": "redis"}
"""The service's name in the compose file, when no other has it."""


def from_image(image: str) -> tuple[BackingKind | None, str]:
    """Return what an image runs, if it is a backing service, and its major version."""
    name, _, tag = image.rpartition("/")[2].split("@")[0].partition(":")
    version = re.match(r"v?(\d+)", tag)
    return IMAGES.get(name.lower()), version[1] if version else ""


def need_drivers(draft: Draft, packages: Iterable[tuple[str, Evidence]]) -> None:
    """Note the services whose drivers are among a component's dependencies."""
    table = DRIVERS.get(draft.stack, {})
    for package, evidence in packages:
        kind = table.get(package.lower()) or (_longest(table, package) if draft.stack == "go" else None)
        if kind:
            draft.needs(kind, evidence)


def _longest(table: dict[str, BackingKind], module: str) -> BackingKind | None:
    return next((kind for name, kind in table.items() if module.startswith(f"{name}/")), None)


def need_url(draft: Draft, value: str, evidence: Evidence) -> None:
    """Note the service that a connection URL in an example or setting speaks to."""
    scheme = re.match(r"(?:jdbc:)?([a-z0-9]+)(?:\+\w+)?:", value.strip().lower())
    kind = SCHEMES.get(scheme[1]) if scheme else None
    if kind:
        draft.needs(kind, evidence)


def collect(drafts: Iterable[Draft]) -> list[BackingService]:
    """Return the services that components need, each once, with the names they are read under.

    With drivers of several databases, those that the code reads no variable for are not to be run: the
    operator decides.
    """
    drafts = list(drafts)
    order: tuple[BackingKind, ...] = ("postgres", "mysql", "mongodb", "redis")
    wanted = [kind for kind in order if any(kind in d.drivers for d in drafts)]
    services = []
    ambiguous = len({"postgres", "mysql", "mongodb"} & set(wanted)) > 1
    for kind in wanted:
        users = [d for d in drafts if kind in d.drivers]
        evidence = tuple(dict.fromkeys(e for d in users for e in d.drivers[kind]))
        names = tuple(dict.fromkeys(n for d in users for n in variables(kind, d)))
        enabled = not ambiguous or bool({*names} & {n for d in users for n in d.env})
        clash = {"postgres", "mysql"} <= set(wanted) and kind in {"postgres", "mysql"}
        services.append(BackingService(kind, kind if clash else NAMES[kind], evidence[:8], names, enabled))
    return services


def variables(kind: BackingKind, draft: Draft) -> tuple[str, ...]:
    """Return the names under which a component reads a service, in order of preference."""
    found = [n for pattern in VARIABLES[kind] for n in draft.env if pattern.match(n)]
    if kind == "mongodb" and any(n.startswith("MONGO") for n in found):
        found = [n for n in found if "MONGO" in n]
    if kind in {"postgres", "mysql"}:
        other = ("MYSQL", "MARIADB") if kind == "postgres" else ("PG", "POSTGRES")
        found = [n for n in found if not n.startswith(other)]
    return tuple(dict.fromkeys(found)) or FRAMEWORK_VARIABLES.get(
        (draft.framework, kind), DEFAULT_VARIABLES[kind]
    )
