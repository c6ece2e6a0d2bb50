"""The rig itself: what it promises to other tests, on real Engines."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import Spare
from tests.rig import Rig
from tests.rig.commands import RigError
from tests.rig.places import places
from tests.rig.processes import alive, wait_until

pytestmark = pytest.mark.engine

REFUSED = """
import socket
try:
    socket.create_connection(("{}", 9), timeout=5)
except ConnectionRefusedError:
    print("refused")
"""
SERVER = ("python3", "-m", "http.server", "8000", "--bind", "0.0.0.0")


def test_published_ports_answer_in_this_process(rig: Rig) -> None:
    rig.main.docker("run", "-d", "--name", "rig-web", "-p", "19080:8000", "python:3.13-slim", *SERVER)
    try:
        wait_until(lambda: _status("http://127.0.0.1:19080/") == 200, 20, "the server answers")
    finally:
        rig.main.docker("rm", "--force", "rig-web")


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status)
    except OSError:
        return 0


def test_programs_started_by_a_test_are_in_the_engines_network_too(rig: Rig) -> None:
    code = "import os; print(os.readlink('/proc/self/ns/net'), os.environ['DOCKER_HOST'])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    inode = rig.main.namespace.stat().st_ino
    assert said.stdout.split() == [f"net:[{inode}]", rig.main.host]


def test_a_build_starts_from_official_names_without_a_registry(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM busybox:latest\nRUN echo built > /built\n")
    rig.main.docker("build", "--quiet", "--tag", "rig-built", str(tmp_path))
    try:
        assert rig.main.docker("run", "--rm", "rig-built", "cat", "/built") == "built\n"
    finally:
        rig.main.docker("image", "rm", "rig-built")


def test_containers_outlive_a_killed_daemon_until_it_starts_again(rig: Rig, spare_engine: Spare) -> None:
    engine = spare_engine("killed")
    engine.take_images(rig.main, "busybox:latest")
    engine.docker("run", "-d", "--init", "--name", "one", "busybox:latest", "sleep", "1000")
    inside = int(engine.docker("inspect", "--format", "{{.State.Pid}}", "one"))
    engine.kill9()
    assert not engine.answers()
    assert alive(inside)
    engine.restart()
    assert engine.docker("inspect", "--format", "{{.State.Running}}", "one") == "false\n"
    assert not alive(inside)


def test_a_lost_engine_loses_its_containers_and_starts_afresh(rig: Rig, spare_engine: Spare) -> None:
    engine = spare_engine("lost")
    engine.take_images(rig.main, "busybox:latest")
    engine.docker("run", "-d", "--init", "--name", "one", "busybox:latest", "sleep", "1000")
    inside = int(engine.docker("inspect", "--format", "{{.State.Pid}}", "one"))
    engine.lose()
    assert not alive(inside)
    assert engine.start()
    assert engine.docker("inspect", "--format", "{{.State.Running}}", "one") == "false\n"


def test_a_small_disk_can_be_filled_and_freed(rig: Rig, spare_engine: Spare) -> None:
    engine = spare_engine("full", disk=400 << 20)
    engine.fill_disk()
    with pytest.raises(RigError, match="no space left"):
        engine.take_images(rig.main, "busybox:latest")
    engine.free_disk()
    engine.take_images(rig.main, "busybox:latest")
    assert "busybox" in engine.docker("image", "ls")


def test_the_newer_engine_runs_beside_the_machines(rig: Rig, spare_engine: Spare) -> None:
    engine = spare_engine("newer", newer=True)
    engine.take_images(rig.main, "busybox:latest")
    said = engine.docker("version", "--format", "{{.Server.Version}}")
    assert int(said.split(".")[0]) >= 26
    assert engine.docker("run", "--rm", "busybox:latest", "echo", "hello") == "hello\n"


def test_another_engines_network_is_entered_for_a_while(rig: Rig, spare_engine: Spare) -> None:
    engine = spare_engine("aside")
    network = Path("/proc/thread-self/ns/net")
    before = network.readlink()
    with engine.entered():
        assert os.environ["DOCKER_HOST"] == engine.host
        assert network.readlink() != before
    assert network.readlink() == before
    assert os.environ["DOCKER_HOST"] == rig.main.host


def test_a_further_engine_reaches_what_the_machine_reaches(rig: Rig, spare_engine: Spare) -> None:
    engine = spare_engine("outward")
    engine.take_images(rig.main, "python:3.13-slim")
    gateway = f"{rig.places.subnet}.1"
    said = engine.docker("run", "--rm", "python:3.13-slim", "python", "-c", REFUSED.format(gateway))
    assert said == "refused\n"  # by the machine itself: a port that nobody listens on


def test_purging_leaves_nothing(rig: Rig) -> None:
    with rig.engine("gone", disk=300 << 20) as engine:
        pid, data = engine.pid, engine.data
        assert os.path.ismount(data)
    assert not alive(pid)
    assert not data.exists()
    assert not engine.namespace.exists()
    assert str(data) not in Path("/proc/mounts").read_text()


def test_two_rigs_of_one_machine_have_names_of_their_own(tmp_path: Path) -> None:
    one, other = places(tmp_path / "one"), places(tmp_path / "other")
    assert one.tag != other.tag
    assert one.run != other.run
    assert len(one.bridge) <= 15
