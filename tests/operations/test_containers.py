"""Single containers, whoever made them: listed, shown, changed, with the command kept in the audit trail."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

import pytest

from machete_tui.core.errors import CommandFailed, Conflict, InvalidInput, NotFound
from machete_tui.engines.memory import MemoryEngine
from machete_tui.operations.container_views import ContainerPage
from tests.operations.bench import Bench
from tests.operations.test_projects import Elsewhere, last

ALONE = """
services:
  one:
    image: {image}
    command: sleep 1000
    init: true
    environment: {{API_TOKEN: abracadabra, COLOUR: {colour}, DATABASE_URL: "postgres://u:s3cretpw@db/x"}}
    mem_limit: 64m
    volumes: ["data:/data"]
volumes: {{data: {{}}}}
"""


@pytest.fixture
def box(bench: Bench) -> Elsewhere:
    made = Elsewhere(bench, "alone")
    made.write(ALONE)
    return made.up()


def name(box: Elsewhere) -> str:
    return f"{box.name}-one-1"


def test_the_list_tells_what_each_belongs_to(bench: Bench, box: Elsewhere) -> None:
    rows = {row.name: row for row in bench.do("container.list", restarts=True).rows}
    row = rows[name(box)]
    assert (row.of, row.kind, row.state, row.component, row.restarts) == (
        box.name,
        "project",
        "running",
        "one",
        0,
    )
    assert [r.name for r in bench.do("container.list", of=box.name).rows] == [name(box)]


def test_show_masks_secrets_and_tells_the_rest(bench: Bench, box: Elsewhere) -> None:
    page = bench.do("container.show", name=name(box))
    assert isinstance(page, ContainerPage)
    assert page.environment["COLOUR"] == "red"
    assert page.environment["API_TOKEN"] == "••••••"
    assert "s3cretpw" not in page.environment["DATABASE_URL"]
    assert page.memory == 64 << 20
    assert (f"{box.name}_data", "/data") in page.mounts
    assert page.exit_code is None
    assert page.started > 0
    by_id = bench.do("container.show", name=page.line.id[:12])
    assert by_id.line.id == page.line.id


def test_inspect_masks_secrets_wherever_they_stand(bench: Bench, box: Elsewhere) -> None:
    document = bench.do("container.inspect", name=name(box))
    assert document.data["Name"] == f"/{name(box)}"
    assert "abracadabra" not in document.text
    assert "s3cretpw" not in document.text
    assert "COLOUR=red" in document.text


def test_each_verb_does_what_it_says_and_keeps_its_command(bench: Bench, box: Elsewhere) -> None:
    one = name(box)
    for verb, state, command in (
        ("pause", "paused", f"docker pause {one}"),
        ("unpause", "running", f"docker unpause {one}"),
        ("restart", "running", f"docker restart {one}"),
        ("kill", "exited", f"docker kill {one}"),
        ("start", "running", f"docker start {one}"),
        ("stop", "exited", f"docker stop {one}"),
    ):
        done = bench.do(f"container.{verb}", names=(one,))
        deadline = time.monotonic() + 10
        while box.states() != {"one": state} and time.monotonic() < deadline:
            time.sleep(0.05)
        assert box.states() == {"one": state}, verb
        assert done.command == command
        assert last(bench) == (f"container.{verb}", box.name, command)
    bench.do("container.remove", names=(one,))
    assert box.states() == {}
    assert last(bench)[2] == f"docker rm -f -v {one}"
    assert [v.name for v in bench.ctx.engine.volumes(project=box.name)] == [f"{box.name}_data"]


def test_several_at_once_are_a_row_each(bench: Bench, box: Elsewhere) -> None:
    other = Elsewhere(bench, "other")
    other.write(ALONE)
    other.up()
    done = bench.do("container.stop", names=(name(box), name(other)), grace=0)
    assert done.message == "2 containers are stopped"
    details = [e.detail for e in bench.ctx.store.events.last(2)]
    assert sorted(details) == sorted([f"docker stop -t 0 {name(box)}", f"docker stop -t 0 {name(other)}"])


def test_what_fails_is_kept_with_its_command(bench: Bench, box: Elsewhere) -> None:
    with pytest.raises(Conflict):
        bench.do("container.unpause", names=(name(box),))
    event = bench.ctx.store.events.last(1)[0]
    assert event.outcome == "failed"
    assert event.detail.startswith(f"docker unpause {name(box)}: Conflict")
    with pytest.raises(NotFound) as caught:
        bench.do("container.stop", names=(name(box) + "x",))
    assert name(box) in caught.value.mend
    with pytest.raises(InvalidInput):
        bench.do("container.kill", names=(name(box),), signal="; rm")


def test_exec_prints_and_tells_a_failure(bench: Bench, box: Elsewhere) -> None:
    document = bench.do("container.exec", name=name(box), command=("sh", "-c", "echo hello; exit 0"))
    assert document.text == "hello"
    with pytest.raises(CommandFailed, match="ended with 4") as caught:
        bench.do("container.exec", name=name(box), command=("sh", "-c", "echo why; exit 4"))
    assert caught.value.log == ("why",)
    with pytest.raises(NotFound, match="no program"):
        bench.do("container.exec", name=name(box), command=("no-such-program",))


def test_a_shell_needs_a_terminal(bench: Bench, box: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InvalidInput, match="needs a terminal"):
        bench.do("container.shell", name=name(box))


@pytest.mark.engine
def test_a_shell_in_a_real_container_from_the_command_line(docker_bench: Bench) -> None:
    box = Elsewhere(docker_bench, "shell")
    box.write(ALONE)
    box.up()
    env = {**os.environ, "MACHETE_STATE_DIR": str(docker_bench.ctx.settings.state_dir), "TERM": "xterm"}
    main, side = pty.openpty()
    words = [sys.executable, "-m", "machete_tui", "--run", "container.shell", name(box)]
    process = subprocess.Popen(words, stdin=side, stdout=side, stderr=side, env=env, start_new_session=True)
    os.close(side)
    seen = b""

    def read(until: bytes) -> None:
        nonlocal seen
        end = time.monotonic() + 30
        while until not in seen:
            assert time.monotonic() < end, seen
            if select.select([main], [], [], 0.2)[0]:
                try:
                    seen += os.read(main, 65536)
                except OSError:
                    assert until in seen, seen
                    return

    try:
        read(b"# ")
        os.write(main, b"echo in-$COLOUR\n")
        read(b"in-red")
        os.write(main, b"exit\n")
        read(b"has ended")
        assert process.wait(20) == 0
    finally:
        process.kill()
        os.close(main)
    assert last(docker_bench)[2].startswith(f"docker exec -it {name(box)} ")


def test_an_image_without_a_shell_is_said(memory_bench: Bench) -> None:
    from machete_tui.core.cancel import Cancel
    from machete_tui.engines.memory import Behaviour
    from machete_tui.operations.container_verbs import find_shell

    engine = memory_bench.ctx.engine
    assert isinstance(engine, MemoryEngine)
    engine.behave("one", Behaviour(shell=False))
    box = Elsewhere(memory_bench, "bare")
    box.write(ALONE)
    box.up()
    (container,) = engine.containers(project=box.name)
    with pytest.raises(NotFound, match="has no shell"):
        find_shell(memory_bench.ctx, container, Cancel())
    engine.stop(container.id)
    (container,) = engine.containers(project=box.name)
    with pytest.raises(Conflict, match="does not run"):
        find_shell(memory_bench.ctx, container, Cancel())


def test_a_container_of_a_service_under_deployment_is_left_alone(memory_bench: Bench) -> None:
    name_ = memory_bench.name("shop")
    memory_bench.deploy(memory_bench.app("python-flask"), name_)
    (container, *_) = memory_bench.ctx.engine.containers(service=name_)
    with memory_bench.ctx.store.lock(name_, "deploy by ci"), pytest.raises(Conflict, match="deploy by ci"):
        memory_bench.do("container.stop", names=(container.name,))
    memory_bench.do("container.pause", names=(container.name,))
    row = memory_bench.row(name_)
    assert (row.status, row.reason) == ("degraded", f"{container.component} is paused")


def test_drift_of_a_service(bench: Bench) -> None:
    name_ = bench.name("shop")
    bench.deploy(bench.app("dockerfile-app"), name_)
    assert bench.do("service.drift", name=name_).rows == ()
    release = bench.ctx.settings.release_dir(name_, 1)
    file = release / "compose.yml"
    file.write_text(file.read_text().replace("restart: unless-stopped", "restart: always"))
    (row,) = bench.do("service.drift", name=name_).rows
    assert row.what == "settings"
    assert bench.do("service.config", name=name_).text.startswith(("name:", "services:"))
