"""Bad input and faults that end a deploy before or in the middle: a clear error, its exit code, no trace."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.context import in_memory
from machete_tui.core.errors import Conflict, InvalidInput, MacheteError, NoCapacity, NotPermitted
from machete_tui.core.events import StepStarted
from machete_tui.engines.memory import MemoryHost
from tests.operations.bench import Bench

GOOD = "dockerfile-app"


def manifest(bench: Bench, text: str) -> Path:
    """Return a good app with this manifest."""
    app = bench.app(GOOD)
    (app / "machete.yml").write_text(text)
    return app


MANIFESTS = {
    "typo": ("name: shop\ncomponents:\n  web:\n    helth: /health\n", 4, "helth"),
    "kind": ("name: shop\ncomponents:\n  web:\n    port: many\n", 4, "port"),
    "yaml": ("name: shop\ncomponents: [\n", 3, ""),
}


@pytest.mark.parametrize("case", sorted(MANIFESTS))
def test_a_manifest_with_a_mistake_is_named_with_its_line(memory_bench: Bench, case: str) -> None:
    text, line, field = MANIFESTS[case]
    with pytest.raises(InvalidInput) as caught:
        memory_bench.deploy(manifest(memory_bench, text), "shop")
    said = f"{caught.value.what} {caught.value.field} {caught.value.mend}"
    assert "machete.yml" in said
    assert str(line) in said
    assert field in said
    assert memory_bench.ctx.store.services.all() == []


@pytest.mark.parametrize("case", ["bomb", "loop", "huge"])
def test_a_manifest_that_is_an_attack_is_refused(memory_bench: Bench, case: str) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for n in range(1, 9):
        bomb += f"{chr(97 + n)}: &{chr(97 + n)} [{','.join(['*' + chr(96 + n)] * 9)}]\n"
    text = {"bomb": bomb, "loop": "name: &a\n  x: *a\n", "huge": "# " + "x" * (10 << 20)}[case]
    with pytest.raises(InvalidInput):
        memory_bench.deploy(manifest(memory_bench, text), "shop")


def test_a_port_that_another_program_has(bench: Bench) -> None:
    port = bench.ctx.settings.port_low + 7
    with _held(bench, port), pytest.raises(Conflict) as caught:
        bench.deploy(bench.app(GOOD), bench.name("shop"), port=port)
    assert str(port) in caught.value.what
    assert caught.value.field == "--port"
    assert bench.ctx.store.services.all() == []


def test_a_port_taken_between_plan_and_start(docker_bench: Bench) -> None:
    bench = docker_bench
    name, app = bench.name("shop"), bench.app(GOOD)
    stream = bench.stream("service.deploy", source=str(app), name=name, watch=0.0)
    thief = socket.socket()
    with thief, pytest.raises(MacheteError) as caught:
        bench.drain(stream, "build", lambda: _take(bench, thief))
    assert caught.value.exit_code == 4
    assert bench.leftovers(name) == {}
    assert bench.deploy(app, name).release == 2


def _take(bench: Bench, thief: socket.socket) -> None:
    thief.bind(("0.0.0.0", bench.ctx.store.ports.all()[0].port))
    thief.listen()


def _held(bench: Bench, port: int) -> socket.socket:
    if isinstance(bench.ctx.host, MemoryHost):
        bench.ctx.host.taken.add(port)
        return socket.socket()
    return socket.create_server(("0.0.0.0", port))


@pytest.mark.parametrize("path", ["/etc", "/var/run/docker.sock", "/", "/proc/1", "/home/someone"])
def test_mounts_that_would_own_the_host_are_refused(memory_bench: Bench, path: str) -> None:
    app = manifest(memory_bench, f"components:\n  web:\n    volumes: ['{path}:/data']\n")
    with pytest.raises(NotPermitted) as caught:
        memory_bench.deploy(app, "shop")
    assert path in caught.value.what
    assert "--allow-mount" in caught.value.mend
    assert memory_bench.ctx.store.services.all() == []
    assert memory_bench.deploy(app, "shop", allow_mount=(os.path.realpath(path),)).release == 1


def test_a_link_does_not_hide_a_system_path(memory_bench: Bench) -> None:
    link = memory_bench.folder / "srv" / "innocent"
    link.parent.mkdir()
    link.symlink_to("/etc")
    app = manifest(memory_bench, f"components:\n  web:\n    volumes: ['{link}:/data']\n")
    with pytest.raises(NotPermitted):
        memory_bench.deploy(app, "shop")


def test_a_folder_claimed_by_another_service_is_named(memory_bench: Bench) -> None:
    bench = memory_bench
    data = bench.folder / "srv" / "data"
    app = manifest(bench, f"components:\n  web:\n    volumes: ['{data}:/data']\n")
    bench.deploy(app, "shop")
    inner = bench.app(GOOD, "other")
    (inner / "machete.yml").write_text(f"components:\n  web:\n    volumes: ['{data}/inner:/data']\n")
    with pytest.raises(Conflict, match="which service shop claims"):
        bench.deploy(inner, "blog")
    bench.do("service.remove", name="shop")
    assert bench.deploy(inner, "blog").release == 1


def test_short_of_disk_or_memory_is_said_with_the_figure(memory_bench: Bench) -> None:
    bench = memory_bench
    host = bench.ctx.host
    assert isinstance(host, MemoryHost)
    app = bench.app(GOOD)
    host.free_disk = 5 << 20
    with pytest.raises(NoCapacity, match="5 MiB"):
        bench.deploy(app, "shop")
    host.free_disk = 100 << 30
    host.free_memory = 9 << 20
    with pytest.raises(NoCapacity, match="9 MiB"):
        bench.deploy(app, "shop")
    assert bench.ctx.store.services.all() == []


def test_a_project_made_elsewhere_is_not_taken_over(docker_bench: Bench) -> None:
    bench = docker_bench
    name = bench.name("foreign")
    folder = bench.folder / "foreign"
    folder.mkdir()
    (folder / "compose.yml").write_text(
        "services:\n  web:\n    image: busybox:latest\n    command: sleep 1000\n"
    )
    compose = ["docker", "compose", "-p", name, "-f", str(folder / "compose.yml")]
    subprocess.run([*compose, "up", "-d"], check=True, capture_output=True)
    try:
        with pytest.raises(Conflict, match="did not make"):
            bench.deploy(bench.app(GOOD), name)
        assert [c.state for c in bench.ctx.engine.containers(project=name)] == ["running"]
    finally:
        subprocess.run([*compose, "down", "-t", "0"], check=True, capture_output=True)


def test_control_sequences_of_a_container_never_reach_a_terminal(docker_bench: Bench) -> None:
    bench = docker_bench
    name = bench.name("noisy")
    bench.deploy(bench.app("noisy"), name)
    rows = bench.do("service.logs", name=name, tail=0).rows
    assert rows
    assert not [r.text for r in rows if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in r.text)]


def test_data_survives_redeploy_restart_and_rollback(docker_bench: Bench) -> None:
    bench = docker_bench
    data = bench.folder / "srv" / "data"
    app = bench.app("node-express-less")
    (app / "machete.yml").write_text(f"components:\n  web:\n    volumes: ['{data}:/data', 'named:/named']\n")
    name = bench.name("shop")
    bench.deploy(app, name)
    assert data.is_dir()
    container = bench.ctx.engine.containers(service=name)[0].name
    for path in ("/data/kept", "/named/kept"):
        subprocess.run(["docker", "exec", container, "sh", "-c", f"echo precious > {path}"], check=True)
    (app / "VERSION").write_text("2\n")
    bench.deploy(app, name)
    bench.do("service.restart", name=name)
    bench.do("deployment.rollback", name=name, watch=0.0)
    for path in ("/data/kept", "/named/kept"):
        read = subprocess.run(["docker", "exec", container, "cat", path], check=True, capture_output=True)
        assert read.stdout == b"precious\n"


def test_a_first_step_is_seen_before_it_acts(memory_bench: Bench) -> None:
    stream = memory_bench.stream("service.deploy", source=str(memory_bench.app(GOOD)), name="shop")
    first = next(stream)
    assert isinstance(first, StepStarted)
    assert (first.step, first.index) == ("source", 1)


def test_another_databases_service_and_volumes_are_not_taken_over(
    memory_bench: Bench, tmp_path: Path
) -> None:
    bench = memory_bench
    guestbook = Path(__file__).parents[2] / "examples" / "guestbook"
    bench.deploy(guestbook, "guestbook")
    settings = replace(bench.ctx.settings, state_dir=tmp_path / "other")
    stranger = Bench(
        in_memory(settings, bench.ctx.clock, engine=bench.ctx.engine, host=bench.ctx.host), tmp_path, "mem"
    )
    with pytest.raises(Conflict, match="does not know"):
        stranger.deploy(guestbook, "guestbook")
    assert bench.row("guestbook").status == "running"
    bench.do("service.remove", name="guestbook")
    with pytest.raises(Conflict, match="guestbook_db_data"):
        stranger.deploy(guestbook, "guestbook")
    assert bench.deploy(guestbook, "guestbook").release == 1
