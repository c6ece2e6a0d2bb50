"""A deployment on the screen: live steps, leaving and coming back, cancelling, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from machete_tui.app import MacheteApp
from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Unhealthy
from machete_tui.core.events import Event, Lines, Note, Result, StepFinished, StepStarted
from machete_tui.core.results import Done
from machete_tui.operations import registry
from machete_tui.operations.registry import Operation
from machete_tui.operations.requests import Rebuild
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.service import ServiceScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui.dialogs.choose import Choose
from machete_tui.ui.dialogs.confirm import Confirm
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (120, 30)


class Play:
    """A rebuild whose steps happen when the test says so."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.error: Unhealthy | None = None
        self.cancelled = threading.Event()

    def __call__(self, ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        now = ctx.clock.now()
        yield StepStarted("source", "Fetch the source", 1, 3, now)
        yield StepFinished("source", "done", 0.8, "main")
        yield StepStarted("build", "Build image shop-web", 2, 3, now)
        yield Lines(tuple(f"#5 RUN line {i}" for i in range(100)), "build")
        with cancel.closing(self.go.set):
            self.go.wait(30)
        if self.error is not None:
            yield StepFinished("build", "failed", 3.0, "no answer")
            raise self.error
        yield StepFinished("build", "done", 42.0)
        yield Note("the gap was 0.4 s", "warning")
        yield Result(Done("shop #15 is live", "shop", "http://127.0.0.1:20080", 15))


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    made = Play()
    registry.find("service.rebuild")
    operation = Operation("service.rebuild", "build again", Rebuild, made, "operator", True, False, False)
    monkeypatch.setitem(registry._operations, "service.rebuild", operation)
    return made


async def begin(app: MacheteApp, pilot: Any) -> ProgressScreen:
    await settle(pilot)
    await pilot.press("G", "b")
    await until(pilot, lambda: "line 99" in screen_text(pilot), "the build's output")
    assert isinstance(app.screen, ProgressScreen)
    return app.screen


async def test_steps_are_shown_as_they_go_and_how_it_ended(world: World, play: Play) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin(app, pilot)
        text = screen_text(pilot)
        assert "step 2 of 3: Build image shop-web" in text
        assert "✓  1/3 Fetch the source" in text
        assert "▸  2/3 Build image shop-web" in text
        assert "▸ rebuild shop" in text.splitlines()[0]
        play.go.set()
        await until(pilot, lambda: not screen.job.running, "the end")
        await settle(pilot)
        text = screen_text(pilot)
        assert "✓ shop #15 is live" in text
        assert "✓  2/3" in text
        assert "it answers at http://127.0.0.1:20080" in text
        assert "the gap was 0.4 s" in text
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ServiceScreen)


async def test_leaving_does_not_stop_it_and_j_comes_back(world: World, play: Play) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin(app, pilot)
        await pilot.press("escape")
        assert isinstance(app.screen, ServicesScreen)
        assert any("J shows what runs" in n.message for n in app._notifications)
        assert screen.job.running
        line = next(x for x in screen_text(pilot).splitlines() if " shop " in x and "127" in x)
        assert "▸ rebuild" in line
        await pilot.press("J")
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        await pilot.press("enter")
        await until(pilot, lambda: "line 99" in screen_text(pilot), "what was said before")
        play.go.set()
        await settle(pilot)
        assert "shop #15 is live" in screen_text(pilot)


async def test_cancelling_asks_first(world: World, play: Play) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin(app, pilot)
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(app.screen, Confirm)
        assert "What it has begun is undone" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert screen.job.running
        await pilot.press("c", "right", "enter")
        await settle(pilot)
        assert screen.job.state == "cancelled"
        assert "Cancelled" in screen_text(pilot)


async def test_a_failure_shows_reason_mend_and_the_last_lines(world: World, play: Play) -> None:
    play.error = Unhealthy(
        "shop did not answer on port 8000", "it listens on 3000: set port to 3000", log=("boom", "last words")
    )
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        play.go.set()
        await settle(pilot)
        text = screen_text(pilot)
        assert "✗ Health check failed: shop did not answer on port 8000" in text
        assert "it listens on 3000" in text
        assert "last words" in text
        assert "✗  2/3" in text


async def test_quitting_meanwhile_asks_first(world: World, play: Play) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question")
        assert "rebuild shop" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ProgressScreen)
        assert not app._exit
        play.go.set()
        await settle(pilot)


async def test_a_step_whose_end_was_not_told_does_not_go_on_when_all_is_over(
    world: World, play: Play
) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        job = app.deploy("service.rebuild", Rebuild("not-there"), "rebuild not-there")
        await until(pilot, lambda: "RUN line 99" in screen_text(pilot), "the output")
        assert "▸  2/3" in screen_text(pilot)
        app.bridge.cancel(job)
        await settle(pilot)
        assert job.state == "cancelled"
        assert "▸  2/3" not in screen_text(pilot)
        assert "–  2/3 Build image" in screen_text(pilot)
        assert "Open service" not in screen_text(pilot)  # there is none
