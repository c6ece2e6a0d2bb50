"""One fixture that stops everything in a picture that could move, and the apps that tests drive."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.world import World


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No blinking, no animation, no colours by environment, the same host everywhere."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none", raising=False)
    monkeypatch.setattr("machete_tui.ui.widgets.header.host", lambda: "box")
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three services that run, one that is stopped, one that failed."""
    return World(tmp_path, ("auth", "blog", "importer", "reports", "shop"))
