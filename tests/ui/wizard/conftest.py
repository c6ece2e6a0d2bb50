"""A wizard whose outside world is pretended."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.app import MacheteApp
from tests.ui.wizard import stage as staging
from tests.ui.wizard.stage import Stage


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home of its own, and the same folder to begin in everywhere."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("machete_tui.screens.wizard.screen.Path.cwd", lambda: Path("/srv"))


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The outside world."""
    return staging.build(monkeypatch)


@pytest.fixture
def app(tmp_path: Path, stage: Stage) -> MacheteApp:
    """The app, not running yet."""
    return staging.app(tmp_path)
