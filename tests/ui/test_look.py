"""Themes, keys from the configuration, what was said, the tour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import Theme

from machete_tui.app import MacheteApp
from machete_tui.core.config import load
from machete_tui.core.config_rules import THEMES as NAMES
from machete_tui.screens.help import HelpScreen
from machete_tui.screens.logs import LogsScreen
from machete_tui.screens.notifications import NotificationsScreen
from machete_tui.screens.tour import CARDS, Tour
from machete_tui.ui.dialogs.choose import Choose
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.prefetch import Prefetch
from machete_tui.ui.themes import PREFIX, THEMES
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (110, 32)
Compare = Callable[..., bool]


def configured(world: World, text: str, **more: Any) -> MacheteApp:
    file = world.settings.state_dir / "config.toml"
    file.write_text(text)
    return MacheteApp(Prefetch(lambda: world.ctx), config=load(file), demo=True, **more)


def test_the_configuration_names_every_theme() -> None:
    assert tuple(theme.name.removeprefix(PREFIX) for theme in THEMES) == NAMES


def luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [c / 255 for c in Color.parse(color).rgb]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: t.name)
def test_every_text_can_be_read(theme: Theme) -> None:
    least = 7.0 if "contrast" in theme.name else 4.0
    for ground in (theme.background, theme.surface, theme.panel):
        for text in (theme.foreground, theme.primary, theme.success, theme.warning, theme.error):
            assert contrast(str(text), str(ground)) >= least, (text, ground)
        assert contrast(theme.variables["quiet"], str(ground)) >= 3.9


@pytest.mark.parametrize("theme", [t for t in THEMES if "colourblind" in t.name], ids=lambda t: t.name)
def test_tones_differ_without_hue(theme: Theme) -> None:
    good, warn, bad = (luminance(str(c)) + 0.05 for c in (theme.success, theme.warning, theme.error))
    values = sorted((good, warn, bad))
    if theme.dark:
        assert values[1] / values[0] > 1.3
        assert values[2] / values[1] > 1.3
    # Blue against yellow and vermilion: the two kinds that most colour-blind eyes tell apart.
    blue = Color.parse(str(theme.success))
    assert blue.b > blue.r
    for other in (theme.warning, theme.error):
        assert Color.parse(str(other)).r > Color.parse(str(other)).b


@pytest.mark.parametrize("name", NAMES)
def test_picture_of_each_theme(tmp_path: Path, snap_compare: Compare, name: str) -> None:
    world = World(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, MacheteApp)
        await until(pilot, lambda: app.usage, "usage")
        await pilot.pause()

    assert snap_compare(configured(world, f'theme = "{name}"'), terminal_size=(100, 24), run_before=ready)


async def test_a_theme_is_chosen_from_the_palette(world: World) -> None:
    app = configured(world, 'theme = "colourblind-light"')
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.theme == "machete-colourblind-light"
        await pilot.press("ctrl+t")
        assert app.theme == "machete-colourblind-dark"
        app.choose_theme()
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        assert app.theme == "machete-contrast"


async def test_a_preset_and_an_override_are_in_force_and_in_the_help(world: World) -> None:
    app = configured(world, 'preset = "lazydocker"\n[keys]\nservice.stop = ["z", "f9"]\n')
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "s")
        await pilot.pause()
        assert not isinstance(app.screen, Confirm)
        await pilot.press("z")
        await pilot.pause()
        assert isinstance(app.screen, Confirm)
        await pilot.press("escape", "f9")
        await pilot.pause()
        assert isinstance(app.screen, Confirm)
        await pilot.press("escape", "m")
        await settle(pilot)
        assert isinstance(app.screen, LogsScreen)
        await pilot.press("escape", "x")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        lines = screen_text(pilot).splitlines()
        assert any("z f9" in line and "stop its containers" in line for line in lines)
        assert any("m l" in line and "what it writes" in line for line in lines)


async def test_what_is_wrong_in_the_file_is_said_once_and_kept(world: World) -> None:
    app = configured(world, 'theme = "drak"\n[keys]\nservice.stop = "r"\n')
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await settle(pilot)
        await until(pilot, lambda: "'drak'" in screen_text(pilot), "the toast")
        assert "M lists them" in screen_text(pilot)
        assert app.theme == "machete-dark"
        await pilot.press("M")
        await settle(pilot)
        text = screen_text(pilot)
        assert isinstance(app.screen, NotificationsScreen)
        assert "config.toml line 3: keys.service.stop may not be r" in text
        assert "! warning" in text


async def test_every_toast_and_every_error_stands_in_the_list(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("M")
        await settle(pilot)
        assert "Nothing happened yet" in screen_text(pilot)
        await pilot.press("escape", "G", "r")
        await until(pilot, lambda: any("restarted" in said.text for said in app.said.all), "the toast")
        world.engine.down = "unavailable"
        await until(pilot, lambda: app.fleet.trouble is not None, "the loss")
        await pilot.press("S")
        await until(pilot, lambda: any(said.tone == "error" for said in app.said.all), "the error")
        await pilot.press("escape", "M")
        await settle(pilot)
        text = screen_text(pilot)
        assert "shop is restarted" in text
        assert "✗ error" in text
        assert "Docker does not answer" in text
        await pilot.press("y", "enter")
        await settle(pilot)
        assert "no container engine answers" in screen_text(pilot)


async def test_the_tour_comes_once_and_can_be_skipped(world: World) -> None:
    app = configured(world, "", welcome=True)
    async with app.run_test(size=(60, 16)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Tour), "the tour")
        for number, (title, _) in enumerate(CARDS, 1):
            text = screen_text(pilot)
            assert title in text
            assert f"{number} of {len(CARDS)}" in text
            assert "[ Next ]" in text
            await pilot.press("enter")
            await pilot.pause()
        assert not isinstance(app.screen, Tour)
    again = configured(world, "", welcome=True)
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert not isinstance(again.screen, Tour)
        again.action_tour()
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(again.screen, Tour)


async def test_the_tour_takes_no_key_from_who_has_begun(world: World) -> None:
    app = configured(world, "", welcome=True)
    app.typed = True
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("M")
        await until(pilot, lambda: "has a short tour" in screen_text(pilot), "where the tour is")
        await pilot.press("escape")
        assert not isinstance(app.screen, Tour)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_picture_of_notifications(tmp_path: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    world = World(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, MacheteApp)
        app.record("shop is restarted at http://127.0.0.1:20080")
        app.record("config.toml line 3: keys.service.stop may not be r", "Configuration", "warning")
        app.record("port 80 of this machine is taken", "Conflict", "error")
        await pilot.press("M")
        await settle(pilot)

    assert snap_compare(world.app(), terminal_size=size, run_before=ready)


@pytest.mark.parametrize("size", [(60, 16), (80, 24)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_picture_of_the_tour(tmp_path: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    world = World(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, MacheteApp)
        app.action_tour()
        await pilot.pause()

    assert snap_compare(world.app(), terminal_size=size, run_before=ready)
