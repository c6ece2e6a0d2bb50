"""The palette offers every operation; those with arguments ask for them in a form."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Result
from machete_tui.core.results import Done, Listing
from machete_tui.operations import registry
from machete_tui.operations.registry import Argument, Operation, arg
from machete_tui.operations.views import PortRow
from machete_tui.screens.result import ResultScreen
from machete_tui.screens.service import ServiceScreen
from machete_tui.ui.commands import OperationCommands
from machete_tui.ui.dialogs.choose import Choose
from machete_tui.ui.dialogs.form import Form
from machete_tui.ui.dialogs.remove import RemoveDialog
from machete_tui.ui.formvalues import value_of
from machete_tui.ui.invoke import invoke
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (110, 36)


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request with an argument of each kind."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    count: int = arg("how many", default=1)
    memory: int = arg("how much", default=0, kind="size")
    span: float = arg("how long", default=0.0, kind="span")
    env: tuple[str, ...] = arg("variables", default=(), kind="pair", metavar="K=V")
    force: bool = arg("at once", default=False)
    secret: str = arg("not for people", default="", hidden=True)


class Probe:
    """An operation that remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    def __call__(self, ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        self.requests.append(request)
        yield Result(Done(f"probed {request.name}"))

    @property
    def operation(self) -> Operation:
        return Operation("service.start", "probe a service", Asked, self, "operator", True, False, False)


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Probe:
    """Stand in the registry's place for ``service.start``."""
    made = Probe()
    registry.find("service.start")
    monkeypatch.setitem(registry._operations, "service.start", made.operation)
    return made


async def test_it_lists_the_operations_of_the_registry(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [registry.find(n) for n in ("service.list", "service.scale", "port.list")]
    monkeypatch.setattr(registry, "every", lambda: known)
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette), "the palette")
        await pilot.press(*"port.l")
        await until(pilot, lambda: "list the host ports" in screen_text(pilot), "the operation")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, ResultScreen), "the ports")


async def test_every_operation_of_the_registry_is_in_it_and_can_be_chosen(world: World) -> None:
    """Each is found by its own name, and choosing it opens a room, a form, a question or a result."""
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        provider = OperationCommands(app.screen)
        await provider.startup()
        offered = {str(hit.text) async for hit in provider.discover()}
        assert offered == {operation.name for operation in registry.every()}
        for operation in registry.every():
            assert operation.name in {str(hit.text) async for hit in provider.search(operation.name)}


async def test_a_host_is_chosen_from_a_list(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        invoke(app, registry.find("host.use"))
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        assert "local" in screen_text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert any("the demo has this one host" in said.text for said in app.said.all)


async def test_the_form_gives_each_value_its_type(world: World, probe: Probe) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        invoke(app, probe.operation, "shop")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        assert form.query_one("#name", Input).value == "shop"
        assert not form.query("#secret")
        for name, text in {"count": "3", "memory": "1.5g", "span": "2m", "env": "A=1 'B=x y'"}.items():
            form.query_one(f"#{name}", Input).value = text
        await pilot.click("#force")
        await pilot.click("#yes")
        await settle(pilot)
        assert probe.requests == [Asked("shop", 3, 3 << 29, 120.0, ("A=1", "B=x y"), True)]
        assert "probed shop" in {n.message for n in app._notifications}


async def test_the_form_says_what_is_wrong_at_its_field(world: World, probe: Probe) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        invoke(app, probe.operation)
        await pilot.pause()
        form = app.screen
        form.query_one("#count", Input).value = "many"
        await pilot.click("#yes")
        await pilot.pause()
        text = screen_text(pilot)
        assert "✗ is needed" in text
        assert "✗ write a whole number" in text
        assert app.focused is form.query_one("#name")
        await pilot.press("escape")
        await settle(pilot)
        assert probe.requests == []


async def test_operations_with_a_screen_of_their_own_open_it(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        invoke(app, registry.find("service.show"), "shop")
        await settle(pilot)
        assert isinstance(app.screen, ServiceScreen)
        await pilot.press("escape")
        invoke(app, registry.find("deployment.rollback"), "shop")
        await settle(pilot)
        assert "[Releases]" in screen_text(pilot)
        await pilot.press("escape")
        invoke(app, registry.find("service.logs"))
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        await pilot.press("escape")
        invoke(app, registry.find("service.remove"), "shop")
        await pilot.pause()
        assert isinstance(app.screen, RemoveDialog)
        await pilot.press("enter")
        await settle(pilot)
        assert app.fleet.find("shop") is not None


async def test_any_listing_is_a_table(world: World) -> None:
    rows = (PortRow(20080, "shop", "web", 1e9, True, ""), PortRow(20081, "", "", 1e9, False, "for later"))
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.open_result("ports", Listing(rows))
        await pilot.pause()
        text = screen_text(pilot)
        for part in ("PORT", "IN USE", "20080", "for later"):
            assert part in text


@pytest.mark.parametrize(
    ("kind", "type_", "text", "value"),
    [
        ("size", int, "256m", 256 << 20),
        ("span", float, "500ms", 0.5),
        ("span", float, "1h", 3600.0),
        ("text", int, "42", 42),
        ("text", float, "0.5", 0.5),
        ("text", str, " main ", "main"),
        ("text", tuple, "a 'b c'", ("a", "b c")),
    ],
)
def test_values(kind: Any, type_: type, text: str, value: object) -> None:
    assert value_of(argument(kind, type_), text) == value


@pytest.mark.parametrize(
    ("kind", "type_", "text"),
    [
        ("size", int, "much"),
        ("span", float, "soon"),
        ("text", int, "-"),
        ("text", float, "x"),
        ("pair", tuple, "novalue"),
        ("text", tuple, "'open"),
    ],
)
def test_values_that_cannot_be(kind: Any, type_: type, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        value_of(argument(kind, type_), text)


def argument(kind: Any, type_: type) -> Argument:
    return Argument("x", "", type_, kind, False, False, None, "X", (), False)
