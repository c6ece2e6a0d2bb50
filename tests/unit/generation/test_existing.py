"""A source's own compose files, made into releases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from machete_tui.core.errors import InvalidInput, NotFound
from machete_tui.core.models import Limits
from machete_tui.core.source import Component
from machete_tui.generation import published, render, render_folder
from machete_tui.generation.dotenv import parse
from machete_tui.generation.order import Order
from tests.unit.generation.conftest import Config, write
from tests.unit.generation.sources import env, order, services, tree

DOCKERFILE = '# syntax=docker/dockerfile:1\nFROM python:3.13-slim\nCMD ["true"]\n'

COMPOSE = """\
version: "3.8"
name: theirs
x-env: &env
  MODE: production
  RATE: 0x10
services:
  web:
    build:
      context: .
      args:
        - COMMIT
        - LEVEL=${LEVEL:-info}
      target: run
    image: registry.example/theirs/web
    container_name: theirs
    environment:
      <<: *env
      SECRET_KEY: literal-secret
      DATABASE_URL: postgres://u:${DB_PASSWORD}@db/x
      PASSED:
      DEBUG: false
      JOINED: ${OTHER}
    env_file: [.env.web, missing.env]
    ports:
      - "127.0.0.1:9090:9090"
      - target: 8000
        published: "${PORT:-80}"
    depends_on: [db]
    volumes:
      - .:/code:ro
      - ./cache:/cache
      - type: bind
        source: ./conf/app.ini
        target: /etc/app.ini
        read_only: true
      - /var/run/docker.sock:/var/run/docker.sock
      - anonymous-is-fine:/x
      - /var/tmp/only
    privileged: true
    command: sh -c "run $$HOME ${LEVEL:-info}"
  worker:
    build: .
    restart: always
    network_mode: host
    ports: ["7000:7000"]
  db:
    image: postgres
    volumes: [pg:/var/lib/postgresql/data]
    deploy:
      resources:
        limits:
          memory: 512M
  tools:
    image: busybox:1
    profiles: [tools]
    ports: ["1:1"]
volumes:
  pg: {}
  anonymous-is-fine:
    external: true
    name: shared
networks:
  default:
    driver_opts: {}
"""

FILES = {
    "docker-compose.yml": COMPOSE,
    "Dockerfile": DOCKERFILE.replace("slim\n", "slim AS run\n"),
    ".env": "HALF=p\nDB_PASSWORD='p$w'\nOTHER=\"${HALF}-\\$x\"\nUNUSED=zzz\n",
    ".env.web": "A=1\n",
    ".dockerignore": "*.md\n",
    "conf/app.ini": "\n",
}
WEB = Component(name="web", stack="python", port=8000, facts={"compose_service": "web"})


def make(root: Path, files: dict[str, str] | None = None, **more: Any) -> Order:
    tree(root, FILES if files is None else files)
    usual: dict[str, Any] = {"compose_files": ("docker-compose.yml",), "ports": {"web": (20080, 20081)}}
    return order(root, WEB, strategy="existing-compose", **(usual | more))


def compose(text: str, **more: str) -> dict[str, str]:
    return {"docker-compose.yml": text, "Dockerfile": DOCKERFILE, **more}


def test_who_needs_ports(tmp_path: Path) -> None:
    assert published(make(tmp_path).detection, str(tmp_path)) == {"web": 2}


def test_compose_reads_it(tmp_path: Path, compose_config: Config) -> None:
    made = make(tmp_path / "source", environment={"PASSED": "given", "COMMIT": "abc"})
    found = compose_config(write(tmp_path / "release", render(made).files))
    web = found["services"]["web"]
    environment = {k: v.replace("$$", "$") for k, v in web["environment"].items()}
    assert environment == {
        "MODE": "production",
        "RATE": "16",
        "SECRET_KEY": "literal-secret",
        "DATABASE_URL": "postgres://u:p$w@db/x",
        "PASSED": "given",
        "COMMIT": "abc",
        "DEBUG": "false",
        "JOINED": "p-$x",
        "A": "1",
    }
    assert found["volumes"]["pg"]["name"] == "shop_pg"
    assert found["volumes"]["anonymous-is-fine"]["name"] == "shared"
    assert found["networks"]["default"]["name"] == "shop_default"


def test_images_are_ours(tmp_path: Path) -> None:
    rendered = render(make(tmp_path, environment={"COMMIT": "abc"}))
    web, worker = rendered.images
    assert (web.component, web.tag, web.context, web.target) == (
        "web",
        "machete/shop-web:1",
        str(tmp_path),
        "run",
    )
    assert web.args == {"COMMIT": "abc", "LEVEL": "info"}
    assert (worker.component, worker.target, worker.args) == ("worker", "", {})
    files = {f.path: f.text for f in rendered.files}
    assert files["web.Dockerfile"].startswith("FROM python:3.13-slim AS run\n")
    assert files["web.Dockerfile.dockerignore"] == "*.md\n"
    found = yaml.safe_load(rendered.compose)
    assert found["name"] == "shop"
    assert "version" not in found
    assert found["services"]["web"]["image"] == "machete/shop-web:1"
    assert found["services"]["web"]["pull_policy"] == "never"
    assert "container_name" not in found["services"]["web"]
    assert "build" not in found["services"]["web"]
    assert rendered.bases == {
        "python:3.13-slim": ("web", "worker"),
        "postgres": ("db",),
        "busybox:1": ("tools",),
    }


def test_equal_builds_share_an_image(tmp_path: Path) -> None:
    made = make(tmp_path, compose("services:\n  a: {build: .}\n  b: {build: {context: ./}}\n"))
    assert [i.tag for i in render(made).images] == ["machete/shop-a:1"]
    assert services(made)["b"]["image"] == "machete/shop-a:1"


def test_ports_are_ours_and_the_main_one_comes_first(tmp_path: Path) -> None:
    found = services(make(tmp_path))
    assert found["web"]["ports"] == ["20080:8000", "20081:9090"]
    assert "ports" not in found["worker"]
    replicated = make(tmp_path, replicas={"web": 2}, ports={"web": (20080, 20081, 20082, 20083)})
    assert services(replicated)["web"]["ports"] == ["20080-20081:8000", "20082-20083:9090"]
    unpublished = make(tmp_path, ports={})
    assert "ports" not in services(unpublished)["web"]
    assert "web: its ports are not published" in render(unpublished).warnings


@pytest.mark.parametrize(
    ("entry", "count", "mapped"),
    [
        ('"80"', 1, ["20000:80"]),
        ("8080:80", 1, ["20000:80"]),
        ('"53:53/udp"', 1, ["20000:53/udp"]),
        ('"[::1]:8000-8002:8000-8002"', 3, ["20000:8000", "20001:8001", "20002:8002"]),
        ("{target: 80, protocol: udp, mode: host}", 1, ["20000:80/udp"]),
    ],
)
def test_forms_of_ports(tmp_path: Path, entry: str, count: int, mapped: list[str]) -> None:
    text = f"services:\n  web:\n    image: a:1\n    ports:\n      - {entry}\n"
    made = make(tmp_path, compose(text), ports={"web": tuple(range(20000, 20000 + count))})
    made = replace(made, detection=replace(made.detection, components=()))
    assert published(made.detection, str(tmp_path)) == {"web": count}
    assert services(made)["web"]["ports"] == mapped


def test_mounts_are_absolute_and_named(tmp_path: Path) -> None:
    made = make(tmp_path)
    mounts = {m.target: m for m in render(made).mounts}
    assert (mounts["/code"].source, mounts["/code"].read_only) == (str(tmp_path), True)
    assert (mounts["/cache"].source, mounts["/cache"].named) == ("/srv/shop/cache", False)
    assert (mounts["/etc/app.ini"].source, mounts["/etc/app.ini"].read_only) == (
        f"{tmp_path}/conf/app.ini",
        True,
    )
    assert mounts["/var/run/docker.sock"].source == "/var/run/docker.sock"
    assert (mounts["/x"].source, mounts["/x"].named) == ("shared", True)
    assert mounts["/var/lib/postgresql/data"].source == "shop_pg"
    assert "/var/tmp/only" in services(made)["web"]["volumes"]


def test_what_is_risky_is_named(tmp_path: Path) -> None:
    warnings = "\n".join(render(make(tmp_path)).warnings)
    for said in (
        "web: container_name is left out",
        "web: runs privileged",
        "web: mounts the socket /var/run/docker.sock",
        "web: env_file missing.env is not there",
        "worker: shares this machine's network",
        "db: the image postgres names no version",
    ):
        assert said in warnings


def test_secrets_of_the_file_move_to_the_environment_file(tmp_path: Path) -> None:
    made = make(tmp_path, environment={"DB_PASSWORD": "operator's"})
    assert "literal-secret" not in render(made).compose
    values = parse(env(made))
    assert values["SECRET_KEY"] == "literal-secret"
    assert values["DB_PASSWORD"] == "operator's"
    assert "UNUSED" not in values
    web = services(made)["web"]["environment"]
    assert web["DATABASE_URL"] == "postgres://u:${DB_PASSWORD}@db/x"
    assert "DB_PASSWORD" in web
    assert "environment" not in services(made)["db"]


def test_a_variable_without_value_is_named(tmp_path: Path) -> None:
    files = {k: v for k, v in FILES.items() if k != ".env"}
    assert "DB_PASSWORD is used in the compose file and has no value; give it with --env" in (
        render(make(tmp_path, files)).warnings
    )


def test_a_redeploy_changes_nothing_of_what_is_not_built(tmp_path: Path) -> None:
    made = make(tmp_path)
    first, second = services(made), services(replace(made, release=2, commit="b" * 40))
    assert first["db"] == second["db"]
    assert first["web"] != second["web"]


def test_restart_logging_and_limits_are_added_where_missing(tmp_path: Path) -> None:
    found = services(make(tmp_path, limits={"web": Limits(0.5, 64 << 20)}))
    assert found["web"]["restart"] == "unless-stopped"
    assert found["worker"]["restart"] == "always"
    assert (found["web"]["cpus"], found["web"]["mem_limit"]) == (0.5, "64m")
    assert found["db"]["deploy"]["resources"]["limits"]["memory"] == "512M"
    assert all(s["logging"]["driver"] == "json-file" for s in found.values())


def test_stand_ins(tmp_path: Path) -> None:
    made = make(
        tmp_path, stand_ins={"python:3.13-slim": "machete.local/p:1", "postgres": "machete.local/postgres:17"}
    )
    files = {f.path: f.text for f in render(made).files}
    assert "FROM machete.local/p:1 AS run" in files["web.Dockerfile"]
    assert services(made)["db"]["image"] == "machete.local/postgres:17"


def test_several_files_extends_and_include(tmp_path: Path) -> None:
    files = {
        "deploy/docker-compose.yml": (
            "include: [../parts/cache.yml]\n"
            "services:\n"
            "  web:\n"
            "    extends: {file: ../parts/base.yml, service: base}\n"
            "    image: a:1\n"
            "    command: [one]\n"
            "    volumes: [./data:/data, keep:/keep]\n"
            "    environment: [A=1, B=2]\n"
            "volumes: {keep: {}}\n"
        ),
        "deploy/docker-compose.prod.yml": (
            "services:\n"
            "  web:\n"
            "    image: a:2\n"
            "    command: [two]\n"
            "    volumes: [/srv/other:/data]\n"
            "    environment: {B: '3'}\n"
        ),
        "parts/base.yml": (
            "services:\n"
            "  base:\n"
            "    extends: lower\n"
            "    env_file: base.env\n"
            "    volumes: ['./files:/files:ro']\n"
            "  lower:\n"
            "    image: z:1\n"
            "    environment: {A: '0', Z: '9'}\n"
        ),
        "parts/base.env": "\n",
        "parts/files/x": "\n",
        "parts/cache.yml": "services:\n  cache: {image: 'redis:7', volumes: ['./redis.conf:/redis.conf']}\n",
        "parts/redis.conf": "\n",
    }
    names = ("deploy/docker-compose.yml", "deploy/docker-compose.prod.yml")
    made = make(tmp_path, files, compose_files=names, ports={})
    found = services(made)
    web = found["web"]
    assert (web["image"], web["command"]) == ("a:2", ["two"])
    assert web["environment"] == {"A": "1", "Z": "9", "B": "3"}
    assert web["env_file"] == [f"{tmp_path}/parts/base.env"]
    assert web["volumes"] == [f"{tmp_path}/parts/files:/files:ro", "keep:/keep", "/srv/other:/data"]
    assert found["cache"]["volumes"] == [f"{tmp_path}/parts/redis.conf:/redis.conf"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("services: {}\n", "names no service"),
        ("- a\n", "mapping was expected"),
        ("services:\n  web: text\n", "must be a mapping"),
        ("services:\n  web: {ports: ['80:80']}\n", "neither image nor build"),
        ("services:\n  web: {build: ../other}\n", "leaves the source"),
        ("services:\n  web: {build: 'https://git.example/x.git'}\n", "lies elsewhere"),
        (
            "services:\n  web: {build: {context: ., dockerfile: None.Dockerfile}}\n",
            "no Dockerfile None.Dockerfile",
        ),
        ("services:\n  web: {image: 'a:1', env_file: ../../etc/passwd}\n", "leaves the source"),
        ("services:\n  web: {image: 'a:1', volumes: ['~/x:/x']}\n", "home folder"),
        ("services:\n  web: {image: 'a:1', ports: ['x:y']}\n", "is not a port"),
        ("services:\n  web: {image: 'a:1', extends: web}\n", "extends itself"),
        ("services:\n  web: {image: 'a:1', extends: none}\n", "no service none"),
        ("include: docker-compose.yml\nservices:\n  web: {image: 'a:1'}\n", "includes or extends itself"),
        ("services:\n  web: &a\n    x: *a\n", ""),
        ("services: {web: {image: a:1}\n", ""),
    ],
)
def test_what_is_not_acceptable_is_said(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        render(make(tmp_path, compose(text)))
    assert why in caught.value.what


def test_a_link_does_not_lead_out_of_the_source(tmp_path: Path) -> None:
    outside = tree(tmp_path / "outside", {"Dockerfile": DOCKERFILE})
    source = tmp_path / "source"
    made = make(source, compose("services:\n  web: {build: ./inner}\n"))
    (source / "inner").symlink_to(outside)
    with pytest.raises(InvalidInput, match="leaves the source"):
        render(made)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"other\.yml"):
        render(make(tmp_path, compose_files=("docker-compose.yml", "other.yml")))


def test_there_is_nothing_to_write_into_such_a_folder(tmp_path: Path) -> None:
    assert render_folder(make(tmp_path)) == ()
