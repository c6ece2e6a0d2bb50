"""The one runner of changes: what it writes, runs, starts, and how it tells of a failure."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, EngineUnavailable, MacheteError, NotFound
from machete_tui.core.machine import Command, StartDaemon, WriteFile
from machete_tui.core.settings import Settings
from machete_tui.engines import packages, packages_facts
from machete_tui.engines.packages import LocalMachine

SERVER = """
import os, socket, sys
path, pid_file = sys.argv[1:]
open(pid_file, "w").write(str(os.getpid()))
print("serving", flush=True)
with socket.socket(socket.AF_UNIX) as server:
    server.bind(path)
    server.listen()
    while True:
        one, _ = server.accept()
        one.recv(1024)
        one.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nOK")
        one.close()
"""


@pytest.fixture
def machine(tmp_path: Path) -> LocalMachine:
    return LocalMachine(
        replace(Settings(), state_dir=tmp_path / "state", docker_host=f"unix://{tmp_path}/engine.sock")
    )


def test_a_command_yields_its_output_and_gets_its_variables(machine: LocalMachine) -> None:
    command = Command(("sh", "-c", 'echo "$GREETING"; echo error >&2'), "greet", {"GREETING": "hello"})
    lines = [line for batch in machine.apply(command, Cancel()) for line in batch]
    assert lines == ["hello", "error"]


def test_a_command_that_fails_says_its_last_line_and_keeps_the_others(machine: LocalMachine) -> None:
    command = Command(("sh", "-c", "echo reading; echo 'E: no such package'; exit 100"), "install")
    with pytest.raises(MacheteError, match="sh ended with 100: E: no such package") as error:
        list(machine.apply(command, Cancel()))
    assert error.value.log == ("reading", "E: no such package")
    assert error.value.mend


def test_a_program_that_is_not_there(machine: LocalMachine) -> None:
    with pytest.raises(NotFound, match="no-such-program"):
        list(machine.apply(Command(("no-such-program",), "nothing"), Cancel()))


def test_cancelling_ends_the_command(machine: LocalMachine) -> None:
    cancel = Cancel()
    stream = machine.apply(Command(("sh", "-c", "echo begun; sleep 60"), "wait"), cancel)
    assert next(stream) == ("begun",)
    threading.Timer(0.05, cancel.cancel).start()
    with pytest.raises(Cancelled):
        list(stream)


def test_a_file_is_written_whole_with_its_folder(machine: LocalMachine, tmp_path: Path) -> None:
    path = tmp_path / "apt" / "preferences.d" / "pin"
    list(machine.apply(WriteFile(str(path), "Pin-Priority: 50\n", "pin"), Cancel()))
    assert path.read_text() == "Pin-Priority: 50\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [p.name for p in path.parent.iterdir()] == ["pin"]


def test_a_file_whose_place_is_taken_is_an_error_and_leaves_no_half_file(
    machine: LocalMachine, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(MacheteError, match="taken cannot be written"):
        list(machine.apply(WriteFile(str(tmp_path / "taken"), "x", "x"), Cancel()))
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_a_daemon_is_started_detached_and_waited_for(machine: LocalMachine, tmp_path: Path) -> None:
    pid_file, log = tmp_path / "pid", tmp_path / "logs" / "daemon.log"
    argv = (sys.executable, "-c", SERVER, str(tmp_path / "engine.sock"), str(pid_file))
    said = list(machine.apply(StartDaemon(argv, str(log), str(pid_file), "start"), Cancel()))
    pid = int(pid_file.read_text())
    try:
        assert packages_facts.pings(str(tmp_path / "engine.sock"))
        assert os.getsid(pid) == pid
        assert said == [(f"process {pid}, pid file {pid_file}, log {log}",)]
        assert log.read_text() == "serving\n"
    finally:
        os.kill(pid, signal.SIGKILL)


def test_a_daemon_that_ends_at_once_is_told_with_its_log(machine: LocalMachine, tmp_path: Path) -> None:
    log = tmp_path / "daemon.log"
    log.write_text("of an earlier start\n")
    argv = (sys.executable, "-c", "print('failed to start: no iptables'); raise SystemExit(1)")
    with pytest.raises(EngineUnavailable, match="ended with 1") as error:
        list(machine.apply(StartDaemon(argv, str(log), str(tmp_path / "pid"), "start"), Cancel()))
    assert error.value.log == ("failed to start: no iptables",)


def test_a_daemon_that_never_answers_is_ended(
    machine: LocalMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "ENGINE_START_SECONDS", 0.3)
    pid_file = tmp_path / "pid"
    code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    argv = (sys.executable, "-c", code, str(pid_file))
    with pytest.raises(EngineUnavailable, match="does not answer"):
        list(machine.apply(StartDaemon(argv, str(tmp_path / "log"), str(pid_file), "start"), Cancel()))


def test_the_state_of_the_socket(machine: LocalMachine, tmp_path: Path) -> None:
    settings = replace(Settings(), docker_host=f"unix://{tmp_path}/engine.sock")
    assert packages_facts.socket_state(settings) == "missing"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "engine.sock"))
        assert packages_facts.socket_state(settings) == "refused"
        server.listen()
        assert packages_facts.socket_state(settings) == "ok"
        assert not packages_facts.pings(str(tmp_path / "engine.sock"), 0.1)
    assert packages_facts.socket_state(replace(settings, docker_host="ssh://ana@example.test")) == "remote"


def test_looking_at_this_machine(machine: LocalMachine) -> None:
    found = machine.facts()
    assert found.system
    assert found.own_socket
    assert found.root == (os.geteuid() == 0)
    assert found.clock_floor > 1_700_000_000
    assert found.tools.get("git", "2").split(".")[0] == "2"


def test_nobody_is_asked_where_nobody_can_answer(machine: LocalMachine) -> None:
    assert machine.ask("Go on?") is None


def test_a_person_is_asked_on_a_terminal_but_not_while_a_program_has_taken_it_over() -> None:
    import pty
    import tty

    code = (
        "from machete_tui.engines.packages import LocalMachine as M\n"
        "from machete_tui.core.settings import Settings\n"
        "print('answer:', M(Settings()).ask('Go on?'), flush=True)"
    )
    for raw, expected in ((False, b"answer: True"), (True, b"answer: None")):
        pid, terminal = pty.fork()
        if pid == 0:
            if raw:
                tty.setcbreak(0)
            os.execv(sys.executable, [sys.executable, "-c", code])
        os.write(terminal, b"y\n")
        said = b""
        while expected not in said:
            said += os.read(terminal, 1024)
        os.waitpid(pid, 0)
        os.close(terminal)


def test_the_example_comes_with_the_program(machine: LocalMachine) -> None:
    folder = Path(machine.example("guestbook"))
    assert (folder / "machete.yml").is_file()
    with pytest.raises(NotFound, match="'nothing'"):
        machine.example("nothing")
