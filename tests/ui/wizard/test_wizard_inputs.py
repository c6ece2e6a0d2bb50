"""Folder picker, Git form, templates and the paste dialog, by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from machete_tui.app import MacheteApp
from machete_tui.core.errors import NotFound
from machete_tui.operations.reading import RefRow
from machete_tui.screens.wizard.environment import EnvironmentStep
from machete_tui.screens.wizard.fields import Field
from machete_tui.screens.wizard.folder import FolderPicker
from machete_tui.screens.wizard.git import GitForm
from machete_tui.screens.wizard.paste import PasteDialog
from machete_tui.screens.wizard.template import TemplateForm
from machete_tui.ui.wizard.environment import Pair
from tests.ui.wizard.stage import Stage, go_to, open_wizard, settle, type_into, until
from tests.unit.wizard.sample import SHOP, WEB

SIZE = (100, 30)
REFS = (RefRow("main", "branch", True), RefRow("next", "branch", False), RefRow("v1.0", "tag", False))


def field(pilot: Pilot[Any], key: str) -> Field:
    return next(f for f in pilot.app.screen.query(Field) if f.key == key)


def lines(options: OptionList) -> list[str]:
    return [str(options.get_option_at_index(i).id) for i in range(options.option_count)]


async def test_the_picker_goes_in_and_up_and_marks_where_it_came_from(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot, "/srv")
        picker = screen.query_one(FolderPicker)
        options = screen.query_one("#folder-list", OptionList)
        assert lines(options) == ["..", "api", "docs", "notes", "shop"]
        await pilot.press("down", "end", "enter")
        await settle(pilot)
        await until(pilot, lambda: picker.shown == "/srv/shop", "the folder")
        assert screen.draft.source.folder == "/srv/shop"
        await pilot.press("backspace")
        await until(pilot, lambda: picker.shown == "/srv", "the folder above")
        assert screen.draft.source.folder == "/srv"
        highlighted = options.highlighted_option
        assert highlighted is not None
        assert highlighted.id == "shop"


async def test_the_picker_narrows_down_while_a_path_is_typed(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot, "/srv")
        options = screen.query_one("#folder-list", OptionList)
        await type_into(pilot, "folder", "/srv/s")
        await until(pilot, lambda: lines(options) == ["..", "shop"], "the match")
        await type_into(pilot, "folder", "/nowhere/at/all")
        summary = screen.query_one("#folder-summary")
        await until(pilot, lambda: "there is no such folder" in str(summary.render()), "the fault")


async def test_branches_are_read_when_the_url_is_left(app: MacheteApp, stage: Stage) -> None:
    stage.refs = REFS
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        screen.query_one("#source-choice").focus()
        await pilot.press("right")
        await type_into(pilot, "url", "https://git.example.org/shop.git")
        assert field(pilot, "token_env").display
        assert not field(pilot, "ssh_key").display
        await pilot.press("tab")
        options = screen.query_one("#git-refs", OptionList)
        await until(pilot, lambda: lines(options) == ["main", "next", "v1.0"], "the branches")
        assert "2 branches, 1 tag" in str(screen.query_one("#git-said").render())
        options.focus()
        await pilot.press("j", "enter")
        await pilot.pause()
        assert screen.draft.source.ref == "next"
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 1
        assert (stage.read[0].url, stage.read[0].ref) == ("https://git.example.org/shop.git", "next")


async def test_a_remote_that_does_not_answer_says_so_at_the_url(app: MacheteApp, stage: Stage) -> None:
    stage.refs = NotFound("git.example.org does not answer", "check the address and the network")
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        screen.query_one("#source-choice").focus()
        await pilot.press("right")
        await type_into(pilot, "url", "git@git.example.org:shop.git")
        assert field(pilot, "ssh_key").display
        await pilot.press("tab")
        await until(pilot, lambda: field(pilot, "url").has_class("-wrong"), "the fault")
        assert not screen.query_one(GitForm).query_one(OptionList).display


async def test_reading_branches_stops_with_escape(app: MacheteApp, stage: Stage) -> None:
    stage.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        screen.query_one("#source-choice").focus()
        await pilot.press("right")
        await type_into(pilot, "url", "https://git.example.org/shop.git")
        await pilot.press("tab")
        busy = screen.query_one("#git-busy")
        await until(pilot, lambda: bool(busy.display), "the line about reading")
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is screen
        assert "stopped" in str(screen.query_one("#git-said").render())


async def test_a_secret_in_the_url_goes_nowhere(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        screen.query_one("#source-choice").focus()
        await pilot.press("right")
        await type_into(pilot, "url", "https://me:hunter2@git.example.org/shop.git")
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 0
        assert stage.read == []
        assert "holds a password or token" in str(field(pilot, "url")._problem.render())


async def test_a_template_is_copied_only_when_it_is_deployed(
    app: MacheteApp, stage: Stage, tmp_path: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        screen.query_one("#source-choice").focus()
        await pilot.press("right", "right")
        await settle(pilot)
        form = screen.query_one(TemplateForm)
        form.query_one(OptionList).focus()
        await pilot.press("down", "down")
        await pilot.pause()
        chosen = form.chosen
        assert form.into.value == f"~/{chosen}"
        await go_to(pilot, 5)
        assert not (tmp_path / chosen).exists()
        assert "starters" in stage.requests[-1].source
        await pilot.press("ctrl+n")
        await until(pilot, lambda: bool(stage.deploys), "the deploy")
        await settle(pilot)
        assert (tmp_path / chosen).is_dir()
    assert stage.deploys[0].source == str(tmp_path / chosen)


async def test_a_template_does_not_write_over_a_folder(app: MacheteApp, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work.txt").write_text("keep")
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        screen.query_one("#source-choice").focus()
        await pilot.press("right", "right")
        await settle(pilot)
        screen.query_one(TemplateForm).query_one(OptionList).focus()
        await pilot.press("down")
        await type_into(pilot, "into", str(tmp_path / "mine"))
        await go_to(pilot, 5)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: screen.step == 0, "the first step")
        await until(pilot, lambda: field(pilot, "into").has_class("-wrong"), "the fault")
    assert stage.deploys == []
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["work.txt"]


async def test_a_pasted_env_fills_the_table(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, PasteDialog), "the dialog")
        app.screen.query_one(TextArea).post_message(Paste("export SESSION_SECRET='a b'\n# note\nEXTRA=1\n"))
        await pilot.pause()
        assert "2 variables: SESSION_SECRET, EXTRA" in str(app.screen.query_one("#paste-said").render())
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        await pilot.pause()
        assert screen.draft.pairs == (Pair("SESSION_SECRET", "a b"), Pair("EXTRA", "1"))
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 4


async def test_a_pasted_env_is_taken_where_the_code_reads_no_variables(app: MacheteApp, stage: Stage) -> None:
    web = replace(WEB, env=(), required_env=())
    stage.detection = replace(SHOP, components=(web,), backing_services=(), edges=())
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, PasteDialog), "the dialog")
        app.screen.query_one(TextArea).post_message(Paste("EXTRA=1\n"))
        await pilot.pause()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        await settle(pilot)
        assert screen.draft.pairs == (Pair("EXTRA", "1"),)
        for step in (4, 5):
            await pilot.press("ctrl+n")
            await settle(pilot)
            assert screen.step == step
        await pilot.press("ctrl+n")
        await settle(pilot)
    (request,) = stage.deploys
    assert request.env == ("EXTRA=1",)


async def test_a_variable_of_a_source_of_one_component_is_deployed(app: MacheteApp, stage: Stage) -> None:
    stage.detection = replace(SHOP, components=(WEB,), backing_services=(), edges=())
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        step = screen.query_one(EnvironmentStep)
        step._own_rows[-1].enter()
        await pilot.pause()
        await pilot.press(*"COLOUR", "tab", *"blue", "ctrl+o")
        await settle(pilot)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert Pair("COLOUR", "blue") in screen.draft.pairs


async def test_lines_pasted_into_a_value_open_the_dialog(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        assert isinstance(app.focused, Input)
        app.focused.post_message(Paste("A=1\nB=2\n"))
        await until(pilot, lambda: isinstance(app.screen, PasteDialog), "the dialog")
        assert app.screen.query_one(TextArea).text == "A=1\nB=2\n"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        assert screen.draft.pairs == ()


async def test_a_bad_env_is_not_taken_and_its_values_are_not_shown(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, PasteDialog), "the dialog")
        app.screen.query_one(TextArea).post_message(Paste('TOKEN="hunter2\n'))
        await pilot.pause()
        said = str(app.screen.query_one("#paste-said").render())
        assert said.startswith("✗")
        assert "hunter2" not in said
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert isinstance(app.screen, PasteDialog)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen, "the wizard")


async def test_an_env_file_is_read_into_the_dialog(app: MacheteApp, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "prod.env").write_text("A=1\nB=2\n")
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, PasteDialog), "the dialog")
        box = app.screen.query_one("#paste-file", Input)
        box.focus()
        box.value = "~/gone.env"
        await pilot.press("enter")
        assert "No such file" in str(app.screen.query_one("#paste-said").render())
        box.value = "~/prod.env"
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen is screen, "the wizard")
        await pilot.pause()
        assert screen.draft.pairs == (Pair("A", "1"), Pair("B", "2"))


async def test_own_variables_grow_by_a_row_and_go_to_one_component(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 3)
        pane = screen.query_one(EnvironmentStep)
        row = pane._own_rows[0]
        row.name_input.focus()
        await pilot.press(*"MODE", "tab", *"fast", "tab", "enter", "down", "enter")
        await pilot.pause()
        assert len(pane._own_rows) == 2
        assert screen.draft.pairs == (Pair("MODE", "fast", "web"),)
        pane._own_rows[1].name_input.focus()
        await pilot.press(*"1x", "ctrl+n")
        await settle(pilot)
        assert screen.step == 3
        assert pane._own_rows[1].has_class("-wrong")


async def test_a_port_that_is_taken_is_said_beside_it(app: MacheteApp, stage: Stage) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_wizard(pilot)
        await go_to(pilot, 2)
        note = field(pilot, "port")._note
        await until(pilot, lambda: "20000 now" in str(note.render()), "the lowest free port")
        from machete_tui.core.models import PortLease

        app.bridge.call("lease", lambda ctx, _: ctx.store.ports.lease(PortLease(20000, "blog")))
        await settle(pilot)
        await type_into(pilot, "port", "20000")
        problem = field(pilot, "port")._problem
        await until(pilot, lambda: "held by blog" in str(problem.render()), "the holder")
        await type_into(pilot, "port", "20001")
        await until(pilot, lambda: "free" in str(note.render()), "the answer")
        assert not field(pilot, "port").has_class("-warned")
        assert screen.step == 2
