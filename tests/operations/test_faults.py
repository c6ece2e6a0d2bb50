"""Releases that fail: a clear reason, the previous release live, nothing left over. On both engines."""

from __future__ import annotations

import json
import shutil

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import BuildFailed, Cancelled, InvalidInput, MacheteError, Unhealthy
from machete_tui.core.events import Event, StepStarted
from machete_tui.engines.memory import Behaviour, MemoryEngine
from tests.operations.bench import Bench

GOOD = "dockerfile-app"
REASONS = {
    "never-answers": "did not become healthy",
    "crash-at-once": "exited with code 1",
    "wrong-port": "listens on port 9999, not on 3000",
    "loopback-only": "listens on 127.0.0.1:3000",
    "missing-env": "variable SECRET_TOKEN is missing",
}


def swap(bench: Bench, name: str, app: str) -> str:
    """Replace the good app's files by a faulty one's and return its folder."""
    folder = bench.folder / GOOD
    shutil.rmtree(folder)
    bench.app(app, GOOD)
    bench.behave(name, app)
    return str(folder)


@pytest.mark.parametrize("app", sorted(REASONS))
def test_a_failed_gate_puts_the_previous_release_back(bench: Bench, app: str) -> None:
    name = bench.name("shop")
    bench.deploy(bench.app(GOOD), name)
    source = swap(bench, name, app)
    stream = bench.stream("service.deploy", source=source, name=name, watch=0.0, gate=12.0)
    with pytest.raises(Unhealthy) as caught:
        bench.drain(stream, "restore", lambda: bench.behave(name, GOOD))
    assert REASONS[app] in caught.value.what
    assert caught.value.mend
    row = bench.row(name)
    assert (row.status, row.release) == ("running", 1)
    assert [h.answer for h in bench.do("service.health", name=name).rows] == ["HTTP 200"]
    shown = bench.do("deployment.show", name=name)
    assert (shown.deployment.status, shown.deployment.reason) == ("rolled_back", caught.value.what)
    assert [t for i in bench.ctx.engine.images(prefix=f"machete/{name}-") for t in i.tags] == [
        t for t in (f"machete/{name}-{c.component}:1" for c in bench.ctx.engine.containers(service=name))
    ]
    assert [r.number for r in bench.do("service.show", name=name).releases] == [1]
    # The failed one's number is not given again, and a plan says the number that it will get.
    assert bench.do("service.deploy", source=source, name=name, dry_run=True).release == 3


def test_a_dependency_that_stays_unhealthy_is_named_with_what_it_said(bench: Bench) -> None:
    name = bench.name("shop")
    source = bench.app("compose-app")
    compose = source / "docker-compose.yml"
    text = compose.read_text().replace(
        '["CMD", "redis-cli", "ping"]', '["CMD-SHELL", "echo the disk is read-only; exit 1"]'
    )
    compose.write_text(text.replace("retries: 20", "retries: 2"))
    if isinstance(bench.ctx.engine, MemoryEngine):
        bench.ctx.engine.behave(
            "cache",
            Behaviour(health="unhealthy", health_said="the disk is read-only", log=("Ready to accept",)),
        )
    with pytest.raises(Unhealthy) as caught:
        bench.deploy(source, name)
    assert caught.value.what == "cache is unhealthy: its health check said the disk is read-only"
    assert any("Ready to accept" in line for line in caught.value.log)
    assert bench.leftovers(name) == {}


def test_a_crash_after_ten_seconds_is_seen_by_the_watch(bench: Bench) -> None:
    name = bench.name("shop")
    bench.deploy(bench.app(GOOD), name)
    source = swap(bench, name, "crash-after-10s")
    stream = bench.stream("service.deploy", source=source, name=name, watch=15.0)
    with pytest.raises(Unhealthy) as caught:
        bench.drain(stream, "restore", lambda: bench.behave(name, GOOD))
    assert "exited with code 3" in caught.value.what
    assert (bench.row(name).status, bench.row(name).release) == ("running", 1)


def test_a_failed_build_never_touches_the_running_release(bench: Bench) -> None:
    name = bench.name("shop")
    bench.deploy(bench.app(GOOD), name)
    before = [c.id for c in bench.ctx.engine.containers(service=name)]
    source = swap(bench, name, "build-fails")
    with pytest.raises(BuildFailed) as caught:
        bench.deploy(bench.folder / GOOD, name)
    assert caught.value.exit_code == 8
    assert f"machete/{name}-web:2" in caught.value.what
    assert [c.id for c in bench.ctx.engine.containers(service=name)] == before
    assert bench.row(name).release == 1
    log = "\n".join(bench.do("deployment.log", name=name).rows)
    assert "this will never build" in log
    assert source


def test_a_first_deploy_that_fails_leaves_only_its_history(bench: Bench) -> None:
    name, app = bench.name("shop"), bench.app("crash-at-once")
    bench.behave(name, "crash-at-once")
    with pytest.raises(Unhealthy) as caught:
        bench.deploy(app, name)
    assert caught.value.log
    assert bench.leftovers(name) == {}
    row = bench.row(name)
    assert (row.status, row.release) == ("failed", 0)
    assert "exited with code 1" in row.reason
    assert bench.do("deployment.show", name=name).log_tail


@pytest.mark.parametrize("step", ["build", "start", "gate"])
def test_cancelling_leaves_nothing_behind(bench: Bench, step: str) -> None:
    name, app, cancel = bench.name("shop"), bench.app(GOOD), Cancel()
    stream = bench.stream("service.deploy", cancel, source=str(app), name=name, watch=0.0)
    with pytest.raises(Cancelled):
        bench.drain(stream, step, cancel.cancel)
    assert bench.leftovers(name) == {}
    assert bench.ctx.store.services.find(name) is None
    assert not (bench.ctx.settings.service_dir(name) / "releases").exists()
    event = bench.do("event.list", name=name).rows[0]
    assert event.outcome == "cancelled"


@pytest.mark.parametrize("step", ["build", "start", "gate", "watch"])
def test_a_front_that_goes_away_leaves_the_previous_release_live(bench: Bench, step: str) -> None:
    name, app = bench.name("shop"), bench.app(GOOD)
    bench.deploy(app, name)
    (app / "VERSION").write_text("2.0\n")
    stream = bench.stream("service.deploy", source=str(app), name=name, watch=5.0)
    for event in stream:
        if isinstance(event, StepStarted) and event.step == step:
            break
    stream.close()  # type: ignore[attr-defined]
    row = bench.row(name)
    assert (row.status, row.release, row.containers) == ("running", 1, 1)
    assert {c.release for c in bench.ctx.engine.containers(service=name)} == {1}
    assert bench.do("deployment.show", name=name).deployment.status == "cancelled"


def test_sources_that_are_no_source(bench: Bench) -> None:
    empty = bench.folder / "empty"
    empty.mkdir()
    prose = bench.folder / "prose"
    prose.mkdir()
    (prose / "notes.txt").write_text("nothing to run\n")
    for source in (bench.folder / "absent", empty, prose):
        with pytest.raises(MacheteError) as caught:
            bench.deploy(source, bench.name("shop"))
        assert isinstance(caught.value, InvalidInput) or caught.value.exit_code == 3
        assert caught.value.mend
    assert bench.ctx.store.services.all() == []


def test_a_secret_is_in_nothing_that_is_written_or_said(bench: Bench) -> None:
    name, secret = bench.name("shop"), "pl4nted-s3cret-value"
    source = bench.app("missing-env")
    (source / "app.py").write_text(
        "import os, sys\n"
        "print('my token is ' + os.environ['API_TOKEN'], flush=True)\n"
        "sys.exit('failed with ' + os.environ['API_TOKEN'])\n"
    )
    if isinstance(bench.ctx.engine, MemoryEngine):
        crash = Behaviour(crash_after=0.05, log=(f"my token is {secret}", f"failed with {secret}"))
        bench.ctx.engine.behave(name, crash)
    events: list[Event] = []
    with pytest.raises(Unhealthy) as caught:
        events.extend(
            bench.stream("service.deploy", source=str(source), name=name, env=(f"API_TOKEN={secret}",))
        )
    shown = [bench.do(verb, name=name) for verb in ("deployment.show", "deployment.log", "event.list")]
    assert secret not in repr((events, shown, bench.row(name)))
    assert secret not in caught.value.what + caught.value.mend + "\n".join(caught.value.log)
    written = [p for p in bench.ctx.settings.state_dir.rglob("*") if p.is_file()]
    assert written
    assert [p for p in written if secret.encode() in p.read_bytes()] == []


def test_the_diagnostic_log_follows_a_deployment_from_end_to_end(bench: Bench) -> None:
    name = bench.name("shop")
    bench.behave(name, "crash-at-once")
    with pytest.raises(Unhealthy):
        bench.deploy(bench.app("crash-at-once"), name, env=("API_TOKEN=pl4nted-s3cret-value",))
    deployment = bench.do("deployment.show", name=name).deployment.id
    text = (bench.ctx.settings.state_dir / "logs" / "machete.log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line for line in lines if line.get("deployment") != deployment] == []
    said = [line["message"] for line in lines]
    assert [m for m in said if m.endswith("done")][:2] == ["step source done", "step detect done"]
    assert "step gate failed" in said
    assert said[-1] == "service.deploy failed"
    assert "pl4nted-s3cret-value" not in text
