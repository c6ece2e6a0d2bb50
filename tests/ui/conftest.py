"""Fixtures that stop what could move in a picture and what would be waited for, and a world."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from machete_tui.ui import facts, usage
from tests.ui.world import World


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No blinking, no animation, no colours by environment, the same host everywhere."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none", raising=False)
    monkeypatch.setattr("machete_tui.ui.widgets.header.host", lambda: "box")
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)


@pytest.fixture(autouse=True)
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked in the background, measured or compared, begins at once and does not rest."""
    monkeypatch.setattr(facts, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(facts, "REST", 0.0)
    monkeypatch.setattr(usage, "REST", 0.0)
    monkeypatch.setattr(usage, "FIRST_GAP", 0.02)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three services that run, one that is stopped, one that failed."""
    return World(tmp_path, ("auth", "blog", "importer", "reports", "shop"))
