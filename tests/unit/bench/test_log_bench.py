"""The log benchmark runs; its figures are for people."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.log_source import at_once, steady

ROOT = Path(__file__).parents[3]


def test_the_search_part_runs() -> None:
    command = [sys.executable, "-m", "bench.logs", "--short", "--only", "search"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)

    assert "expressions over 100,000 lines" in done.stdout
    assert "100,000 hits" in done.stdout
    assert done.stdout.count("grep -c") == 4


def test_its_scripts_are_valid_shell() -> None:
    for script in (at_once(10), steady(5000)):
        subprocess.run(["sh", "-n", "-c", script], check=True)
    done = subprocess.run(["sh", "-c", at_once(10)], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "FLOOD-END"
    assert lines[0].startswith("0000001 INFO request path=/api/orders/7919 ")
