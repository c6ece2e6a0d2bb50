"""Backing services: how each runs in compose, and what the components are told to reach it.

Nothing here depends on the release: a definition that changed would restart the database on every deploy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import BackingKind, BackingService, Component, Detection
from machete_tui.generation import bases

USER = "app"
"""User and database of every database made here."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of backing service runs.

    Attributes:
        role: its image's name in :data:`~machete_tui.generation.bases.BASES`.
        port: that it listens on.
        data: folder of its data in the container.
        password: environment name of the password that components use; empty for none.
        environment: names inside its container; ``{password}`` and ``{root}`` are the variables' references.
        root: name of a second password that only it knows; empty for none.
        health: command of its health check.
        command: instead of the image's own; empty for that.
    """

    role: str
    port: int
    data: str
    health: tuple[str, ...]
    password: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    root: str = ""
    command: tuple[str, ...] = ()


KINDS: dict[BackingKind, Kind] = {
    "postgres": Kind(
        "postgres",
        5432,
        "/var/lib/postgresql/data",
        ("CMD", "pg_isready", "--quiet", "--host=127.0.0.1", f"--username={USER}", f"--dbname={USER}"),
        "POSTGRES_PASSWORD",
        (("POSTGRES_DB", USER), ("POSTGRES_USER", USER), ("POSTGRES_PASSWORD", "{password}")),
    ),
    "mysql": Kind(
        "mariadb",
        3306,
        "/var/lib/mysql",
        ("CMD", "mariadb-admin", "ping", "--silent", "--host=127.0.0.1"),
        "MYSQL_PASSWORD",
        (
            ("MYSQL_DATABASE", USER),
            ("MYSQL_USER", USER),
            ("MYSQL_PASSWORD", "{password}"),
            ("MYSQL_ROOT_PASSWORD", "{root}"),
        ),
        "MYSQL_ROOT_PASSWORD",
    ),
    "mongodb": Kind(
        "mongodb",
        27017,
        "/data/db",
        ("CMD", "mongosh", "--quiet", "--eval", "quit(db.adminCommand('ping').ok ? 0 : 1)"),
        "MONGO_PASSWORD",
        (("MONGO_INITDB_ROOT_USERNAME", USER), ("MONGO_INITDB_ROOT_PASSWORD", "{password}")),
    ),
    "redis": Kind(
        "redis",
        6379,
        "/data",
        ("CMD", "redis-cli", "ping"),
        command=(
            "redis-server",
            *("--bind", "0.0.0.0"),
            *("--protected-mode", "no"),
            *("--appendonly", "yes"),
            *("--dir", "/data"),
        ),
    ),
}
"""Images' own documentation: their environment names, data folders and what proves them ready.

The health checks ask over TCP: while an image still initialises, its server listens on a socket file only.
"""

STANDARD: dict[BackingKind, tuple[str, ...]] = {
    "postgres": (
        *(
            "DATABASE_URL",
            "POSTGRES_HOST",
            "POSTGRES_PORT",
            "POSTGRES_DB",
            "POSTGRES_USER",
            "POSTGRES_PASSWORD",
        ),
        *("PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD"),
    ),
    "mysql": (
        *("DATABASE_URL", "MYSQL_HOST", "MYSQL_PORT", "MYSQL_DATABASE", "MYSQL_USER", "MYSQL_PASSWORD"),
        *("DB_HOST", "DB_PORT", "DB_DATABASE", "DB_USERNAME", "DB_PASSWORD"),
    ),
    "mongodb": ("MONGO_URL", "MONGODB_URI"),
    "redis": ("REDIS_URL", "REDIS_HOST", "REDIS_PORT"),
}
"""Names given when it is not known which ones the code reads."""

_PART = re.compile(
    r"(?:\A|_|PG|SQL)(?P<part>HOST(?:NAME)?|SERVER|PORT|USER(?:NAME)?|PASS(?:WORD)?|NAME|DATABASE|DBNAME|DB)\Z"
)
_URL = re.compile(r"(URL|URI|DSN|CONN(ECTION)?_?STR(ING)?|CONNECTION|BACKEND|BROKER)\Z")


def enabled(detection: Detection) -> tuple[BackingService, ...]:
    """Return the backing services made here; a source's own compose file brings its own."""
    if detection.strategy == "existing-compose":
        return ()
    return tuple(b for b in detection.backing_services if b.enabled)


def required_passwords(detection: Detection) -> tuple[str, ...]:
    """Return the names of passwords that must be generated once for a service and kept.

    They stand in URLs, so letters and digits serve best; others are written percent-encoded there.
    """
    names: list[str] = []
    for service in enabled(detection):
        names += [n for n in (password_name(detection, service), root_name(detection, service)) if n]
    return tuple(dict.fromkeys(names))


def password_name(detection: Detection, service: BackingService) -> str:
    """Return the variable that holds a backing service's password; empty when it has none."""
    return _own(detection, service, KINDS[service.kind].password)


def root_name(detection: Detection, service: BackingService) -> str:
    """Return the variable that holds its second password; empty when it has none."""
    return _own(detection, service, KINDS[service.kind].root)


def image(service: BackingService) -> str:
    """Return the image reference for the version asked for."""
    role = KINDS[service.kind].role
    version = service.version
    if role == "mariadb" and version and int(re.match(r"\d*", version)[0] or 0) < 10:  # type: ignore[index]
        role = "mysql"
    return bases.image(role, version)


def data_folder(service: BackingService) -> str:
    """Return where its data lies in the container; PostgreSQL 18 moved it up one folder."""
    kind = KINDS[service.kind]
    major = re.match(r"\d+", service.version)
    if service.kind == "postgres" and major and int(major[0]) >= 18:
        return "/var/lib/postgresql"
    return kind.data


def health(service: BackingService) -> list[str]:
    """Return its health check's command."""
    command = list(KINDS[service.kind].health)
    if service.kind == "mysql" and image(service).startswith("mysql:"):
        command[1] = "mysqladmin"
    return command


def used_by(detection: Detection, component: Component) -> Iterator[BackingService]:
    """Yield the backing services that a component talks to: by the edges, or all when none names one."""
    if component.kind == "static":
        return
    for service in enabled(detection):
        users = {start for start, end in detection.edges if end == service.name}
        if not users or component.name in users:
            yield service


def connections(detection: Detection, component: Component) -> dict[str, str]:
    """Return what a component is told about its backing services: names and values as compose takes them.

    A password is a reference to its variable (``${POSTGRES_PASSWORD}``; ``${POSTGRES_PASSWORD_URL}`` where
    it stands in a URL), never the password itself.
    """
    found: dict[str, str] = {}
    for service in used_by(detection, component):
        names = [n for n in service.variables if value(detection, service, component, n)]
        for name in names or STANDARD[service.kind]:
            found.setdefault(name, value(detection, service, component, name))
    return found


def value(detection: Detection, service: BackingService, component: Component, name: str) -> str:
    """Return what one variable of a component is set to; empty when its name says nothing known."""
    kind = KINDS[service.kind]
    password = password_name(detection, service)
    host, reference = service.name, f"${{{password}}}" if password else ""
    upper = name.upper()
    if name.startswith("ConnectionStrings__"):
        return _ado(service, kind, reference)
    if upper == "DB_CONNECTION" and component.stack == "php":
        return {"postgres": "pgsql", "mysql": "mysql", "mongodb": "mongodb", "redis": "redis"}[service.kind]
    if match := _PART.search(upper):
        part = match["part"]
        if part in ("HOST", "HOSTNAME", "SERVER"):
            return host
        if part == "PORT":
            return str(kind.port)
        if part.startswith("PASS"):
            return reference
        if service.kind == "redis":
            return "0" if part == "DB" else ""
        return USER
    if _URL.search(upper):
        return _url(service, kind, component, upper, f"${{{url_name(password)}}}" if password else "")
    return ""


def url_name(password: str) -> str:
    """Return the variable that holds a password as it stands in a URL."""
    return f"{password}_URL"


def _own(detection: Detection, service: BackingService, name: str) -> str:
    """Return the variable's name; the second service of one kind has its own name before it."""
    first = next(b for b in enabled(detection) if b.kind == service.kind)
    if not name or first.name == service.name:
        return name
    return f"{re.sub('[^A-Z0-9]', '_', service.name.upper())}_{name}"


def _url(service: BackingService, kind: Kind, component: Component, name: str, password: str) -> str:
    at = f"{service.name}:{kind.port}"
    if service.kind == "redis":
        return f"redis://{at}/0"
    if service.kind == "mongodb":
        return f"mongodb://{USER}:{password}@{at}/{USER}?authSource=admin"
    scheme = "postgresql" if service.kind == "postgres" else "mysql"
    if "JDBC" in name or name.startswith(("SPRING_DATASOURCE", "QUARKUS")) or component.stack == "java":
        return _jdbc(service, at, "" if name.startswith(("SPRING", "QUARKUS")) else password)
    if component.stack == "dotnet":
        return _ado(service, kind, password)
    if component.stack == "go" and service.kind == "mysql":
        return f"{USER}:{password}@tcp({at})/{USER}?parseTime=true"
    plain = f"{scheme}://{USER}:{password}@{at}/{USER}"
    return f"{plain}?sslmode=disable" if component.stack == "go" else plain


def _jdbc(service: BackingService, at: str, password: str) -> str:
    """Return a JDBC URL; MariaDB's driver takes MySQL's scheme only when the URL says that this is meant."""
    scheme, options = (
        ("postgresql", []) if service.kind == "postgres" else ("mysql", ["permitMysqlScheme=true"])
    )
    if password:
        options = [*options, f"user={USER}", f"password={password}"]
    return f"jdbc:{scheme}://{at}/{USER}" + (f"?{'&'.join(options)}" if options else "")


def _ado(service: BackingService, kind: Kind, password: str) -> str:
    """Return a connection string as .NET's drivers take it."""
    if service.kind == "redis":
        return f"{service.name}:{kind.port}"
    if service.kind == "mongodb":
        return f"mongodb://{USER}:{password}@{service.name}:{kind.port}/{USER}?authSource=admin"
    if service.kind == "mysql":
        return f"Server={service.name};Port={kind.port};Database={USER};User={USER};Password={password}"
    return f"Host={service.name};Port={kind.port};Database={USER};Username={USER};Password={password}"
