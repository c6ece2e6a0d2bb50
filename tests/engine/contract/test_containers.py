from __future__ import annotations

import time

import pytest

from machete_tui.core.engine import LABEL_COMPONENT, LABEL_RELEASE, LABEL_SERVICE, Engine, Listener, Published
from machete_tui.core.errors import NotFound
from machete_tui.engines.memory import Behaviour
from tests.engine.contract.lab import BASE, Lab, until


def test_info_tells_what_it_is(engine: Engine) -> None:
    info = engine.info()

    assert info.name in ("docker", "memory")
    assert info.version[0].isdigit()
    assert info.api.startswith("1.")
    assert info.cpus > 0
    assert info.memory > 1 << 20
    assert info.cgroup in ("1", "2")


def test_a_local_docker_tells_its_folder_and_its_start(lab: Lab) -> None:
    info = lab.engine.info()

    local = not lab.in_memory and not lab.remote
    assert bool(info.root) == local
    assert (0 < info.started < time.time()) == local


def test_list_by_service_project_and_state(lab: Lab) -> None:
    project = lab.project(
        f"""
        services:
          web:
            image: {BASE}
            command: sleep 1000
            init: true
            labels: {{{LABEL_SERVICE}: NAME-shop, {LABEL_COMPONENT}: front, {LABEL_RELEASE}: "7"}}
          job: {{image: {BASE}, command: "true"}}
        """
    )
    lab.up(project)
    until(lambda: (lab.one("job").state, lab.one("front").state) == ("exited", "running"))

    (web,) = lab.engine.containers(service=f"{lab.name}-shop")
    assert (web.name, web.service, web.component, web.release) == (
        f"{lab.name}-web-1",
        f"{lab.name}-shop",
        "front",
        7,
    )
    assert (web.state, web.health, web.image) == ("running", "", BASE)
    assert web.status.startswith("Up ")
    assert len(web.id) == 64
    assert web.image_id.startswith("sha256:")
    assert abs(web.created - time.time()) < 60
    assert {c.component for c in lab.all()} == {"front", "job"}
    running = lab.engine.containers(project=lab.name, every=False)
    assert [c.component for c in running] == ["front"]
    assert lab.one("job").status.startswith("Exited (0)")
    assert lab.engine.containers(service="no-such-service") == []


def test_inspect_tells_what_the_list_does_not(lab: Lab) -> None:
    project = lab.project(
        f"""
        services:
          box:
            image: {BASE}
            command: sleep 1000
            init: true
            environment: {{GREETING: "hello $${{x}} = y", EMPTY: "", SECRET: "${{SECRET}}"}}
            volumes: ["data:/data"]
            ports: ["127.0.0.1:23991:8000"]
            mem_limit: 64m
            cpus: 0.5
        volumes: {{data: {{}}}}
        """,
        {"SECRET": "s3cret"},
    )
    lab.up(project)

    detail = lab.engine.container(f"{lab.name}-box-1")

    assert detail.container.id == lab.one().id
    assert detail.container.state == "running"
    assert detail.pid > 0
    assert detail.restarts == 0
    assert abs(detail.started - time.time()) < 60
    assert detail.finished == 0
    assert detail.environment["GREETING"] == "hello ${x} = y"
    assert detail.environment["EMPTY"] == ""
    assert detail.environment["SECRET"] == "s3cret"
    assert (f"{lab.name}_data", "/data") in detail.mounts
    assert detail.networks[f"{lab.name}_default"].count(".") == 3
    assert detail.command[-2:] == ("sleep", "1000")
    assert (detail.limits_cpus, detail.limits_memory) == (0.5, 64 << 20)
    port = Published("127.0.0.1", 23991, 8000)
    assert detail.container.ports == (port,)
    assert lab.one().ports == (port,)


def test_how_a_container_ended(lab: Lab) -> None:
    box = lab.shell("echo bye", "exit 3")
    lab.ended(box)

    detail = lab.engine.container(box.id)

    assert (detail.exit_code, detail.oom_killed, detail.pid) == (3, False, 0)
    assert detail.started > 0
    assert abs(detail.finished - detail.started) < 10  # Docker may write the end a moment before the start
    until(lambda: lab.one().status.startswith("Exited (3)"))


def test_stop_start_and_restart(lab: Lab) -> None:
    box = lab.shell("sleep 1000")
    engine = lab.engine

    engine.stop(box.id, 0)
    assert engine.container(box.id).container.state == "exited"
    until(lambda: lab.one().state == "exited")  # Docker's list may be a moment behind
    engine.stop(box.id, 0)
    engine.start(box.id)
    first = engine.container(box.id)
    assert first.container.state == "running"
    engine.start(box.id)
    assert engine.container(box.id).started == first.started
    engine.restart(box.name, 0)
    again = engine.container(box.id)
    assert again.container.state == "running"
    assert first.started <= again.finished <= again.started
    assert again.started > first.started


def test_remove_takes_one_that_runs_and_one_that_is_gone(lab: Lab) -> None:
    box = lab.shell("sleep 1000")

    lab.engine.remove(box.id)
    assert lab.all() == []
    lab.engine.remove(box.id)
    lab.engine.remove("no-such-container")


@pytest.mark.parametrize("name", ["no-such-container", "a" * 64, "", "../images/json", "a b", "x?all=1"])
def test_what_is_not_there_is_not_found(engine: Engine, name: str) -> None:
    for ask in (engine.container, engine.start, engine.stop, engine.restart, engine.logs, engine.listeners):
        with pytest.raises(NotFound):
            ask(name)


def test_a_crash_loop_shows_its_restarts(lab: Lab) -> None:
    lab.up(
        lab.project(
            f"""
            services:
              box: {{image: {BASE}, command: ["sh", "-c", "sleep 0.1; exit 4"], restart: always}}
            """
        )
    )

    until(lambda: lab.engine.container(lab.one().id).restarts >= 2)
    until(lambda: lab.one().status.startswith("Restarting (4)"))


def test_every_end_since_a_time_has_its_code(lab: Lab) -> None:
    box = lab.shell("sleep 0.2", "exit 3")
    lab.ended(box)
    until(lambda: lab.engine.exits(box.id, box.created - 5) == [3])
    between = time.time()
    lab.engine.start(box.id)

    until(lambda: lab.engine.exits(box.id, box.created - 5) == [3, 3])
    assert lab.engine.exits(box.id, between) == [3]
    assert lab.engine.exits(box.id, time.time()) == []


def test_health_follows_the_check(lab: Lab) -> None:
    lab.behave("bad", Behaviour(health="unhealthy"))
    check = "interval: 0.3s, timeout: 2s, retries: 2"
    lab.up(
        lab.project(
            f"""
            services:
              good:
                image: {BASE}
                command: sleep 1000
                init: true
                healthcheck: {{test: ["CMD", "true"], {check}}}
              bad:
                image: {BASE}
                command: sleep 1000
                init: true
                healthcheck: {{test: ["CMD", "false"], {check}}}
            """
        )
    )

    until(lambda: lab.one("good").health == "healthy")
    assert lab.one("good").status.endswith("(healthy)")
    assert lab.engine.container(lab.one("good").id).container.health == "healthy"
    until(lambda: lab.one("bad").health == "unhealthy")
    lab.engine.stop(lab.one("bad").id, 0)
    until(lambda: lab.one("bad").health == "")
    assert lab.engine.container(lab.one("bad").id).container.health == ""


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1"])
def test_listeners_are_those_of_the_kernel(lab: Lab, address: str) -> None:
    lab.behave("box", Behaviour(listens=(address, 8123)))
    lab.up(
        lab.project(
            f"""
            services:
              box: {{image: {BASE}, command: "busybox httpd -f -p {address}:8123", init: true}}
            """
        )
    )
    box = lab.one()
    if lab.remote:
        assert lab.engine.listeners(box.id) == []
        return

    found = until(lambda: lab.engine.listeners(box.id))
    assert found == [Listener(address, 8123)]
    lab.engine.stop(box.id, 0)
    assert lab.engine.listeners(box.id) == []


def test_samples_need_two_calls(lab: Lab) -> None:
    box = lab.shell("while :", "do :", "done")
    until(lambda: lab.one().state == "running")

    first = lab.engine.sample([box])
    until(lambda: time.time() > box.created + 1.5)
    second = lab.engine.sample(lab.all())

    assert first[box.id].cpu == 0
    assert second[box.id].cpu > 0
    assert 0 < second[box.id].memory < 512 << 20
    lab.engine.stop(box.id, 0)
    until(lambda: lab.engine.sample(lab.all()) == {})
