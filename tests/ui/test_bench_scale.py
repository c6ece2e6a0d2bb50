"""The benchmark of how the list grows runs, and says a line for each thing that it measures."""

from __future__ import annotations

import subprocess
import sys


def test_it_runs_in_its_short_form() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", "--sizes", "50,500", "--times", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 8
    assert all("of linear" in line or "times" in line for line in lines)
