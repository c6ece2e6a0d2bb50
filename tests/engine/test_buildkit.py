"""What only BuildKit can show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import BuildFailed
from tests.engine.contract.lab import BASE, Lab

pytestmark = pytest.mark.engine


def test_the_ignore_file_beside_the_dockerfile_counts(docker_lab: Lab) -> None:
    request = docker_lab.request(f"FROM {BASE}\nCOPY . /app\nRUN ls /app; test ! -e /app/b\n", a="", b="")
    Path(f"{request.dockerfile}.dockerignore").write_text("b\n")

    docker_lab.built(request)


def test_the_ignore_file_of_the_request_counts(docker_lab: Lab, tmp_path: Path) -> None:
    request = docker_lab.request(f"FROM {BASE}\nCOPY . /app\nRUN ls /app; test ! -e /app/b\n", a="", b="")
    ignore = tmp_path / "my.ignore"
    ignore.write_text("b\n")

    docker_lab.built(replace(request, ignore_file=str(ignore)))


def test_a_secret_is_there_in_its_step_and_nowhere_else(docker_lab: Lab, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("t0p-s3cret-value\n")
    step = f"RUN --mount=type=secret,id=token cat /run/secrets/token; echo {docker_lab.name}"
    request = docker_lab.request(f"FROM {BASE}\n{step}\n")

    log = docker_lab.build(replace(request, secrets={"token": str(secret)}))

    assert any("••••••" in line for line in log)
    assert not any("s3cret" in line for line in log)
    shown = docker_lab.engine.run(request.tag, ["sh", "-c", "ls /run/secrets 2>&1"], Cancel())
    assert "s3cret" not in "".join(shown.lines)


def test_arguments_and_target(docker_lab: Lab) -> None:
    dockerfile = f"""\
    FROM {BASE} AS first
    ARG NAME
    RUN echo "name is $NAME"
    FROM first AS second
    RUN false
    """
    request = replace(docker_lab.request(dockerfile), target="first", args={"NAME": f"{docker_lab.name} x"})

    assert any(f"name is {docker_lab.name} x" in line for line in docker_lab.build(request))


def test_a_dockerfile_that_cannot_be_read(docker_lab: Lab) -> None:
    with pytest.raises(BuildFailed, match="RUNN"):
        docker_lab.build(docker_lab.request(f"FROM {BASE}\nRUNN echo\n"))
