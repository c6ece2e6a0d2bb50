"""The list with what machete-tui did not make: kinds, flat containers, terms, columns, verbs by kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from machete_tui.app import MacheteApp
from machete_tui.engines.memory import Behaviour
from machete_tui.screens.container import ContainerScreen
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.project import ProjectScreen
from machete_tui.screens.service import ServiceScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.screens.viewer import ViewerScreen
from machete_tui.ui.dialogs.choose import Choose
from machete_tui.ui.dialogs.columns import ColumnsDialog
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.dialogs.error import ErrorDialog
from machete_tui.ui.dialogs.remove import RemoveDialog
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZE = (130, 32)


@pytest.fixture
def mixed(tmp_path: Path) -> World:
    """Two services, two projects that others made, two single containers."""
    return World(tmp_path, ("auth", "shop"), foreign=True)


def table(app: MacheteApp) -> Any:
    screen = app.screen_stack[0]
    assert isinstance(screen, ServicesScreen)
    return screen._table


def shown(app: MacheteApp) -> list[str]:
    return [row.name for row in table(app).shown]


async def at(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor on a row by its name."""
    rows = table(cast(MacheteApp, pilot.app))
    for index, row in enumerate(rows.shown):
        if row.name == name:
            rows._go(index)
            await pilot.pause()
            return
    raise AssertionError(f"{name} is not among {[r.name for r in rows.shown]}")


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Type a filter and keep it."""
    await pilot.press("slash")
    screen = pilot.app.screen
    line = screen.query_one("FilterInput")
    line.value = text  # type: ignore[attr-defined]
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


async def test_all_kinds_are_listed_and_enter_opens_each(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert shown(app) == ["auth", "backup-2024", "legacy-crm", "monitoring", "registry-cache", "shop"]
        text = screen_text(pilot)
        assert "app ended with 1" in text
        assert "127.0.0.1:5000" in text
        for name, screen in (
            ("shop", ServiceScreen),
            ("monitoring", ProjectScreen),
            ("registry-cache", ContainerScreen),
        ):
            await at(pilot, name)
            await pilot.press("enter")
            await settle(pilot)
            assert isinstance(app.screen, screen)
            await pilot.press("escape")
            await settle(pilot)


async def test_flat_containers_and_back(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("v")
        await pilot.pause()
        assert "shop-web-1" in shown(app)
        assert "monitoring-grafana-1" in shown(app)
        assert "of monitoring" in screen_text(pilot)
        await at(pilot, "shop-db-1")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ContainerScreen)
        assert "postgres:17" in screen_text(pilot)
        await pilot.press("escape", "v")
        await settle(pilot)
        assert "shop-web-1" not in shown(app)


async def test_terms_filter_and_a_wrong_one_is_said(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await typed(pilot, "kind:project status:degraded")
        assert shown(app) == ["legacy-crm"]
        await typed(pilot, "!kind:service image:regist")
        assert shown(app) == ["registry-cache"]
        await typed(pilot, "label:com.docker.compose.service=grafana")
        assert shown(app) == ["monitoring"]
        await pilot.press("slash")
        line = app.screen.query_one("FilterInput")
        line.value = "status:runing"  # type: ignore[attr-defined]
        await pilot.pause()
        assert "no status 'runing'" in screen_text(pilot)
        assert shown(app) == ["monitoring"]
        await pilot.press("escape")
        await pilot.pause()
        assert len(shown(app)) == 6


async def test_stopped_and_faults(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("a")
        await pilot.pause()
        assert "backup-2024" not in shown(app)
        await pilot.press("a", "exclamation_mark")
        await pilot.pause()
        assert shown(app) == ["legacy-crm"]
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert len(shown(app)) == 6


async def test_columns_sort_and_filter_are_kept_for_the_next_run(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.press("C")
        await pilot.pause()
        assert isinstance(app.screen, ColumnsDialog)
        listed = [c.id for c in table(app).columns]
        for _ in range(3):  # status, health, kind
            await pilot.press("space", "down")
        await pilot.press("enter", "enter")
        await settle(pilot)
        columns = [c.id for c in table(app).columns]
        assert columns == [c for c in listed if c not in ("kind", "status", "health")]
        await typed(pilot, "kind:service")
        table(app).set_sort("team", True)
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
    kept = mixed.ctx.store.preferences.all()["services"]
    assert "team" in kept

    again = mixed.app()
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert [c.id for c in table(again).columns] == columns
        assert set(shown(again)) == {"auth", "shop"}
        assert (table(again).sort_id, table(again).sort_reverse) == ("team", True)
        await pilot.press("escape", "a", "C")
        await pilot.pause()
        await pilot.press("tab", "enter")  # the usual ones
        await settle(pilot)
        assert "status" in [c.id for c in table(again).columns]


async def test_a_damaged_preference_counts_as_none(mixed: World) -> None:
    mixed.ctx.store.preferences.set("services", '{"columns": ["no-such", 7], "sort": "gone", "flat": "yes"')
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert len(shown(app)) == 6


async def test_one_question_for_rows_of_every_kind(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for name in ("auth", "monitoring", "registry-cache"):
            await at(pilot, name)
            await pilot.press("space")
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, Confirm)
        text = screen_text(pilot)
        assert "Stop 3 rows?" in text
        assert "auth (service)" in text
        assert "monitoring (project)" in text
        assert "registry-cache (container)" in text
        await pilot.press("right", "enter")
        await settle(pilot)
        actions = {(e.action, e.service) for e in mixed.ctx.store.events.last(3)}
        assert actions == {
            ("service.stop", "auth"),
            ("project.stop", "monitoring"),
            ("container.stop", "registry-cache"),
        }
        states = {c.name: c.state for c in mixed.engine.containers()}
        assert states["monitoring-grafana-1"] == states["registry-cache"] == states["auth-web-1"] == "exited"
        await until(pilot, lambda: app.fleet.find("monitoring", "project").status == "stopped")  # type: ignore[union-attr]


async def test_pause_and_go_on(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "monitoring")
        await pilot.press("p")
        await settle(pilot)
        await until(pilot, lambda: app.fleet.find("monitoring", "project").status == "paused")  # type: ignore[union-attr]
        assert {c.state for c in mixed.engine.containers(project="monitoring")} == {"paused"}
        await pilot.press("p")
        await settle(pilot)
        await until(pilot, lambda: app.fleet.find("monitoring", "project").status == "running")  # type: ignore[union-attr]


async def test_removing_says_what_goes_by_kind(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "registry-cache")
        await pilot.press("D")
        await pilot.pause()
        assert isinstance(app.screen, RemoveDialog)
        text = screen_text(pilot)
        assert "Remove registry-cache?" in text
        assert "Containers are stopped and removed" in text
        assert "audit trail" not in text
        await pilot.press("right", "enter")
        await settle(pilot)
        assert "registry-cache" not in {c.name for c in mixed.engine.containers()}
        await until(pilot, lambda: "registry-cache" not in shown(app))

        await at(pilot, "monitoring")
        await pilot.press("delete")
        await pilot.pause()
        assert "its files are left alone" in screen_text(pilot)
        await pilot.press("tab", "enter")  # no volumes ticked: the button is reached past the tick
        await pilot.press("escape")
        await settle(pilot)


async def test_down_of_a_project_keeps_its_volumes(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "monitoring")
        await pilot.press("D", "right", "enter")
        await settle(pilot)
        assert mixed.engine.containers(project="monitoring") == []
        assert [v.name for v in mixed.engine.volumes(project="monitoring")] == ["monitoring_metrics"]
        assert mixed.ctx.store.events.last(1)[0].detail == "docker compose -p monitoring down"


async def test_compose_of_a_project_is_chosen_and_its_command_shown(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "monitoring")
        await pilot.press("U")
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ProgressScreen)
        assert "docker compose -p monitoring" in screen_text(pilot)
        (grafana,) = [c for c in mixed.engine.containers(project="monitoring") if c.component == "grafana"]
        assert grafana.image == "grafana/grafana:11.2.0"
        await pilot.press("escape")
        await at(pilot, "auth")
        await pilot.press("U")
        await pilot.pause()
        assert any("auth is a service" in str(n.message) for n in app._notifications)


async def test_a_project_without_its_files_says_so(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "legacy-crm")
        await pilot.press("enter")
        await settle(pilot)
        assert "is not on this machine" in screen_text(pilot)
        await pilot.press("S")
        await settle(pilot)
        await until(pilot, lambda: "2/2 containers up" in screen_text(pilot))


async def test_inspect_logs_and_copy_by_kind(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "registry-cache")
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(app.screen, ViewerScreen)
        assert '"Name": "/registry-cache"' in screen_text(pilot)
        await pilot.press("y", "escape", "y")
        assert app._clipboard == "127.0.0.1:5000"
        await pilot.press("l")
        await settle(pilot)
        await pilot.press("escape")
        await at(pilot, "monitoring")
        await pilot.press("i")
        await settle(pilot)
        assert "image: grafana/grafana:11.2.0" in screen_text(pilot)
        assert "hunter2" not in screen_text(pilot)


async def test_a_shell_where_none_can_be(mixed: World) -> None:
    mixed.engine.behave("registry-cache", Behaviour(shell=False), running=True)
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "registry-cache")
        await pilot.press("e")
        await settle(pilot)
        assert isinstance(app.screen, ErrorDialog)
        assert "has no shell" in screen_text(pilot)
        await pilot.press("escape")
        await at(pilot, "backup-2024")
        await pilot.press("e")
        await settle(pilot)
        assert "does not run" in screen_text(pilot)
        await pilot.press("escape")
        await at(pilot, "shop")
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, Choose)


async def test_a_container_removed_while_its_dialog_and_its_screen_are_open(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await at(pilot, "registry-cache")
        await pilot.press("s")
        await pilot.pause()
        mixed.engine.remove("registry-cache")
        await pilot.press("right", "enter")
        await settle(pilot)
        assert isinstance(app.screen, ErrorDialog)
        assert "there is no container" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "registry-cache" not in shown(app))

        await at(pilot, "backup-2024")
        await pilot.press("enter")
        await settle(pilot)
        mixed.engine.remove("backup-2024")
        await until(pilot, lambda: "backup-2024 is gone" in screen_text(pilot), "the screen to say so")
        assert "restic/restic:0.17" in screen_text(pilot)
        await pilot.press("r", "s", "tab", "e")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, ServicesScreen)


async def test_restarts_are_counted_when_their_column_is_chosen(mixed: World) -> None:
    mixed.ctx.store.preferences.set("services", '{"columns": ["status", "restarts", "drift"]}')
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: "! 1" in screen_text(pilot) and app.facts.restarts, "facts")
        row = app.fleet.find("monitoring", "project")
        assert row is not None
        assert app.facts.drift[row.key] == 1
        assert app.facts.restarts_of(app.fleet.members(row)) == 0


async def test_the_palette_knows_containers_and_projects(mixed: World) -> None:
    app = mixed.app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.invoke("container.show", "registry-cache")
        await settle(pilot)
        assert isinstance(app.screen, ContainerScreen)
        await pilot.press("escape")
        app.invoke("project.show")
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, ProjectScreen)
        assert "legacy-crm" in screen_text(pilot)
        await pilot.press("escape")
        app.invoke("container.remove", "registry-cache")
        await pilot.pause()
        form = app.screen
        assert form.query_one("#names", Input).value == "registry-cache"
        form.query_one("#yes").focus()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Confirm)
        assert "container.remove registry-cache?" in screen_text(pilot)
        await pilot.press("right", "enter")
        await settle(pilot)
        assert "registry-cache" not in {c.name for c in mixed.engine.containers()}
