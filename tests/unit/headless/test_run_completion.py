from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from pathlib import Path

import pytest

from machete_tui.headless import completion_bash, completion_fish, completion_zsh
from tests.rig import packages
from tests.unit.headless.headless_helpers import PROBE, environment

ACTIONS = sorted(PROBE.values(), key=lambda o: o.name)
NAMES = [o.name for o in ACTIONS]


@pytest.fixture(scope="session")
def shells() -> None:
    """Install zsh and fish where they are missing."""
    packages.install_only(("zsh", "fish"), lambda line: print(f"rig: {line}"))


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    """A folder with files to complete and a ``machete-tui`` that knows two services."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "machete-tui"
    program.write_text('#!/bin/sh\n[ "$*" = "--complete service" ] && printf "shop\\nshed\\nblog\\n"\n')
    program.chmod(0o755)
    (tmp_path / "source dir").mkdir()
    (tmp_path / "deploy.yml").touch()
    return tmp_path


def in_bash(folder: Path, *words: str) -> list[str]:
    """Return what a real bash offers for the last of the words."""
    script = folder / "completion.bash"
    script.write_text(completion_bash.script(ACTIONS))
    program = """
        set -eu; set +e; source "$1"; shift
        COMP_WORDS=(machete-tui "$@"); COMP_CWORD=$#; COMPREPLY=()
        _machete_tui; printf '%s\\n' "${COMPREPLY[@]}"
    """
    env = environment(folder)
    env["PATH"] = f"{folder / 'bin'}:{env['PATH']}"
    done = subprocess.run(
        ["bash", "-c", program, "bash", str(script), *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env=env,
        timeout=30,
    )
    assert done.stderr == ""
    return sorted(line for line in done.stdout.splitlines() if line)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("--ver",), ["--version"]),
        (("--completion", ""), ["bash", "fish", "zsh"]),
        (("--run", "probe.a"), ["probe.all"]),
        (("--run", ""), sorted([*NAMES, "deploy.yml"])),
        (("--run", "--j"), ["--json"]),
        (("--run", "probe.all", "--m"), ["--memory", "--mode"]),
        (("--run", "probe.all", "--no"), ["--no-watch"]),
        (("--run", "probe.all", "--sec"), []),
        (("--run", "probe.all", ".", "--mode", ""), ["fast", "slow"]),
        (("--run", "probe.all", ".", "--mode", "s"), ["slow"]),
        (("--run", "probe.all", "--owner", "sh"), ["shed", "shop"]),
        (("--run", "probe.all", "--memory", ""), []),
        (("--run", "probe.all", "sou"), ["source dir"]),
        (("--run", "--json", "probe.drop", "b"), ["blog"]),
        (("--run", "probe.drop", "--volumes", "b"), ["blog"]),
        (
            ("--run", "probe.drop", "shop", ""),
            ["--debug", "--demo", "--help", "--json", "--volumes", "--yes"],
        ),
        (("--run", "probe.all", "--port", "1", "sou"), ["source dir"]),
        (("--run", "deploy.yml", "--dry"), ["--dry-run"]),
    ],
)
def test_bash_offers(shop_folder: Path, words: tuple[str, ...], offered: list[str]) -> None:
    assert in_bash(shop_folder, *words) == offered


@pytest.mark.usefixtures("shells")
def test_zsh_accepts_its_script(tmp_path: Path) -> None:
    script = tmp_path / "_machete-tui"
    script.write_text(completion_zsh.script(ACTIONS))
    subprocess.run(["zsh", "-n", str(script)], check=True, timeout=30)
    load = 'autoload -Uz compinit && compinit -u -d "$2" && source "$1" && print $_comps[machete-tui]'
    done = subprocess.run(
        ["zsh", "-f", "-c", load, "zsh", str(script), str(tmp_path / "dump")],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        env=environment(tmp_path),
    )
    assert done.stdout.strip() == "_machete_tui"


@pytest.mark.usefixtures("shells")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("machete-tui --run probe.a", "probe.all"),
        ("machete-tui --run probe.all --mo", "--mode"),
        ("machete-tui --run probe.all . --mode s", "slow"),
        ("machete-tui --run --json probe.drop b", "blog"),
        ("machete-tui --run probe.all --owner she", "shed"),
    ],
)
def test_zsh_completes_on_a_terminal(shop_folder: Path, line: str, offered: str) -> None:
    script = shop_folder / "completion.zsh"
    script.write_text(completion_zsh.script(ACTIONS))
    env = environment(shop_folder, {"TERM": "dumb", "HOME": str(shop_folder)})
    env["PATH"] = f"{shop_folder / 'bin'}:{env['PATH']}"
    main, side = pty.openpty()
    shell = subprocess.Popen(
        ["zsh", "-f", "-i"],
        stdin=side,
        stdout=side,
        stderr=side,
        env=env,
        cwd=shop_folder,
        start_new_session=True,
    )
    os.close(side)
    try:
        setup = f"PS1=; autoload -Uz compinit; compinit -u -D; source {script}; print re''ady\n"
        os.write(main, setup.encode())
        read_until(main, "ready")
        os.write(main, f"{line}\t".encode())
        read_until(main, f"{line.rpartition(' ')[0]} {offered}")
    finally:
        shell.kill()
        shell.wait()
        os.close(main)


def read_until(terminal: int, wanted: str) -> None:
    """Read from a terminal until it showed a text; fail after ten seconds."""
    shown, end = "", time.monotonic() + 10
    while wanted not in re.sub(r"\x07|\x1b\[[?0-9;]*[A-Za-z]", "", shown):  # bells and modes
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        assert ready, repr(shown)
        shown += os.read(terminal, 65536).decode()


def in_fish(folder: Path, line: str) -> list[str]:
    script = folder / "completion.fish"
    script.write_text(completion_fish.script(ACTIONS))
    subprocess.run(["fish", "--no-execute", str(script)], check=True, timeout=30)
    env = environment(folder, {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)})
    env["PATH"] = f"{folder / 'bin'}:{env['PATH']}"
    done = subprocess.run(
        ["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", str(script), line],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env=env,
        timeout=30,
    )
    assert done.stderr == ""
    return sorted(row.split("\t")[0] for row in done.stdout.splitlines())


@pytest.mark.usefixtures("shells")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("machete-tui --ver", ["--version"]),
        ("machete-tui --completion ", ["bash", "fish", "zsh"]),
        ("machete-tui --run probe.a", ["probe.all"]),
        ("machete-tui --run probe.all --mo", ["--mode"]),
        ("machete-tui --run probe.all . --mode ", ["fast", "slow"]),
        ("machete-tui --run probe.drop b", ["blog"]),
        ("machete-tui --run probe.all --owner=sh", ["--owner=shed", "--owner=shop"]),
        ("machete-tui --run --json probe.drop --vol", ["--volumes"]),
    ],
)
def test_fish_offers(shop_folder: Path, line: str, offered: list[str]) -> None:
    assert in_fish(shop_folder, line) == offered
