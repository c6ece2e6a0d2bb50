from __future__ import annotations

import threading
import time

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, NotFound
from tests.engine.contract.lab import BASE, Lab, until

LABEL = "io.machete.test"


def run(lab: Lab, *command: str, **environment: str) -> tuple[int, tuple[str, ...]]:
    result = lab.engine.run(
        BASE, command, Cancel(), environment=environment, labels={"com.docker.compose.project": lab.name}
    )
    return result.exit_code, result.lines


def test_output_and_exit_code(lab: Lab) -> None:
    assert run(lab, "echo", "hello", "there") == (0, ("hello there",))
    assert run(lab, "sh", "-c", "echo out; exit 3") == (3, ("out",))
    assert run(lab, "sh", "-c", 'echo "v=$V"', V="a b") == (0, ("v=a b",))
    assert lab.all() == []


def test_both_streams_are_there(lab: Lab) -> None:
    code, lines = run(lab, "sh", "-c", "echo out; echo err >&2")

    assert code == 0
    assert set(lines) == {"out", "err"}


def test_in_a_network_of_a_project(lab: Lab) -> None:
    lab.shell("sleep 1000")

    result = lab.engine.run(BASE, ["echo", "in"], Cancel(), network=f"{lab.name}_default")

    assert result.lines == ("in",)
    assert len(lab.all()) == 1


def test_an_image_or_network_that_is_not_there(lab: Lab) -> None:
    with pytest.raises(NotFound):
        lab.engine.run("machete/no-such-image:1", ["true"], Cancel())
    with pytest.raises(NotFound):
        lab.engine.run(
            BASE,
            ["true"],
            Cancel(),
            network="no-such-network",
            labels={"com.docker.compose.project": lab.name},
        )
    assert lab.all() == []


def test_cancelling_ends_and_removes_it(lab: Lab) -> None:
    cancel = Cancel()
    threading.Timer(1.0, cancel.cancel).start()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        lab.engine.run(BASE, ["sleep", "60"], cancel, labels={"com.docker.compose.project": lab.name})

    assert time.monotonic() - begun < 40
    assert lab.all() == []


def test_a_service_of_a_project_runs_once_after_what_it_needs(lab: Lab) -> None:
    project = lab.project(
        f"""
        services:
          db:
            image: {BASE}
            command: sleep 1000
            init: true
            healthcheck: {{test: ["CMD", "true"], interval: 0.3s}}
          web:
            image: {BASE}
            command: sleep 1000
            init: true
            environment: {{GREETING: "${{GREETING}}"}}
            depends_on: {{db: {{condition: service_healthy}}}}
        """,
        {"GREETING": "hello"},
    )

    result = lab.engine.compose_run(project, "web", 'echo "$GREETING"; exit 2', Cancel())

    assert result.exit_code == 2
    assert result.lines == ("hello",)
    assert [c.component for c in lab.all()] == ["db"]
    until(lambda: lab.one("db").health == "healthy")


def test_a_run_of_a_service_can_be_cancelled(lab: Lab) -> None:
    project = lab.project(f"services: {{web: {{image: '{BASE}', command: sleep 1000, init: true}}}}")
    cancel = Cancel()
    threading.Timer(1.5, cancel.cancel).start()

    with pytest.raises(Cancelled):
        lab.engine.compose_run(project, "web", "sleep 60", cancel)

    assert lab.all() == []
