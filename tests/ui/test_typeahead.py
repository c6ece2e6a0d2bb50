"""Keys that arrive in one go, as on a slow line: they belong to the line that the first of them opened."""

from __future__ import annotations

from textual import events

from machete_tui.app import MacheteApp
from machete_tui.screens.services import ServicesScreen
from tests.ui.waiting import settle
from tests.ui.world import World

SIZE = (120, 30)


def at_once(app: MacheteApp, *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_what_follows_a_slash_is_the_filter(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        before = {c.id: world.engine.container(c.id).started for c in world.engine.containers()}
        app.post_message(events.Key("slash", "/"))
        at_once(app, *"reports", "enter")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ServicesScreen)
        assert [row.name for row in screen._table.shown] == ["reports"]
        assert screen._table.has_focus
        assert {c.id: world.engine.container(c.id).started for c in world.engine.containers()} == before


async def test_what_follows_enter_is_the_lists_again(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        at_once(app, *["slash", *"shop", "enter", "space"])
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ServicesScreen)
        assert screen._table.filter.text == "shop"
        assert [row.name for row in screen._table.marked] == ["shop"]


async def test_keys_of_the_list_still_work_one_after_the_other(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        at_once(app, "j", "j", "k")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ServicesScreen)
        assert screen._table.cursor_row == screen._table.shown[1]
