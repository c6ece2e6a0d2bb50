"""The log screen in the app: every key, several services, and what goes wrong under it."""

from __future__ import annotations

import csv
import errno
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from machete_tui.core.engine import EngineEvent
from machete_tui.operations.postmortems import record
from machete_tui.screens.logs import LogsScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui.dialogs.choose import Choose
from machete_tui.ui.logs.save import SaveLog
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (120, 30)


async def opened(pilot: Pilot[Any], *keys: str) -> LogsScreen:
    """Press keys that open a log and wait for its lines."""
    await settle(pilot)
    await pilot.press(*keys)
    screen = pilot.app.screen
    assert isinstance(screen, LogsScreen)
    await until(pilot, lambda: screen._lines.count > 0, "lines")
    return screen


def about(pilot: Pilot[Any]) -> str:
    return screen_text(pilot).splitlines()[-2]


async def test_marked_services_are_read_together(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "space", "space", "l")
        await until(pilot, lambda: len([s for s in screen._lines.view.spool.sources if s]) >= 3, "sources")
        assert screen.heading == "auth blog"
        sources = screen._lines.view.spool.sources
        assert {name.split("-")[0] for name in sources if name} == {"auth", "blog"}
        world.engine.say("blog-site-1", "hello from the blog")
        await until(pilot, lambda: "hello from the blog" in screen_text(pilot), "the line")
        await pilot.press("C", "enter")
        screen = app.screen  # type: ignore[assignment]
        await until(pilot, lambda: len(screen._lines.view.spool.sources) == 1, "one container")
        assert screen.heading == "auth-redis-1"


async def test_search_by_typing_counts_and_jumps(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        for number in range(5):
            world.engine.say("shop-web-1", f"needle {number}")
        await until(pilot, lambda: "needle 4" in screen_text(pilot), "the lines")
        await pilot.press("slash", *"needle")
        await until(pilot, lambda: "5 lines" in screen_text(pilot), "the count")
        await pilot.press("enter")
        await pilot.pause()
        assert screen._lines.cursor is not None
        assert "5 found" in about(pilot)
        await pilot.press("N")
        await pilot.press("n")
        await pilot.press("c")
        await until(pilot, lambda: screen._lines.count == 5, "only these")
        assert "only these, ±0" in about(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "±1" in about(pilot), "lines around")
        await pilot.press("escape")
        await pilot.pause()
        assert screen._lines.count > 5
        assert "found" not in about(pilot)
        assert app.screen is screen
        await pilot.press("escape")
        assert isinstance(app.screen, ServicesScreen)


async def test_a_filter_and_an_expression_that_is_not_valid(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        count = screen._lines.count
        await pilot.press("ampersand", *"(orders")
        await until(pilot, lambda: "unterminated" in screen_text(pilot), "why")
        assert screen._lines.count >= count
        await pilot.press("backspace", *["backspace"] * 6, *"orders", "enter")
        await until(pilot, lambda: 0 < screen._lines.count < count, "the filter")
        shown = [line for line in screen._lines.text.split("\n") if line]
        assert all("orders" in line for line in shown)


async def test_levels_times_wrap_and_json(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        world.engine.say("shop-web-1", '{"level":"error","msg":"it broke","code":7}', "\tat x.Y(Z.java:1)")
        await until(pilot, lambda: "ERROR it broke code=7" in screen_text(pilot), "the line, folded")
        await pilot.press("z")
        assert '{"level":"error"' in screen_text(pilot)
        await pilot.press("L", "L", "L")
        await until(pilot, lambda: screen._lines.count == 2, "errors only")
        assert "error and above" in about(pilot)
        await pilot.press("L")
        await pilot.pause()
        assert "and above" not in about(pilot)
        await pilot.press("t")
        await pilot.pause()
        assert re.search(r"\d\d:\d\d:\d\d\.\d{3}Z shop", screen_text(pilot))
        await pilot.press("t", "t", "t", "w")
        assert screen._lines.layout_.wrap
        assert screen._lines.layout_.times == "off"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("0", "500 lines"),
        ("1", "last minute"),
        ("2", "5 min"),
        ("4", "last hour"),
        ("6", "since the last dep"),
    ],
)
async def test_ranges(world: World, key: str, text: str) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        await pilot.press(key)
        await settle(pilot)
        assert app.screen is screen
        assert text in about(pilot)


async def test_digits_go_to_the_sections_while_there_is_no_log(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("3")
        await pilot.pause()
        assert "Which service?" in screen_text(pilot)
        await pilot.press("enter")
        assert isinstance(app.screen, Choose)
        await pilot.press("escape", "1")
        await pilot.pause()
        assert isinstance(app.screen, ServicesScreen)


async def test_copying_goes_over_the_terminal(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        world.engine.say("shop-web-1", "one", "two", "three")
        await until(pilot, lambda: "three" in screen_text(pilot), "the lines")
        await pilot.press("k", "v", "k", "y")
        assert app.clipboard == "one\ntwo"
        await pilot.press("m", "j", "j", "y")
        assert app.clipboard == "one"
        assert not screen._lines.following


@pytest.mark.parametrize("suffix", [".log", ".json", ".csv"])
async def test_saving_what_is_shown(world: World, tmp_path: Path, suffix: str) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        world.engine.say("shop-web-1", "ERROR to keep", "INFO not to keep")
        await until(pilot, lambda: "not to keep" in screen_text(pilot), "the lines")
        await pilot.press("slash", *"to keep", "enter")
        await pilot.press("c")
        await until(pilot, lambda: screen._lines.count == 2, "the filter")
        target = tmp_path / f"saved{suffix}"
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, SaveLog)
        app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, lambda: target.exists() and target.read_text().endswith("\n"), "the file")
        await settle(pilot)
        text = target.read_text()
        if suffix == ".json":
            rows = [json.loads(line) for line in text.splitlines()]
            assert [(r["level"], r["text"]) for r in rows] == [
                ("error", "ERROR to keep"),
                ("info", "INFO not to keep"),
            ]
        elif suffix == ".csv":
            table = list(csv.DictReader(text.splitlines()))
            assert [r["text"] for r in table] == ["ERROR to keep", "INFO not to keep"]
        else:
            assert [line.split(" | ")[1] for line in text.splitlines()] == [
                "ERROR to keep",
                "INFO not to keep",
            ]
        await pilot.press("ctrl+s")
        app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, lambda: "exists" in screen_text(pilot), "the refusal")
        assert target.read_text() == text


async def test_deployments_and_restarts_are_marked(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "G", "l")
        world.engine.restart("shop-web-1")
        await until(pilot, lambda: "▶ shop-web-1 started" in screen_text(pilot), "the start")
        assert "✗ shop-web-1 ended" in screen_text(pilot)


async def test_a_container_that_is_removed_while_its_log_is_open(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        world.engine.say("shop-web-1", "last words")
        await until(pilot, lambda: "last words" in screen_text(pilot), "the line")
        world.engine.remove("shop-web-1")
        await until(pilot, lambda: "shop-web-1 was removed" in screen_text(pilot), "the mark")
        world.engine.say("shop-worker-1", "others go on")
        await until(pilot, lambda: "others go on" in screen_text(pilot), "the others")
        assert screen._job is not None


async def test_an_engine_that_goes_and_comes_back(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        world.engine.say("shop-web-1", "before")
        await until(pilot, lambda: "before" in screen_text(pilot), "the line")
        count = screen._lines.count
        world.engine.down = "unavailable"
        await until(pilot, lambda: "goes on when the engine answers" in about(pilot), "the loss")
        assert screen._lines.count >= count
        await pilot.press("k", "pageup", "end")
        world.engine.down = ""
        await pilot.press("ctrl+t", "ctrl+t")
        app.keeper.retry()
        await until(pilot, lambda: screen._job is not None and "following" in about(pilot), "reading again")
        world.clock.sleep(1)
        world.engine.say("shop-web-1", "after")
        await until(pilot, lambda: "after" in screen_text(pilot), "the line after")
        assert screen._lines.text.count("before") == 1


async def test_a_full_disk_is_said_and_lines_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("machete_tui.logs.segment.os.pwrite", full)
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "G", "l")
        world.engine.say("shop-web-1", "still here")
        await until(pilot, lambda: "still here" in screen_text(pilot), "the line")
        await until(pilot, lambda: "no space left" in about(pilot), "the trouble")


async def test_a_service_that_is_gone_shows_its_last_words(world: World) -> None:
    for name in ("shop-web-1", "shop-worker-1", "shop-db-1", "shop-redis-1"):
        ident = world.engine.container(name).container.id
        world.engine.say(name, f"the end of {name}")
        world.engine.crash(name, 137, oom=True)
        record(world.ctx, EngineEvent(world.clock.now(), "die", ident, {"exitCode": "137"}))
        world.engine.remove(name)
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "G", "l")
        await until(pilot, lambda: "out of memory" in screen_text(pilot), "the card")
        screen = app.screen
        assert isinstance(screen, LogsScreen)
        for name in ("shop-web-1", "shop-worker-1", "shop-db-1", "shop-redis-1"):
            assert f"the end of {name}" in screen._lines.text
            assert f"{name} is gone: exit 137, out of memory" in screen._lines.text


async def test_ends_are_kept_while_the_app_runs(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        world.engine.say("shop-worker-1", "about to die")
        world.engine.crash("shop-worker-1", 3)
        await until(pilot, lambda: world.ctx.store.postmortems.find("shop-worker-1"), "the record")
        end = world.ctx.store.postmortems.find("shop-worker-1")
        assert end is not None
        assert end.exit_code == 3
        assert end.lines[-1] == "about to die"


async def test_nothing_is_left_when_the_screen_is_left(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "G", "l")
        job = screen._job
        assert job is not None
        await pilot.press("slash", *"shop", "enter")
        scan = screen._lines.view.search
        assert scan is not None
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not job.running, "the reading to end")
        await until(pilot, lambda: not scan._thread.is_alive(), "the search to end")
    folder = world.settings.cache_dir / "spool"
    assert list(folder.iterdir()) == []


def test_a_terminal_that_is_closed_ends_the_app(tmp_path: Path) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        env = {**os.environ, "TERM": "xterm-256color", "MACHETE_STATE_DIR": str(tmp_path)}
        os.execvpe(sys.executable, [sys.executable, "-m", "machete_tui", "--demo"], env)
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    seen, end = b"", time.monotonic() + 30
    pressed = False
    try:
        while b"following" not in seen:
            assert time.monotonic() < end, seen[-500:]
            if select.select([terminal], [], [], 0.1)[0]:
                seen += os.read(terminal, 1 << 16)
            if not pressed and b"gateway" in seen:
                os.write(terminal, b"Gl")
                pressed = True
    finally:
        os.close(terminal)
    while time.monotonic() < end:
        done, _ = os.waitpid(pid, os.WNOHANG)
        if done:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError("it went on without a terminal")
