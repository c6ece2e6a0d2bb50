"""The app in a real terminal: small ones, storms, a line that drops, the shell's job control."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.terminal import APP, descendants, terminal


def test_it_shows_the_services_and_gives_the_terminal_back(tmp_path: Path) -> None:
    with terminal(tmp_path, "--demo") as term:
        term.shows("gateway")
        term.key("q")
        assert term.ended() == 0
        assert term.restored


@pytest.mark.parametrize("term_name", ["dumb", "unknown", "-", "no-such-terminal"])
def test_a_terminal_that_cannot_show_it_is_one_line(tmp_path: Path, term_name: str) -> None:
    with terminal(tmp_path, "--demo", TERM=term_name, COLORTERM="-") as term:
        assert term.ended() == 2
        said = term.sent.decode()
        assert said.count("\n") == 1
        assert said.startswith("Invalid input: this terminal cannot show the app")
        assert "\x1b" not in said


@pytest.mark.parametrize(
    "term_name", ["xterm", "screen-256color", "tmux-256color", "linux", "vt220", "xterm-kitty"]
)
def test_a_terminal_of_a_known_kind_is_taken(tmp_path: Path, term_name: str) -> None:
    with terminal(tmp_path, "--demo", TERM=term_name) as term:
        term.shows("gateway")
        term.key("q")
        assert term.ended() == 0


def test_no_colour_is_shades_of_grey(tmp_path: Path) -> None:
    with terminal(tmp_path, "--demo", NO_COLOR="1") as term:
        term.shows("gateway")
        term.shows("● running")
        term.key("q")
        assert term.ended() == 0
        shades = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", term.sent)
        assert all(r == g == b for r, g, b in shades)
        assert not re.search(rb"\x1b\[[0-9;]*(?<![0-9])(3[1-6]|9[1-6])m", term.sent)


KEYS = ("3", "4", "5", "6", "?", ":", "M", "2")


@pytest.mark.parametrize("size", [(60, 16), (80, 24)])
def test_every_screen_lives_on_a_small_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    with terminal(tmp_path, "--demo", size=size) as term:
        term.shows("gateway")
        for key in KEYS:
            term.key(key)
            term.rest(0.5)
            assert term.text.strip(), key
            assert "Traceback" not in term.text
            if key in "?:M":
                term.escape()
        term.escape()
        term.key("1")
        term.shows("gateway")
        term.key("\r")
        term.shows("Overview")
        term.key("\x11")
        assert term.ended() == 0
        assert term.restored


def test_a_storm_of_sizes_down_to_one_by_one_and_back(tmp_path: Path) -> None:
    chance = random.Random(7)
    with terminal(tmp_path, "--demo", size=(120, 36)) as term:
        term.shows("gateway")
        for _ in range(150):
            term.resize(chance.randint(1, 200), chance.randint(1, 60))
            term.read(0.004)
        for section in "13456":
            term.key(section)
            term.rest(0.1)
            term.resize(1, 1)
            term.rest(0.2)
            term.resize(80, 24)
            term.rest(0.2)
        term.key("1")
        term.resize(120, 36)
        term.shows("gateway")
        term.shows("Palette")
        term.key("q")
        assert term.ended() == 0


def test_a_dropped_line_leaves_nothing(tmp_path: Path) -> None:
    with terminal(tmp_path, "--demo") as term:
        term.shows("gateway")
        below = descendants(term.pid)
        term.hang_up()
        code = term.reaped()
        assert code == 128 + signal.SIGHUP
        assert not {p for p in below if Path(f"/proc/{p}").exists()}


def test_a_closed_terminal_without_a_signal_ends_it_too(tmp_path: Path) -> None:
    """A terminal that went while SIGHUP was ignored (nohup): reads and writes fail from then on."""
    ignoring = "import signal, os, sys; signal.signal(1, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    with terminal(tmp_path, "--demo", command=(sys.executable, "-c", ignoring, *APP)) as term:
        term.shows("gateway")
        term.hang_up()
        term.reaped()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    with terminal(tmp_path, "--demo") as term:
        term.shows("gateway")
        os.kill(term.pid, number)
        assert term.ended() == 128 + number
        assert term.restored


def test_the_shell_suspends_it_and_brings_it_back(tmp_path: Path) -> None:
    shell = ("bash", "--norc", "--noprofile", "-i")
    with terminal(tmp_path, command=shell, PS1="at the shell> ") as term:
        term.shows("at the shell>")
        term.key(" ".join(APP) + " --demo\n")
        term.shows("gateway")
        term.key("\x1a")
        term.shows("Stopped")
        assert term.restored
        term.key("echo still-$((40+2))-here\n")
        term.shows("still-42-here")
        term.wipe()
        term.key("fg\n")
        term.shows("gateway")
        term.shows("? Help")
        term.key("j")
        term.key("?")
        term.shows("deploy a new service")
        term.key("q")
        term.rest(0.3)
        term.wipe()
        term.key("q")
        term.shows("at the shell>")
        assert term.restored
        term.key("echo code-$?\n")
        term.shows("code-0")
        term.key("exit\n")
        assert term.ended() == 0


def test_two_apps_on_one_database(tmp_path: Path) -> None:
    """Both live, both see what is done; the database stays whole."""
    env = {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    with terminal(tmp_path, size=(100, 30), **env) as one, terminal(tmp_path, size=(100, 30), **env) as two:
        for term in (two, one):
            term.shows("Docker does not answer")
        greeted = [term for term in (one, two) if "Welcome to machete" in term.text]
        assert len(greeted) <= 1, "the tour comes once, not once an app"
        for _ in range(3):
            for term in (one, two):
                term.escape()
                for key in ("4", "5", "1", "\x12"):
                    term.key(key)
                    term.read(0.15)
        for term in (one, two):
            term.shows("Docker does not answer")
            term.key("\x11")
            assert term.ended() == 0
    done = sqlite3.connect(tmp_path / "state" / "machete.db").execute("pragma integrity_check").fetchone()
    assert done == ("ok",)


def test_no_thread_holds_the_way_out(tmp_path: Path) -> None:
    """An Engine that accepts and never answers: the keys live, and leaving waits for nobody."""
    import socket

    path = tmp_path / "hangs.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(50)
        with terminal(tmp_path, size=(100, 30), DOCKER_HOST=f"unix://{path}") as term:
            term.shows("Welcome to machete")
            term.escape()
            term.shows("Asking the engine")
            term.key("?")
            term.shows("deploy a new service")
            term.key("q")
            term.shows("does not answer within")
            term.key("q")
            assert term.ended() == 0
            assert term.restored


def test_without_a_terminal_it_says_so() -> None:
    done = subprocess.run(
        APP, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
