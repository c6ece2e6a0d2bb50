"""The benchmark of how the list grows: a line for each measure, and nothing grows far above linear."""

from __future__ import annotations

import subprocess
import sys


def test_it_runs_in_its_short_form() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", "--short"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 8
    assert all("of linear" in line or "times" in line for line in lines)
