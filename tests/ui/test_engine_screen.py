"""The engine's section: what it lists, what its keys do, and what happens to it when the engine changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from machete_tui.app import MacheteApp
from machete_tui.core.engine import Image
from machete_tui.engines.memory_world import Stored
from machete_tui.operations import registry
from machete_tui.operations.resource_views import DiskRow
from machete_tui.screens.engine import EngineScreen
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.viewer import ViewerScreen
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.dialogs.error import ErrorDialog
from machete_tui.ui.dialogs.form import Form
from machete_tui.ui.dialogs.prune import PruneDialog
from machete_tui.ui.widgets.diskbars import DiskBars
from tests.ui.staging import Staging
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (140, 36)
TABS = ("images", "volumes", "networks", "cache", "disk", "happenings")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Staging]:
    made = Staging(monkeypatch)
    yield made
    made.go.set()


def engine_screen(app: MacheteApp) -> EngineScreen:
    found = next(s for s in app.screen_stack if isinstance(s, EngineScreen))
    return found


async def opened(pilot: Pilot[Any], tab: str = "images") -> EngineScreen:
    """Go to the section and to one of its tabs."""
    await settle(pilot)
    await pilot.press("7", *["tab"] * TABS.index(tab))
    await settle(pilot)
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, EngineScreen)
    return screen


async def at(pilot: Pilot[Any], tab: str, name: str) -> None:
    table = engine_screen(pilot.app)._tables[tab]  # type: ignore[arg-type]
    key = next(table._key(row) for row in table.rows if row.name == name)
    assert table.set_cursor(key)
    await pilot.pause()


def names(screen: EngineScreen, tab: str) -> list[str]:
    return [row.name for row in screen._tables[tab].shown]


async def test_images_come_by_size_with_what_they_share_and_who_needs_them(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        rows = screen._tables["images"].shown
        assert [r.size for r in rows] == sorted((r.size for r in rows), reverse=True)
        await until(
            pilot, lambda: all(r.shared is not None for r in screen._tables["images"].rows), "a measure"
        )
        lines = screen_text(pilot)
        assert "golang:1.24" in lines
        assert "reports #21 (rollback)" in lines
        assert "nobody needs it" in lines
        await pilot.press("slash", *"postgres", "enter")
        assert all("postgres" in name for name in names(screen, "images"))
        await pilot.press("escape", "a")
        assert names(screen, "images")
        assert all(not r.used_by and not r.kept_for for r in screen._tables["images"].shown)


async def test_every_tab_lists_what_is_there(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "volumes")
        assert "shop_data" in screen_text(pilot)
        await until(pilot, lambda: all(r.size for r in screen._tables["volumes"].rows), "sizes")
        await pilot.press("tab")
        await settle(pilot)
        assert "shop_default" in screen_text(pilot)
        assert "172.17.0.0/16" in screen_text(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert "RUN npm ci" in screen_text(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert "reclaimable" in screen_text(pilot)
        await pilot.press("tab")
        await settle(pilot)
        await until(
            pilot, lambda: "shop-web-1" in screen_text(pilot) or screen._happenings.lines.count, "events"
        )


async def test_one_question_for_all_marked_ones_lists_names_and_bytes(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await at(pilot, "images", "golang:1.24")
        await pilot.press("space", "space", "delete")
        assert isinstance(app.screen, Confirm)
        text = screen_text(pilot)
        assert "Remove 2 images?" in text
        assert "• golang:1.24" in text
        assert "• postgres:16" in text
        assert "MiB" in text
        assert app.focused is not None
        assert app.focused.id == "no"
        await pilot.press("enter")
        assert world.engine.image("golang:1.24") is not None, "Enter on the default does nothing"
        await pilot.press("delete", "right", "enter")
        await settle(pilot)
        await until(pilot, lambda: world.engine.image("golang:1.24") is None, "the removal")
        await settle(pilot)
        assert "golang:1.24" not in names(screen, "images")
        row = world.ctx.store.events.last(1)[0]
        assert (row.action, row.outcome) == ("image.remove", "ok")
        assert "docker image rm" in row.detail


async def test_what_is_needed_is_refused_and_its_user_named(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "volumes")
        await at(pilot, "volumes", "shop_data")
        await pilot.press("delete")
        await pilot.pause()
        assert isinstance(app.screen, ErrorDialog)
        assert "shop-db-1" in screen_text(pilot)
        await pilot.press("escape")
        # With one that nobody needs marked too, only that one goes, and the dialog says what stays.
        await pilot.press("space")
        await at(pilot, "volumes", "intranet_uploads")
        await pilot.press("space", "delete")
        assert isinstance(app.screen, Confirm)
        assert "1 marked one stays" in screen_text(pilot)
        await pilot.press("right", "enter")
        await settle(pilot)
        left = {v.name for v in world.engine.volumes()}
        assert "shop_data" in left
        assert "intranet_uploads" not in left


async def test_what_a_removed_service_left_can_be_removed_by_name_only(world: World) -> None:
    world.settings.service_dir("intranet").mkdir(parents=True)
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "volumes")
        await at(pilot, "volumes", "intranet_uploads")
        await pilot.press("delete")
        assert isinstance(app.screen, Confirm)
        assert "left by removed service intranet" in screen_text(pilot)
        await pilot.press("right", "enter")
        await settle(pilot)
        assert "intranet_uploads" not in {v.name for v in world.engine.volumes()}


async def test_an_object_that_goes_while_its_dialog_is_open(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "volumes")
        await at(pilot, "volumes", "intranet_uploads")
        await pilot.press("delete")
        world.engine.resources.remove_volume("intranet_uploads")
        await pilot.press("right", "enter")
        await settle(pilot)
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog), "the error")
        assert "there is no volume intranet_uploads" in screen_text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "intranet_uploads" not in names(screen, "volumes")


async def test_an_object_that_goes_before_it_is_inspected(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "networks")
        await at(pilot, "networks", "intranet_default")
        del world.engine.world.networks["intranet_default"]
        await pilot.press("i")
        await settle(pilot)
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog), "the error")
        await pilot.press("escape")
        await settle(pilot)
        assert "intranet_default" not in names(screen, "networks")


async def test_a_prune_shows_exactly_what_goes_and_takes_nothing_else(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "volumes")
        await pilot.press("X")
        await settle(pilot)
        dialog = app.screen
        assert isinstance(dialog, PruneDialog)
        assert "2 volumes would go" in screen_text(pilot)
        assert "anonymous" in screen_text(pilot)
        assert app.focused is not None
        assert app.focused.id == "no"
        await pilot.press("enter")
        await settle(pilot)
        assert len(world.engine.volumes()) >= 3
        await pilot.press("X")
        await settle(pilot)
        # Another one comes while the question stands: it was not shown, so it stays.
        world.engine.world.volumes["f" * 64] = {}
        await pilot.press("right", "enter")
        await settle(pilot)
        await until(
            pilot, lambda: "2 volumes removed" in str([n.message for n in app._notifications]), "the end"
        )
        left = {v.name for v in world.engine.volumes()}
        assert "f" * 64 in left
        assert {"shop_data", "intranet_uploads"} <= left
        assert not [v for v in left if len(v) == 64 and v != "f" * 64]


async def test_more_is_taken_only_when_it_is_ticked(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("X")
        await settle(pilot)
        dialog = app.screen
        assert isinstance(dialog, PruneDialog)

        def going() -> str:
            return dialog._lines.text if isinstance(dialog, PruneDialog) else ""

        assert "<none>" in going()
        assert "golang:1.24" not in going()
        await pilot.click("#more")
        await settle(pilot)
        await until(pilot, lambda: "golang:1.24" in going(), "the longer list")
        text = screen_text(pilot)
        assert "kept for rollback" in text
        assert not app.screen.query_one("#yes").disabled


async def test_a_deployment_at_work_is_said_and_forbids_the_longer_prune(tmp_path: Any) -> None:
    app = World(tmp_path).app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("X")
        await settle(pilot)
        await pilot.click("#more")
        await settle(pilot)
        await until(pilot, lambda: "a deployment is at work" in screen_text(pilot), "the warning")
        assert app.screen.query_one("#yes").disabled


async def test_the_palette_opens_the_prune_and_the_section(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.invoke("cache.prune")
        await settle(pilot)
        assert isinstance(app.screen, PruneDialog)
        assert "go build" in screen_text(pilot)
        await pilot.press("escape")
        app.invoke("volume.list")
        await settle(pilot)
        assert isinstance(app.screen, EngineScreen)


async def test_inspecting_shows_json_that_can_be_searched_and_copied_with_secrets_masked(
    world: World,
) -> None:
    stored = world.engine.world.stored("golang:1.24")
    assert stored is not None
    secret = Stored(stored.image, environment={"API_TOKEN": "hunter22", "MODE": "fast"}, layers=stored.layers)
    world.engine.world.images[stored.image.id] = secret
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await at(pilot, "images", "golang:1.24")
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(app.screen, ViewerScreen)
        text = screen_text(pilot)
        assert '"RepoTags": [' in text
        assert "MODE=fast" in text
        assert "hunter22" not in text
        await pilot.press("slash", *"repotags")
        await pilot.pause()
        assert "1 line" in screen_text(pilot)
        await pilot.press("enter", "y")
        assert '"golang:1.24"' in app.clipboard
        assert "hunter22" not in app.clipboard


async def test_pulling_asks_for_a_name_and_shows_how_far_it_is(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await at(pilot, "images", "golang:1.24")
        await pilot.press("P")
        assert isinstance(app.screen, Form)
        field = app.screen.query_one("#image")
        assert getattr(field, "value", "") == "golang:1.24"
        setattr(field, "value", "caddy:2")  # noqa: B010 - the widget's type is not known here
        app.screen.query_one("#yes").focus()
        await pilot.press("enter")
        await settle(pilot)
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the progress")
        await until(pilot, lambda: "pulled caddy:2" in screen_text(pilot), "its end")
        assert "Pull complete" in screen_text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        await until(pilot, lambda: "caddy:2" in names(screen, "images"), "the list")


async def test_a_name_that_cannot_be_an_image_and_one_that_is_not_there(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        request = registry.find("image.pull").request
        app.deploy("image.pull", request("Not An Image"), "pull")
        await until(pilot, lambda: "is not the name of an image" in screen_text(pilot), "the first error")
        await pilot.press("escape")
        app.deploy("image.pull", request("missing:1"), "pull")
        await until(pilot, lambda: "has no image" in screen_text(pilot), "the second")


async def test_the_lists_follow_what_others_do(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await settle(pilot)
        world.engine.resources.remove_image("golang:1.24")
        with world.engine.world.use():
            world.engine.world.changed.notify_all()
        await until(pilot, lambda: "golang:1.24" not in names(screen, "images"), "the event")


async def test_events_come_as_they_happen_and_each_once(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "happenings")
        world.engine.stop("auth-web-1")
        await until(pilot, lambda: "auth-web-1" in screen_text(pilot), "the stop")
        count = screen._happenings.lines.text.count("stop  ")
        # Going away and coming back asks for the past hour again.
        await pilot.press("1")
        await pilot.pause()
        assert screen._follow is None
        world.engine.start("auth-web-1")
        await pilot.press("7")
        await settle(pilot)
        await until(pilot, lambda: screen._follow is not None, "following again")
        await until(pilot, lambda: "start" in screen._happenings.lines.text.splitlines()[-1], "the start")
        assert screen._happenings.lines.text.count("stop  ") == count


async def test_the_daemon_dies_while_it_is_open_and_comes_back(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        before = names(screen, "images")
        world.engine.down = "unavailable"
        await until(pilot, lambda: app.fleet.trouble, "the loss")
        await until(pilot, lambda: "as last known" in screen_text(pilot), "the line that says so")
        assert names(screen, "images") == before, "what is known stays on the screen"
        for key in ("tab", "tab", "tab", "tab", "tab", "tab", "X"):
            await pilot.press(key)
            await settle_away(pilot)
        assert isinstance(app.screen, PruneDialog)
        assert "no container engine answers" in screen_text(pilot)
        assert app.screen.query_one("#yes").disabled
        await pilot.press("escape")
        world.engine.down = ""
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.fleet.trouble is None, "the return")
        await until(pilot, lambda: screen._follow is not None, "the events")
        await until(pilot, lambda: "last known" not in screen_text(pilot), "the line")


async def settle_away(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, MacheteApp)
    await app.bridge.settled()
    await pilot.pause()


async def test_an_engine_that_was_never_there_is_an_error_with_the_next_step(world: World) -> None:
    world.engine.down = "unavailable"
    async with world.app().run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("7")
        await settle(pilot)
        assert "Docker does not answer" in screen_text(pilot)
        assert "Ctrl+R" in screen_text(pilot)


async def test_five_hundred_images_list_scroll_sort_and_filter(world: World) -> None:
    with world.engine.world.use() as now:
        for n in range(500):
            ident = f"sha256:{n:064x}"
            image = Image(ident, (f"many/app{n}:1",), (n + 1) << 20, now - n, {})
            world.engine.world.images[ident] = Stored(image)
    async with world.app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        table = screen._tables["images"]
        assert len(table.rows) > 500
        await pilot.press("G")
        await pilot.press("g", "pagedown", "pagedown", "O")
        sizes = [row.size for row in table.shown]
        assert sizes == sorted(sizes)
        await pilot.press("slash", *"app49", "enter")
        assert len(table.shown) == 11
        await pilot.press("asterisk", "delete")
        await pilot.pause()
        assert "Remove 11 images?" in screen_text(pilot)
        await pilot.press("right", "enter")
        await settle(pilot)
        await until(pilot, lambda: world.engine.image("many/app490:1") is None, "the removal")
        assert world.engine.image("many/app48:1") is not None


async def test_the_disk_is_a_picture_whose_bars_lead_on(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "disk")
        text = screen_text(pilot)
        assert "█" in text
        assert "▒" in text
        assert "all of it" in text
        await pilot.press("j", "j")
        assert screen.kind == "volume"
        await pilot.press("X")
        await settle(pilot)
        assert isinstance(app.screen, PruneDialog)
        assert app.screen.kind == "volume"
        await pilot.press("escape", "enter")
        await settle(pilot)
        assert screen._bar.open_id == "volumes"


async def test_the_same_figures_paint_nothing(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        screen = await opened(pilot, "disk")
        bars = screen.query_one(DiskBars)
        painted: list[object] = []
        real = bars.refresh

        def refresh(*regions: Any, **kwargs: Any) -> Any:
            painted.append(regions)
            return real(*regions, **kwargs)

        bars.refresh = refresh  # type: ignore[method-assign]
        bars.show(tuple(bars.rows))
        assert painted == []
        changed: list[DiskRow] = list(bars.rows)
        first = changed[1]
        changed[1] = DiskRow(first.kind, first.count + 1, first.used, first.size, first.back, first.command)
        bars.show(changed)
        assert 0 < len(painted) <= 2


async def test_loading_says_what_is_waited_for(world: World, stage: Staging) -> None:
    stage.hold("image.list")
    async with world.app().run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("7")
        await until(pilot, lambda: "Its images come as soon" in screen_text(pilot), "the notice")
        stage.go.set()
