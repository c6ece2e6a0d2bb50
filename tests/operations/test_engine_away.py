"""Without an Engine, ``--run`` shows what is known, says what is wrong, and ends with its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.bench import Bench


def run(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MACHETE_STATE_DIR": str(state), "DOCKER_HOST": f"unix://{state}/nobody.sock"}
    command = [sys.executable, "-m", "machete_tui", "--run", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=env)


@pytest.mark.parametrize("words", [("service.list",), ("service.show", "shop"), ("system.doctor",)])
def test_one_document_on_stdout_and_the_error_beside_it(memory_bench: Bench, words: tuple[str, ...]) -> None:
    memory_bench.deploy(memory_bench.app("dockerfile-app"), "shop")
    memory_bench.ctx.store.close()
    state = memory_bench.ctx.settings.state_dir
    done = run(state, *words, "--json")
    assert done.returncode == 7
    assert json.loads(done.stdout)
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert told[-1]["error"]["exit_code"] == 7
    person = run(state, *words)
    assert person.returncode == 7
    assert person.stdout
    assert "Docker does not answer" in person.stderr
    assert "Traceback" not in person.stderr + done.stderr


def test_what_is_last_known_says_so(memory_bench: Bench) -> None:
    memory_bench.deploy(memory_bench.app("dockerfile-app"), "shop")
    memory_bench.ctx.store.close()
    rows = json.loads(run(memory_bench.ctx.settings.state_dir, "service.list", "--json").stdout)
    assert [(r["name"], r["status"], r["reason"]) for r in rows] == [("shop", "running", "last known")]
