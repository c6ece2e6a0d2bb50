"""What a process that died left behind is put right by the app, without being asked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.app import MacheteApp
from machete_tui.context import in_memory
from machete_tui.core.clock import FrozenClock
from machete_tui.core.events import StepStarted
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import MemoryEngine
from machete_tui.ui import keeper, watch
from machete_tui.ui.prefetch import Prefetch
from tests.operations.bench import Bench
from tests.ui.waiting import screen_text, settle, until


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at once."""
    monkeypatch.setattr(keeper, "SETTLE", 0.01)
    monkeypatch.setattr(watch, "FIRST_WAIT", 0.05)


def survivor(folder: Path, step: str) -> Bench:
    """Return what is left of a machine whose redeploy died at a step."""
    settings = Settings(state_dir=folder / "first", cache_dir=folder / "cache", watch_seconds=0.0)
    bench = Bench(in_memory(settings, FrozenClock()), folder, "t")
    app = bench.app("static-site")
    bench.deploy(app, "shop")
    (app / "index.html").write_text("<p>two</p>")
    stream = bench.stream("service.deploy", source=str(app), name="shop")
    for event in stream:
        if isinstance(event, StepStarted) and event.step == step:
            break
    shutil.copytree(settings.state_dir, folder / "state")
    later = replace(settings, state_dir=folder / "state")
    return Bench(in_memory(later, bench.ctx.clock, engine=bench.ctx.engine, host=bench.ctx.host), folder, "t")


@pytest.mark.parametrize("away", [False, True], ids=["at the start", "when the engine is back"])
async def test_an_interrupted_deployment_is_undone(tmp_path: Path, away: bool) -> None:
    bench = survivor(tmp_path, "start")
    engine = bench.ctx.engine
    assert isinstance(engine, MemoryEngine)
    engine.down = "unavailable" if away else ""
    app = MacheteApp(Prefetch(lambda: bench.ctx))
    async with app.run_test(size=(120, 30)) as pilot:
        if away:
            await until(pilot, lambda: app.fleet.trouble is not None, "the loss")
            assert bench.ctx.store.deployments.unfinished()
            engine.down = ""
        await until(pilot, lambda: not bench.ctx.store.deployments.unfinished(), "the end of it")
        await settle(pilot)
        said = {n.message for n in app._notifications}
        assert "shop: deployment 2 undone: release #1 is live" in said
        await pilot.press("4")
        await until(pilot, lambda: "interrupted" in screen_text(pilot), "how it ended")
        assert bench.row("shop").status == "running"
        assert bench.row("shop").release == 1


async def test_an_action_meets_no_leftovers(tmp_path: Path) -> None:
    bench = survivor(tmp_path, "start")
    app = MacheteApp(Prefetch(lambda: bench.ctx), demo=True)  # the demo does not look by itself
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        assert bench.ctx.store.deployments.unfinished()
        await pilot.press("r")
        await settle(pilot)
        assert not bench.ctx.store.deployments.unfinished()
        assert "shop is restarted" in {n.message for n in app._notifications}
