"""A process that dies at any step: what the next one finds is finished or undone."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.context import in_memory
from machete_tui.core.cancel import Cancel
from machete_tui.core.events import StepFinished, StepStarted
from machete_tui.headless.runner import Front, perform
from machete_tui.headless.streams import Stream
from machete_tui.operations import registry
from machete_tui.operations.reconcile import reconcile
from tests.operations.bench import Bench

STEPS = [
    "source", "detect", "plan", "preflight", "bases", "generate", "build", "record", "start", "gate", "watch",
    "live", "retain",
]  # fmt: skip


def survivor(bench: Bench, folder: Path) -> Bench:
    """Return what a new process sees: the state as it is on disk now, the engine as it runs."""
    state = folder / "state"
    shutil.copytree(bench.ctx.settings.state_dir, state)
    settings = replace(bench.ctx.settings, state_dir=state)
    ctx = in_memory(settings, bench.ctx.clock, engine=bench.ctx.engine, host=bench.ctx.host)
    return Bench(ctx, bench.folder, bench.prefix)


@pytest.mark.parametrize("after", [False, True], ids=["begun", "done"])
@pytest.mark.parametrize("step", STEPS)
def test_death_at_each_step_of_a_redeploy(
    memory_bench: Bench, tmp_path: Path, step: str, after: bool
) -> None:
    bench = memory_bench
    name, app = bench.name("shop"), bench.app("dockerfile-app")
    bench.deploy(app, name)
    (app / "VERSION").write_text("2.0\n")
    stream = bench.stream("service.deploy", source=str(app), name=name, watch=2.0)
    kind = StepFinished if after else StepStarted
    for event in stream:
        if isinstance(event, kind) and event.step == step:
            break
    later = survivor(bench, tmp_path / "later")
    list(reconcile(later.ctx))
    row = later.row(name)
    finished = step in ("live", "retain") or (step == "watch") or (step == "gate" and after)
    assert (row.status, row.release, row.containers) == ("running", 2 if finished else 1, 1)
    assert {c.release for c in later.ctx.engine.containers(service=name)} == {row.release}
    tags = {t for i in later.ctx.engine.images(prefix=f"machete/{name}-") for t in i.tags}
    assert {int(t.rpartition(":")[2]) for t in tags} == ({1, 2} if finished else {1})
    assert later.ctx.store.deployments.unfinished() == []
    status = later.do("deployment.show", name=name).deployment.status
    assert status == ("succeeded" if finished else "interrupted")
    assert list(reconcile(later.ctx)) == []


@pytest.mark.parametrize("step", STEPS[2:])
def test_death_in_a_first_deploy(memory_bench: Bench, tmp_path: Path, step: str) -> None:
    bench = memory_bench
    name, app = bench.name("shop"), bench.app("dockerfile-app")
    stream = bench.stream("service.deploy", source=str(app), name=name, watch=2.0)
    for event in stream:
        if isinstance(event, StepStarted) and event.step == step:
            break
    later = survivor(bench, tmp_path / "later")
    list(reconcile(later.ctx))
    if step in ("watch", "live", "retain"):
        assert (later.row(name).status, later.row(name).release) == ("running", 1)
    else:
        assert later.leftovers(name) == {}
        known = later.ctx.store.services.find(name)
        assert known is None or (known.status, known.release) == ("failed", 0)


def test_reconcile_by_hand_says_what_it_did(memory_bench: Bench, tmp_path: Path) -> None:
    bench = memory_bench
    app = bench.app("dockerfile-app")
    bench.deploy(app, "shop")
    stream = bench.stream("service.deploy", source=str(app), name="shop")
    for event in stream:
        if isinstance(event, StepStarted) and event.step == "build":
            break
    later = survivor(bench, tmp_path / "later")
    operation = registry.find("system.reconcile")
    for said in ("1 thing put right", "nothing to put right"):
        out, err = io.StringIO(), io.StringIO()
        front = Front(Stream(out), Stream(err))
        perform(later.ctx, operation, operation.request(), front, Cancel())
        assert out.getvalue() == f"{said}\n"
