from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from machete_tui.core.plan import PlannedFile

Config = Callable[[Path], dict[str, Any]]


def write(folder: Path, files: tuple[PlannedFile, ...]) -> Path:
    """Write planned files below a folder, with their modes."""
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
        target.chmod(file.mode)
    return folder


@pytest.fixture
def compose_config() -> Config:
    """Return what compose itself makes of a folder's compose.yml; it fails the test when that is wrong."""

    def run(folder: Path) -> dict[str, Any]:
        done = subprocess.run(
            ["docker", "compose", "-f", str(folder / "compose.yml"), "config", "--format", "json"],
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        )
        assert done.returncode == 0, done.stderr
        assert "variable is not set" not in done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


def hadolint() -> str | None:
    """Return the linter that was installed beside this Python, or another one on the PATH."""
    beside = Path(sys.executable).parent
    return shutil.which("hadolint", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
