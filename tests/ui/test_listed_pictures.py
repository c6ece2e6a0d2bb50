"""Pictures of the list with every kind, and of the screens of containers and projects, in each state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from machete_tui.app import MacheteApp
from machete_tui.core.errors import EngineUnavailable
from machete_tui.engines.memory import Behaviour
from tests.ui import waiting
from tests.ui.staging import Staging
from tests.ui.waiting import compared, screen_text, settle, until
from tests.ui.world import World

NARROW = pytest.param((80, 24), id="80x24")
USUAL = pytest.param((120, 36), id="120x36")
WIDE = pytest.param((160, 45), id="160x45")
Steps = Callable[[Pilot[Any]], Awaitable[None]]
AWAY = EngineUnavailable("no container engine answers", "start Docker (systemctl start docker)")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked in the background comes after seconds, and later on a busy machine."""
    monkeypatch.setattr(waiting, "PATIENCE", 60.0)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Staging]:
    made = Staging(monkeypatch)
    yield made
    made.go.set()


@pytest.fixture
def demo(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def shoot(snap_compare: Callable[..., bool]) -> Callable[..., None]:
    """Run an app until all that it asks in the background is there, press keys, compare the picture."""

    def take(world: World, size: tuple[int, int], *keys: str, then: Steps | None = None) -> None:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            app = cast(MacheteApp, pilot.app)
            if app.fleet.rows:
                await until(pilot, lambda: app.usage, "usage")
                await until(pilot, lambda: compared(app), "drift")
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            if then is not None:
                await then(pilot)
            app.clear_notifications()  # they go by themselves, at a time of their own
            await pilot.pause()

        assert snap_compare(world.app(), terminal_size=size, run_before=before)

    return take


def on(name: str, *keys: str) -> tuple[str, ...]:
    """Return the keys that put the cursor on the one row of that name, then others."""
    return ("slash", "^", *name, "enter", *keys)


def shows(text: str) -> Steps:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: text in screen_text(pilot), text)

    return wait


@pytest.mark.parametrize("size", [WIDE])
def test_everything_wide(demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
    shoot(demo, size)


@pytest.mark.parametrize("size", [NARROW, USUAL, WIDE])
class TestFlat:
    def test_every_container(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "v")


@pytest.mark.parametrize("size", [NARROW, USUAL])
class TestList:
    def test_terms(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "slash", *"status:deg kind:project", "enter")

    def test_a_wrong_term(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "slash", *"status:runing")

    def test_columns(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "C", "space", "down")

    def test_question_for_mixed_rows(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None]
    ) -> None:
        shoot(demo, size, "space", "space", "s")


@pytest.mark.parametrize("size", [NARROW, USUAL, WIDE])
class TestNormal:
    def test_container(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("monitoring", "enter", "enter"))

    def test_project(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("monitoring", "enter"), then=shows("differs from its files"))


@pytest.mark.parametrize("size", [NARROW, USUAL])
class TestContainer:
    def test_ended(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "v", *on("importer-job-1", "enter"))

    def test_environment(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("monitoring", "enter", "enter", "tab"))

    def test_without_checks(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("registry-cache", "enter", "tab", "tab"))

    def test_compose(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("monitoring", "enter", "enter", "shift+tab"))

    def test_inspect(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("registry-cache", "i"))

    def test_loading(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        async def open_it(pilot: Pilot[Any]) -> None:
            stage.hold("container.show")
            await pilot.press("enter")
            await pilot.pause()

        shoot(demo, size, *on("registry-cache"), then=open_it)

    def test_gone(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        async def remove(pilot: Pilot[Any]) -> None:
            demo.engine.remove("registry-cache")
            await until(pilot, lambda: "is gone" in screen_text(pilot), "it to be gone")
            await settle(pilot)

        shoot(demo, size, *on("registry-cache", "enter"), then=remove)

    def test_no_shell(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        demo.engine.behave("registry-cache", Behaviour(shell=False), running=True)
        shoot(demo, size, *on("registry-cache", "e"))


@pytest.mark.parametrize("size", [NARROW, USUAL])
class TestProject:
    def test_drift(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("monitoring", "enter", "tab"), then=shows("grafana:11.1.0"))

    def test_without_files(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("legacy-crm", "enter"))

    def test_compose_choice(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, *on("monitoring", "U"))

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.fail("project.show", AWAY)
        shoot(demo, size, *on("monitoring", "enter"))

    def test_gone(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        async def remove(pilot: Pilot[Any]) -> None:
            for container in demo.engine.containers(project="monitoring"):
                demo.engine.remove(container.id)
            await until(pilot, lambda: "is gone" in screen_text(pilot), "it to be gone")
            await settle(pilot)

        shoot(demo, size, *on("monitoring", "enter"), then=remove)
