"""The Engine or a disk fails in the middle of a deployment: on Engines and disks made for that."""

from __future__ import annotations

import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.context import live
from machete_tui.core.errors import EngineUnavailable, MacheteError
from machete_tui.operations.reconcile import reconcile
from tests.conftest import Spare
from tests.operations.bench import Bench
from tests.operations.conftest import settings_in
from tests.rig import Daemon, Rig

pytestmark = [pytest.mark.engine, pytest.mark.slow]

IMAGE = "python:3.13-slim"
APP = "dockerfile-app"


@pytest.fixture
def fragile(spare_engine: Spare, rig: Rig, tmp_path: Path) -> Iterator[tuple[Daemon, Bench]]:
    """An Engine of this test's own, and a bench on it."""
    daemon = spare_engine("fragile", disk=1500 << 20)
    daemon.take_images(rig.main, IMAGE)
    with daemon.entered():
        settings = replace(settings_in(tmp_path), docker_host=daemon.host, disk_reserve=64 << 20)
        yield daemon, Bench(live(settings), tmp_path, f"f{uuid.uuid4().hex[:6]}")


def served(bench: Bench, name: str) -> str:
    with urllib.request.urlopen(bench.row(name).address, timeout=5) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("step", ["build", "start", "gate", "watch"])
def test_the_engine_is_killed_in_the_middle(fragile: tuple[Daemon, Bench], step: str) -> None:
    daemon, bench = fragile
    name, app = bench.name("shop"), bench.app(APP)
    (app / "VERSION").write_text("1.0\n")
    bench.deploy(app, name)
    (app / "VERSION").write_text("2.0\n")
    stream = bench.stream("service.deploy", source=str(app), name=name, watch=8.0)
    with pytest.raises(MacheteError) as caught:
        bench.drain(stream, step, daemon.kill9)
    assert caught.value.exit_code == EngineUnavailable.exit_code, caught.value
    assert caught.value.mend
    # The list keeps showing what SQLite knows.
    rows = {row.name: row for row in bench.do("service.list").rows}
    assert rows[name].release == 1
    daemon.restart()
    list(reconcile(bench.ctx))
    row = bench.row(name)
    assert (row.status, row.release, row.containers) == ("running", 1, 1)
    assert "1.0" in served(bench, name)
    assert bench.deploy(app, name).release >= 2
    assert "2.0" in served(bench, name)


def test_what_a_dead_engine_left_stopped_is_started_again(fragile: tuple[Daemon, Bench]) -> None:
    daemon, bench = fragile
    name = bench.name("shop")
    bench.deploy(bench.app(APP), name)
    daemon.kill9()
    daemon.restart()
    list(reconcile(bench.ctx))
    assert (bench.row(name).status, bench.row(name).containers) == ("running", 1)
    bench.do("service.stop", name=name)
    daemon.kill9()
    daemon.restart()
    list(reconcile(bench.ctx))
    assert (bench.row(name).status, bench.row(name).containers) == ("stopped", 0)


def test_the_engines_disk_fills_up_in_the_build(fragile: tuple[Daemon, Bench]) -> None:
    daemon, bench = fragile
    name, app = bench.name("shop"), bench.app(APP)
    bench.deploy(app, name)
    (app / "VERSION").write_text("2.0\n")
    (app / "big").write_bytes(bytes(range(256)) * (40 << 12))
    (app / "Dockerfile").write_text(
        (app / "Dockerfile").read_text().replace("COPY app.py", "COPY big app.py")
    )
    stream = bench.stream("service.deploy", source=str(app), name=name, watch=0.0)
    with pytest.raises(MacheteError) as caught:
        bench.drain(stream, "build", daemon.fill_disk)
    assert caught.value.exit_code in (6, 8)
    assert "full" in caught.value.what or "space" in caught.value.what, caught.value.what
    daemon.free_disk()
    assert (bench.row(name).status, bench.row(name).release, bench.row(name).containers) == ("running", 1, 1)
    assert [d.status for d in bench.do("deployment.list", name=name).rows] == ["failed", "succeeded"]


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Mount a small file system of memory on a folder."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_disk_of_the_database_fills_up(docker_bench: Bench) -> None:
    bench = docker_bench
    name, app = bench.name("shop"), bench.app(APP)
    state = bench.ctx.settings.state_dir
    with small_disk(state, "3m"):
        bench.deploy(app, name)
        stream = bench.stream("service.deploy", source=str(app), name=name, watch=0.0)
        with pytest.raises(MacheteError) as caught:
            bench.drain(stream, "build", lambda: _fill(state))
        assert caught.value.exit_code == 6, caught.value
        assert "full" in caught.value.what or "space" in caught.value.what.lower()
        assert [c.state for c in bench.ctx.engine.containers(service=name)] == ["running"]
        (state / "fill").unlink()
        list(reconcile(bench.ctx))
        assert (bench.row(name).status, bench.row(name).release) == ("running", 1)
        bench.clean()
        bench.ctx.store.close()


def _fill(folder: Path) -> None:
    with (folder / "fill").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def test_a_read_only_database(docker_bench: Bench) -> None:
    bench = docker_bench
    name, app = bench.name("shop"), bench.app(APP)
    state = bench.ctx.settings.state_dir
    with small_disk(state, "8m"):
        bench.deploy(app, name)
        bench.ctx.store.close()
        subprocess.run(["mount", "-o", "remount,ro", str(state)], check=True)
        assert bench.row(name).status == "running"
        with pytest.raises(MacheteError) as caught:
            bench.deploy(app, name)
        assert caught.value.exit_code == 5, caught.value
        assert "read-only" in caught.value.what.lower()
        subprocess.run(["mount", "-o", "remount,rw", str(state)], check=True)
        bench.ctx.store.close()
        bench.clean()
        bench.ctx.store.close()
