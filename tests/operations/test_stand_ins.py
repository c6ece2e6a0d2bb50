"""The stand-in base images on the real Engine: what sources written for the official ones rely on."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machete_tui.core.engine import LABEL_STAND_IN
from machete_tui.engines.bootstrap import CERTIFICATES
from machete_tui.operations.image_table import BASES
from tests.rig import Rig
from tests.rig.commands import RigError
from tests.rig.processes import wait_until

pytestmark = pytest.mark.engine

Start = Callable[..., str]


@pytest.fixture
def start(rig: Rig) -> Iterator[Start]:
    """Start containers that go with the test; returns their names."""
    names: list[str] = []

    def run(*words: str) -> str:
        name = f"stand-in-{uuid.uuid4().hex[:8]}"
        names.append(name)
        rig.main.docker("run", "--detach", "--name", name, *words)
        return name

    yield run
    for name in names:
        rig.main.docker("rm", "--force", "--volumes", name)


def built(rig: Rig, folder: Path, dockerfile: str) -> str:
    """Build a Dockerfile to its end and return what its last stage printed; the image is removed."""
    (folder / "Dockerfile").write_text(dockerfile)
    tag = f"stand-in-{uuid.uuid4().hex[:8]}"
    done = subprocess.run(
        # What a cached step once printed is not printed again.
        [
            "docker",
            "--host",
            rig.main.host,
            "build",
            "--no-cache",
            "--progress=plain",
            f"--tag={tag}",
            folder,
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    rig.main.docker("image", "rm", tag)
    return done.stdout + done.stderr


def answers(rig: Rig, *words: str) -> bool:
    try:
        rig.main.docker("exec", *words)
    except RigError:
        return False
    return True


@pytest.mark.parametrize("base", [b for b in BASES if b.common], ids=lambda b: b.name)
def test_each_is_labelled_as_what_it_is(rig: Rig, base: object) -> None:
    from machete_tui.operations.image_table import Base

    assert isinstance(base, Base)
    wanted = (LABEL_STAND_IN, f"{LABEL_STAND_IN}.package", f"{LABEL_STAND_IN}.version")
    form = "|".join(f'{{{{index .Config.Labels "{label}"}}}}' for label in wanted)
    for tag in (base.ref, *base.tags):
        said = rig.main.docker("image", "inspect", "--format", form, tag).strip().split("|")
        assert said[:2] == ["true", base.package]
        assert said[2][0].isdigit() or said[2].startswith("v"), said


def test_this_machines_certificates_are_trusted_inside(rig: Rig) -> None:
    own = sorted(path.name for path in CERTIFICATES.rglob("*.crt")) if CERTIFICATES.is_dir() else []
    listed = rig.main.docker("run", "--rm", "python:3.13-slim", "ls", "/usr/local/share/ca-certificates")
    assert listed.split() == own
    count = rig.main.docker(
        "run", "--rm", "python:3.13-slim", "grep", "-c", "BEGIN CERT", "/etc/ssl/certs/ca-certificates.crt"
    )
    assert int(count) > len(own)


def test_pip_can_be_upgraded_and_packages_copied_between_stages(rig: Rig, tmp_path: Path) -> None:
    said = built(
        rig,
        tmp_path,
        "FROM python:3.13-slim AS build\n"
        "RUN pip install --upgrade pip && pip install itsdangerous\n"
        "FROM python:3.13-slim\n"
        "COPY --from=build /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages\n"
        "RUN python -c \"import itsdangerous; print('found in', itsdangerous.__file__)\"\n",
    )
    assert "found in /usr/local/lib/python3.13/dist-packages/itsdangerous/__init__.py" in said


def test_node_has_npm_and_runs_options_as_its_own(rig: Rig) -> None:
    assert rig.main.docker(
        "run", "--rm", "node:22-slim", "-e", "console.log(process.versions.node)"
    ).startswith("22.")
    assert int(rig.main.docker("run", "--rm", "node:22-slim", "npm", "--version").split(".")[0]) >= 10
    assert "uid=1000(node)" in rig.main.docker("run", "--rm", "node:22-slim", "id", "node")


def test_composer_can_be_copied_into_a_php_image(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "composer.json").write_text('{"autoload": {"psr-4": {"Shop\\\\": "src/"}}}')
    said = built(
        rig,
        tmp_path,
        "FROM php:8.4-apache\n"
        "COPY --from=composer:2 /usr/bin/composer /usr/bin/composer\n"
        "COPY composer.json .\n"
        "RUN docker-php-ext-install pdo_mysql opcache && a2enmod rewrite\n"
        'RUN mv "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"\n'
        "RUN composer install --no-dev && test -f vendor/autoload.php && echo all installed\n",
    )
    assert "all installed" in said


def test_maven_builds_without_any_mirror(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "src/main/java").mkdir(parents=True)
    (tmp_path / "src/main/java/Hello.java").write_text(
        'public class Hello { public static void main(String[] a) { System.out.println("hi from java"); } }'
    )
    (tmp_path / "pom.xml").write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>hello</artifactId>"
        "<version>1</version><properties><maven.compiler.release>21</maven.compiler.release></properties></project>"
    )
    said = built(
        rig,
        tmp_path,
        "FROM maven:3.9-eclipse-temurin-21 AS build\nCOPY . .\nRUN mvn -q -B package\n"
        "FROM eclipse-temurin:21-jre\nCOPY --from=build /target/hello-1.jar /hello.jar\n"
        "RUN java -cp /hello.jar Hello\n",
    )
    assert "hi from java" in said


def test_postgres_makes_its_user_and_database_runs_scripts_once_and_keeps_data(
    rig: Rig, start: Start, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)  # the server's own user reads it
    (tmp_path / "1.sql").write_text("CREATE TABLE marks (n int); INSERT INTO marks VALUES (1);")
    name = start(
        *("--env", "POSTGRES_USER=shop", "--env", "POSTGRES_PASSWORD=it's a secret"),
        *("--env", "POSTGRES_DB=my-db"),
        *("--volume", f"{tmp_path}:/docker-entrypoint-initdb.d:ro", "postgres:17"),
    )
    count = ("psql", "-qtA", "-U", "shop", "-d", "my-db", "-c", "SELECT count(*) FROM marks")
    over_tcp = ("--env", "PGPASSWORD=it's a secret", name, *count, "-h", "127.0.0.1")
    wait_until(lambda: answers(rig, *over_tcp), 30, "the database answers")
    assert rig.main.docker("exec", *over_tcp) == "1\n"
    wrong = (
        "--env",
        "PGPASSWORD=wrong",
        name,
        *count,
        "-h",
        rig.main.docker("exec", name, "hostname", "-i").strip(),
    )
    assert not answers(rig, *wrong)
    rig.main.docker("restart", name)
    wait_until(lambda: answers(rig, *over_tcp), 30, "the database answers again")
    assert rig.main.docker("exec", *over_tcp) == "1\n"
    assert "999" in rig.main.docker("top", name, "-o", "uid,pid,args")


def test_postgres_without_a_password_says_so_and_ends(rig: Rig) -> None:
    with pytest.raises(RigError, match="superuser password is not specified"):
        rig.main.docker("run", "--rm", "postgres:17")


def test_mysql_makes_its_user_and_database_and_keeps_data(rig: Rig, start: Start) -> None:
    name = start(
        *("--env", "MYSQL_ROOT_PASSWORD=r", "--env", "MYSQL_USER=shop", "--env", "MYSQL_PASSWORD=it's"),
        *("--env", "MYSQL_DATABASE=my-db", "mysql:8"),
    )
    ask = (name, "mysql", "-h", "127.0.0.1", "-ushop", "-pit's", "my-db", "-Ne")
    wait_until(lambda: answers(rig, *ask, "SELECT 1"), 40, "the database answers")
    rig.main.docker("exec", *ask, "CREATE TABLE marks (n int); INSERT INTO marks VALUES (7)")
    rig.main.docker("restart", name)
    wait_until(lambda: answers(rig, *ask, "SELECT 1"), 40, "the database answers again")
    assert rig.main.docker("exec", *ask, "SELECT n FROM marks") == "7\n"
    assert answers(rig, name, "healthcheck.sh", "--connect", "--innodb_initialized")


def test_redis_answers_other_containers_as_its_own_user(rig: Rig, start: Start) -> None:
    name = start("redis:7", "redis-server", "--appendonly", "yes")
    wait_until(lambda: answers(rig, name, "redis-cli", "ping"), 20, "redis answers")
    address = rig.main.docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", name).strip()
    said = rig.main.docker("run", "--rm", "redis:7", "redis-cli", "-h", address, "set", "a", "b")
    assert said == "OK\n"
    assert "999" in rig.main.docker("top", name, "-o", "uid,pid,args")


def test_nginx_without_root_listens_on_8080(rig: Rig, start: Start) -> None:
    name = start("nginxinc/nginx-unprivileged:alpine")
    address = rig.main.docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", name).strip()
    code = f"import urllib.request as u; print(u.urlopen('http://{address}:8080', timeout=2).status)"
    ask = ("run", "--rm", "python:3.13-slim", "python", "-c", code)

    def served() -> bool:
        try:
            return rig.main.docker(*ask) == "200\n"
        except RigError:
            return False

    wait_until(served, 20, "nginx serves")
