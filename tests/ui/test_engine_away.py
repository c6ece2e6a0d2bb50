"""Docker is not there, not permitted, or dies while the app is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui import context
from machete_tui.app import MacheteApp
from machete_tui.core.clock import FrozenClock
from machete_tui.core.settings import Settings
from machete_tui.screens.logs import LogsScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui import watch
from machete_tui.ui.dialogs.error import ErrorDialog
from machete_tui.ui.prefetch import Prefetch
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (100, 30)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    monkeypatch.setattr(watch, "FIRST_WAIT", 0.05)


async def test_it_dies_and_comes_back(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        world.engine.down = "unavailable"
        await until(pilot, lambda: app.fleet.trouble is not None, "the loss")
        await settle(pilot)
        text = screen_text(pilot)
        assert "Docker does not answer" in text
        assert "system.setup" in text
        assert "? running" in text
        assert "● running" not in text
        assert "5 services, last known" in text
        await pilot.press("5")
        await settle(pilot)
        assert "Docker does not answer" in screen_text(pilot)
        assert "succeeded" in screen_text(pilot)
        await pilot.press("1")
        world.engine.down = ""
        await until(pilot, lambda: app.fleet.trouble is None, "the engine")
        await settle(pilot)
        text = screen_text(pilot)
        assert "Docker does not answer" not in text
        assert "● running" in text


async def test_a_log_goes_on_by_itself_once_the_engine_is_back(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        world.engine.down = "unavailable"
        await until(pilot, lambda: app.fleet.trouble is not None, "the loss")
        await settle(pilot)
        await pilot.press("l")
        await until(pilot, lambda: "Docker does not answer" in screen_text(pilot), "the error")
        screen = app.screen
        assert isinstance(screen, LogsScreen)
        world.engine.down = ""
        await until(pilot, lambda: screen._lines.count > 0, "the lines")
        assert "following" in screen_text(pilot)


async def test_it_was_never_there(world: World) -> None:
    world.engine.down = "unavailable"
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        text = screen_text(pilot)
        assert "Docker does not answer" in text
        assert "shop" in text
        world.engine.down = ""
        await until(pilot, lambda: "● running" in screen_text(pilot), "the engine")


async def test_its_socket_is_not_permitted(world: World) -> None:
    world.engine.down = "forbidden"
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "Not permitted" in screen_text(pilot)
        assert app.fleet.find("shop") is not None


async def test_an_action_meanwhile_says_why_and_nothing_breaks(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        world.engine.down = "unavailable"
        await until(pilot, lambda: app.fleet.trouble is not None, "the loss")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog), "the dialog")
        await pilot.press("enter")
        assert isinstance(app.screen, ServicesScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert "last known" in screen_text(pilot)
        await pilot.press("escape", "l")
        await settle(pilot)
        assert "Docker does not answer" in screen_text(pilot)


async def test_without_engine_and_without_services_it_says_what_to_do(tmp_path: Path) -> None:
    world = World(tmp_path, ())
    world.engine.down = "unavailable"
    async with world.app().run_test(size=SIZE) as pilot:
        await settle(pilot)
        text = screen_text(pilot)
        assert "✗ Docker does not answer" in text
        assert "8 shows what is needed" in text


async def test_a_database_that_cannot_be_opened_is_an_error_with_a_mend(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache")
    settings.database.mkdir(parents=True)
    ctx = context.in_memory(settings, FrozenClock())
    async with MacheteApp(Prefetch(lambda: ctx)).run_test(size=SIZE) as pilot:
        await settle(pilot)
        text = screen_text(pilot)
        assert "database" in text.lower()
        assert "Ctrl+R tries again" in text
