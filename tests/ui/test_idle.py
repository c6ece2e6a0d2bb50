"""While nothing on the screen changes, nothing is sent to the terminal."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input

from machete_tui.core.errors import EngineUnavailable
from tests.ui.waiting import settle, until
from tests.ui.world import World


@pytest.mark.parametrize("keys", [(), ("question_mark",), ("o",), ("colon",), ("slash",), ("4",), ("2",)])
async def test_tries_to_reach_the_engine_again_paint_nothing(
    tmp_path: Any, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, ())
    world.engine.down = "unavailable"
    app = world.app()
    painted: list[str] = []
    display = App._display

    def count(self: App[Any], screen: Any, renderable: Any) -> None:
        if renderable is not None:
            painted.append(type(renderable).__name__)
        display(self, screen, renderable)

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*keys)
        await settle(pilot)
        trouble = app.fleet.trouble
        assert isinstance(trouble, EngineUnavailable)
        app.keeper.stop()
        await until(pilot, lambda: not pilot.app.screen._dirty_widgets, "what the keys painted")
        monkeypatch.setattr(App, "_display", count)
        for _ in range(3):
            app.keeper._down(EngineUnavailable(trouble.what, trouble.mend), 0.5)
            app.keeper.refresh()
            await settle(pilot)
            await pilot.pause(0.05)
        assert painted == []


async def test_the_cursor_of_a_field_does_not_blink(world: World) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for keys in (("slash",), ("escape", "2"), ("ctrl+p",)):
            await pilot.press(*keys)
            await until(pilot, lambda: isinstance(pilot.app.focused, Input), "a field to type in")
            focused = pilot.app.focused
            assert isinstance(focused, Input)
            assert not focused.cursor_blink
