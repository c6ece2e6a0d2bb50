"""The service list: what it shows, what its keys do, and that nothing is lost by one key."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from machete_tui.app import MacheteApp
from machete_tui.core.errors import Conflict
from machete_tui.operations import lifecycle
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.dialogs.error import ErrorDialog
from machete_tui.ui.dialogs.remove import RemoveDialog
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (120, 30)


def states(world: World, service: str) -> set[str]:
    return {c.state for c in world.engine.containers(service=service)}


def shown(app: MacheteApp) -> list[str]:
    screen = app.screen_stack[0]
    assert isinstance(screen, ServicesScreen)
    return [row.name for row in screen._table.shown]


async def at(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor on a service."""
    screen = pilot.app.screen
    assert isinstance(screen, ServicesScreen)
    assert screen._table.set_cursor(name)
    await pilot.pause()


async def test_it_shows_each_service_with_its_state_and_the_reason_of_a_failed_one(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await settle(pilot)
        lines = {
            line.split()[1 if "›" in line else 0]: line for line in screen_text(pilot).splitlines() if line
        }
        assert "● running" in lines["shop"]
        assert "127.0.0.1:20080" in lines["shop"]
        assert "#14" in lines["shop"]
        assert "✗ failed" in lines["importer"]
        assert "0 of 1 run" in lines["importer"]
        assert "○ stopped" in lines["reports"]
        top = screen_text(pilot).splitlines()[0]
        assert "memory" in top
        assert "1 failed" in top
        assert "3 running" in top


async def test_a_stopped_container_changes_the_row_without_being_asked(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await settle(pilot)
        world.engine.stop("auth-web-1")
        await until(pilot, lambda: "degraded" in screen_text(pilot), "the event to reach the list")


async def test_restarting_one_needs_no_question_and_says_when_it_is_done(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "auth")
        await pilot.press("r")
        await settle(pilot)
        assert "auth is restarted" in {n.message for n in app._notifications}
        assert world.ctx.store.events.last(1)[0].action == "service.restart"


async def test_enter_on_a_question_does_nothing(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "auth")
        for key in ("s", "D", "delete"):
            await pilot.press(key)
            assert isinstance(app.screen, (Confirm, RemoveDialog))
            assert app.focused is not None
            assert app.focused.id == "no"
            await pilot.press("enter")
            await settle(pilot)
            assert isinstance(app.screen, ServicesScreen)
        for key in ("s", "D"):
            await pilot.press(key, "escape")
            await settle(pilot)
        assert states(world, "auth") == {"running"}
        assert app.fleet.find("auth") is not None


async def test_stopping_after_a_deliberate_yes(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "auth")
        await pilot.press("s", "right", "enter")
        await settle(pilot)
        assert states(world, "auth") == {"exited"}
        await until(pilot, lambda: (row := app.fleet.find("auth")) and row.status == "stopped", "the list")
        await pilot.press("S")
        await settle(pilot)


async def test_one_question_for_all_marked_ones_lists_their_names(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "auth")
        await pilot.press("space", "space", "r")
        text = screen_text(pilot)
        assert "Restart 2 services?" in text
        assert "• auth" in text
        assert "• blog" in text
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert "restarted 2 services" in {n.message for n in app._notifications}
        assert app.screen_stack[0].query_one("#services").marked == ()  # type: ignore[attr-defined]


async def test_removing_volumes_asks_for_the_name(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "blog")
        await pilot.press("delete")
        dialog = app.screen
        assert isinstance(dialog, RemoveDialog)
        assert not dialog.query_one("#typed").display
        await pilot.click("#volumes")
        await pilot.pause()
        assert dialog.query_one("#yes").disabled
        dialog.query_one("#typed").focus()
        await pilot.press(*"blo")
        assert dialog.query_one("#yes").disabled
        await pilot.press("g")
        await pilot.pause()
        assert not dialog.query_one("#yes").disabled
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert app.fleet.find("blog") is None
        assert world.engine.containers(service="blog") == []


async def test_down_keeps_volumes_and_says_so(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "shop")
        await pilot.press("D")
        text = screen_text(pilot)
        assert "Remove shop?" in text
        assert "Volumes and their data stay" in text
        await pilot.press("right", "enter")
        await settle(pilot)
        assert app.fleet.find("shop") is None
        assert world.engine.volumes(project="shop") != []


async def test_an_action_that_fails_opens_a_dialog_with_the_mend(world: World, monkeypatch: Any) -> None:
    def held(ctx: Any, service: Any, verb: str) -> Any:
        raise Conflict(f"{service.name} is being deployed by ana", "wait for it, or cancel it")

    monkeypatch.setattr(lifecycle, "_held", held)
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "shop")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog), "the dialog")
        text = screen_text(pilot)
        assert "Conflict: shop" in text
        assert "being deployed by ana" in text
        assert "→ Wait for it" in text
        await pilot.press("escape")
        assert isinstance(app.screen, ServicesScreen)


async def test_faults_and_stopped_ones(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("exclamation_mark")
        assert shown(app) == ["importer"]
        await pilot.press("exclamation_mark", "a")
        assert shown(app) == ["auth", "blog", "importer", "shop"]
        await pilot.press("a")
        assert len(shown(app)) == 5


async def test_filter_and_sort_by_keys(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"!runn", "enter")
        assert shown(app) == ["importer", "reports"]
        await pilot.press("escape")
        await pilot.press("o", "down", "enter")
        await pilot.pause()
        assert shown(app)[0] == "importer"
        await pilot.press("O")
        assert shown(app)[0] == "reports"


async def test_escape_drops_the_filter_then_the_marks_and_never_leaves(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("space", "slash", *"shop", "enter", "escape")
        assert len(shown(app)) == 5
        await pilot.press("escape")
        assert app.screen.query_one("#services").marked == ()  # type: ignore[attr-defined]
        await pilot.press("escape", "escape")
        assert app.is_running


async def test_q_at_the_root_leaves(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("q")
        await until(pilot, lambda: app._exit, "the app to leave")
    assert app.return_value == 0


async def test_usage_is_measured_while_somebody_looks(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: "shop" in app.usage, "a measure")
        assert app.usage["shop"].memory > 0
        line = next(line for line in screen_text(pilot).splitlines() if " shop " in line)
        assert "%" in line
        assert "MiB" in line


async def test_no_services_yet_says_how_to_begin(world: World) -> None:
    for service in world.ctx.store.services.all():
        world.ctx.store.services.remove(service.id)
    for container in world.engine.containers():
        world.engine.remove(container.id)
    async with world.app().run_test(size=SIZE) as pilot:
        await settle(pilot)
        text = screen_text(pilot)
        assert "No services yet" in text
        assert "Press 2 to deploy one" in text
