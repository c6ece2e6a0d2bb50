"""The log screen on a real engine: a daemon that restarts under it, one that hangs, floods and long lines."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from machete_tui.app import MacheteApp
from machete_tui.context import LazyContext, live
from machete_tui.core.engine import LABEL_COMPONENT, LABEL_SERVICE, ComposeProject
from machete_tui.core.ids import uuid7
from machete_tui.core.models import Service
from machete_tui.core.settings import Settings
from machete_tui.core.source import SourceRef
from machete_tui.screens.logs import LogsScreen
from machete_tui.ui.prefetch import Prefetch
from tests.conftest import Spare
from tests.engine.contract.lab import BASE, Lab
from tests.rig import Rig
from tests.ui.waiting import screen_text, settle, until

SIZE = (120, 30)


def context(folder: Path, host: str, name: str) -> LazyContext:
    """Return the live context of an engine, with one service in its store."""
    made = live(Settings(state_dir=folder / "state", cache_dir=folder / "cache", docker_host=host))
    source = SourceRef("folder", str(folder))
    made.store.services.save(Service(id=uuid7(), name=name, source=source, status="running", release=1))
    return made


async def opened(pilot: Pilot[Any]) -> LogsScreen:
    await settle(pilot)
    await pilot.press("l")
    screen = pilot.app.screen
    assert isinstance(screen, LogsScreen)
    return screen


def service(lab: Lab, name: str, script: str) -> ComposeProject:
    """Run a container that belongs to a service."""
    project = lab.project(
        f"""
        services:
          web:
            image: {BASE}
            command: ["sh", "-c", {json.dumps(script)}]
            init: true
            restart: always
            labels: {{{LABEL_SERVICE}: {name}, {LABEL_COMPONENT}: web}}
        """
    )
    lab.up(project)
    return project


@pytest.fixture
def deaf() -> Iterator[str]:
    """A socket that accepts and never answers."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/docker.sock")
        server.listen(50)
        yield f"unix://{folder}/docker.sock"


async def test_an_engine_that_hangs_is_named_and_the_keys_go_on(deaf: str, tmp_path: Path) -> None:
    ctx = context(tmp_path, deaf, "shop")
    app = MacheteApp(Prefetch(lambda: ctx))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.fleet.loaded, "the first list")
        await pilot.press("l")
        screen = app.screen
        assert isinstance(screen, LogsScreen)
        await pilot.press("t", "w", "L", "slash", "x", "escape")
        await until(pilot, lambda: "goes on when the engine answers" in screen_text(pilot), "the reason")
        assert "does not answer" in screen_text(pilot)
        await pilot.press("escape", "escape")
        assert app.screen is not screen


@pytest.mark.engine
@pytest.mark.slow
async def test_a_daemon_that_restarts_while_the_log_is_open(
    rig: Rig, spare_engine: Spare, tmp_path: Path
) -> None:
    daemon = spare_engine("logs")
    daemon.take_images(rig.main, BASE)
    ctx = context(tmp_path, daemon.host, "shop")
    lab = Lab(ctx.engine, tmp_path)
    service(lab, "shop", "echo begun; n=0; while true; do n=$$((n+1)); echo tick $$n; sleep 0.3; done")
    app = MacheteApp(Prefetch(lambda: ctx))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: "tick" in screen_text(pilot), "lines")
        daemon.kill9()
        await until(pilot, lambda: "goes on when the engine answers" in screen_text(pilot), "the loss")
        assert "tick" in screen_text(pilot)
        await pilot.press("k", "pageup", "end")
        count = screen._lines.count
        daemon.restart()
        app.keeper.retry()
        await until(pilot, lambda: screen._lines.text.count("begun") == 2, "the container's second start")
        assert screen._lines.count > count
        ticks = [line for line in screen._lines.text.split("\n") if line.startswith("tick")]
        again = ticks.index("tick 1", 1) if ticks.count("tick 1") > 1 else len(ticks)
        assert [line for line in ticks[:again] if ticks[:again].count(line) > 1] == []
    ctx.close()


@pytest.mark.engine
async def test_odd_output_of_a_real_container(rig: object, tmp_path: Path) -> None:
    name = f"mlogs-{os.getpid()}"
    ctx = context(tmp_path, os.environ["DOCKER_HOST"], name)
    lab = Lab(ctx.engine, tmp_path)
    script = (
        r"printf '\033[2J\033[31mred\033[0m \000nul \377\376 bad\n';"
        " awk 'BEGIN{for(i=0;i<30000;i++) printf \"%0100d\", 0; print}'; echo after; sleep 1000"
    )
    service(lab, name, script)
    app = MacheteApp(Prefetch(lambda: ctx))
    try:
        async with app.run_test(size=SIZE) as pilot:
            screen = await opened(pilot)
            await until(pilot, lambda: "after" in screen_text(pilot), "the last line")
            view = screen._lines.view
            texts = [line.text for line in view.spool.lines(0, view.spool.end)]
            assert any(text.startswith("red ␀nul ") for text in texts)
            assert sum(len(t) for t in texts if t.startswith("000")) == 3_000_000
            assert all(text.isprintable() for text in texts)
            await pilot.press("w", "pageup", "pageup", "w", "right", "right", "g", "left", "left", "end")
            await until(pilot, lambda: "after" in screen_text(pilot), "the end")
    finally:
        lab.clear()
        ctx.close()
