"""What Docker, BuildKit and compose print when they fail, in their own words, and what is made of it."""

from __future__ import annotations

import pytest

from machete_tui.core.errors import (
    BuildFailed,
    Conflict,
    EngineUnavailable,
    InvalidInput,
    MacheteError,
    NoCapacity,
    NotFound,
    NotPermitted,
    Unhealthy,
)
from machete_tui.engines import build, compose, images

UP = [
    (
        "Error response from daemon: driver failed programming external connectivity on endpoint "
        "shop-web-1 (9f): Bind for 0.0.0.0:20080 failed: port is already allocated",
        Conflict,
        "port 20080 of this machine is taken",
    ),
    (
        "Error response from daemon: driver failed programming external connectivity on endpoint x (9f): "
        "Error starting userland proxy: listen tcp4 0.0.0.0:20080: bind: address already in use",
        Conflict,
        "port 20080 of this machine is taken",
    ),
    (
        "Error response from daemon: failed to set up container networking: driver failed programming "
        "external connectivity on endpoint x (9f): Bind for :::20080 failed: port is already allocated",
        Conflict,
        "port 20080 of this machine is taken",
    ),
    (
        "Error response from daemon: failed to set up container networking: driver failed programming "
        "external connectivity on endpoint x (9f): failed to bind host port 0.0.0.0:20080/tcp: "
        "address already in use",
        Conflict,
        "port 20080 of this machine is taken",
    ),
    (
        "Error response from daemon: ... failed to bind host port for 0.0.0.0:20080:172.18.0.2:8000/tcp: "
        "address already in use",
        Conflict,
        "port 20080 of this machine is taken",
    ),
    (
        "dependency failed to start: container shop-db-1 is unhealthy",
        Unhealthy,
        "dependency failed to start: container shop-db-1 is unhealthy",
    ),
    (
        'service "migrate" didn\'t complete successfully: exit 5',
        Unhealthy,
        'dependency failed to start: service "migrate" didn\'t complete successfully: exit 5',
    ),
    (
        "Error response from daemon: No such image: machete/shop-web:1",
        NotFound,
        "image machete/shop-web:1 is neither on this machine nor to be pulled",
    ),
    (
        "Error response from daemon: pull access denied for nope/x, repository does not exist or may require "
        "'docker login': denied: requested access to the resource is denied",
        NotFound,
        "image nope/x is neither on this machine nor to be pulled",
    ),
    (
        "Error response from daemon: manifest for redis:77 not found: manifest unknown: manifest unknown",
        NotFound,
        "image redis:77 is neither on this machine nor to be pulled",
    ),
    (
        "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
        EngineUnavailable,
        "",
    ),
    ("error during connect: Get http://x/v1.24/containers/json: EOF", EngineUnavailable, "went away"),
    ("unexpected EOF", EngineUnavailable, "went away"),
    (
        "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
        NotPermitted,
        "may not use",
    ),
    ("unknown flag: --ansi", NotFound, "docker compose is not on this machine"),
    ("docker: 'compose' is not a docker command.", NotFound, "docker compose is not on this machine"),
    ("docker: unknown command: docker compose", NotFound, "docker compose is not on this machine"),
    ("Error response from daemon: mkdir /x: no space left on device", NoCapacity, "disk"),
    (
        'Error response from daemon: Conflict. The container name "/fixed" is already in use by "9f".',
        Conflict,
        '"/fixed" is already in use',
    ),
]


@pytest.mark.parametrize(("line", "error", "said"), UP)
def test_compose_up(line: str, error: type[MacheteError], said: str) -> None:
    found = compose.refused((" Container shop-web-1  Starting", line))

    assert type(found) is error
    assert said in found.what
    assert found.mend
    if error in (Conflict, Unhealthy, NotFound, NoCapacity):
        assert found.log[-1] == line


def test_compose_config() -> None:
    found = compose.invalid(
        (
            'time="2026-01-02T03:04:05Z" level=warning msg="the attribute `version` is obsolete"',
            'service "web" refers to undefined volume data: invalid compose project',
        )
    )

    assert type(found) is InvalidInput
    assert found.what.endswith('service "web" refers to undefined volume data: invalid compose project')


def built(*log: str) -> MacheteError:
    steps = build.Steps()
    steps.read(log)
    return build.failed("machete/shop-web:1", steps, log)


def test_a_step_that_failed() -> None:
    error = built(
        "#5 [build 3/4] RUN npm ci",
        "#5 DONE 2.0s",
        "#7 [build 4/4] RUN npm run build",
        "#7 0.312 > tsc",
        '#7 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2',
        "------",
        'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete: exit code: 2',
    )

    assert type(error) is BuildFailed
    assert error.what == "the build of machete/shop-web:1 failed at RUN npm run build (exit code 2)"


def test_a_command_that_is_not_in_the_image() -> None:
    error = built(
        "#7 [2/2] RUN yarn",
        "#7 ERROR: executor failed running [/bin/sh -c yarn]: exit code: 127",
        "ERROR: failed to solve: rpc error: code = Unknown desc = executor failed running [/bin/sh -c yarn]: "
        "exit code: 127",
    )

    assert "RUN yarn (exit code 127)" in error.what
    assert "not in the image" in error.mend


@pytest.mark.parametrize(
    "why",
    [
        'failed to do request: Head "https://registry.example/v2/library/node/manifests/22-slim": dial tcp',
        "failed to resolve source metadata for docker.io/library/node:22-slim: not found",
        "pull access denied, repository does not exist or may require authorization",
    ],
)
def test_a_base_image_that_is_missing(why: str) -> None:
    error = built(
        "#3 [internal] load metadata for docker.io/library/node:22-slim",
        f"#3 ERROR: {why}",
        f"ERROR: failed to solve: node:22-slim: {why}",
    )

    assert type(error) is BuildFailed
    assert "base image node:22-slim is neither on this machine nor to be pulled" in error.what
    assert "image.bootstrap" in error.mend


def test_a_dockerfile_that_cannot_be_read() -> None:
    error = built("ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN")

    assert error.what == (
        "the build of machete/shop-web:1 failed: dockerfile parse error on line 3: unknown instruction: RUNN"
    )


def test_a_full_disk_during_a_build() -> None:
    error = built(
        "#7 [2/2] COPY . .",
        "#7 ERROR: failed to copy files: write /x: no space left on device",
        "ERROR: failed to solve: failed to copy files: write /x: no space left on device",
    )

    assert type(error) is NoCapacity


def test_an_engine_that_went_away_during_a_build() -> None:
    error = built(
        "ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF"
    )

    assert type(error) is EngineUnavailable


def test_a_client_without_buildkit() -> None:
    error = built("ERROR: BuildKit is enabled but the buildx component is missing or broken.")

    assert type(error) is NotFound
    assert "docker buildx is not on this machine" in error.what


def test_a_port_that_a_step_wanted_is_no_conflict_of_this_machine() -> None:
    error = built(
        "#7 [2/2] RUN npm test",
        "#7 1.0 Error: listen EADDRINUSE: address already in use :::3000",
        '#7 ERROR: process "/bin/sh -c npm test" did not complete successfully: exit code: 1',
        'ERROR: failed to solve: process "/bin/sh -c npm test" did not complete successfully: exit code: 1',
    )

    assert type(error) is BuildFailed
    assert "RUN npm test" in error.what


@pytest.mark.parametrize(
    ("ref", "parts"),
    [
        ("redis", ("redis", "latest")),
        ("redis:7", ("redis", "7")),
        ("host:5000/a/b", ("host:5000/a/b", "latest")),
        ("host:5000/a/b:1", ("host:5000/a/b", "1")),
    ],
)
def test_references_are_split_at_their_tag(ref: str, parts: tuple[str, str]) -> None:
    assert images.split(ref) == parts
