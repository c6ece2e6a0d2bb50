"""Keys that arrive together act in the order in which they were typed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from machete_tui.screens.services import ServicesScreen
from machete_tui.screens.wizard.screen import WizardScreen
from tests.ui.waiting import settle, until
from tests.ui.world import World

NAMES = {"/": "slash", "-": "minus", "\r": "enter", "\x7f": "backspace", "\x15": "ctrl+u", "\x0e": "ctrl+n"}


async def at_once(pilot: Pilot[Any], text: str) -> None:
    """Send keys as one piece, as a slow line brings them."""
    for character in text:
        key = NAMES.get(character, character)
        pilot.app.post_message(events.Key(key, character if character.isprintable() else None))
    await pilot.pause()


async def test_a_filter_typed_at_once_is_a_filter(world: World) -> None:
    app = world.app()
    before = world.ctx.store.events.last(1)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ServicesScreen)
        table = screen._table
        await at_once(pilot, "/rest\x7f\x7fpo\r")
        await until(pilot, lambda: table.filter.text == "repo", "the filter")
        await settle(pilot)
        assert app.screen is screen
        assert [row.name for row in table.shown] == ["reports"]
        assert app.focused is table
    assert world.ctx.store.events.last(1) == before


async def test_what_is_typed_is_in_the_field_before_the_next_key_acts(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.focused, Input), "the field")
        screen = app.screen
        assert isinstance(screen, WizardScreen)
        await at_once(pilot, "\x15/nowhere/at/all\x0e")
        await settle(pilot)
        assert screen.draft.source.folder == "/nowhere/at/all"
        await at_once(pilot, "\x15/some\x7f\x7fwhere")
        await until(pilot, lambda: screen.draft.source.folder == "/sowhere", "the edited path")


async def test_a_widget_that_is_stuck_holds_no_key_for_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", "a")
        field = app.focused
        assert isinstance(field, Input)
        app._typed_into = field
        with monkeypatch.context() as patch:
            patch.setattr(field, "call_later", lambda *_: True)  # says that it will, and never does
            app.post_message(events.Key("escape", None))
            async with asyncio.timeout(10):
                while app.focused is field:  # noqa: ASYNC110 - the pilot would wait for the widget
                    await asyncio.sleep(0.01)
