"""The command lines that are run, compared whole; and what they must never hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.engine import BuildRequest, ComposeProject
from machete_tui.core.settings import Settings
from machete_tui.engines import build, cli, compose


def test_a_build_with_buildx() -> None:
    request = BuildRequest(
        context="/src",
        dockerfile="/rel/web.Dockerfile",
        tag="machete/shop-web:1",
        labels={"b": "2", "a": "1 x"},
        args={"V": "22"},
        secrets={"npm": "/rel/npmrc"},
        target="run",
    )

    assert build.arguments(request, buildx=True) == [
        "buildx",
        "build",
        "--builder",
        "default",
        "--load",
        "--progress=plain",
        "--file",
        "/rel/web.Dockerfile",
        "--tag",
        "machete/shop-web:1",
        "--label",
        "a=1 x",
        "--label",
        "b=2",
        "--build-arg",
        "V=22",
        "--secret",
        "id=npm,src=/rel/npmrc",
        "--target",
        "run",
        "/src",
    ]


def test_a_build_without_it() -> None:
    words = build.arguments(BuildRequest("/src", "/rel/D", "t:1"), buildx=False)

    assert words == ["build", "--progress=plain", "--file", "/rel/D", "--tag", "t:1", "/src"]


def test_a_compose_project(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PASSWORD=s3cret\n")
    project = ComposeProject("shop", str(tmp_path), ("compose.yml", "more.yml"))

    assert compose.arguments(project) == [
        "compose",
        "--ansi",
        "never",
        "--progress",
        "plain",
        "--project-name",
        "shop",
        "--project-directory",
        str(tmp_path),
        "--env-file",
        f"{tmp_path}/.env",
        "--file",
        f"{tmp_path}/compose.yml",
        "--file",
        f"{tmp_path}/more.yml",
    ]


def test_a_project_without_a_file_of_variables(tmp_path: Path) -> None:
    assert "--env-file" not in compose.arguments(ComposeProject("shop", str(tmp_path)))


@pytest.mark.parametrize(
    ("given", "host"),
    [("", "unix:///var/run/docker.sock"), ("unix:///x.sock", "unix:///x.sock"), ("tcp://h:1", "tcp://h:1")],
)
def test_the_engine_is_always_named(given: str, host: str) -> None:
    program, *words = cli.docker(Settings(docker_host=given), "ps")

    assert program.endswith("docker")
    assert words == ["--host", host, "ps"]


def test_only_what_the_client_needs_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMPOSE_FILE", "COMPOSE_PROFILES", "DOCKER_HOST", "DOCKER_CONTEXT", "DATABASE_URL", "PORT"):
        monkeypatch.setenv(name, "of the shell")
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setenv("HOME", "/home/op")
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")

    env = cli.environment(without=("HOME", "HTTPS_PROXY"), DOCKER_BUILDKIT="1")

    assert env["PATH"] == "/bin"
    assert env["DOCKER_CONFIG"] == "/home/op/.docker"
    assert env["DOCKER_BUILDKIT"] == "1"
    assert (
        not {"HOME", "HTTPS_PROXY", "COMPOSE_FILE", "DOCKER_HOST", "DOCKER_CONTEXT", "DATABASE_URL"}
        & env.keys()
    )
