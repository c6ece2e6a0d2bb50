"""Another host in the same app, and what protects one: read-only, production."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from machete_tui.app import MacheteApp
from machete_tui.core.context import Context
from machete_tui.core.errors import EngineUnavailable, NotFound, NotPermitted
from machete_tui.screens.help import HelpScreen
from machete_tui.screens.service import ServiceScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui.dialogs.error import ErrorDialog
from machete_tui.ui.dialogs.typed import TypedConfirm
from machete_tui.ui.prefetch import Prefetch
from tests.ui.staging import Staging
from tests.ui.waiting import compared, screen_text, settle, until
from tests.ui.world import World

SIZE = (110, 32)
Compare = Callable[..., bool]


def guarded(world: World, *, name: str = "", read_only: bool = False, production: bool = False) -> World:
    """Make a world the one of a host with protections."""
    context = world.ctx
    context.settings = replace(context.settings, host=name, read_only=read_only, production=production)
    return world


def app_of(world: World, others: dict[str, Context] | None = None) -> MacheteApp:
    def other(name: str) -> Context:
        if others is None or name not in others:
            raise NotFound(f"there is no host {name!r}")
        return others[name]

    return MacheteApp(Prefetch(lambda: world.ctx), other_host=other)


@pytest.fixture
def far(tmp_path: Path) -> World:
    return guarded(World(tmp_path / "far", ("gateway",)), name="far")


async def test_the_other_host_takes_the_place_of_this_one(world: World, far: World) -> None:
    far.ctx.store.events.add("dev", "far.event", "gateway", "ok", 0.1)
    app = app_of(world, {"far": far.ctx})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "· box ·" in screen_text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("6")
        await settle(pilot)
        app.use_host("far")
        await until(pilot, lambda: app.context is far.ctx and app.fleet.loaded, "the other host")
        await settle(pilot)
        assert isinstance(app.screen, ServicesScreen)
        text = screen_text(pilot)
        assert "gateway" in text
        assert "shop" not in text
        assert "far" in text.splitlines()[0]
        await pilot.press("6")
        await settle(pilot)
        assert "far.event" in screen_text(pilot)
        world.engine.stop("shop-web-1")
        far.engine.stop("gateway-web-1")
        await until(pilot, lambda: "○ stopped" in _services(app), "the stop on the other host")


def _services(app: MacheteApp) -> str:
    row = app.fleet.find("gateway")
    return "○ stopped" if row is not None and row.status in ("stopped", "degraded", "failed") else ""


async def test_a_host_that_is_not_there_changes_nothing(world: World) -> None:
    app = app_of(world)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.use_host("nope")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog), "the error")
        assert "there is no host 'nope'" in screen_text(pilot)
        await pilot.press("escape")
        assert app.fleet.find("shop") is not None


async def test_a_host_that_hangs_is_said_and_the_keys_live(world: World, far: World) -> None:
    waits = threading.Event()

    def hang(*_: object, **__: object) -> object:
        waits.wait(30)
        raise EngineUnavailable("far does not answer in time", "try it by hand")

    far.engine.events = hang  # type: ignore[method-assign,assignment]
    far.engine.containers = hang  # type: ignore[method-assign,assignment]
    far.engine.info = hang  # type: ignore[method-assign,assignment]
    app = app_of(world, {"far": far.ctx})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.use_host("far")
        await until(pilot, lambda: app.context is far.ctx, "the other host")
        await until(pilot, lambda: "Asking the engine" in screen_text(pilot), "the list that waits")
        await pilot.press("6", "1", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        await pilot.press("escape")
        waits.set()
        await until(pilot, lambda: "does not answer in time" in screen_text(pilot), "what is wrong")


async def test_work_that_goes_on_keeps_the_host(
    world: World, far: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Staging(monkeypatch)
    stage.hold("service.restart")
    app = app_of(world, {"far": far.ctx})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("r")
        await until(pilot, lambda: any(job.changes for job in app.bridge.jobs), "the job")
        app.use_host("far")
        await pilot.pause()
        assert app.context is world.ctx
        assert any("wait until" in said.text for said in app.said.all)
        stage.go.set()
        await settle(pilot)


async def test_the_palette_offers_the_hosts(world: World, far: World) -> None:
    app = app_of(world, {"far": far.ctx})
    context = world.ctx
    config = world.settings.state_dir / "config.toml"
    config.write_text('[hosts.far]\nurl = "tcp://far"\n')
    context.settings = replace(context.settings, config=config)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette), "the palette")
        await pilot.press(*"Host: far")
        await until(pilot, lambda: "operate tcp://far" in screen_text(pilot), "the host")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.context is far.ctx, "the other host")


@pytest.mark.parametrize("key", ["r", "S", "b"])
async def test_read_only_refuses_whatever_key_is_pressed(world: World, key: str) -> None:
    app = app_of(guarded(world, read_only=True))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "⊘ read-only" in screen_text(pilot)
        await pilot.press("G", key)
        await until(
            pilot,
            lambda: isinstance(app.screen, ErrorDialog) or "this machine is read-only" in screen_text(pilot),
            "the refusal",
        )
        assert all(job.state != "done" for job in app.bridge.jobs)
        assert world.ctx.store.events.last(1)[0].action != f"service.{key}"


async def test_read_only_is_the_registrys_word(world: World) -> None:
    from machete_tui.core.cancel import Cancel
    from machete_tui.operations import registry

    guarded(world, read_only=True)
    changing = [o for o in registry.every() if o.changes]
    assert len(changing) > 10
    for operation in changing:
        request = object.__new__(operation.request)
        if operation.previews:
            object.__setattr__(request, "yes", True)
        with pytest.raises(NotPermitted, match="read-only"):
            operation.run(world.ctx, request, Cancel())


async def test_production_wants_the_name_typed(world: World) -> None:
    app = app_of(guarded(world, name="prod", production=True))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "▲ prod PRODUCTION" in screen_text(pilot)
        before = world.ctx.store.events.last(1)[0].seq
        await pilot.press("G", "r")
        await until(pilot, lambda: isinstance(app.screen, TypedConfirm), "the question")
        assert "restart shop" in screen_text(pilot)
        await pilot.press(*"pro", "enter")
        assert isinstance(app.screen, TypedConfirm)
        assert app.screen.query_one("#yes").disabled
        await pilot.press("escape")
        await settle(pilot)
        assert world.ctx.store.events.last(1)[0].seq == before
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, TypedConfirm), "the question")
        app.screen.query_one(Input).value = "prod"
        await pilot.press("enter", "enter")
        await until(pilot, lambda: world.ctx.store.events.last(1)[0].seq > before, "the restart")
        await settle(pilot)


async def test_production_asks_once_for_all_that_are_marked(world: World) -> None:
    app = app_of(guarded(world, name="prod", production=True))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("asterisk", "S")
        await until(pilot, lambda: isinstance(app.screen, TypedConfirm), "the question")
        text = screen_text(pilot)
        for name in ("auth", "blog", "shop"):
            assert f"• start {name}" in text
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, TypedConfirm)
        assert app.bridge.jobs == ()


async def test_reading_a_production_host_asks_nothing(world: World) -> None:
    app = app_of(guarded(world, name="prod", production=True))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ServiceScreen)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 36), (160, 45)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_picture_of_a_production_host(tmp_path: Path, snap_compare: Compare, size: tuple[int, int]) -> None:
    world = guarded(World(tmp_path), name="prod-eu-1", read_only=size[0] == 120, production=True)

    async def ready(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, MacheteApp)
        await until(pilot, lambda: app.usage, "usage")
        await until(pilot, lambda: compared(app), "drift")
        if size[0] in (60, 80):
            await pilot.press("asterisk", "S")
            await until(pilot, lambda: isinstance(app.screen, TypedConfirm), "the question")
            app.screen.query_one(Input).blur()
        await pilot.pause()

    assert snap_compare(app_of(world), terminal_size=size, run_before=ready)
