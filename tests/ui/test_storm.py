"""Containers that start and die by the hundred while somebody works: one list at a time, keys alive."""

from __future__ import annotations

import subprocess
import threading
import time
import uuid
from pathlib import Path

import pytest

from machete_tui import context
from machete_tui.app import MacheteApp
from machete_tui.core.clock import SystemClock
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import MemoryEngine
from machete_tui.engines.memory_images import add
from machete_tui.engines.memory_model import Spec
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui.prefetch import Prefetch
from tests.ui.waiting import screen_text, settle, until

SIZE = (120, 30)


class Storm(threading.Thread):
    """Creates, starts, kills and removes containers until stopped, a hundred a second."""

    def __init__(self, engine: MemoryEngine) -> None:
        super().__init__(daemon=True)
        self.engine = engine
        self.done = threading.Event()
        self.made = 0

    def run(self) -> None:
        world = self.engine.world
        while not self.done.wait(0.1):
            with world.use():
                boxes = [
                    world.add_box(f"gust-{self.made + n}", Spec("gust", "busybox:latest"), {})
                    for n in range(10)
                ]
                for box in boxes:
                    world.start_box(box)
            for box in boxes:
                self.engine.kill(box.id)
            for box in boxes[:-1]:
                self.engine.remove(box.id)
            self.made += 10


async def test_a_hundred_containers_a_second_are_one_list_at_a_time(tmp_path: Path) -> None:
    engine = MemoryEngine()
    settings = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache")
    with engine.world.use():
        add(engine.world, "busybox:latest", {})
        for n in range(30):
            engine.world.start_box(engine.world.add_box(f"calm-{n:02}", Spec("calm", "busybox:latest"), {}))
    ctx = context.in_memory(settings, SystemClock(), engine=engine)
    app = MacheteApp(Prefetch(lambda: ctx), demo=True)
    lists: list[int] = []
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ServicesScreen)
        app.fleet_changed.subscribe(screen, lambda fleet: lists.append(len(fleet.containers)))
        storm = Storm(engine)
        storm.start()
        moved = []
        try:
            while storm.made < 400:
                await pilot.press("down")
                moved.append(screen._table.cursor_row)
                await pilot.press("up")
        finally:
            storm.done.set()
            storm.join()
        assert all(row is not None for row in moved)
        events = engine.world.happened
        assert events > 1000
        assert 1 < len(lists) < events / 20
        await until(
            pilot,
            lambda: len(app.fleet.containers) == len(engine.containers()) and app.bridge.jobs == (),
            "the list to be the engine's again",
        )
        assert "calm-00" in screen_text(pilot)
        await pilot.press("v", "slash", *"gust", "enter")
        await pilot.pause()
        assert len(screen._table.shown) == storm.made // 10


@pytest.mark.engine
@pytest.mark.usefixtures("rig")
async def test_real_containers_that_die_at_once(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache")
    ctx = context.live(settings)
    app = MacheteApp(Prefetch(lambda: ctx))
    name = f"gust-{uuid.uuid4().hex[:8]}"
    words = ["docker", "run", "--rm", "--name"]
    try:
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)

            def storm() -> None:
                for n in range(10):
                    subprocess.run(
                        [*words, f"{name}-{n}", "busybox:latest", "true"], check=False, capture_output=True
                    )
                last = [
                    *words[:2],
                    "-d",
                    "--name",
                    f"{name}-last",
                    "--init",
                    "busybox:latest",
                    "sleep",
                    "1000",
                ]
                subprocess.run(last, check=True, capture_output=True)

            thread = threading.Thread(target=storm)
            thread.start()
            while thread.is_alive():
                await pilot.press("down", "up")
            await until(
                pilot, lambda: app.fleet.find(f"{name}-last", "container"), "the last one in the list"
            )
            ctx.engine.remove(f"{name}-last")
            await until(
                pilot,
                lambda: not [r for r in app.fleet.rows if r.name.startswith(name)],
                "none of them in the list",
            )
    finally:
        ctx.engine.remove(f"{name}-last")
        ctx.close()


async def test_the_thread_says_one_word_while_the_loop_is_busy(tmp_path: Path) -> None:
    """While a shell has the terminal nothing is handled: what waits must not grow with what happens."""
    engine = MemoryEngine()
    settings = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache")
    with engine.world.use():
        add(engine.world, "busybox:latest", {})
    ctx = context.in_memory(settings, SystemClock(), engine=engine)
    app = MacheteApp(Prefetch(lambda: ctx), demo=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        watch = app.keeper._watch
        heard: list[int] = []
        tell = watch._tell
        watch._tell = lambda: (heard.append(1), tell())  # type: ignore[method-assign, assignment, func-returns-value]
        storm = Storm(engine)
        storm.start()
        begun = time.monotonic()
        while storm.made < 50 and time.monotonic() - begun < 20:
            time.sleep(0.05)  # noqa: ASYNC251 - the loop is held on purpose
        storm.done.set()
        storm.join()
        assert heard == []
        await pilot.pause()
        assert len(heard) <= 2
        await until(pilot, lambda: len(app.fleet.containers) == len(engine.containers()))
