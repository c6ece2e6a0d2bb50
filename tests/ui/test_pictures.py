"""A picture of each screen, narrow and wide, in each of its states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import NotFound, StoreUnavailable, Unhealthy
from machete_tui.core.events import Event, Lines, Note, Result, StepFinished, StepStarted
from machete_tui.core.results import Done, Listing
from machete_tui.operations import registry, system
from machete_tui.screens.logs import LogsScreen
from machete_tui.screens.progress import ProgressScreen
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.dialogs.form import Form
from machete_tui.ui.shell import Shell
from tests.ui.staging import Staging
from tests.ui.waiting import compared, screen_text, settle, until
from tests.ui.world import World

SIZES = [pytest.param(s, id=f"{s[0]}x{s[1]}") for s in ((80, 24), (120, 36), (160, 45))]
Steps = Callable[[Pilot[Any]], Awaitable[None]]
Compare = Callable[..., bool]

BROKEN = StoreUnavailable(
    "/var/lib/machete/machete.db: the disk image is malformed", "restore it from a copy, or move it away"
)
CHECKS = (
    system.Check("system", "ok", "Debian GNU/Linux 12 (bookworm), packages by apt"),
    system.Check("engine", "fail", "/var/run/docker.sock: no such file", "machete-tui --run system.setup"),
    system.Check("docker client", "ok", "28.2.2"),
    system.Check("compose v2", "ok", "2.26.1"),
    system.Check("git", "ok", "2.39.5"),
    system.Check("registry", "warn", "no image registry answers", "machete-tui --run image.bootstrap"),
    system.Check("disk", "ok", "50.0 GiB free for /var/lib/docker"),
)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Staging]:
    made = Staging(monkeypatch)
    yield made
    made.go.set()


@pytest.fixture
def demo(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> World:
    return World(tmp_path, ())


@pytest.fixture
def shoot(snap_compare: Compare) -> Callable[..., None]:
    """Run an app, press keys, and compare what is there with the picture."""

    def take(world: World, size: tuple[int, int], *keys: str, then: Steps | None = None) -> None:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            fleet = cast(Shell, pilot.app).fleet
            if fleet.rows and fleet.trouble is None:
                await measured(pilot)
                if size[0] >= 160:  # there is room for what the comparison with the files says
                    await until(pilot, lambda: compared(cast(Adopting, pilot.app)), "drift")
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            if then is not None:
                await then(pilot)
            await pilot.pause()

        assert snap_compare(world.app(), terminal_size=size, run_before=before)

    return take


def shows(text: str) -> Steps:
    """Return a step that waits until something is on the screen."""

    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: text in screen_text(pilot), text)

    return wait


async def measured(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: cast(Shell, pilot.app).usage, "usage")


@pytest.mark.parametrize("size", SIZES)
class TestServices:
    def test_normal(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size)

    def test_empty(self, empty: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(empty, size)

    def test_loading(self, demo: World, size: tuple[int, int], snap_compare: Compare, stage: Staging) -> None:
        stage.hold("service.list")
        assert snap_compare(demo.app(), terminal_size=size, run_before=shows("Asking the engine"))

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.fail("service.list", BROKEN)
        shoot(demo, size)

    def test_engine_away(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        demo.engine.down = "unavailable"
        shoot(demo, size)

    def test_engine_away_and_nothing_known(
        self, empty: World, size: tuple[int, int], shoot: Callable[..., None]
    ) -> None:
        empty.engine.down = "forbidden"
        shoot(empty, size)

    def test_marked_and_filtered(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None]
    ) -> None:
        shoot(demo, size, "space", "space", "slash", *"run", "enter")

    def test_light(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "ctrl+t")


@pytest.mark.parametrize("size", SIZES)
class TestService:
    @pytest.mark.parametrize("tab", [0, 1, 2, 3])
    def test_normal(self, demo: World, size: tuple[int, int], tab: int, shoot: Callable[..., None]) -> None:
        shoot(demo, size, "G", "k", "k", "enter", *["tab"] * tab)

    def test_empty(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "slash", *"landing", "enter", "enter")

    def test_loading(self, demo: World, size: tuple[int, int], snap_compare: Compare, stage: Staging) -> None:
        stage.hold("service.show")

        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("enter")
            await shows("Asking the engine")(pilot)

        assert snap_compare(demo.app(), terminal_size=size, run_before=before)

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.fail("service.show", NotFound("there is no service 'auth'", "service.list shows all"))
        shoot(demo, size, "enter")

    def test_engine_away(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        demo.engine.down = "unavailable"
        shoot(demo, size, "G", "k", "k", "enter")


@pytest.mark.parametrize("size", SIZES)
class TestHistory:
    def test_normal(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "5")

    def test_empty(self, empty: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(empty, size, "5")

    def test_loading(self, demo: World, size: tuple[int, int], snap_compare: Compare, stage: Staging) -> None:
        stage.hold("deployment.list")

        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("5")
            await shows("Reading the journal")(pilot)

        assert snap_compare(demo.app(), terminal_size=size, run_before=before)

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.fail("deployment.list", BROKEN)
        shoot(demo, size, "5")

    def test_one_deployment(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "G", "k", "k", "h", "enter")

    def test_diff(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "G", "k", "k", "h", "tab", "j", "equals_sign")

    def test_rollback_question(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "G", "k", "k", "h", "tab", "j", "ctrl+l", "ctrl+l")

    def test_build_log(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "G", "k", "k", "h", "enter", "L")


@pytest.mark.parametrize("size", SIZES)
class TestLogs:
    def test_normal(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        async def come(pilot: Pilot[Any]) -> None:
            screen = pilot.app.screen
            assert isinstance(screen, LogsScreen)
            await until(pilot, lambda: screen._lines.count >= 40, "lines")
            await pilot.press("t")

        shoot(demo, size, "slash", *"gateway", "enter", "l", then=come)

    def test_empty(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "3")

    def test_loading(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.hold("service.logs")

        async def opening(pilot: Pilot[Any]) -> None:
            await pilot.press("l")
            await shows("Opening the log")(pilot)

        shoot(demo, size, then=opening)

    def test_error(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        demo.engine.down = "unavailable"
        shoot(demo, size, "l")


@pytest.mark.parametrize("size", SIZES)
class TestEvents:
    def test_normal(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "6")

    def test_empty(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.answer("event.list", Listing(()))
        shoot(demo, size, "6")

    def test_loading(self, demo: World, size: tuple[int, int], snap_compare: Compare, stage: Staging) -> None:
        stage.hold("event.list")

        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("6")
            await shows("Reading the audit trail")(pilot)

        assert snap_compare(demo.app(), terminal_size=size, run_before=before)

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.fail("event.list", BROKEN)
        shoot(demo, size, "6")


@pytest.mark.parametrize("size", SIZES)
class TestSystem:
    def test_normal(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.answer("system.doctor", Listing(CHECKS))
        shoot(demo, size, "8", "j")

    def test_loading(self, demo: World, size: tuple[int, int], snap_compare: Compare, stage: Staging) -> None:
        stage.hold("system.doctor")

        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("8")
            await shows("Checking the machine")(pilot)

        assert snap_compare(demo.app(), terminal_size=size, run_before=before)

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.fail("system.doctor", BROKEN)
        shoot(demo, size, "8")


@pytest.mark.parametrize("size", SIZES)
class TestProgress:
    @pytest.mark.parametrize("end", ["begin", "running", "done", "failed"])
    def test_it(
        self,
        demo: World,
        size: tuple[int, int],
        end: str,
        snap_compare: Compare,
        stage: Staging,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(ProgressScreen, "_spent", lambda self: 34.0)

        def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
            now = ctx.clock.now()
            if end == "begin":
                stage.go.wait(60)
            yield StepStarted("source", "Fetch the source", 1, 4, now - 40)
            yield StepFinished("source", "done", 1.2, "main at 1a2b3c4d")
            yield StepStarted("build", "Build the image", 2, 4, now - 34)
            yield Lines(tuple(f"#{n} [build {n}/9] RUN step {n}" for n in range(1, 10)), "build")
            if end == "running":
                stage.go.wait(60)
            yield StepFinished("build", "done", 36.0)
            yield StepStarted("gate", "Wait until it answers", 3, 4, now - 4)
            if end == "failed":
                yield StepFinished("gate", "failed", 60.0, "connection refused")
                raise Unhealthy(
                    "shop did not answer on port 8000 within 60s; release #14 is live again",
                    "it listens on 3000: deploy again with that port",
                    log=("Listening on 0.0.0.0:3000", "ready in 1.2s"),
                )
            yield StepFinished("gate", "done", 4.1, "HTTP 200")
            yield Note("the gap was 0.4 s", "warning")
            yield StepStarted("live", "Record it as live", 4, 4, now)
            yield StepFinished("live", "done", 0.1)
            yield Result(Done("shop #15 is live after 42s", "shop", "http://127.0.0.1:20080", 15))

        stage.put("service.rebuild", run)
        last = {
            "begin": "beginning",
            "running": "RUN step 9",
            "done": "it answers at",
            "failed": "ready in 1.2s",
        }[end]

        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("G", "k", "k", "b")
            await shows(last)(pilot)
            await shows("? Help")(pilot)
            if end in ("done", "failed"):
                await settle(pilot)
            else:
                await shows("▸ rebuild shop")(pilot)
            await pilot.pause()

        assert snap_compare(demo.app(), terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", SIZES)
class TestDialogs:
    def test_help(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "question_mark")

    def test_stop(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "s")

    def test_remove(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        async def tick(pilot: Pilot[Any]) -> None:
            await pilot.click("#volumes")

        shoot(demo, size, "delete", then=tick)

    def test_sort(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        shoot(demo, size, "o")

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Callable[..., None], stage: Staging
    ) -> None:
        stage.fail(
            "service.restart",
            Unhealthy("auth did not come back", "look at its log: l", log=("boot", "fatal: no SECRET_KEY")),
        )
        shoot(demo, size, "r")

    def test_form(self, demo: World, size: tuple[int, int], shoot: Callable[..., None]) -> None:
        async def open_form(pilot: Pilot[Any]) -> None:
            screen = pilot.app.screen
            assert isinstance(screen, ServicesScreen)
            await pilot.app.push_screen(Form(registry.find("service.scale"), preset={"name": "shop"}))

        shoot(demo, size, then=open_form)

    def test_palette(
        self,
        demo: World,
        size: tuple[int, int],
        shoot: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        names = ("service.restart", "service.remove", "deployment.rollback", "port.list")
        monkeypatch.setattr(registry, "every", lambda: [registry.find(name) for name in names])

        async def search(pilot: Pilot[Any]) -> None:
            await pilot.press(*"rol")
            await shows("deployment.rollback")(pilot)

        shoot(demo, size, "colon", then=search)
