from __future__ import annotations

import pytest

from machete_tui.core.source import BackingKind, BackingService, Component, Detection
from machete_tui.generation import backing
from machete_tui.generation.backing import STANDARD, connections

P = "${POSTGRES_PASSWORD}"
PU = "${POSTGRES_PASSWORD_URL}"
M = "${MYSQL_PASSWORD}"
MU = "${MYSQL_PASSWORD_URL}"


def told(kind: BackingKind, name: str, variables: tuple[str, ...], stack: str = "python") -> dict[str, str]:
    service = BackingService(kind, name, variables=variables)
    component = Component(name="web", stack=stack)
    return connections(Detection("x", "x", (component,), (service,)), component)


@pytest.mark.parametrize(
    ("kind", "stack", "variable", "value"),
    [
        ("postgres", "python", "DATABASE_URL", f"postgresql://app:{PU}@db:5432/app"),
        ("postgres", "go", "DATABASE_URL", f"postgresql://app:{PU}@db:5432/app?sslmode=disable"),
        ("postgres", "java", "SPRING_DATASOURCE_URL", "jdbc:postgresql://db:5432/app"),
        ("postgres", "java", "JDBC_DATABASE_URL", f"jdbc:postgresql://db:5432/app?user=app&password={PU}"),
        (
            "postgres",
            "dotnet",
            "ConnectionStrings__Main",
            f"Host=db;Port=5432;Database=app;Username=app;Password={P}",
        ),
        ("postgres", "php", "DB_CONNECTION", "pgsql"),
        ("postgres", "php", "DB_USERNAME", "app"),
        ("postgres", "python", "PGHOST", "db"),
        ("postgres", "python", "PGPASSWORD", P),
        ("postgres", "python", "POSTGRES_DB", "app"),
        ("postgres", "python", "DB_NAME", "app"),
        ("postgres", "python", "DB_PORT", "5432"),
        ("mysql", "node", "DATABASE_URL", f"mysql://app:{MU}@db:3306/app"),
        ("mysql", "go", "MYSQL_DSN", f"app:{MU}@tcp(db:3306)/app?parseTime=true"),
        ("mysql", "php", "DB_CONNECTION", "mysql"),
        ("mysql", "php", "DB_PASSWORD", M),
        (
            "mysql",
            "dotnet",
            "ConnectionStrings__Main",
            f"Server=db;Port=3306;Database=app;User=app;Password={M}",
        ),
        (
            "mongodb",
            "node",
            "MONGODB_URI",
            "mongodb://app:${MONGO_PASSWORD_URL}@db:27017/app?authSource=admin",
        ),
        ("redis", "node", "REDIS_URL", "redis://db:6379/0"),
        ("redis", "python", "CELERY_BROKER_URL", "redis://db:6379/0"),
        ("redis", "python", "RESULT_BACKEND", "redis://db:6379/0"),
        ("redis", "php", "REDIS_HOST", "db"),
        ("redis", "php", "REDIS_DB", "0"),
        ("redis", "dotnet", "ConnectionStrings__Redis", "db:6379"),
    ],
)
def test_each_name_is_told_what_it_means(kind: BackingKind, stack: str, variable: str, value: str) -> None:
    assert told(kind, "db", (variable,), stack) == {variable: value}


@pytest.mark.parametrize("kind", list(STANDARD))
def test_without_known_names_the_usual_ones_are_given(kind: BackingKind) -> None:
    found = told(kind, "svc", ())
    assert tuple(found) == STANDARD[kind]
    assert all(found.values())
    assert tuple(told(kind, "svc", ("SOMETHING_ELSE",))) == STANDARD[kind]


def test_a_static_site_is_told_nothing() -> None:
    site = Component(name="web", kind="static", stack="static")
    assert connections(Detection("x", "x", (site,), (BackingService("redis", "r"),)), site) == {}


@pytest.mark.parametrize(
    ("kind", "version", "image", "folder"),
    [
        ("postgres", "", "postgres:17", "/var/lib/postgresql/data"),
        ("postgres", "16", "postgres:16", "/var/lib/postgresql/data"),
        ("postgres", "18", "postgres:18", "/var/lib/postgresql"),
        ("mysql", "", "mariadb:11", "/var/lib/mysql"),
        ("mysql", "8", "mysql:8", "/var/lib/mysql"),
        ("mysql", "10.11", "mariadb:10.11", "/var/lib/mysql"),
        ("redis", "8", "redis:8", "/data"),
        ("mongodb", "", "mongo:8", "/data/db"),
    ],
)
def test_versions(kind: BackingKind, version: str, image: str, folder: str) -> None:
    service = BackingService(kind, "x", version=version)
    assert backing.image(service) == image
    assert backing.data_folder(service) == folder
    assert ("mysqladmin" in backing.health(service)) == image.startswith("mysql:")


def test_a_sources_own_compose_file_brings_its_own() -> None:
    detection = Detection(
        "x",
        "x",
        (),
        (BackingService("postgres", "db"),),
        strategy="existing-compose",
        compose_files=("c.yml",),
    )
    assert backing.enabled(detection) == ()
    assert backing.required_passwords(detection) == ()
