"""Each step of the wizard at both sizes: as usual, empty, loading, and with something wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, TextArea

from machete_tui.app import MacheteApp
from machete_tui.core.errors import BuildFailed, InvalidInput, NotFound
from machete_tui.core.source import Detection
from machete_tui.operations.reading import RefRow
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.wizard.busy import Busy
from machete_tui.screens.wizard.paste import PasteDialog
from tests.ui.wizard.stage import Stage, open_wizard, settle, type_into, until, wizard
from tests.unit.wizard.sample import SHOP, WEB

Snap = Callable[..., bool]

SIZES = [pytest.param(s, id=f"{s[0]}x{s[1]}") for s in ((80, 24), (120, 36), (160, 45))]
pytestmark = pytest.mark.parametrize("size", SIZES)

REFS = (
    RefRow("main", "branch", True),
    RefRow("next", "branch", False),
    RefRow("release/1.x", "branch", False),
    RefRow("v1.0", "tag", False),
)
ALONE = dataclasses.replace(SHOP, components=(dataclasses.replace(WEB, env=(), required_env=()),), edges=())


@pytest.fixture(autouse=True)
def _held(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs has been running for four seconds."""
    monkeypatch.setattr(Busy, "spent", lambda self, job: 4.0)


def busy(pilot: Pilot[Any], selector: str) -> Callable[[], bool]:
    return lambda: bool(pilot.app.screen.query_one(selector).display)


async def choose(pilot: Pilot[Any], *keys: str) -> None:
    """Choose another kind of source."""
    pilot.app.screen.query_one("#source-choice").focus()
    await pilot.press(*keys)
    await settle(pilot)


async def jump(pilot: Pilot[Any], stage: Stage, step: int) -> None:
    """Show a step as it is after the ones before it were gone through without a change."""
    screen = wizard(pilot)
    assert isinstance(stage.detection, Detection)
    draft = screen.draft.with_detection(stage.detection)
    accepted = frozenset(draft.missing()) if step > 3 else frozenset()
    screen.draft = dataclasses.replace(draft, accepted=accepted)
    screen._show(step)
    await settle(pilot)


# 1 source


def test_source_folder(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot, "/srv")
        await pilot.press("down", "end")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_source_folder_empty(
    snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]
) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot, "/srv/notes")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_source_folder_error(
    snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]
) -> None:
    stage.detection = InvalidInput(
        "nothing in /srv/notes says what it is", "add a Dockerfile or a machete.yml", field="SOURCE"
    )

    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot, "/srv/notes")
        await pilot.press("ctrl+n")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_source_loading(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        stage.gate.clear()
        await pilot.press("ctrl+n")
        await until(pilot, busy(pilot, "#wizard-busy"))

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_source_git(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    stage.refs = REFS

    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await choose(pilot, "right")
        await type_into(pilot, "url", "https://git.example.org/shop.git")
        await type_into(pilot, "token_env", "GIT_TOKEN")
        await settle(pilot)
        pilot.app.screen.query_one("#git-refs", OptionList).focus()
        await pilot.press("down")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_source_git_loading(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await choose(pilot, "right")
        await type_into(pilot, "url", "git@git.example.org:shop.git")
        stage.gate.clear()
        await pilot.press("tab")
        await until(pilot, busy(pilot, "#git-busy"))

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_source_git_error(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    stage.refs = NotFound("git.example.org does not answer", "check the address and the network")

    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await choose(pilot, "right")
        await type_into(pilot, "url", "https://git.example.org/shop.git")
        await pilot.press("tab")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_source_template(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await choose(pilot, "right", "right")
        pilot.app.screen.query_one("#template-list").focus()
        await pilot.press("down", "down")

    assert snap_compare(app, terminal_size=size, run_before=scene)


# 2 detected


def test_detected(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 1)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_detected_edited(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 1)
        await pilot.press("down", "space", "up")
        await type_into(pilot, "web.start_command", "node dist/server.js")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_detected_error(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 1)
        await type_into(pilot, "web.port", "99999")
        await type_into(pilot, "web.health_path", "up")
        await pilot.press("ctrl+n")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)


# 3 resources


def test_resources(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 2)
        await type_into(pilot, "web.cpus", "0.5")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_resources_error(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 2)
        await type_into(pilot, "web.memory", "lots")
        await type_into(pilot, "web.volumes", "data")
        await pilot.press("ctrl+n")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)


# 4 environment


def test_environment(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 3)
        await pilot.press(*"hunter2", "tab", "tab", "tab", "tab", *"MODE", "tab", *"fast")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_environment_empty(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    stage.detection = dataclasses.replace(ALONE, backing_services=())

    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 3)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_environment_error(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 3)
        await pilot.press("ctrl+n")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_environment_paste(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 3)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(pilot.app.screen, PasteDialog))
        area = pilot.app.screen.query_one(TextArea)
        area.cursor_blink = False
        area.text = "# from production\nLOG_LEVEL=warn\nSESSION_SECRET='a b c'\n"
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=scene)


# 5 backing services


def test_backing(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 4)
        await pilot.press("tab", "tab", "space")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_backing_empty(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    stage.detection = dataclasses.replace(ALONE, backing_services=())

    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 4)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_backing_error(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 4)
        await type_into(pilot, "db.version", "latest")
        await pilot.press("ctrl+n")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)


# 6 review


def test_review(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 5)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_review_file(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 5)
        await pilot.press("down")

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_review_loading(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 4)
        stage.gate.clear()
        await pilot.press("ctrl+n")
        await until(pilot, busy(pilot, "#review-busy"))
        await until(pilot, lambda: any(job.changes for job in app.bridge.jobs))

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_review_error(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    stage.plan_error = InvalidInput("port 20100 is held by blog", "choose another port", field="--port")

    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await jump(pilot, stage, 5)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_review_after_failure(
    snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]
) -> None:
    stage.outcomes = [BuildFailed("npm run build ended with 1", "see the last lines of the build's log")]

    async def scene(pilot: Pilot[Any]) -> None:
        screen = await open_wizard(pilot)
        await jump(pilot, stage, 5)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressScreen))
        await settle(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)


def test_cancel(snap_compare: Snap, app: MacheteApp, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[Any]) -> None:
        await open_wizard(pilot)
        await pilot.press("escape")

    assert snap_compare(app, terminal_size=size, run_before=scene)
