"""Existing Dockerfiles and compose files."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.detection.dockerfile import command, parse, ports
from tests.unit.detection.trees import Files, found, named, only

NODE: Files = {
    "package.json": {"scripts": {"start": "node server.js", "dev": "nodemon server.js"}},
    "server.js": "require('http').createServer(f).listen(3000)",
}
PRODUCTION = (
    "ARG BASE=node:22-slim\n"
    "FROM ${BASE} AS build\n"
    "WORKDIR /app\n"
    "COPY package.json ./\n"
    "RUN npm ci && \\\n"
    "    # a comment inside\n"
    "    npm prune\n"
    "FROM build AS run\n"
    "COPY --from=build /app /app\n"
    "COPY . .\n"
    "USER 1000:1000\n"
    "EXPOSE 9000/udp 8080\n"
    "HEALTHCHECK CMD wget -qO- http://127.0.0.1:8080/ready || exit 1\n"
    'CMD ["node", "server.js"]\n'
)


def test_parse_stages_continuations_and_heredocs() -> None:
    parsed = parse(PRODUCTION)
    assert [(s.name, s.base, s.line) for s in parsed.stages] == [
        ("build", "node:22-slim", 2),
        ("run", "build", 8),
    ]
    assert ports(parsed) == [(8080, 12)]
    run = parsed.last("CMD")
    assert run is not None
    assert (command(run.text), run.line) == ("node server.js", 14)
    heredoc = parse("FROM x\nRUN <<EOF\nFROM nothing\nEOF\nCMD run\n")
    assert len(heredoc.stages) == 1
    assert heredoc.last("CMD") is not None
    assert parse("FROM x\nEXPOSE $PORT\nENV PORT=81\n").stages[0].base == "x"


def test_a_production_dockerfile_is_used(tmp_path: Path) -> None:
    detection = found(tmp_path, {**NODE, "Dockerfile": PRODUCTION})
    (web,) = detection.components
    assert (web.stack, web.kind, web.dockerfile) == ("node", "web", "Dockerfile")
    assert (web.port, web.port_from) == (8080, "Dockerfile line 12: EXPOSE 8080")
    assert (web.start_command, web.build_command, web.health_path) == ("", "", "/ready")
    assert web.facts["dockerfile_for"] == "production"
    assert (web.facts["user"], web.facts["stages"]) == ("1000:1000", "build run")
    assert (web.facts["cmd"], web.facts["healthcheck"]) == ("node server.js", "1")
    assert detection.strategy == "existing-dockerfile"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('FROM node:22\nCOPY . .\nCMD ["npm", "run", "dev"]\n', "it starts a development command: nodemon"),
        (
            "FROM node:22\nENV NODE_ENV=development\nCOPY . .\nCMD node server.js\n",
            "it sets NODE_ENV=development",
        ),
        ("FROM node:22 AS dev\nCOPY . .\nCMD node server.js\n", "its name says development: dev"),
        ("FROM node:22\nCMD node server.js\n", "it copies nothing of the source"),
        (
            "FROM node:22\nCOPY dist/app.js .\nCMD node app.js\n",
            "it copies dist/app.js, which is not in the source",
        ),
        ("FROM node:22\nCOPY out/*.jar app.jar\nCMD x\n", "it copies out/*.jar, which is not in the source"),
    ],
)
def test_a_development_dockerfile_is_passed_over_with_its_reason(tmp_path: Path, text: str, why: str) -> None:
    detection = found(tmp_path, {**NODE, "Dockerfile": text})
    (web,) = detection.components
    assert (web.dockerfile, web.start_command) == ("", "node server.js")
    assert web.facts["dockerfile_for"] == "development"
    assert web.facts["dockerfile_why"].startswith(why)
    assert any(line.startswith(f"Dockerfile is not used: {why}") for line in detection.recommendations)


def test_the_production_one_of_two_is_used(tmp_path: Path) -> None:
    web = only(
        tmp_path, {**NODE, "Dockerfile": "FROM node\nCMD npm run dev\n", "Dockerfile.prod": PRODUCTION}
    )
    assert web.dockerfile == "Dockerfile.prod"


def test_a_dockerfile_alone_is_a_component_of_stack_docker(tmp_path: Path) -> None:
    web = only(
        tmp_path, {"Dockerfile": "FROM nginx:1.27\nCOPY site /usr/share/nginx/html\n", "site/a.txt": "a"}
    )
    assert (web.stack, web.kind, web.port, web.port_from) == (
        "docker",
        "web",
        80,
        "default of the image nginx",
    )
    other = tmp_path / "other"
    other.mkdir()
    job = only(other, {"Dockerfile": "FROM debian\nCOPY run.sh /\nCMD /run.sh\n", "run.sh": ""})
    assert (job.kind, job.port) == ("worker", 0)


COMPOSE = """
services:
  web:
    build: ./web
    ports: ["${WEB_PORT:-8080}:3000", "9229:9229"]
    depends_on: [db, queue_worker]
    environment:
      SECRET: ${SECRET}
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:3000/live"]
  queue_worker:
    build: {context: ., dockerfile: worker/Dockerfile}
    depends_on:
      db: {condition: service_healthy}
    deploy: {replicas: 2}
  admin:
    image: adminer:4
    ports:
      - target: 8080
        published: 8081
  db:
    image: postgres:16-alpine
  tool:
    image: busybox
    profiles: [debug]
"""
COMPOSED: Files = {
    "web/Dockerfile": "FROM node:22\nCOPY . .\nCMD node server.js\n",
    "web/package.json": {"dependencies": {"express": "4"}},
    "web/server.js": "require('express')().listen(3000)",
    "worker/Dockerfile": "FROM python:3\nCOPY worker /w\nCMD python /w/w.py\n",
    "worker/w.py": "",
}


@pytest.mark.parametrize("name", ["compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"])
def test_compose_file(tmp_path: Path, name: str) -> None:
    detection = found(tmp_path, {**COMPOSED, name: COMPOSE})
    assert (detection.strategy, detection.compose_files) == ("existing-compose", (name,))
    parts = named(detection)
    assert list(parts) == ["queue-worker", "web", "admin"]
    web = parts["web"]
    assert (web.path, web.stack, web.framework, web.kind) == ("web", "node", "express", "web")
    assert (web.port, web.port_from) == (3000, f"{name} line 5: first published port")
    assert (web.health_path, web.dockerfile, web.required_env) == ("/live", "web/Dockerfile", ("SECRET",))
    worker = parts["queue-worker"]
    assert (worker.kind, worker.port, worker.replicas) == ("worker", 0, 2)
    assert (worker.facts["compose_service"], worker.dockerfile) == ("queue_worker", "worker/Dockerfile")
    assert (parts["admin"].stack, parts["admin"].port) == ("docker", 8080)
    assert parts["admin"].facts["image"] == "adminer:4"
    (db,) = detection.backing_services
    assert (db.kind, db.name, db.version) == ("postgres", "db", "16")
    assert set(detection.edges) == {("web", "db"), ("web", "queue-worker"), ("queue-worker", "db")}
    assert any("tool only starts with profile debug" in line for line in detection.recommendations)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("services:\n  db:\n    image: postgres:15\n", "it only runs backing services"),
        ("services:\n  web:\n    image: acme/shop:2\n", "it builds nothing of this source"),
        (
            "services:\n  web:\n    build: ./vendor/sail\n",
            "service web: its build folder ./vendor/sail is not there",
        ),
        (
            "services:\n  web:\n    build: ../other\n",
            "service web: its build folder ../other is outside the source",
        ),
    ],
)
def test_a_compose_file_that_does_not_deploy_the_source_is_passed_over(
    tmp_path: Path, text: str, why: str
) -> None:
    files: Files = {
        "package.json": {"scripts": {"start": "node s.js"}, "dependencies": {"express": "4", "pg": "8"}},
        "s.js": "app.listen(3000)",
        "docker-compose.yml": text,
    }
    detection = found(tmp_path, files)
    assert detection.compose_files == ()
    assert f"docker-compose.yml is not used: {why}" in detection.recommendations
    assert [(s.kind, s.version) for s in detection.backing_services] == [
        ("postgres", "15" if "15" in text else "")
    ]


def test_a_compose_file_of_images_alone(tmp_path: Path) -> None:
    detection = found(
        tmp_path,
        {
            "compose.yml": "services:\n  blog:\n    image: wordpress\n    ports: ['80:80']\n"
            "  db:\n    image: mariadb:11\n"
        },
    )
    (blog,) = detection.components
    assert (blog.stack, blog.port, blog.facts["image"]) == ("docker", 80, "wordpress")
    assert [(s.kind, s.version) for s in detection.backing_services] == [("mysql", "11")]
    assert any("without a fixed version" in line for line in detection.recommendations)


def test_a_malformed_compose_file_is_named_and_does_not_stop_it(tmp_path: Path) -> None:
    detection = found(tmp_path, {**NODE, "compose.yml": "services:\n  web:\n  - x: [\n"})
    assert detection.components[0].stack == "node"
    assert any(line.startswith("compose.yml: line") for line in detection.warnings)


def test_a_dockerfile_of_a_sub_folder_that_is_built_from_the_root(tmp_path: Path) -> None:
    files: Files = {
        "package.json": {"private": True, "workspaces": ["apps/*"]},
        "package-lock.json": "{}",
        "apps/web/package.json": {"name": "web", "scripts": {"start": "node s.js"}},
        "apps/web/s.js": "http.createServer(f).listen(3000)",
        "apps/web/Dockerfile": "FROM node:22\nCOPY package-lock.json apps/web ./\nCMD node s.js\n",
    }
    web = only(tmp_path, files)
    assert (web.path, web.dockerfile, web.facts["context"]) == ("apps/web", "apps/web/Dockerfile", ".")
