"""The wizard on real detection, generation, Git, store and deploys, with the engine in memory."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from machete_tui import context
from machete_tui.app import MacheteApp
from machete_tui.core.clock import FrozenClock
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import MemoryEngine
from machete_tui.engines.memory_model import Behaviour
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.wizard import WizardScreen
from machete_tui.screens.wizard.fields import Field
from machete_tui.ui.prefetch import Prefetch
from tests.ui.wizard.stage import go_to, settle, type_into, until

APPS = Path(__file__).parents[2] / "apps"
SIZE = (110, 40)


class Real:
    """A state directory, an engine in memory and the app on both."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(state_dir=folder / "state", cache_dir=folder / "cache", watch_seconds=1.0)
        self.clock = FrozenClock()
        self.engine = MemoryEngine(self.clock)

    def context(self) -> context.LazyContext:
        return context.in_memory(self.settings, self.clock, engine=self.engine)

    def app(self) -> MacheteApp:
        return MacheteApp(Prefetch(self.context))

    @property
    def left(self) -> set[str]:
        """What stands in the state directory beside database and logs."""
        folder = self.settings.state_dir
        names = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
        return {n for n in names if not n.startswith(("machete.db", "machete.log", "locks"))}


@pytest.fixture
def real(tmp_path: Path) -> Real:
    return Real(tmp_path)


async def start(pilot: Pilot[Any], source: str, *, git: bool = False) -> WizardScreen:
    app = pilot.app
    assert isinstance(app, MacheteApp)
    await until(pilot, lambda: hasattr(app, "bridge") and app.current_mode == "services", "the app")
    app.go("deploy")
    await until(pilot, lambda: isinstance(app.screen, WizardScreen), "the wizard")
    screen = app.screen
    assert isinstance(screen, WizardScreen)
    await settle(pilot)
    if git:
        screen.query_one("#source-choice").focus()
        await pilot.press("right")
    await type_into(pilot, "url" if git else "folder", source)
    await settle(pilot)
    return screen


async def deploy(pilot: Pilot[Any]) -> ProgressScreen:
    await pilot.press("ctrl+n")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProgressScreen), "the progress")
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ProgressScreen)
    return screen


def repository(folder: Path, app: Path) -> str:
    """Make a Git repository of an app, with a second branch, and return its URL."""
    shutil.copytree(app, folder)
    identity = ("-c", "user.name=ana", "-c", "user.email=ana@example.org")
    for arguments in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        (*identity, "commit", "-q", "-m", "one"),
        ("branch", "next"),
        ("tag", "v1.0"),
    ):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True)
    return f"file://{folder}"


async def test_a_folder_becomes_a_running_service(real: Real, tmp_path: Path) -> None:
    source = shutil.copytree(APPS / "python-flask", tmp_path / "shop")
    async with real.app().run_test(size=SIZE) as pilot:
        screen = await start(pilot, str(source))
        await go_to(pilot, 1)
        assert [c.original.stack for c in screen.draft.components] == ["python"]
        await go_to(pilot, 2)
        await type_into(pilot, "port", "20123")
        await type_into(pilot, f"{screen.draft.components[0].name}.memory", "256m")
        await type_into(pilot, f"{screen.draft.components[0].name}.volumes", "data:/data")
        await go_to(pilot, 5)
        assert real.left == set()
        progress = await deploy(pilot)
        assert progress.job.error is None
        store = real.context().store
        service = store.services.find("shop")
        assert service is not None
        assert (service.port, service.release) == (20123, 1)
        release = store.releases.find(service.id, 1)
        assert release is not None
        assert release.detection.components[0].volumes == ("data:/data",)
        assert "mem_limit: 256m" in release.compose.replace('"', "")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.current_mode == "services", "the service")


async def test_a_branch_of_a_repository_is_deployed_and_nothing_else_is_left(
    real: Real, tmp_path: Path
) -> None:
    url = repository(tmp_path / "repo" / "shop", APPS / "python-flask")
    async with real.app().run_test(size=SIZE) as pilot:
        screen = await start(pilot, url, git=True)
        await pilot.press("tab")
        await settle(pilot)
        options = screen.query_one("#git-refs")
        await until(pilot, lambda: bool(options.display), "the branches")
        options.focus()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert screen.draft.source.ref == "next"
        await go_to(pilot, 1)
        assert screen.draft.name == "shop"
        assert real.left == set()
        await go_to(pilot, 5)
        assert real.left == set()
        progress = await deploy(pilot)
        assert progress.job.error is None
    service = real.context().store.services.find("shop")
    assert service is not None
    assert (service.source.location, service.source.ref) == (url, "next")


async def test_cancelling_at_the_review_leaves_nothing(real: Real, tmp_path: Path) -> None:
    source = shutil.copytree(APPS / "monorepo", tmp_path / "shop")
    before = sorted(p.relative_to(source) for p in source.rglob("*"))
    async with real.app().run_test(size=SIZE) as pilot:
        await start(pilot, str(source))
        await go_to(pilot, 5)
        await pilot.press("escape", "right", "enter")
        await until(pilot, lambda: pilot.app.current_mode == "services", "the services")
    assert real.left == set()
    assert sorted(p.relative_to(source) for p in source.rglob("*")) == before
    store = real.context().store
    assert store.services.all() == []
    assert store.ports.all() == []
    assert real.engine.containers() == []


async def test_a_build_that_fails_is_tried_again_with_another_command(real: Real, tmp_path: Path) -> None:
    source = shutil.copytree(APPS / "python-flask", tmp_path / "shop")
    real.engine.behave("shop", Behaviour(build_error="no such module"))
    async with real.app().run_test(size=SIZE) as pilot:
        screen = await start(pilot, str(source))
        await go_to(pilot, 1)
        name = screen.draft.components[0].name
        await go_to(pilot, 5)
        progress = await deploy(pilot)
        assert progress.job.error is not None
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen, "the wizard")
        await settle(pilot)
        for _ in range(4):
            await pilot.press("ctrl+o")
            await settle(pilot)
        await type_into(pilot, f"{name}.start_command", "python app.py --safe")
        real.engine.behave("shop", Behaviour())
        await go_to(pilot, 5)
        progress = await deploy(pilot)
        assert progress.job.error is None
    store = real.context().store
    service = store.services.find("shop")
    assert service is not None
    release = store.releases.find(service.id, service.release)
    assert release is not None
    assert release.detection.components[0].start_command == "python app.py --safe"


async def test_an_empty_folder_is_refused_in_place(real: Real, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    async with real.app().run_test(size=SIZE) as pilot:
        screen = await start(pilot, str(tmp_path / "nothing"))
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 0
        assert [p.field for p in screen._pane.refused] == ["folder"]


@pytest.mark.parametrize("url", ["ext::sh -c touch% /tmp/owned", "-oProxyCommand=x", "/srv/a folder"])
async def test_urls_that_are_none_are_refused_before_anything_is_asked(real: Real, url: str) -> None:
    async with real.app().run_test(size=SIZE) as pilot:
        screen = await start(pilot, url, git=True)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert screen.step == 0
        assert screen.draft.detection is None
        assert [f.key for f in screen.query(Field) if f.has_class("-wrong")] == ["url"]


@pytest.mark.parametrize("name", ["node-redis", "node-web", "python-postgres", "python-web", "static-site"])
async def test_every_template_plans(real: Real, tmp_path: Path, monkeypatch: Any, name: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    from machete_tui.screens.wizard.template import TemplateForm

    async with real.app().run_test(size=SIZE) as pilot:
        screen = await start(pilot, str(tmp_path))
        screen.query_one("#source-choice").focus()
        await pilot.press("right", "right")
        await settle(pilot)
        form = screen.query_one(TemplateForm)
        form.query_one("#template-list").focus()
        await pilot.press("home")
        while form.chosen != name:
            await pilot.press("down")
        await go_to(pilot, 5)
        assert screen.draft.missing() == ()
        progress = await deploy(pilot)
        assert progress.job.error is None
    services = real.context().store.services.all()
    assert [s.name for s in services] == [name]
    assert services[0].source.location == str(tmp_path / name)
