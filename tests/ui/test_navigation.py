"""Sections, screens of a service, history, diff and rollback, logs, events: by keys."""

from __future__ import annotations

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.operations.registry import find
from machete_tui.operations.requests import Rollback
from machete_tui.screens.deployment import DeploymentScreen
from machete_tui.screens.diff import DiffScreen
from machete_tui.screens.events import EventsScreen
from machete_tui.screens.help import HelpScreen
from machete_tui.screens.history import HistoryScreen
from machete_tui.screens.logs import LogsScreen
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.service import ServiceScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.screens.viewer import ViewerScreen
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.sections import sections
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (110, 32)


async def test_every_section_opens_by_its_number(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for section in sections():
            await pilot.press(section.key)
            await settle(pilot)
            if section.id == "deploy":
                await pilot.press("escape")
                await settle(pilot)
                await pilot.press(section.key)
                break
            assert f"[{section.key} {section.title}]" in screen_text(pilot)


async def test_a_section_keeps_what_was_open_in_it(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("6")
        await settle(pilot)
        assert isinstance(app.screen, EventsScreen)
        await pilot.press("1")
        assert isinstance(app.screen, ServiceScreen)
        await pilot.press("q")
        assert isinstance(app.screen, ServicesScreen)


async def test_escape_leaves_another_section_for_the_services(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("5", "escape")
        await settle(pilot)
        assert isinstance(app.screen, ServicesScreen)


async def test_the_service_and_its_tabs(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "enter")
        await settle(pilot)
        text = screen_text(pilot)
        assert "shop-web-1" in text
        assert "shop-db-1" in text
        assert "http://127.0.0.1:20080" in text
        await pilot.press("tab")
        await pilot.pause()
        text = screen_text(pilot)
        assert "[Environment]" in text
        assert "LOG_LEVEL" in text
        assert "••••••" in text
        assert "hunter22" not in text
        await pilot.press("tab")
        await pilot.pause()
        text = screen_text(pilot)
        assert "Build the image" in text
        assert "✓ done" in text
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "● live" in screen_text(pilot)
        await pilot.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        await pilot.pause()
        assert "[Overview]" in screen_text(pilot)


async def test_the_service_follows_the_engine(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "enter")
        await settle(pilot)
        assert "○ exited" not in screen_text(pilot)
        world.engine.stop("shop-worker-1")
        await until(pilot, lambda: "○ exited" in screen_text(pilot), "the stopped container")


async def test_a_diff_of_two_marked_releases(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "h")
        await settle(pilot)
        assert isinstance(app.screen, HistoryScreen)
        await pilot.press("tab", "j", "space", "space", "equals_sign")
        await settle(pilot)
        assert isinstance(app.screen, DiffScreen)
        text = screen_text(pilot)
        assert "-    image: machete/shop-web:12" in text
        assert "+    image: machete/shop-web:13" in text
        await pilot.press("ctrl+l")
        assert isinstance(app.screen, DiffScreen), "a plain diff offers no rollback"


async def test_rollback_comes_only_after_the_diff_and_a_question(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Rollback] = []
    real = find("deployment.rollback")

    def run(ctx: object, request: Rollback, cancel: Cancel) -> object:
        asked.append(request)
        return iter(())

    monkeypatch.setitem(
        __import__("machete_tui.operations.registry", fromlist=["_operations"])._operations,
        "deployment.rollback",
        type(real)(real.name, real.help, real.request, run, real.role, True, False, False),  # type: ignore[arg-type]
    )
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "h")
        await settle(pilot)
        await pilot.press("tab", "ctrl+l")
        await pilot.pause()
        assert isinstance(app.screen, HistoryScreen), "the live release cannot be rolled back to"
        await pilot.press("j", "ctrl+l")
        await settle(pilot)
        assert isinstance(app.screen, DiffScreen)
        assert "roll back #14 → #13" in screen_text(pilot)
        await pilot.press("ctrl+l")
        assert isinstance(app.screen, Confirm)
        assert "Roll shop back to #13?" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, DiffScreen)
        assert asked == []
        await pilot.press("ctrl+l", "right", "enter")
        await settle(pilot)
        assert isinstance(app.screen, ProgressScreen)
        assert asked == [Rollback("shop", 13)]


async def test_history_of_all_with_steps_and_build_log(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("5")
        await settle(pilot)
        assert "succeeded" in screen_text(pilot)
        await pilot.press("slash", *"^shop", "enter", "enter")
        await settle(pilot)
        assert isinstance(app.screen, DeploymentScreen)
        text = screen_text(pilot)
        assert "Build the image" in text
        assert "38s" in text
        await pilot.press("L")
        await settle(pilot)
        assert isinstance(app.screen, ViewerScreen)
        assert "RUN npm run build" in screen_text(pilot)
        await pilot.press("slash", *"npm ci", "enter")
        await pilot.pause()
        assert "1 line" in screen_text(pilot)


async def test_logs_follow_pause_and_end_with_the_screen(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "l")
        screen = app.screen
        assert isinstance(screen, LogsScreen)
        await until(pilot, lambda: screen._lines.count > 40, "lines")
        job = screen._job
        assert job is not None
        world.engine.say("shop-web-1", "a new line")
        await until(pilot, lambda: "a new line" in screen_text(pilot), "the new line")
        await pilot.press("pageup")
        await pilot.pause()
        assert not screen._lines.following
        assert "paused" in screen_text(pilot)
        top = screen_text(pilot).splitlines()[3]
        world.engine.say("shop-web-1", "another line")
        await until(pilot, lambda: "another line" in screen._lines.text, "the line below")
        assert screen_text(pilot).splitlines()[3] == top
        await pilot.press("f")
        await pilot.pause()
        assert "another line" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not job.running, "the reading to end")


async def test_logs_of_another_service(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("3")
        await pilot.pause()
        assert "Which service?" in screen_text(pilot)
        await pilot.press("s", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen), "the log")
        assert isinstance(app.screen, LogsScreen)
        assert app.screen.heading.strip() == "blog"


async def test_events_say_who_did_what(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(140, 32)) as pilot:
        await settle(pilot)
        await pilot.press("6")
        await settle(pilot)
        text = screen_text(pilot)
        assert "service.deploy" in text
        assert "release #14" in text
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "Nothing failed" in screen_text(pilot)


async def test_help_lists_the_keys_of_the_screen_below(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(100, 60)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        text = screen_text(pilot)
        for part in (
            "restart its containers",
            "filter by a regular expression",
            "deployments, diff, rollback",
        ):
            assert part in text
        await pilot.press("question_mark")
        assert isinstance(app.screen, ServicesScreen)


async def test_the_theme_changes(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+t")
        assert app.theme == "machete-light"
        await pilot.press("ctrl+t")
        assert app.theme == "machete-dark"
        app.theme = "nord"
        await pilot.pause()
        assert "shop" in screen_text(pilot)


async def test_the_same_kind_of_screen_may_be_open_twice(world: World) -> None:
    """A service beneath its metrics, and another one above; the same one in another section too."""
    app = world.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        for name in ("shop", "blog", "shop"):
            app.open_service(name)
            await until(pilot, lambda n=name: getattr(app.screen, "heading", "") == n, name)  # type: ignore[misc]
            app.open_metrics("service", name)
            await pilot.pause()
        app.go("history")
        app.open_service("shop")
        await until(pilot, lambda: getattr(app.screen, "heading", "") == "shop", "the service")


async def test_the_effective_compose_file_of_a_service(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.open_service("shop")
        await settle(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ViewerScreen), "the file")
        assert "services:" in screen_text(pilot)
        assert "hunter22" not in screen_text(pilot)
