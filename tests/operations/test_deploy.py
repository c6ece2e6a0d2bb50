"""The main road, on both engines: deploy, redeploy, roll back, change, stop, remove."""

from __future__ import annotations

import shutil
import stat
import urllib.request
from pathlib import Path

import pytest

from machete_tui.core.errors import Conflict, InvalidInput, MacheteError, NoCapacity, NotFound
from machete_tui.core.events import Note, StepFinished, StepStarted
from tests.operations.bench import Bench

APP = "dockerfile-app"


def body(bench: Bench, url: str) -> str:
    """Return what a service answers; the in-memory engine has nothing to say."""
    if bench.memory:
        return ""
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


def set_version(app: Path, version: str) -> None:
    (app / "VERSION").write_text(version + "\n")


def test_a_folder_becomes_a_verified_service(bench: Bench) -> None:
    name = bench.name("shop")
    events = list(bench.stream("service.deploy", source=str(bench.app(APP)), name=name, watch=0.0))
    steps = [(e.step, e.outcome) for e in events if isinstance(e, StepFinished)]
    assert [s for s, _ in steps] == [
        "source", "detect", "plan", "preflight", "bases", "generate", "build", "record",
        "start", "gate", "live", "retain",
    ]  # fmt: skip
    assert {outcome for _, outcome in steps} == {"done"}
    row = bench.row(name)
    assert (row.status, row.release, row.containers, row.wanted) == ("running", 1, 1, 1)
    port = int(row.address.rpartition(":")[2])
    assert 20000 <= port <= 40000
    assert [r.status for r in bench.do("deployment.list", name=name).rows] == ["succeeded"]
    health = bench.do("service.health", name=name).rows
    assert [(h.state, h.answer) for h in health] == [("running", "HTTP 200")]
    event = bench.do("event.list", name=name).rows[0]
    assert (event.action, event.outcome, event.seq) == ("service.deploy", "ok", 1)
    folder = bench.ctx.settings.release_dir(name, 1)
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "inputs.json").stat().st_mode) == 0o600


def test_redeploy_keeps_the_port_and_rollback_brings_the_old_image_back(bench: Bench) -> None:
    name, app = bench.name("shop"), bench.app(APP)
    set_version(app, "1.0")
    first = bench.deploy(app, name)
    old = body(bench, first.url)
    set_version(app, "2.0")
    second = bench.deploy(app, name)
    assert (second.release, second.url) == (2, first.url)
    new = body(bench, second.url)
    assert bench.memory or ("1.0" in old and "2.0" in new)
    images = {r.number: r.images for r in bench.ctx.store.releases.of(bench.ctx.store.services.find(name).id)}  # type: ignore[union-attr]
    assert images[1][0].id != images[2][0].id
    diff = bench.do("deployment.diff", name=name)
    assert (diff.before, diff.after) == (1, 2)
    assert any(line.startswith("image ") for line in diff.summary)
    back = bench.do("deployment.rollback", name=name, watch=0.0)
    assert (back.release, back.url) == (1, first.url)
    assert body(bench, back.url) == old
    assert bench.row(name).release == 1
    kinds = [(d.kind, d.status, d.release) for d in bench.do("deployment.list", name=name).rows]
    assert kinds == [
        ("rollback", "succeeded", 1),
        ("deploy", "succeeded", 2),
        ("deploy", "succeeded", 1),
    ]
    assert bench.deploy(app, name).release == 3


def test_stop_start_restart_and_remove(bench: Bench) -> None:
    name = bench.name("shop")
    done = bench.deploy(bench.app(APP), name)
    bench.do("service.stop", name=name)
    assert (bench.row(name).status, bench.row(name).containers) == ("stopped", 0)
    bench.do("service.start", name=name)
    assert bench.row(name).status == "running"
    bench.do("service.restart", name=name)
    assert bench.row(name).status == "running"
    port = int(done.url.rpartition(":")[2])
    assert [p.port for p in bench.do("port.list").rows if p.service == name] == [port]
    bench.do("service.remove", name=name)
    assert bench.leftovers(name) == {}
    assert name not in [r.name for r in bench.do("service.list").rows]
    assert bench.ctx.host.port_free(port)
    assert not (bench.ctx.settings.service_dir(name) / "releases").exists()


def test_update_changes_environment_limits_and_port(bench: Bench) -> None:
    name = bench.name("shop")
    first = bench.deploy(bench.app(APP), name, env=("GREETING=hello",))
    updated = bench.do(
        "service.update",
        name=name,
        env=("API_TOKEN=s3cret-value", "GREETING=bye"),
        memory=96 << 20,
        watch=0.0,
    )
    assert (updated.release, updated.url) == (2, first.url)
    container = bench.ctx.engine.containers(service=name)[0]
    detail = bench.ctx.engine.container(container.id)
    assert detail.environment["API_TOKEN"] == "s3cret-value"
    assert detail.environment["GREETING"] == "bye"
    assert detail.limits_memory == 96 << 20
    shown = bench.do("service.show", name=name)
    assert shown.environment == {"GREETING": "bye", "API_TOKEN": "••••••"}
    diff = bench.do("deployment.diff", name=name)
    assert "s3cret-value" not in repr(diff)
    assert "environment: ~ GREETING: hello -> bye" in diff.summary
    assert "s3cret-value" not in bench.ctx.settings.database.read_bytes().decode("latin-1")
    with pytest.raises(InvalidInput):
        bench.do("service.update", name=name)


def test_a_dry_run_shows_the_plan_and_touches_nothing(bench: Bench) -> None:
    name, app = bench.name("shop"), bench.app(APP)
    before = sorted(p.relative_to(bench.folder) for p in bench.folder.rglob("*"))
    plan = bench.do("service.deploy", source=str(app), name=name, dry_run=True)
    assert (plan.service, plan.release) == (name, 1)
    assert plan.images[0].tag == f"machete/{name}-{plan.detection.components[0].name}:1"
    assert bench.leftovers(name) == {}
    after = {p.relative_to(bench.folder) for p in bench.folder.rglob("*")} - set(before)
    assert {p for p in after if p.parts[0] != "state"} == set()
    assert bench.ctx.store.services.all() == []
    assert bench.ctx.store.events.last() == []


def test_scale_a_worker(bench: Bench) -> None:
    name = bench.name("jobs")
    bench.deploy(bench.app("worker-only"), name)
    component = bench.ctx.engine.containers(service=name)[0].component
    bench.do("service.scale", name=name, replicas=(f"{component}=3",))
    row = bench.row(name)
    assert (row.containers, row.wanted, row.status) == (3, 3, "running")
    with pytest.raises(InvalidInput) as caught:
        bench.do("service.scale", name=name, replicas=("nothing=2",))
    assert component in caught.value.mend


def test_logs_are_merged_and_bounded(bench: Bench) -> None:
    name = bench.name("shop")
    bench.behave(name, APP)
    bench.deploy(bench.app(APP), name)
    rows = bench.do("service.logs", name=name, tail=1).rows
    assert len(rows) == 1
    assert all(row.at > 0 for row in rows)
    with pytest.raises(NotFound) as caught:
        bench.do("service.logs", name=name, component="nothing")
    assert caught.value.field == "--component"


def test_names_that_are_taken_or_wrong(bench: Bench) -> None:
    app = bench.app(APP)
    for wrong in ("has space", "a/b", "x" * 300, "Большой", "-x", "ende-"):
        with pytest.raises(InvalidInput) as caught:
            bench.deploy(app, wrong)
        assert caught.value.field == "--name"
    with pytest.raises(NotFound) as missing:
        bench.do("service.show", name="nothing")
    assert missing.value.exit_code == 3
    assert bench.ctx.store.services.all() == []


def test_two_deploys_of_one_service_at_once(bench: Bench) -> None:
    name, app = bench.name("shop"), bench.app(APP)
    bench.deploy(app, name)
    first = bench.stream("service.deploy", source=str(app), name=name, watch=0.0)
    for event in first:
        if isinstance(event, StepFinished) and event.step == "plan":
            break
    with pytest.raises(Conflict) as caught:
        bench.deploy(app, name)
    assert "deploy by" in caught.value.what
    assert caught.value.exit_code == 4
    list(first)
    assert bench.row(name).release == 2


def test_another_port_frees_the_old_one_and_rollback_takes_it_again(bench: Bench) -> None:
    name = bench.name("shop")
    first = bench.deploy(bench.app(APP), name)
    old = int(first.url.rpartition(":")[2])
    moved = bench.do("service.update", name=name, port=old + 9, watch=0.0)
    assert moved.url.endswith(f":{old + 9}")
    assert [p.port for p in bench.do("port.list").rows] == [old + 9]
    back = bench.do("deployment.rollback", name=name, watch=0.0)
    assert back.url == first.url
    assert [p.port for p in bench.do("port.list").rows] == [old]
    bench.do("port.reserve", port=old + 9, note="for later")
    with pytest.raises(Conflict, match="for later"):
        bench.do("deployment.rollback", name=name, release=2, watch=0.0)
    assert (bench.row(name).release, bench.row(name).status) == (1, "running")
    bench.do("port.release", port=old + 9)


def test_only_the_last_releases_stay_bootable(memory_bench: Bench) -> None:
    bench, app = memory_bench, memory_bench.app(APP)
    for number in range(1, 8):
        set_version(app, f"{number}.0")
        bench.deploy(app, "shop")
    kept = [r.number for r in bench.do("service.show", name="shop").releases if r.kept]
    assert kept == [7, 6, 5, 4, 3]
    tags = {t for i in bench.ctx.engine.images(prefix="machete/shop-") for t in i.tags}
    assert tags == {f"machete/shop-web:{n}" for n in kept}
    with pytest.raises(Conflict, match="are gone"):
        bench.do("deployment.rollback", name="shop", release=2)
    bench.do("deployment.rollback", name="shop", release=3, watch=0.0)
    set_version(app, "8.0")
    bench.deploy(app, "shop")
    assert [r.number for r in bench.do("service.show", name="shop").releases if r.kept] == [8, 7, 6, 5, 4]


@pytest.mark.parametrize("watch", [0.0, 0.2])
def test_steps_are_counted_right_whatever_makes_the_release(bench: Bench, watch: float) -> None:
    name = bench.name("counted")
    bench.deploy(bench.app("static-site"), name)
    bench.do("service.update", name=name, env=("A=1",), watch=watch)
    for stream in (
        bench.stream("service.update", name=name, watch=watch, env=("A=2",)),
        bench.stream("deployment.rollback", name=name, watch=watch),
    ):
        steps = [event for event in stream if isinstance(event, StepStarted)]
        assert {step.total for step in steps} == {len(steps)}
        assert [step.index for step in steps] == list(range(1, len(steps) + 1))


@pytest.mark.parametrize("fault", ["crash-at-once", "build-fails"])
def test_a_failed_deploy_gives_back_the_port_and_the_volume_that_it_asked_for(
    bench: Bench, fault: str
) -> None:
    name, app = bench.name("shop"), bench.app(APP)
    first = bench.deploy(app, name)
    port = int(first.url.rpartition(":")[2])
    shutil.rmtree(app)
    bench.app(fault, APP)
    (app / "machete.yml").write_text("components:\n  web:\n    volumes: ['extra:/extra']\n")
    bench.behave(name, fault)
    stream = bench.stream("service.deploy", source=str(app), name=name, port=port + 9, watch=0.0, gate=12.0)
    with pytest.raises(MacheteError):
        bench.drain(stream, "restore", lambda: bench.behave(name, APP))
    assert [p.port for p in bench.do("port.list").rows] == [port]
    assert bench.do("service.show", name=name).volumes == ()
    assert bench.row(name).address == first.url


def test_scaling_keeps_the_address_or_says_who_is_in_the_way(bench: Bench) -> None:
    name = bench.name("shop")
    first = bench.deploy(bench.app(APP), name)
    port = int(first.url.rpartition(":")[2])
    bench.do("port.reserve", port=port + 1, note="mine")
    with pytest.raises(Conflict) as caught:
        bench.do("service.scale", name=name, replicas=("2",))
    assert str(port + 1) in caught.value.what
    assert f"service.update {name} --port {port + 2}" in caught.value.mend
    assert (bench.row(name).address, bench.row(name).release) == (first.url, 1)
    bench.do("port.release", port=port + 1)
    assert bench.do("service.scale", name=name, replicas=("2",)).url == first.url
    assert [p.port for p in bench.do("port.list").rows] == [port, port + 1]
    assert bench.do("service.scale", name=name, replicas=("1",)).url == first.url
    assert [p.port for p in bench.do("port.list").rows] == [port]


def test_a_variable_that_is_not_there_cannot_be_unset(bench: Bench) -> None:
    name = bench.name("shop")
    bench.deploy(bench.app(APP), name, env=("COLOR=red",))
    with pytest.raises(InvalidInput, match="COLOUR") as caught:
        bench.do("service.update", name=name, unset=("COLOR", "COLOUR"), watch=0.0)
    assert caught.value.field == "--unset"
    assert bench.do("service.update", name=name, unset=("COLOR",), watch=0.0).release == 2
    assert bench.do("service.show", name=name).environment == {}


def test_the_same_source_again_changes_nothing_but_the_build(memory_bench: Bench) -> None:
    app = memory_bench.app(APP)
    memory_bench.deploy(app, "shop")
    plan = memory_bench.do("service.deploy", source=str(app), name="shop", dry_run=True)
    assert plan.changes == ("nothing but the build itself",)


def test_a_program_that_only_runs_when_called_is_no_service(bench: Bench) -> None:
    app = bench.folder / "tool"
    app.mkdir()
    (app / "package.json").write_text('{"name": "tool", "scripts": {"start": "node tool.js"}}')
    (app / "tool.js").write_text("process.exit(0)\n")
    name = bench.name("tool")
    with pytest.raises(InvalidInput, match="run by itself") as caught:
        bench.deploy(app, name)
    assert "kind: worker" in caught.value.mend
    assert bench.leftovers(name) == {}
    assert bench.ctx.store.services.all() == []


def test_a_stop_that_takes_long_says_how_to_watch_it(docker_bench: Bench) -> None:
    bench = docker_bench
    app, name = bench.folder / "stubborn", bench.name("stubborn")
    app.mkdir()
    (app / "Dockerfile").write_text(
        'FROM busybox:latest\nCMD ["sh", "-c", "trap \'\' TERM; while :; do sleep 1; done"]\n'
    )
    bench.deploy(app, name)
    notes = [e.text for e in bench.stream("service.stop", name=name) if isinstance(e, Note)]
    assert notes == [f"stop of {name} goes on; watch it with `machete-tui --run service.show {name}`"]
    assert bench.row(name).status == "stopped"


def test_more_cores_than_the_machine_has_are_refused_before_anything_runs(bench: Bench) -> None:
    name = bench.name("shop")
    bench.deploy(bench.app(APP), name)
    before = [c.id for c in bench.ctx.engine.containers(service=name)]
    with pytest.raises(NoCapacity, match="500 cores") as caught:
        bench.do("service.update", name=name, cpus=500.0, watch=0.0)
    assert caught.value.field == "--cpus"
    assert [c.id for c in bench.ctx.engine.containers(service=name)] == before
    assert bench.row(name).release == 1
