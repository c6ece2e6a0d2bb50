from __future__ import annotations

import pytest

from machete_tui.core.engine import Container, ContainerDetail, Listener
from machete_tui.core.source import Component
from machete_tui.operations import diagnosis

WEB = Component(name="web", port=3000, health_path="/health")


def detail(**fields: object) -> ContainerDetail:
    container = Container(
        "c1", "shop-web-1", "machete/shop-web:1", "sha256:1", "exited", "Exited", "", 0.0,
        {"io.machete.component": "web"},
    )  # fmt: skip
    return ContainerDetail(container, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("KeyError: 'SHOP_API_KEY'", "SHOP_API_KEY"),
        ("Error: Missing required environment variable: STRIPE_KEY", "STRIPE_KEY"),
        ("DATABASE_URL is not set", "DATABASE_URL"),
        ("error: REDIS_URL must be set", "REDIS_URL"),
        ("environment variable `TOKEN_FOO` not found", "TOKEN_FOO"),
        ('key not found: "SECRET_KEY_BASE" (KeyError)', "SECRET_KEY_BASE"),
        ("listening on port 3000", ""),
        ("ERROR is not a variable", ""),
    ],
)
def test_missing_variables_are_read_from_output(line: str, name: str) -> None:
    assert diagnosis.missing_variable(["booting", line]) == name


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/bin/sh: 1: vite: not found", "vite"),
        ("bash: line 1: gunicorn: command not found", "gunicorn"),
        ('exec: "uvicorn": executable file not found in $PATH', "uvicorn"),
        ("sh: next: not found", "next"),
        ("file not found", ""),
    ],
)
def test_commands_that_are_not_there(line: str, command: str) -> None:
    assert diagnosis.command_not_found([line]) == command


@pytest.mark.parametrize(
    ("seen", "lines", "reason"),
    [
        (
            detail(oom_killed=True, exit_code=137, limits_memory=64 << 20),
            [],
            "web ran out of memory of 64 MiB",
        ),
        (detail(exit_code=1), ["KeyError: 'API_KEY'"], "web: variable API_KEY is missing"),
        (detail(exit_code=127), ["sh: 1: serve: not found"], "web: start command not found: serve"),
        (detail(exit_code=1), ["write: No space left on device"], "web: the disk is full"),
        (detail(exit_code=3), [], "web exited with code 3"),
        (detail(exit_code=3, restarts=2), [], "web exited with code 3 after 2 restarts"),
        (detail(error="mount failed"), [], "web did not start: mount failed"),
        (
            detail(exit_code=1),
            ["Error: Cannot find module '/app/strat'", "    at Module._load"],
            "web exited with code 1: there is no /app/strat in its image",
        ),
        (
            detail(exit_code=1),
            ["ModuleNotFoundError: No module named 'flask_login'"],
            "web exited with code 1: there is no flask_login in its image",
        ),
    ],
)
def test_reasons_of_an_exit(seen: ContainerDetail, lines: list[str], reason: str) -> None:
    verdict = diagnosis.of_exit(seen, lines)
    assert verdict.reason == reason
    assert verdict.suggestion


@pytest.mark.parametrize(
    ("listeners", "reason"),
    [
        ([Listener("127.0.0.1", 3000)], "web listens on 127.0.0.1:3000, where only it can reach itself"),
        ([Listener("0.0.0.0", 9999)], "web listens on port 9999, not on 3000"),
        ([Listener("127.0.0.1", 9999)], "web listens on port 9999, not on 3000"),
        ([Listener("::", 3000)], "web did not become healthy within 60s: /health said HTTP 503"),
        ([], "web listens on no port, 3000 was expected, within 60s"),
    ],
)
def test_reasons_of_a_silence(listeners: list[Listener], reason: str) -> None:
    assert diagnosis.of_silence(WEB, listeners, "HTTP 503", 60.0, []).reason == reason
