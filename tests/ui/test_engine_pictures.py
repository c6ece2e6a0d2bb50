"""Pictures of the engine's section: each tab, narrow, middle and wide, in each of its states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import EngineUnavailable
from machete_tui.core.events import Advance, Event, Lines
from machete_tui.screens.progress import ProgressScreen
from tests.ui.staging import Staging
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZES = [
    pytest.param((80, 24), id="80x24"),
    pytest.param((120, 36), id="120x36"),
    pytest.param((160, 45), id="160x45"),
]
TABS = ("images", "volumes", "networks", "cache", "disk", "happenings")
SLOW = ("image.list", "volume.list", "network.list", "cache.list", "system.df")
Steps = Callable[[Pilot[Any]], Awaitable[None]]
Compare = Callable[..., bool]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Staging]:
    made = Staging(monkeypatch)
    yield made
    made.go.set()


@pytest.fixture
def demo(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> World:
    world = World(tmp_path, ())
    inside = world.engine.world
    for held in (inside.images, inside.volumes, inside.networks, inside.cache):
        held.clear()
    inside.happenings.clear()
    return world


@pytest.fixture
def shoot(snap_compare: Compare) -> Callable[..., None]:
    """Go to the section and a tab of it, press keys, and compare what is there with the picture."""

    def take(world: World, size: tuple[int, int], tab: str, *keys: str, then: Steps | None = None) -> None:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            for key in ("7", *["tab"] * TABS.index(tab), *keys):
                await pilot.press(key)
                await settle(pilot)
            if then is not None:
                await then(pilot)
            await pilot.pause()

        assert snap_compare(world.app(), terminal_size=size, run_before=before)

    return take


def shows(text: str) -> Steps:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: text in screen_text(pilot), text)

    return wait


@pytest.mark.parametrize("size", SIZES)
class TestEngine:
    @pytest.mark.parametrize("tab", TABS)
    def test_normal(self, demo: World, size: tuple[int, int], tab: str, shoot: Callable[..., None]) -> None:
        last = {"happenings": "search-web-1", "disk": "all of it", "networks": "auth_default"}
        shoot(demo, size, tab, then=shows(last.get(tab, "measured" if size[0] >= 120 else "B ")))

    @pytest.mark.parametrize("tab", TABS)
    def test_empty(self, empty: World, size: tuple[int, int], tab: str, shoot: Callable[..., None]) -> None:
        shoot(empty, size, tab)

    @pytest.mark.parametrize("tab", ["images", "disk"])
    def test_loading(
        self, demo: World, size: tuple[int, int], tab: str, snap_compare: Compare, stage: Staging
    ) -> None:
        for name in SLOW:
            stage.hold(name)

        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("7", *["tab"] * TABS.index(tab))
            await shows("Asking the engine" if tab == "images" else "Measuring the disk")(pilot)

        assert snap_compare(demo.app(), terminal_size=size, run_before=before)

    @pytest.mark.parametrize("tab", ["images", "disk"])
    def test_error(
        self, demo: World, size: tuple[int, int], tab: str, shoot: Callable[..., None], stage: Staging
    ) -> None:
        for name in SLOW:
            stage.fail(
                name, EngineUnavailable("/var/run/docker.sock does not answer within 5 s", "see 8 System")
            )
        shoot(demo, size, tab, then=shows("Ctrl+R"))

    def test_engine_away(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        async def gone(pilot: Pilot[Any]) -> None:
            demo.engine.down = "unavailable"
            await until(pilot, lambda: "engine away" in screen_text(pilot), "the loss")
            await until(pilot, lambda: "as last known" in screen_text(pilot), "the line")
            await settle(pilot)

        shoot(demo, size, "images", then=gone)


@pytest.mark.parametrize("size", SIZES)
class TestDialogs:
    @pytest.mark.parametrize("tab", ["images", "volumes", "cache"])
    def test_prune(self, demo: World, size: tuple[int, int], tab: str, shoot: Callable[..., None]) -> None:
        shoot(demo, size, tab, "X", then=shows("would go"))

    def test_prune_more_while_a_deployment_is_at_work(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None]
    ) -> None:
        async def tick(pilot: Pilot[Any]) -> None:
            await pilot.press("shift+tab", "space")
            await settle(pilot)
            await shows("golang")(pilot)

        shoot(demo, size, "images", "X", then=tick)

    def test_remove(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "images", "space", "space", "space", "delete", then=shows("marked one stays"))

    def test_in_use(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "volumes", "G", "delete", then=shows("it is needed"))

    def test_inspect(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "volumes", "G", "i", then=shows("Mountpoint"))

    def test_pull(
        self,
        demo: World,
        size: tuple[int, int],
        shoot: Callable[..., None],
        stage: Staging,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(ProgressScreen, "_spent", lambda self: 34.0)

        def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
            yield Lines(("Pulling from library/postgres", "1f7ce2fa46ab: Already exists"))
            yield Lines(("5b5fe70539cd: Pulling fs layer", "5b5fe70539cd: Downloading"))
            yield Advance("postgres:17: 1 of 2 layers, 62.0 MiB of 148 MiB", 62 << 20, 148 << 20)
            with cancel.closing(stage.go.set):
                stage.go.wait(60)

        stage.put("image.pull", run)

        async def begin(pilot: Pilot[Any]) -> None:
            await pilot.press("P", *"postgres:17")
            pilot.app.screen.query_one("#yes").focus()
            await pilot.press("enter")
            await shows("41%")(pilot)
            await shows("▸ pull")(pilot)
            await shows("? Help")(pilot)

        shoot(demo, size, "networks", then=begin)
