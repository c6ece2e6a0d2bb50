"""Pictures of the log screen: empty, loading, normal, error, and its modes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from machete_tui.screens.logs import LogsScreen
from tests.ui.staging import Staging
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZES = [
    pytest.param((80, 24), id="80x24"),
    pytest.param((120, 36), id="120x36"),
    pytest.param((160, 45), id="160x45"),
]
Shoot = Callable[..., None]
Steps = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Staging]:
    made = Staging(monkeypatch)
    yield made
    made.go.set()


@pytest.fixture
def demo(tmp_path: Path) -> World:
    return World(tmp_path, ("billing", "gateway", "shop"))


@pytest.fixture
def shoot(snap_compare: Callable[..., bool]) -> Shoot:
    """Run the app, press keys, wait for something, and compare."""

    def take(
        world: World, size: tuple[int, int], *keys: str, shows: str = "", then: Steps | None = None
    ) -> None:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            if then is not None:
                await then(pilot)
            if shows:
                await until(pilot, lambda: shows in screen_text(pilot), shows)
            await pilot.pause()

        assert snap_compare(world.app(), terminal_size=size, run_before=before)

    return take


async def read(pilot: Pilot[Any]) -> None:
    """Wait until every line of the past is there."""
    screen = pilot.app.screen
    assert isinstance(screen, LogsScreen)
    count = -1

    def steady() -> bool:
        nonlocal count
        before, count = count, screen._lines.view.spool.end
        return count > 40 and before == count

    for _ in range(3):
        count = -1
        await until(pilot, steady, "the lines")
        await pilot.pause(0.15)
    screen._lines.again()


@pytest.mark.parametrize("size", SIZES)
class TestLogPictures:
    def test_several_services(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        async def more(pilot: Pilot[Any]) -> None:
            await read(pilot)
            await pilot.press("t")

        shoot(demo, size, "space", "space", "space", "l", then=more)

    def test_only_errors(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        async def more(pilot: Pilot[Any]) -> None:
            await read(pilot)
            await pilot.press("L", "L", "L")
            screen = pilot.app.screen
            assert isinstance(screen, LogsScreen)
            view = screen._lines.view
            await until(
                pilot, lambda: view.filter is not None and view.filter.done and view.count, "the filter"
            )
            await pilot.pause(0.3)
            screen._lines.again()

        shoot(demo, size, "l", then=more)

    def test_found_marked_and_paused(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        async def more(pilot: Pilot[Any]) -> None:
            await read(pilot)
            await pilot.press("slash", *"orders", "enter")
            screen = pilot.app.screen
            assert isinstance(screen, LogsScreen)
            search = screen._lines.view.search
            assert search is not None
            await until(pilot, lambda: search.done and not screen._lines.following, "the search")
            await pilot.press("m", "N", "N")
            await pilot.pause(0.3)
            screen._lines.again()

        shoot(demo, size, "slash", *"gateway", "enter", "l", then=more, shows="found")

    def test_a_json_line_taken_apart(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        async def more(pilot: Pilot[Any]) -> None:
            await read(pilot)
            await pilot.press("k", "k", "enter")

        shoot(demo, size, "slash", *"gateway", "enter", "l", then=more, shows='"level"')

    def test_saving(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        async def more(pilot: Pilot[Any]) -> None:
            await read(pilot)
            await pilot.press("ctrl+s")
            from textual.widgets import Input

            pilot.app.screen.query_one(Input).value = "/srv/shop.json"

        shoot(demo, size, "G", "l", then=more, shows="Save the log")

    def test_an_engine_that_went_away(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        async def more(pilot: Pilot[Any]) -> None:
            await read(pilot)
            demo.engine.down = "unavailable"
            await until(pilot, lambda: "goes on when" in screen_text(pilot), "the loss")
            await pilot.pause(0.3)

        shoot(demo, size, "G", "l", then=more)

    def test_empty(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, "3", shows="Which service?")

    def test_loading(self, demo: World, size: tuple[int, int], shoot: Shoot, stage: Staging) -> None:
        stage.hold("service.logs")
        shoot(demo, size, "l", shows="Opening the log")

    def test_error(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        demo.engine.down = "unavailable"
        shoot(demo, size, "l", shows="goes on when")
