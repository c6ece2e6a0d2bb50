"""Smaller things a person relies on: inspecting, files, copying, the program's faults, narrow terminals."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from machete_tui.core.errors import NotPermitted
from machete_tui.core.secrets import hidden_values
from machete_tui.screens.services import ServicesScreen
from machete_tui.screens.viewer import ViewerScreen
from machete_tui.ui.clipboard import sequences
from machete_tui.ui.prefetch import Prefetch
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (110, 32)


async def test_inspecting_shows_all_that_is_known_as_text(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "i")
        await settle(pilot)
        assert isinstance(app.screen, ViewerScreen)
        text = screen_text(pilot)
        assert "shop: running" in text
        assert "SESSION_SECRET=••••••" in text


async def test_enter_on_a_release_shows_its_files_without_values(world: World) -> None:
    folder = world.settings.release_dir("shop", 14)
    (folder / ".env").write_text("# values\nPOSTGRES_PASSWORD=opensesame\n")
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "h")
        await settle(pilot)
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert isinstance(app.screen, ViewerScreen)
        whole = app.screen._text
        assert "image: machete/shop-web:14" in whole
        assert "POSTGRES_PASSWORD=••••••" in whole
        assert "opensesame" not in whole
        assert "hunter22" not in whole


def test_an_env_file_keeps_names_and_comments_only() -> None:
    assert hidden_values("# A=1\nA=1\nB\n") == "# A=1\nA=••••••\nB\n"


def test_copying_is_wrapped_inside_tmux() -> None:
    plain = sequences("hé", {})
    assert plain == "\x1b]52;c;aMOp\a"
    assert sequences("hé", {"TMUX": "/tmp/tmux-0/default,1,0"}) == (
        plain + "\x1bPtmux;\x1b\x1b]52;c;aMOp\a\x1b\\"
    )


async def test_copying_an_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("G", "y")
        assert app.clipboard == "http://127.0.0.1:20080"


async def test_a_context_that_cannot_be_made_is_an_error_on_the_screen(tmp_path: Path) -> None:
    from machete_tui.app import MacheteApp

    def make() -> object:
        raise NotPermitted("the state directory may not be written", "check its owner")

    app = MacheteApp(Prefetch(make))  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Not permitted" in screen_text(pilot), "the error")
        assert "Check its owner" in screen_text(pilot)


async def test_a_fault_of_the_program_goes_to_the_log(world: World) -> None:
    app = world.app()

    def fault() -> None:
        raise ZeroDivisionError("a handler failed")

    async def use() -> None:
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            app.call_later(fault)
            await asyncio.sleep(0)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await use()
    logs = "".join(p.read_text() for p in world.settings.state_dir.rglob("*.log*"))
    assert "a handler failed" in logs


@pytest.mark.parametrize("size", [(60, 16), (40, 10), (200, 60)])
async def test_it_can_be_used_in_any_terminal(world: World, size: tuple[int, int]) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("G")
        await pilot.pause()
        assert "› shop" in screen_text(pilot)
        for keys in (
            ["enter"],
            ["tab"],
            ["tab"],
            ["tab"],
            ["escape"],
            ["4"],
            ["5"],
            ["6"],
            ["7"],
            ["8"],
            ["1"],
        ):
            await pilot.press(*keys)
            await settle(pilot)
            lines = screen_text(pilot).splitlines()
            assert len(lines) == size[1]
        assert isinstance(app.screen, ServicesScreen)
        await pilot.press("delete")
        await pilot.pause()
        assert "[ Cancel ]" in screen_text(pilot)


async def test_a_line_that_is_cut_says_so(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.open_text("long", "\n".join(["y" * 200] * 50))
        await until(pilot, lambda: "yyy" in screen_text(pilot), "the text")
        assert all("y…" in line for line in screen_text(pilot).splitlines() if "yyy" in line)


async def test_the_wizard_says_where_one_is_where_not_all_titles_have_room(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(60, 16)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await until(pilot, lambda: "▸ Source ─ 2 ─ 3 ─ 4 ─ 5 ─ 6" in screen_text(pilot), "the steps")
