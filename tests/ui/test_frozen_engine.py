"""A real daemon that stops answering while the app is open: said on every screen, over when it goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from machete_tui.app import MacheteApp
from machete_tui.context import live
from machete_tui.core.settings import Settings
from machete_tui.screens.help import HelpScreen
from machete_tui.ui import watch
from machete_tui.ui.prefetch import Prefetch
from machete_tui.ui.sections import sections
from tests.conftest import Spare
from tests.ui.waiting import screen_text, settle, until


@pytest.mark.engine
async def test_a_frozen_daemon_is_said_in_every_section_and_the_keys_live(
    tmp_path: Path, spare_engine: Spare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PULSE", 0.2)
    monkeypatch.setattr("tests.ui.waiting.PATIENCE", 30.0)
    daemon = spare_engine("frozen")
    settings = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache", docker_host=daemon.host)
    app = MacheteApp(Prefetch(lambda: live(settings)))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert app.fleet.trouble is None
        for section in sections():
            app.go(section.id)
            await pilot.pause()
        app.go("services")
        os.kill(daemon.pid, signal.SIGSTOP)
        try:
            await until(pilot, lambda: app.fleet.trouble is not None, "that it does not answer")
            for section in sections():
                app.go(section.id)
                await until(pilot, lambda: "does not answer" in screen_text(pilot), f"said in {section.id}")
                app.action_help()
                await until(pilot, lambda: isinstance(app.screen, HelpScreen), f"help in {section.id}")
                await pilot.press("escape")
                await until(pilot, lambda: not isinstance(app.screen, HelpScreen), f"{section.id} again")
        finally:
            os.kill(daemon.pid, signal.SIGCONT)
        app.go("services")
        await until(pilot, lambda: app.fleet.trouble is None, "that it answers again")
        await until(pilot, lambda: "does not answer" not in screen_text(pilot), "the list")
