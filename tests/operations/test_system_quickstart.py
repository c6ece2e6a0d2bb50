"""`system.quickstart`: in memory, every way it can go; on the real Engine, an empty one, the whole of it."""

from __future__ import annotations

import os
import shutil
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.context import live
from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import InvalidInput, NotFound, Unhealthy
from machete_tui.core.events import Lines, Result, StepFinished
from machete_tui.core.results import Done
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import Behaviour
from machete_tui.engines.packages_facts import example
from machete_tui.engines.packages_memory import READY, MemoryMachine
from machete_tui.operations.system_quickstart import Quickstart, quickstart
from tests.conftest import Spare
from tests.operations.machines import Ground

STEPS = [f"quickstart:{key}" for key in ("check", "setup", "images", "deploy", "verify")]


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    copied = tmp_path / "guestbook"
    shutil.copytree(example("guestbook"), copied)
    an_hour_ago = time.time() - 3600
    for path in copied.rglob("*"):
        os.utime(path, (an_hour_ago, an_hour_ago))
    machine = MemoryMachine(examples={"guestbook": str(copied)}, folder=tmp_path / "bases")
    made = Ground(tmp_path, machine)
    made.ctx.clock.sleep(time.time() - made.ctx.clock.now())
    return made


def outcomes(ground: Ground) -> list[tuple[str, str]]:
    return [(step, ground.steps[step][0]) for step in STEPS if step in ground.steps]


def test_from_nothing_to_a_service_that_answers(ground: Ground) -> None:
    done = ground.do("system.quickstart")
    assert ground.error is None
    assert isinstance(done, Done)
    assert (done.service, done.release) == ("guestbook", 1)
    service = ground.ctx.store.services.find("guestbook")
    assert service is not None
    assert done.url == f"http://127.0.0.1:{service.port}"
    assert outcomes(ground) == [(step, "done") for step in STEPS]
    assert ground.steps["quickstart:images"][1] == "python:3.13-slim, postgres:17, redis:7"
    assert "machete-tui --run service.logs guestbook" in ground.said


def test_output_line_by_line_is_left_to_the_logs(ground: Ground) -> None:
    ground.do("system.quickstart")
    assert not [e for e in ground.events if isinstance(e, Lines)]


def test_again_it_changes_nothing_that_is_right(ground: Ground) -> None:
    ground.do("system.quickstart")
    containers = ground.engine.containers()
    done = ground.do("system.quickstart")
    assert ground.error is None
    assert done.release == 1
    assert ground.engine.containers() == containers
    assert dict(outcomes(ground))["quickstart:deploy"] == "skipped"
    assert len(ground.ctx.store.deployments.of()) == 1


def test_a_changed_file_is_deployed(ground: Ground) -> None:
    ground.do("system.quickstart")
    ground.ctx.clock.sleep(60)
    version = Path(ground.machine.example("guestbook")) / "VERSION"
    version.write_text("2\n")
    os.utime(version, (ground.ctx.clock.now(), ground.ctx.clock.now()))
    assert ground.do("system.quickstart").release == 2


def test_a_service_that_stopped_is_deployed_anew(ground: Ground) -> None:
    ground.do("system.quickstart")
    ground.engine.crash("guestbook-web-1")
    ground.engine.stop("guestbook-worker-1")
    ground.do("system.quickstart")
    assert ground.error is None
    assert dict(outcomes(ground))["quickstart:deploy"] == "done"


def test_with_a_registry_no_base_image_is_made(ground: Ground) -> None:
    ground.engine.registry = True
    ground.do("system.quickstart")
    assert dict(outcomes(ground))["quickstart:images"] == "skipped"
    assert ground.machine.roots == 0


def test_what_is_missing_is_installed_first_and_only_when_agreed(tmp_path: Path) -> None:
    fresh = replace(READY, tools={}, socket="missing")
    folder = example("guestbook")

    def answers() -> None:
        bare.engine.down = ""

    machine = MemoryMachine(
        replace(fresh, codename="trixie"),
        examples={"guestbook": folder},
        folder=tmp_path / "bases",
        when_done=answers,
    )
    bare = Ground(tmp_path, machine)
    bare.engine.down = "unavailable"
    bare.do("system.quickstart")
    assert isinstance(bare.error, InvalidInput)
    assert machine.applied == []
    bare.do("system.quickstart", yes=True)
    assert bare.error is None
    assert tuple(machine.applied) == machine.setup(replace(fresh, codename="trixie"))
    assert "system.reconcile" not in {row.action for row in bare.ctx.store.events.last(20)}


def test_another_folder_than_the_example(ground: Ground, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent.parent / "apps" / "python-flask", tmp_path / "mine")
    done = ground.do("system.quickstart", path=str(tmp_path / "mine"))
    assert ground.error is None
    assert done.service != "guestbook"


def test_a_folder_that_is_not_there(ground: Ground, tmp_path: Path) -> None:
    ground.do("system.quickstart", path=str(tmp_path / "none"))
    assert isinstance(ground.error, NotFound)
    assert ground.steps["quickstart:check"][0] == "failed"


def test_a_service_that_does_not_come_up_ends_it_with_its_reason(ground: Ground) -> None:
    ground.engine.behave("guestbook", Behaviour(crash_after=0.05, exit_code=1, log=("boom",)))
    ground.do("system.quickstart")
    assert isinstance(ground.error, Unhealthy)
    assert outcomes(ground)[-1] == ("quickstart:deploy", "failed")


@pytest.mark.engine
@pytest.mark.slow
def test_on_an_engine_without_any_image(spare_engine: Spare, tmp_path: Path) -> None:
    """The real thing: base images from packages, four containers, an address that answers, and again."""
    engine = spare_engine("quick")
    with engine.entered():
        settings = Settings(
            docker_host=engine.host, state_dir=tmp_path / "state", gate_seconds=60.0, watch_seconds=2.0
        )
        ctx = live(settings)
        try:
            first = list(quickstart(ctx, Quickstart(), Cancel()))
            ended = [e.outcome for e in first if isinstance(e, StepFinished) and e.step in STEPS]
            assert ended == ["done"] * 5
            done = next(e.value for e in first if isinstance(e, Result))
            with urllib.request.urlopen(done.url, timeout=10) as answer:
                assert b"Guestbook" in answer.read()
            running = {c.id for c in ctx.engine.containers(service="guestbook", every=False)}
            assert len(running) == 4
            list(quickstart(ctx, Quickstart(), Cancel()))
            assert {c.id for c in ctx.engine.containers(service="guestbook", every=False)} == running
        finally:
            ctx.close()
