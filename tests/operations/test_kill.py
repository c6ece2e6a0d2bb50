"""``kill -9`` of machete-tui at each step, and of the Engine in the middle, on real containers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from machete_tui.operations.reconcile import reconcile
from tests.operations.bench import Bench

pytestmark = pytest.mark.engine

STEPS = [
    "source",
    "detect",
    "plan",
    "preflight",
    "bases",
    "generate",
    "build",
    "record",
    "start",
    "gate",
    "watch",
    "live",
    "retain",
]


def killed_at(step: str, bench: Bench, source: Path, name: str) -> None:
    """Deploy in a process of its own and kill it as soon as it says that the step begins."""
    killed_in(step, bench, "service.deploy", str(source), "--name", name)


def killed_in(step: str, bench: Bench, *words: str) -> None:
    """Run an action in a process of its own and kill it as soon as it says that the step begins."""
    process = subprocess.Popen(
        [sys.executable, "-m", "machete_tui", "--run", *words, "--watch", "3s", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "MACHETE_STATE_DIR": str(bench.ctx.settings.state_dir)},
        text=True,
    )
    seen = []
    assert process.stderr is not None
    for line in process.stderr:
        seen.append(line)
        event = json.loads(line)
        if event.get("event") == "step_started" and event.get("step") == step:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    assert process.returncode == -signal.SIGKILL, "".join(seen)[-2000:]


def version_served(bench: Bench, name: str) -> str:
    with urllib.request.urlopen(bench.row(name).address, timeout=5) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("step", STEPS)
def test_kill_at_each_step_of_a_redeploy(docker_bench: Bench, step: str) -> None:
    bench = docker_bench
    name, app = bench.name("shop"), bench.app("dockerfile-app")
    (app / "VERSION").write_text("1.0\n")
    bench.deploy(app, name)
    (app / "VERSION").write_text("2.0\n")
    killed_at(step, bench, app, name)
    list(reconcile(bench.ctx))
    row = bench.row(name)
    assert (row.status, row.containers) == ("running", 1)
    assert f"{row.release}.0" in version_served(bench, name)
    assert row.release == (2 if step in ("watch", "live", "retain") else 1)
    tags = {t for i in bench.ctx.engine.images(prefix=f"machete/{name}-") for t in i.tags}
    assert {int(t.rpartition(":")[2]) for t in tags} == set(range(1, row.release + 1))
    assert len(bench.ctx.engine.networks(project=name)) == 1
    assert bench.ctx.store.deployments.unfinished() == []
    assert [p.port for p in bench.ctx.store.ports.all()] == [int(row.address.rpartition(":")[2])]


@pytest.mark.parametrize("step", ["build", "start", "gate"])
def test_kill_in_a_first_deploy(docker_bench: Bench, step: str) -> None:
    bench = docker_bench
    name = bench.name("shop")
    killed_at(step, bench, bench.app("dockerfile-app"), name)
    list(reconcile(bench.ctx))
    assert bench.leftovers(name) == {}
    assert bench.deploy(bench.folder / "dockerfile-app", name).release == 2


@pytest.mark.parametrize("step", ["plan", "preflight", "record", "start", "gate", "live"])
def test_kill_in_an_update(docker_bench: Bench, step: str) -> None:
    bench = docker_bench
    name = bench.name("shop")
    first = bench.deploy(bench.app("dockerfile-app"), name, env=("COLOR=red",))
    port = int(first.url.rpartition(":")[2])
    killed_in(step, bench, "service.update", name, "--env", "COLOR=blue", "--port", str(port + 9))
    list(reconcile(bench.ctx))
    row, finished = bench.row(name), step == "live"
    assert (row.status, row.release, row.containers) == ("running", 2 if finished else 1, 1)
    assert row.address == f"http://127.0.0.1:{port + 9 * finished}"
    container = bench.ctx.engine.containers(service=name)[0]
    color = bench.ctx.engine.container(container.id).environment["COLOR"]
    assert color == ("blue" if finished else "red")
    assert version_served(bench, name)
    assert bench.ctx.store.deployments.unfinished() == []
    tags = {t for i in bench.ctx.engine.images(prefix=f"machete/{name}-") for t in i.tags}
    assert {int(t.rpartition(":")[2]) for t in tags} == set(range(1, row.release + 1))
    if not finished:
        assert [p.port for p in bench.ctx.store.ports.all()] == [port]


@pytest.mark.parametrize("step", ["check", "start", "gate", "live"])
def test_kill_in_a_rollback(docker_bench: Bench, step: str) -> None:
    bench = docker_bench
    name, app = bench.name("shop"), bench.app("dockerfile-app")
    (app / "VERSION").write_text("1.0\n")
    bench.deploy(app, name)
    (app / "VERSION").write_text("2.0\n")
    bench.deploy(app, name)
    killed_in(step, bench, "deployment.rollback", name)
    list(reconcile(bench.ctx))
    row = bench.row(name)
    assert (row.status, row.release, row.containers) == ("running", 1 if step == "live" else 2, 1)
    assert f"{row.release}.0" in version_served(bench, name)
    assert bench.ctx.store.deployments.unfinished() == []
    assert bench.do("deployment.rollback", name=name, release=3 - row.release, watch=0.0).release
