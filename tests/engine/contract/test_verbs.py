"""Pausing, killing, looking into and running something in single containers; projects made elsewhere."""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import replace

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import LABEL_COMPOSE_HASH, Container
from machete_tui.core.errors import Cancelled, Conflict, InvalidInput, NotFound
from tests.engine.contract.lab import BASE, Lab, until


def state(lab: Lab) -> tuple[str, str]:
    one = lab.one()
    return one.state, one.health


@pytest.fixture
def box(lab: Lab) -> Container:
    return lab.shell("sleep 1000")


def test_pause_and_unpause(lab: Lab, box: Container) -> None:
    lab.engine.pause(box.id)
    assert state(lab) == ("paused", "")
    assert lab.one().status.startswith("Up ")
    assert lab.one().status.endswith("(Paused)")
    with pytest.raises(Conflict, match="paused"):
        lab.engine.pause(box.id)
    assert lab.one() in lab.engine.containers(project=lab.name, every=False)

    lab.engine.unpause(box.id)
    assert state(lab) == ("running", "")
    with pytest.raises(Conflict, match="not paused"):
        lab.engine.unpause(box.id)


def test_a_paused_one_can_be_stopped_and_removed(lab: Lab, box: Container) -> None:
    lab.engine.pause(box.id)
    lab.engine.stop(box.id, 0)
    until(lambda: lab.one().state == "exited")
    lab.engine.start(box.id)
    lab.engine.pause(box.id)
    lab.engine.remove(box.id)
    assert lab.all() == []


def test_kill_ends_it_at_once(lab: Lab, box: Container) -> None:
    lab.engine.kill(box.id)
    lab.ended(box)
    assert lab.engine.container(box.id).exit_code == 137
    with pytest.raises(Conflict, match="not running"):
        lab.engine.kill(box.id)


def test_what_is_not_there_is_not_found(lab: Lab) -> None:
    for verb in (lab.engine.pause, lab.engine.unpause, lab.engine.kill, lab.engine.inspect):
        with pytest.raises(NotFound, match="no-such"):
            verb("no-such")
    with pytest.raises(NotFound, match="no-such"):
        lab.engine.exec("no-such", ("true",), Cancel())


def test_inspect_is_the_engines_own_json(lab: Lab, box: Container) -> None:
    raw = lab.engine.inspect(box.name)
    assert raw["Id"] == box.id
    assert raw["Name"] == f"/{box.name}"
    assert raw["State"]["Running"] is True
    assert raw["Config"]["Labels"]["com.docker.compose.project"] == lab.name
    assert raw["HostConfig"]["RestartPolicy"]["Name"] in ("", "no")


def test_exec_gives_output_and_code(lab: Lab, box: Container) -> None:
    ran = lab.engine.exec(box.id, ("sh", "-c", "echo one; echo two; exit 3"), Cancel())
    assert (ran.exit_code, ran.lines) == (3, ("one", "two"))
    assert lab.engine.exec(box.id, ("true",), Cancel()).exit_code == 0
    assert lab.engine.exec(box.id, ("false",), Cancel()).exit_code == 1


def test_exec_of_a_program_that_is_not_there(lab: Lab, box: Container) -> None:
    with pytest.raises(NotFound, match="no program zsh"):
        lab.engine.exec(box.id, ("zsh", "-c", "exit 0"), Cancel())


def test_exec_in_one_that_does_not_run(lab: Lab, box: Container) -> None:
    lab.engine.stop(box.id, 0)
    with pytest.raises(Conflict, match="does not run"):
        lab.engine.exec(box.id, ("true",), Cancel())


def test_exec_can_be_cancelled(lab: Lab, box: Container) -> None:
    if lab.in_memory:
        cancel = Cancel()
        cancel.cancel()
        with pytest.raises(Cancelled):
            lab.engine.exec(box.id, ("sleep", "1000"), cancel)
        return
    cancel = Cancel()
    threading.Timer(0.5, cancel.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        lab.engine.exec(box.id, ("sleep", "1000"), cancel)
    assert time.monotonic() - began < 30


def test_the_terminal_of_a_command_is_one_command_line(lab: Lab, box: Container) -> None:
    terminal = lab.engine.terminal(box.id, ("sh",))
    assert terminal.argv[-1] == "sh"
    assert "PATH" in terminal.environment or lab.in_memory
    done = subprocess.run(
        [a for a in terminal.argv if a != "-it"] if not lab.in_memory else list(terminal.argv),
        input="exit\n",
        env=None if lab.in_memory else dict(terminal.environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


PROJECT = f"""
services:
  web:
    image: {BASE}
    command: sleep 1000
    init: true
    environment: {{COLOUR: red}}
    ports: ["127.0.0.1:23961:8000"]
  extra: {{image: {BASE}, command: sleep 1000, profiles: [more]}}
"""


def test_what_the_files_say_has_the_hash_of_what_they_made(lab: Lab) -> None:
    project = lab.project(PROJECT)
    lab.up(project)
    web = lab.one("web")

    files = lab.engine.composed(replace(project, foreign=True))

    assert files["web"].hash == web.labels[LABEL_COMPOSE_HASH]
    assert files["web"].image == BASE
    assert files["web"].environment["COLOUR"] == "red"
    assert files["web"].ports == ((23961, 8000, "tcp"),)
    assert not files["web"].optional
    changed = lab.project(PROJECT.replace("red", "blue"))
    assert lab.engine.composed(changed)["web"].hash != web.labels[LABEL_COMPOSE_HASH]


def test_files_that_cannot_be_used_are_said(lab: Lab) -> None:
    project = lab.project(PROJECT)
    assert lab.engine.compose_missing(project) == ""
    assert "is gone" in lab.engine.compose_missing(replace(project, files=("no.yml",)))
    assert "not on this machine" in lab.engine.compose_missing(replace(project, folder="/no/such"))
    assert "do not say" in lab.engine.compose_missing(replace(project, files=()))


def test_the_effective_file_is_interpolated(lab: Lab) -> None:
    text = "services: {web: {image: '" + BASE + "', environment: {COLOUR: '${COLOUR}'}}}"
    project = lab.project(text, {"COLOUR": "green"})
    config = lab.engine.compose_config(project)
    assert "COLOUR: green" in config
    with pytest.raises(InvalidInput):
        lab.engine.compose_config(lab.project("services: {web: {neither: 1}}"))


def test_compose_verbs_on_a_project(lab: Lab) -> None:
    project = replace(lab.project(PROJECT), foreign=True)
    said = [line for batch in lab.engine.compose(project, ("up", "-d"), Cancel()) for line in batch]
    assert any(f"{lab.name}-web-1" in line for line in said)
    first = lab.one("web").id
    for _ in lab.engine.compose(project, ("restart",), Cancel()):
        pass
    assert lab.one("web").id == first
    until(lambda: lab.one("web").state == "running")
    for _ in lab.engine.compose(project, ("up", "-d", "--force-recreate"), Cancel()):
        pass
    assert lab.one("web").id != first
