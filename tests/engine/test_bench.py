"""The benchmarks run: each figure is measured, whatever it is on this machine now."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.engine
@pytest.mark.slow
def test_the_app_is_measured_against_a_bare_one() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.tui", "--short", "--containers", "4", "--json"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    ours, bare = told["found"]
    assert (ours["name"], bare["name"]) == ("machete", "a bare Textual app")
    for name in ("complete", "start_cpu", "memory", "key_p50", "key_p95", "key_bytes", "event", "quit"):
        assert ours[name] > 0, name
    assert bare["complete"] > 0
    left = subprocess.run(
        ["docker", "ps", "--all", "--quiet", "--filter", "name=^bench-00"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert left.stdout == ""
