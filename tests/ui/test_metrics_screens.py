"""The metrics screens: what each key does, alerts, and that what does not change is not painted."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from machete_tui.app import MacheteApp
from machete_tui.core.engine import Sample
from machete_tui.core.metrics import HOST, Subject
from machete_tui.engines.memory import Behaviour
from machete_tui.screens.metric import MetricScreen
from machete_tui.screens.metrics import MetricsScreen
from machete_tui.screens.result import ResultScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.screens.viewer import ViewerScreen
from machete_tui.ui import usage
from machete_tui.ui.dialogs.error import ErrorDialog
from machete_tui.ui.usage import UsageMeter
from machete_tui.ui.widgets.alertline import AlertLine
from machete_tui.ui.widgets.charts import ChartBoard
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (120, 36)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure at once, and often."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(usage, "REST", 0.0)
    monkeypatch.setattr(usage, "FIRST_GAP", 0.02)
    monkeypatch.setattr(usage, "EVERY", 0.05)
    monkeypatch.setattr(usage, "SHARE", 1.0)


async def opened(pilot: Pilot[Any], *keys: str) -> str:
    """Go to the metrics, press keys, return what is shown."""
    app = pilot.app
    assert isinstance(app, MacheteApp)
    await settle(pilot)
    await pilot.press("4")
    await until(pilot, lambda: app.recorder.reading(HOST) and app.usage, "readings")
    for key in keys:
        await pilot.press(key)
        await settle(pilot)
    return screen_text(pilot)


def names(pilot: Pilot[Any]) -> list[str]:
    screen = pilot.app.screen
    assert isinstance(screen, MetricsScreen)
    return [str(row) for row in screen._table.shown]


async def test_the_machine_and_what_uses_most(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        text = await opened(pilot)
        assert "[4 Metrics]" in text
        assert "of 4 cores · load" in text
        assert "of 16 GiB" in text
        assert "70 GiB of 120 GiB (58%)" in text
        shown = names(pilot)
        app = pilot.app
        assert isinstance(app, MacheteApp)
        cpus = [
            getattr(app.recorder.reading(Subject("container", name)), "cpu", None) or 0.0 for name in shown
        ]
        assert cpus == sorted(cpus, reverse=True)
        assert "shop-web-1" in shown


async def test_any_metric_sorts_and_the_view_changes(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot, "o")
        assert "Sort by" in screen_text(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert "MEMORY▼" in screen_text(pilot)
        await pilot.press("O")
        await settle(pilot)
        assert "MEMORY▲" in screen_text(pilot)
        await pilot.press("v")
        await settle(pilot)
        assert set(names(pilot)) == {"auth", "blog", "shop"}
        await pilot.press("v")
        await settle(pilot)
        assert "shop-web-1" in names(pilot)


async def test_the_cursor_stays_on_top_or_follows_its_row(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MetricsScreen)
        table = screen._table
        assert table.cursor_row == table.shown[0]
        world.engine.behave("blog", Behaviour(usage=lambda _: Sample(88.0, 1 << 30)), running=True)
        await until(pilot, lambda: names(pilot)[0] == "blog-site-1", "the new order")
        assert str(table.cursor_row) == "blog-site-1"
        await pilot.press("down")
        here = str(table.cursor_row)
        world.engine.behave("blog", Behaviour(usage=lambda _: Sample(0.0, 1 << 30)), running=True)
        await until(pilot, lambda: names(pilot)[-1] == "blog-site-1", "the old order")
        assert str(table.cursor_row) == here


async def test_a_row_opens_its_charts_and_escape_comes_back(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MetricsScreen)
        assert screen._table.set_cursor("shop-web-1")
        await pilot.press("enter")
        await settle(pilot)
        await until(pilot, lambda: "CPU " in screen_text(pilot), "charts")
        text = screen_text(pilot)
        assert "shop-web-1 · 5m" in text
        for title in ("Memory", "Net in", "Net out", "Disk read", "Disk write", "Processes"):
            assert title in text
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, MetricsScreen)


async def test_ranges_marks_gaps_and_one_chart_alone(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot, "v", "o", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, MetricsScreen)
        assert screen._table.set_cursor("shop")
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("right")
        await settle(pilot)
        assert "shop · 1h" in screen_text(pilot)
        await pilot.press("right")
        await settle(pilot)
        await until(pilot, lambda: "-24h" in screen_text(pilot), "the day")
        assert "┈┈" in screen_text(pilot)  # the night in which nothing was measured
        await pilot.press("r")
        await settle(pilot)
        await until(pilot, lambda: "-30d" in screen_text(pilot), "the month")
        assert "▼#" in screen_text(pilot)
        assert "deployment 5 (#13 → #14): CPU" in screen_text(pilot)
        await pilot.press("left", "left", "left")
        await settle(pilot)
        assert "shop · 5m" in screen_text(pilot)
        await pilot.press("m")
        await settle(pilot)
        assert "Net in" not in screen_text(pilot)
        await pilot.press("m")
        await settle(pilot)
        assert "Memory" in screen_text(pilot)
        assert "CPU " not in screen_text(pilot).split("5 History")[1].split("deployment")[0]


async def test_before_and_after_in_numbers(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = world.app()
        await opened(pilot)
        assert isinstance(pilot.app, MacheteApp)
        pilot.app.open_metrics("service", "shop")
        await settle(pilot)
        await pilot.press("c")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ViewerScreen)
        assert "BEFORE" in screen_text(pilot)
        assert "release #13 -> #14" in screen_text(pilot)
        del app


async def test_the_machines_own_charts(world: World) -> None:
    async with world.app().run_test(size=(160, 45)) as pilot:
        await opened(pilot, "h")
        await until(pilot, lambda: "Disk used" in screen_text(pilot), "charts")
        text = screen_text(pilot)
        assert "host · 5m" in text
        assert "Load" in text
        await pilot.press("c")
        await settle(pilot)
        assert any("no finished deployment" in n.message for n in pilot.app._notifications)


async def test_processes_of_a_container_and_of_one_that_ended(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MetricsScreen)
        assert screen._table.set_cursor("shop-db-1")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ResultScreen), "the processes")
        await settle(pilot)
        assert "serve: worker 1" in screen_text(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app, MacheteApp)
        pilot.app.open_metrics("container", "shop-db-1")
        await settle(pilot)
        world.engine.stop("shop-db-1")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog), "the error")
        assert "does not run" in screen_text(pilot)


@pytest.mark.parametrize(("keys", "form"), [(("enter",), "csv"), (("down", "enter"), "json")])
async def test_export_writes_a_file_and_says_where(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], form: str
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot, "h", "ctrl+s")
        await pilot.press(*keys)
        await until(pilot, lambda: list(folder.glob("*")), "the file")
        await settle(pilot)
        (file,) = folder.glob(f"metrics-host-5m-*.{form}")
        rows = json.loads(file.read_text()) if form == "json" else list(csv.DictReader(file.open()))
        assert len(rows) > 100
        assert {row["name"] for row in rows} == {""}
        assert float(rows[-1]["memory_avg"]) > 1 << 30
        assert file.stat().st_mode & 0o777 == 0o600
        assert any(str(file) in n.message for n in pilot.app._notifications)


async def test_export_of_a_row_goes_elsewhere_where_the_folder_cannot_be_written(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot, "ctrl+s", "enter")
        exports = world.settings.state_dir / "exports"
        await until(pilot, lambda: exports.exists() and list(exports.glob("*.csv")), "the file")


async def test_the_engine_goes_and_comes_back(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        world.engine.down = "unavailable"
        await until(pilot, lambda: app.fleet.trouble is not None, "the loss")
        await until(pilot, lambda: "Docker does not answer" in screen_text(pilot), "the notice")
        app.open_metrics("service", "shop")
        await settle(pilot)
        await pilot.press("right")
        await settle(pilot)
        await until(pilot, lambda: "-1h" in screen_text(pilot), "what is recorded")
        await pilot.press("escape")
        world.engine.down = ""
        await until(pilot, lambda: app.fleet.trouble is None, "the engine")
        await until(pilot, lambda: names(pilot), "the rows")


async def test_nothing_runs(tmp_path: Path) -> None:
    empty = World(tmp_path, ())
    async with empty.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("4")
        await until(pilot, lambda: "No container runs" in screen_text(pilot), "the notice")
        assert "of 16 GiB" in screen_text(pilot)


async def test_a_container_goes_while_its_charts_are_open(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        app.open_metrics("container", "blog-site-1")
        await settle(pilot)
        (container,) = world.engine.containers(service="blog")
        world.engine.remove(container.id)
        await until(
            pilot, lambda: app.recorder.reading(Subject("container", "blog-site-1")) is None, "the end"
        )
        await pilot.press("right", "left", "m", "m")
        await settle(pilot)
        assert isinstance(app.screen, MetricScreen)


async def test_it_resizes_down_to_nothing_and_back(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot, "h")
        for size in ((60, 16), (20, 5), (1, 1), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until(pilot, lambda: "CPU" in screen_text(pilot), "the charts")
        await pilot.press("escape")
        for size in ((1, 1), (60, 16)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert isinstance(pilot.app.screen, MetricsScreen)


async def test_ascii_where_the_locale_has_no_utf8(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    async with world.app().run_test(size=SIZE) as pilot:
        await opened(pilot, "h")
        await until(pilot, lambda: "*" in screen_text(pilot), "the charts")
        body = "\n".join(line[:110] for line in screen_text(pilot).splitlines()[2:-2])
        assert body.isascii()


class TestAlerts:
    async def over(self, world: World, pilot: Pilot[Any], seconds: int) -> None:
        """Let containers be busy for a while."""
        app = pilot.app
        assert isinstance(app, MacheteApp)
        for _ in range(seconds):
            before = app.recorder.tick
            world.clock.sleep(1)
            await until(pilot, lambda b=before: app.recorder.tick > b, "a reading")  # type: ignore[misc]

    async def test_one_toast_and_a_line_until_it_is_over(self, world: World) -> None:
        app = world.app()
        world.engine.behave("blog", Behaviour(usage=lambda _: Sample(97.0, 1 << 20)), running=True)
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            await until(pilot, lambda: app.usage, "readings")
            await self.over(world, pilot, 14)
            await until(pilot, lambda: app.alerts, "the alert")
            told = [n.message for n in app._notifications if "blog-site-1" in n.message]
            assert len(told) == 1
            assert "over 90%" in told[0]
            assert "CPU of blog-site-1" in screen_text(pilot)
            await self.over(world, pilot, 5)
            assert len([n for n in app._notifications if "blog-site-1" in n.message]) == 1
            world.engine.behave("blog", Behaviour(usage=lambda _: Sample(10.0, 1 << 20)), running=True)
            await self.over(world, pilot, 2)
            await until(pilot, lambda: not app.alerts, "the end of it")
            assert not app.screen.query_one(AlertLine).display

    async def test_the_line_takes_no_room_while_there_is_none(self, world: World) -> None:
        async with world.app().run_test(size=SIZE) as pilot:
            await settle(pilot)
            assert not pilot.app.screen.query_one(AlertLine).display


async def test_only_what_changed_is_painted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[Region] = []
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: app.usage, "readings")
        screen = app.screen
        assert isinstance(screen, ServicesScreen)
        table = screen._table
        await pilot.pause()
        real = table.refresh

        def refresh(*regions: Region, **flags: Any) -> Any:
            painted.extend(regions or [Region(0, 0, 999, 999)])
            return real(*regions, **flags)

        monkeypatch.setattr(table, "refresh", refresh)
        before = app.recorder.tick
        await until(pilot, lambda: app.recorder.tick >= before, "readings")
        for _ in range(5):
            await pilot.pause(0.06)
        assert painted == []  # time stands still: readings come, and nothing is painted
        world.engine.behave("blog", Behaviour(usage=lambda _: Sample(42.0, 1 << 30)), running=True)
        await until(pilot, lambda: "42.0%" in screen_text(pilot), "the figure")
        assert painted
        assert {region.y for region in painted} == {painted[0].y}  # one row
        left = min(region.x for region in painted)
        assert left > table.size.width // 2  # from the CPU to the memory, and nothing before
        assert all(region.right <= table.size.width for region in painted)


async def test_charts_that_do_not_change_are_not_painted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "h")
        board = app.screen.query_one(ChartBoard)
        await until(pilot, lambda: "CPU" in screen_text(pilot), "charts")
        painted: list[object] = []
        real = board.refresh

        def refresh(*regions: Region, **flags: Any) -> Any:
            painted.append(regions)
            return real(*regions, **flags)

        monkeypatch.setattr(board, "refresh", refresh)
        for _ in range(5):
            await pilot.pause(0.06)
        assert painted == []


async def test_nobody_is_told_while_nobody_looks(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: app.usage, "readings")
        told: list[object] = []
        await pilot.press("6")
        await settle(pilot)
        app.usage_changed.subscribe(app.screen, told.append)
        await pilot.pause(0.1)
        told.clear()
        before = len(told)
        await pilot.pause(0.3)
        assert len(told) == before
        assert isinstance(app.meter, UsageMeter)
        assert app.recorder.reading(HOST) is not None  # and recording goes on
        await pilot.press("4")
        await until(pilot, lambda: told, "readings again")


async def test_the_services_charts_are_one_key_away(world: World) -> None:
    app = world.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ServicesScreen)
        assert screen._table.set_cursor("shop")
        await pilot.press("m")
        await settle(pilot)
        assert isinstance(app.screen, MetricScreen)
        await until(pilot, lambda: "shop · 5m" in screen_text(pilot), "the charts")
        await pilot.press("escape")
        assert isinstance(app.screen, ServicesScreen)
