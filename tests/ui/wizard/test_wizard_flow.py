"""The wizard from its first key to its last, and back."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from machete_tui.app import MacheteApp
from machete_tui.core.errors import BuildFailed, InvalidInput, NotFound
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.service import ServiceScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.screens.wizard.bar import StepBar
from machete_tui.screens.wizard.detected import DetectedStep
from machete_tui.screens.wizard.environment import EnvironmentStep
from machete_tui.screens.wizard.fields import Field
from machete_tui.screens.wizard.review import ReviewStep
from machete_tui.screens.wizard.rows import Rows
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.wizard.environment import Pair
from tests.ui.waiting import screen_text
from tests.ui.wizard.stage import Stage, go_to, open_wizard, settle, type_into, until, wizard

SIZE = (100, 30)


def field(pilot: Pilot[Any], key: str) -> Field:
    return next(f for f in pilot.app.screen.query(Field) if f.key == key)


def said(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen.query_one("#wizard-said").render())


async def test_from_a_folder_to_a_deploy_by_keys_alone(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot, "/srv/shop")
        await pilot.press("enter")
        await settle(pilot)
        assert screen.step == 1
        for step in (2, 3):
            await pilot.press("ctrl+n")
            await settle(pilot)
            assert screen.step == step
        await pilot.press(*"hunter2")
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 4
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 5
        assert [r.dry_run for r in stage.requests] == [True]
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the progress")
        await settle(pilot)
    (request,) = stage.deploys
    assert (request.source, request.name) == ("/srv/shop", "shop")
    assert request.env == ("SESSION_SECRET=hunter2",)
    assert request.detection is not None
    assert [c.name for c in request.detection.components] == ["web", "worker"]


async def test_edits_on_every_step_land_in_the_request(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_wizard(pilot)
        await go_to(pilot, 1)
        await type_into(pilot, "name", "store")
        await type_into(pilot, "web.start_command", "node dist/server.js")
        assert "found 3000" not in screen_text(pilot)
        await type_into(pilot, "web.port", "8080")
        await until(pilot, lambda: "found 3000" in screen_text(pilot), "that it is edited")
        await type_into(pilot, "web.health_path", "/up")
        await go_to(pilot, 2)
        await type_into(pilot, "port", "20100")
        await type_into(pilot, "web.cpus", "0.5")
        await type_into(pilot, "web.memory", "256m")
        await type_into(pilot, "web.replicas", "2")
        await type_into(pilot, "worker.volumes", "spool:/spool, /srv/in:/in:ro")
        await go_to(pilot, 4)
        await pilot.press("tab", "tab", "space")
        await go_to(pilot, 5)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: bool(stage.deploys), "the deploy")
        await settle(pilot)
    (request,) = stage.deploys
    assert (request.name, request.port) == ("store", 20100)
    assert request.limits == (("web", 0.5, 256 << 20), ("worker", 0.0, 256 << 20))
    assert request.component_replicas == (("web", 2), ("worker", 1))
    assert request.without == ("redis",)
    assert request.detection is not None
    web, worker = request.detection.components
    assert (web.start_command, web.port, web.health_path) == ("node dist/server.js", 8080, "/up")
    assert worker.volumes == ("spool:/spool", "/srv/in:/in:ro")
    assert stage.requests[0].detection == request.detection


async def test_back_and_forth_loses_nothing(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 1)
        await type_into(pilot, "web.port", "not a number")
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert screen.step == 0
        assert field(pilot, "folder").value == "/srv/shop"
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 1
        assert field(pilot, "web.port").value == "not a number"
        assert len(stage.read) == 1
        await type_into(pilot, "web.port", "8080")
        await go_to(pilot, 3)
        await pilot.press(*"secret")
        for _ in range(3):
            await pilot.press("ctrl+o")
            await settle(pilot)
        await go_to(pilot, 3)
        assert screen.draft.pairs == (Pair("SESSION_SECRET", "secret"),)
        assert screen.draft.components[0].port == "8080"


async def test_all_three_kinds_of_sources_keep_what_was_entered(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot, "/srv/shop")
        await pilot.press("shift+tab", "right")
        await pilot.pause()
        await type_into(pilot, "url", "https://git.example.org/shop.git")
        await settle(pilot)
        screen.query_one("#source-choice").focus()
        await pilot.press("right", "left", "left")
        await pilot.pause()
        assert screen.draft.source.choice == "folder"
        assert screen.draft.source.folder == "/srv/shop"
        assert screen.draft.source.url == "https://git.example.org/shop.git"


async def test_a_step_with_errors_is_not_left_and_says_where(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 1)
        await type_into(pilot, "web.port", "99999")
        await type_into(pilot, "web.health_path", "up")
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 1
        assert "2 things to mend" in said(pilot)
        assert field(pilot, "web.port").has_class("-wrong")
        assert app.focused is field(pilot, "web.port").input
        await type_into(pilot, "web.port", "8080")
        assert not field(pilot, "web.port").has_class("-wrong")
        await type_into(pilot, "web.health_path", "/up")
        assert said(pilot) == ""
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 2


async def test_a_fault_in_another_component_is_brought_to_view(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 1)
        await type_into(pilot, "web.start_command", "node x.js")
        pane = screen.query_one(DetectedStep)
        pane.list.focus()
        await pilot.press("down", "enter")
        await pilot.press("end", "ctrl+u")
        pane.list.focus()
        await pilot.press("up")
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 1
        assert app.focused is field(pilot, "worker.start_command").input
        assert pane.forms["worker"].display
        assert not pane.forms["web"].display


async def test_a_component_is_left_out_with_space(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 1)
        await pilot.press("down", "space")
        await pilot.pause()
        assert [c.included for c in screen.draft.components] == [True, False]
        await pilot.press("up", "space", "ctrl+n")
        await settle(pilot)
        assert screen.step == 1
        assert "every component is left out" in said(pilot)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NotFound("/srv/gone is not a folder", "check the path", field="SOURCE"), "is not a folder"),
        (InvalidInput("nothing here can be deployed", "add a Dockerfile"), "add a Dockerfile"),
    ],
)
async def test_a_source_that_cannot_be_read_says_so_in_place(
    app: MacheteApp, stage: Stage, error: NotFound, text: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        stage.detection = error
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 0
        assert field(pilot, "folder").has_class("-wrong")
        assert text in str(field(pilot, "folder")._problem.render())


async def test_reading_can_be_stopped(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        stage.gate.clear()
        await pilot.press("ctrl+n")
        busy = screen.query_one("#wizard-busy")
        await until(pilot, lambda: bool(busy.display), "the line about reading")
        assert "Reading /srv/shop" in str(busy.render())
        await pilot.press("escape")
        await settle(pilot)
        assert screen.step == 0
        assert said(pilot) == "Stopped."
        stage.gate.set()
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 1


async def test_missing_variables_hold_once_and_are_marked_afterwards(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 3
        assert "SESSION_SECRET has no value" in said(pilot)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 4
        assert "! Environment" in str(screen.query_one(StepBar).render())


async def test_cancel_asks_only_when_something_was_entered(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot, "/srv")
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "services", "the services")
        app.go("deploy")
        await pilot.pause()
        await type_into(pilot, "folder", "/srv/shop")
        await go_to(pilot, 3)
        await pilot.press(*"secret")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question")
        await pilot.press("enter")
        await pilot.pause()
        assert wizard(pilot).draft.pairs == (Pair("SESSION_SECRET", "secret"),)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question")
        await pilot.press("right", "enter")
        await until(pilot, lambda: app.current_mode == "services", "the services")
        assert screen.draft.pairs == ()
        assert screen.draft.detection is None
    assert stage.deploys == []


async def test_a_failed_deploy_comes_back_with_everything_kept(app: MacheteApp, stage: Stage) -> None:
    stage.outcomes = [BuildFailed("npm run build ended with 1", "see the last lines", log=("boom",)), None]
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        await pilot.press(*"secret")
        await go_to(pilot, 5)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the progress")
        await settle(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        await settle(pilot)
        assert screen.step == 5
        assert "npm run build ended with 1" in str(screen.query_one("#review-failed").render())
        for _ in range(4):
            await pilot.press("ctrl+o")
            await settle(pilot)
        assert screen.step == 1
        await type_into(pilot, "web.build_command", "npm run build:prod")
        await go_to(pilot, 5)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(stage.deploys) == 2, "the second deploy")
        await settle(pilot)
    first, second = stage.deploys
    assert second.env == first.env == ("SESSION_SECRET=secret",)
    assert first.detection is not None
    assert second.detection is not None
    assert first.detection.components[0].build_command == "npm run build"
    assert second.detection.components[0].build_command == "npm run build:prod"


async def test_a_plan_that_fails_leads_to_its_fault(app: MacheteApp, stage: Stage) -> None:
    stage.plan_error = InvalidInput("port 20100 is held by blog", "choose another port", field="--port")
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 5)
        assert "port 20100 is held by blog" in screen.query_one("#review-plan", Rows).plain
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert stage.deploys == []
        await pilot.press("ctrl+g")
        await settle(pilot)
        assert screen.step == 2


async def test_no_file_on_the_review_shows_a_password(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 5)
        pane = screen.query_one(ReviewStep)
        await pilot.press("end")
        await pilot.pause()
        assert "POSTGRES_PASSWORD=" in pane._file.text
        assert "do-not-show-me" not in pane._file.text


async def test_a_deployed_service_is_opened_and_the_wizard_is_empty_again(
    app: MacheteApp, stage: Stage
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 5)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the progress")
        await settle(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "services", "the service")
        assert screen.draft.detection is None
        assert screen.step == 0


async def test_opening_the_service_from_the_progress_leaves_one_wizard(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 5)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the progress")
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: screen.draft.detection is None, "the wizard empty again")
        assert app.current_mode == "services"
        assert isinstance(app.screen, ServiceScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ServicesScreen), "the services")
        await pilot.press("2")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        assert screen.step == 0


async def test_leaving_while_a_deploy_runs_says_that_it_goes_on(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 5)
        stage.gate.clear()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the progress")
        progress = app.screen
        assert isinstance(progress, ProgressScreen)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the same progress")
        assert len(stage.deploys) == 1
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question")
        dialog = app.screen
        assert isinstance(dialog, Confirm)
        assert "The deploy goes on." in dialog._lines
        await pilot.press("right", "enter")
        await until(pilot, lambda: app.current_mode == "services", "the services")
        assert progress.job.running
        stage.gate.set()
        await settle(pilot)
        assert progress.job.state == "done"
    assert screen.draft.detection is None


async def test_a_deploy_that_ends_well_behind_the_wizard_is_over(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 5)
        stage.gate.clear()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ProgressScreen), "the progress")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        stage.gate.set()
        await until(pilot, lambda: isinstance(app.screen, ServiceScreen), "the service")
        await pilot.press("2")
        await until(pilot, lambda: app.screen is screen, "the wizard again")
        assert screen.step == 0
        assert screen.draft.detection is None


async def test_secrets_are_masked_until_asked_for(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        row = screen.query_one(EnvironmentStep)._wanted_rows[0]
        assert row.value_input.password
        await pilot.press("f2")
        assert not row.value_input.password
        await pilot.press("f2")
        assert row.value_input.password
