"""The Docker engine while its daemon is killed, frozen or out of disk, on Engines of the test's own."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import EngineUnavailable, MacheteError, NoCapacity
from machete_tui.core.settings import Settings
from machete_tui.engines.docker import DockerEngine
from tests.conftest import Spare
from tests.engine.contract.lab import BASE, Lab, Reader, texts, until
from tests.rig import Daemon, Rig

pytestmark = pytest.mark.engine


@pytest.fixture
def daemon(rig: Rig, spare_engine: Spare) -> Daemon:
    daemon = spare_engine("mortal")
    daemon.take_images(rig.main, BASE)
    return daemon


@pytest.fixture
def engine(daemon: Daemon) -> Iterator[DockerEngine]:
    engine = DockerEngine(Settings(docker_host=daemon.host))
    yield engine
    engine.close()


@pytest.fixture
def lab(engine: DockerEngine, tmp_path: Path) -> Lab:
    return Lab(engine, tmp_path)


def later(act: Callable[[], None], seconds: float = 1.0) -> None:
    threading.Timer(seconds, act).start()


def test_a_killed_daemon_ends_every_stream_with_a_reason(daemon: Daemon, lab: Lab) -> None:
    box = lab.shell("echo ready", "sleep 1000")
    logs = Reader(lab.engine.logs(box.id, follow=True))
    until(lambda: logs.texts == ["ready"])
    stream = lab.engine.events()

    daemon.kill9()

    logs.joined()
    assert isinstance(logs.error, EngineUnavailable)
    with pytest.raises(EngineUnavailable):
        list(stream)


def test_calls_say_so_while_it_is_gone_and_work_when_it_is_back(daemon: Daemon, lab: Lab) -> None:
    engine = lab.engine
    box = lab.shell("sleep 1000")
    engine.restart(box.id, 0)
    daemon.kill9()

    project = lab.project("services: {}")
    calls: list[Callable[[], object]] = [
        engine.info,
        engine.containers,
        engine.events,
        lambda: engine.start(box.id),
        lambda: engine.stop(box.id),
        lambda: engine.remove(box.id),
        lambda: engine.remove_image(BASE),
        lambda: engine.run(BASE, ["true"], Cancel()),
        lambda: list(engine.compose_up(project, Cancel())),
        lambda: list(engine.build(lab.request(f"FROM {BASE}\n"), Cancel())),
        lambda: list(engine.pull(BASE, Cancel())),
        engine.registry_answers,
    ]
    for call in calls:
        with pytest.raises(EngineUnavailable) as caught:
            call()
        assert "docker" in caught.value.mend

    daemon.restart()
    engine.start(box.id)
    assert engine.container(box.id).container.state == "running"
    engine.remove(box.id)
    assert engine.containers() == []


def test_killed_in_the_middle_of_up(daemon: Daemon, lab: Lab) -> None:
    project = lab.project(
        f"""
        services:
          db:
            image: {BASE}
            command: sleep 1000
            init: true
            healthcheck: {{test: ["CMD", "test", "-e", "/ready"], interval: 1s, retries: 60}}
          web:
            image: {BASE}
            command: sleep 1000
            init: true
            depends_on: {{db: {{condition: service_healthy}}}}
        """
    )
    later(daemon.kill9, 2.0)

    with pytest.raises(EngineUnavailable):
        list(lab.engine.compose_up(project, Cancel()))

    daemon.restart()
    lab.engine.compose_down(project)
    assert lab.all() == []


def test_killed_in_the_middle_of_a_build(daemon: Daemon, lab: Lab) -> None:
    later(daemon.kill9, 2.0)

    with pytest.raises(EngineUnavailable):
        lab.build(lab.request(f"FROM {BASE}\nRUN sleep 60\n"))


def test_killed_in_the_middle_of_a_run(daemon: Daemon, engine: DockerEngine) -> None:
    later(daemon.kill9)

    with pytest.raises(EngineUnavailable):
        engine.run(BASE, ["sleep", "60"], Cancel())


def test_a_frozen_daemon_is_given_up_after_five_seconds(daemon: Daemon, lab: Lab) -> None:
    box = lab.shell("sleep 1000")
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        for call in (lab.engine.containers, lambda: lab.engine.stop(box.id)):
            begun = time.monotonic()
            with pytest.raises(EngineUnavailable, match="within 5 s"):
                call()
            assert time.monotonic() - begun > 4
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    assert lab.engine.containers() != []


def test_a_full_disk_is_named(rig: Rig, spare_engine: Spare, tmp_path: Path) -> None:
    daemon = spare_engine("full", disk=400 << 20)
    daemon.take_images(rig.main, BASE)
    lab = Lab(DockerEngine(Settings(docker_host=daemon.host)), tmp_path)
    daemon.fill_disk()

    for act in (
        lambda: lab.build(lab.request(f"FROM {BASE}\nRUN head -c 50000000 /dev/zero > /big\n")),
        lambda: lab.shell("sleep 1000"),
    ):
        with pytest.raises(MacheteError) as caught:
            act()
        assert isinstance(caught.value, NoCapacity), repr(caught.value)
        assert "disk" in caught.value.what


def test_a_log_is_still_there_after_the_daemon_came_back(daemon: Daemon, lab: Lab) -> None:
    box = lab.shell("echo before", "sleep 1000")
    until(lambda: texts(lab.engine.logs(box.id)) == ["before"])

    daemon.kill9()
    daemon.restart()

    assert texts(lab.engine.logs(box.id)) == ["before"]
