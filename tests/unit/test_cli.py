from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from machete_tui import __version__
from machete_tui.cli import main


def child(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "machete_tui", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **env},
        check=False,
        timeout=60,
    )


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"machete-tui {__version__}\n"
    assert main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: machete-tui")


def test_the_app_without_a_terminal_is_one_line() -> None:
    for words in ((), ("--demo",), ("--debug",)):
        done = child(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "Invalid input: the app needs a terminal, and here is none; use `machete-tui --run ACTION`\n"
        )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--what"], "machete-tui knows no --what"),
        (["service.list"], "machete-tui knows no service.list"),
        (["--completion"], "which shell: bash, zsh, fish"),
        (["--completion", "tcsh"], "no shell 'tcsh': bash, zsh, fish"),
        (["--json"], "--json goes with --run"),
    ],
)
def test_what_is_wrong_is_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert said in caught.err
    assert caught.err.count("\n") == 1


def test_an_action_can_be_joined_to_run() -> None:
    done = child("--run=no.such-action")
    assert done.returncode == 3
    assert "there is no action 'no.such-action'" in done.stderr


def test_completion_of_services_is_silent_where_there_are_none(tmp_path: Path) -> None:
    state = tmp_path / "state"
    done = child("--complete", "service", MACHETE_STATE_DIR=str(state))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not state.exists()
