"""The benchmarks run, in their short forms, which fail when a ratio is worse than twice its target."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def run(module: str, *words: str) -> str:
    """Run a benchmark; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", "--short", *words],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    return done.stdout


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """What a benchmark made on the Engine is gone after it."""
    yield
    words = ["docker", "ps", "--all", "--quiet", "--filter", "name=^bench-"]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == ""


pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.usefixtures("nothing_left")]


def test_the_app_against_a_bare_one() -> None:
    ours, bare = json.loads(run("tui", "--containers", "4", "--json"))["found"]
    assert (ours["name"], bare["name"]) == ("machete", "a bare Textual app")
    for name in ("complete", "start_cpu", "memory", "key_p50", "key_p95", "key_bytes", "event", "quit"):
        assert ours[name] > 0, name
    assert bare["complete"] > 0


def test_the_start_against_a_bare_app_and_docker_ps() -> None:
    told = run("startup")
    assert "first useful paint, 8 containers: wall" in told
    assert "--run service.list, 8 containers: wall" in told


def test_a_sample_against_docker_stats() -> None:
    assert "docker stats costs" in run("metrics")


def test_a_log_against_docker_logs() -> None:
    told = run("logs")
    assert "20,000 lines at once" in told
    assert told.count("machete-tui ") == 2
    assert "never painted" not in told
    assert "key to paint meanwhile, move: p50" in told
    assert "hits, first news" in told
