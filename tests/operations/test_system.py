"""`system.doctor` and `system.setup` on pretended machines, and the doctor on this one without any Engine."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.core.errors import (
    Cancelled,
    EngineUnavailable,
    InvalidInput,
    MacheteError,
    NoCapacity,
    NotFound,
    NotPermitted,
)
from machete_tui.core.events import Result, StepStarted
from machete_tui.core.machine import MachineFacts, Terminal
from machete_tui.engines.bootstrap_mirrors import AptSource
from machete_tui.engines.packages_memory import READY, MemoryMachine
from machete_tui.operations.system import Check
from tests.operations.machines import Ground

FRESH = replace(
    READY, tools={"ca-certificates": "present"}, socket="missing", service_manager="", suites=("bookworm",)
)
SOURCES = (AptSource("http://mirror.lan/debian", "bookworm", ("main",)),)


def ground_on(folder: Path, found: MachineFacts = READY, **more: object) -> Ground:
    made = Ground(folder, MemoryMachine(found, sources=SOURCES, **more), registry=True)  # type: ignore[arg-type]
    (folder / "state").mkdir(mode=0o700)
    return made


def checks(ground: Ground) -> dict[str, Check]:
    return {row.name: row for row in ground.do("system.doctor").rows}


def test_a_machine_that_has_everything_is_all_right(tmp_path: Path) -> None:
    ground = ground_on(tmp_path)
    found = checks(ground)
    assert {c.state for c in found.values()} == {"ok"}, found
    assert ground.error is None
    assert {
        "engine",
        "compose v2",
        "buildx",
        "git",
        "registry",
        "database",
        "disk",
        "memory",
        "clock",
    } <= set(found)


def test_without_an_engine_the_list_comes_first_and_then_the_error(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, FRESH)
    ground.engine.down = "unavailable"
    found = checks(ground)
    assert [type(e) for e in ground.events] == [Result]
    assert isinstance(ground.error, EngineUnavailable)
    assert ground.error.mend == "machete-tui --run system.setup"
    for name in ("engine", "docker client", "compose v2", "buildx", "git"):
        assert found[name].state == "fail"
        assert found[name].mend == "machete-tui --run system.setup"
    assert found["mmdebstrap"].state == "warn"
    assert "5 checks failed: engine, docker client, compose v2, buildx, git" in ground.error.what


def test_another_user_is_told_to_use_sudo(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, replace(FRESH, root=False, user="ana"))
    assert checks(ground)["git"].mend == "sudo machete-tui --run system.setup"
    assert isinstance(ground.error, NotFound)


def test_a_socket_that_is_not_permitted_names_the_group(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, replace(READY, root=False, user="ana", socket="denied"))
    ground.engine.down = "forbidden"
    assert checks(ground)["engine"].mend == "sudo usermod -aG docker ana; then log in again"
    assert isinstance(ground.error, NotPermitted)


def test_an_engine_that_is_installed_but_stopped_is_started_by_its_service_manager(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, replace(READY, socket="refused"))
    ground.engine.down = "unavailable"
    assert checks(ground)["engine"].mend == "systemctl enable --now docker"


def test_a_wrong_docker_host_is_named(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, replace(READY, socket="missing", own_socket=True))
    ground.engine.down = "unavailable"
    assert checks(ground)["engine"].mend.startswith("unset DOCKER_HOST")


def test_no_registry_is_a_warning_with_the_way_on(tmp_path: Path) -> None:
    ground = ground_on(tmp_path)
    ground.engine.registry = False
    found = checks(ground)["registry"]
    assert (found.state, found.mend) == ("warn", "machete-tui --run image.bootstrap")
    assert ground.error is None


@pytest.mark.parametrize(
    ("terminal", "said"),
    [
        (Terminal("", True, 80, 24, True), "TERM is not set"),
        (Terminal("dumb", True, 80, 24, True), "TERM is dumb"),
        (Terminal("xterm", False, 80, 24, True), "not UTF-8"),
        (Terminal("xterm", True, 79, 24, True), "79x24 is small"),
    ],
)
def test_a_terminal_that_is_worse_for_the_app_is_a_warning(
    tmp_path: Path, terminal: Terminal, said: str
) -> None:
    ground = ground_on(tmp_path, replace(READY, terminal=terminal))
    found = checks(ground)["terminal"]
    assert found.state == "warn"
    assert said in found.found
    assert found.mend


def test_a_clock_before_the_program_was_installed_is_wrong(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, replace(READY, clock_floor=1_900_000_000.0))
    found = checks(ground)["clock"]
    assert (found.state, found.mend) == ("warn", "timedatectl set-ntp true")


def test_a_full_disk_fails_with_the_figures(tmp_path: Path) -> None:
    ground = ground_on(tmp_path)
    host = ground.ctx.host
    free = host.disk_free(str(tmp_path))
    settings = replace(ground.ctx.settings, disk_reserve=free + (1 << 40))
    ground.ctx.settings = settings
    found = checks(ground)["disk"]
    assert found.state == "fail"
    assert "are needed" in found.found
    assert isinstance(ground.error, NoCapacity)


def test_a_state_folder_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    ground = ground_on(tmp_path)
    (tmp_path / "state").chmod(0o755)
    assert checks(ground)["state folder"].mend == f"chmod 700 {tmp_path / 'state'}"


def test_setup_says_exactly_what_it_would_run_and_runs_nothing_unasked(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, FRESH)
    ground.do("system.setup")
    assert isinstance(ground.error, InvalidInput)
    assert ground.error.field == "--yes"
    assert "--yes" in ground.error.mend
    for change in ground.machine.setup(FRESH):
        for line in str(change).splitlines():
            assert line in ground.said
    assert ground.machine.applied == []


def test_setup_asks_on_a_terminal_and_takes_no_for_an_answer(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, FRESH, answer=False)
    ground.do("system.setup")
    assert isinstance(ground.error, Cancelled)
    assert ground.machine.asked == ["Run these commands?"]
    assert ground.machine.applied == []


@pytest.mark.parametrize(("yes", "answer"), [(True, None), (False, True)])
def test_setup_makes_every_change_in_order_and_the_engine_answers(
    tmp_path: Path, yes: bool, answer: bool | None
) -> None:
    ground = ground_on(tmp_path, FRESH, answer=answer)
    done = ground.do("system.setup", yes=yes)
    assert ground.error is None
    assert tuple(ground.machine.applied) == ground.machine.setup(FRESH)
    assert done.message == f"{len(ground.machine.applied)} changes made: this machine is ready"
    assert "to stop the Engine again: kill $(cat /var/run/docker.pid)" in ground.said
    row = ground.ctx.store.events.last(1)[0]
    assert (row.action, row.outcome) == ("system.setup", "ok")


def test_setup_again_changes_nothing(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, FRESH)
    ground.do("system.setup", yes=True)
    before = list(ground.machine.applied)
    done = ground.do("system.setup")
    assert done.message == "nothing to install and nothing to start: this machine is ready"
    assert ground.machine.applied == before


def test_setup_without_root_says_the_sudo_command(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, replace(FRESH, root=False, user="ana"))
    ground.do("system.setup", yes=True)
    assert isinstance(ground.error, NotPermitted)
    assert ground.error.mend == "sudo machete-tui --run system.setup --yes"
    assert ground.machine.applied == []


def test_a_command_that_fails_ends_setup_and_what_was_done_stays(tmp_path: Path) -> None:
    ground = ground_on(tmp_path, FRESH, fails="docker-compose/trixie")
    ground.do("system.setup", yes=True)
    assert isinstance(ground.error, MacheteError)
    assert ground.error.log == ("E: Unable to locate package",)
    begun = [e.step for e in ground.events if isinstance(e, StepStarted)]
    assert ground.steps[begun[-1]][0] == "failed"
    assert len(ground.machine.applied) == len(begun) - 1
    assert ground.ctx.store.events.last(1)[0].outcome == "failed"


def _run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "machete_tui", "--run", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=env,
        timeout=60,
    )


def test_the_doctor_works_where_there_is_no_docker_at_all(tmp_path: Path) -> None:
    said = _run(
        "system.doctor",
        PATH=str(tmp_path),
        HOME=str(tmp_path),
        MACHETE_STATE_DIR=str(tmp_path / "state"),
        DOCKER_HOST=f"unix://{tmp_path}/none.sock",
    )
    assert said.returncode == EngineUnavailable.exit_code, said.stderr
    assert "docker client  fail   not installed" in said.stdout
    assert "Traceback" not in said.stderr


def test_the_doctor_is_not_misled_by_a_socket_that_nobody_serves(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(tmp_path / "docker.sock"))
    said = _run(
        "system.doctor",
        PATH="/usr/bin:/bin",
        HOME=str(tmp_path),
        MACHETE_STATE_DIR=str(tmp_path / "state"),
        DOCKER_HOST=f"unix://{tmp_path}/docker.sock",
    )
    assert said.returncode == EngineUnavailable.exit_code
    assert "refused" in said.stdout
