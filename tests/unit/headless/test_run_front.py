from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from machete_tui.headless.diagnostics import EXIT_CODES
from tests.unit.headless.headless_helpers import PROGRAM, environment, on_terminal, run, start


@pytest.mark.parametrize(
    ("kind", "code", "title"),
    [
        ("InvalidInput", 2, "Invalid input"),
        ("NotFound", 3, "Not found"),
        ("Conflict", 4, "Conflict"),
        ("NotPermitted", 5, "Not permitted"),
        ("StoreUnavailable", 5, "The database is not usable"),
        ("NoCapacity", 6, "No capacity"),
        ("EngineUnavailable", 7, "Docker does not answer"),
        ("BuildFailed", 8, "Build failed"),
        ("Unhealthy", 9, "Health check failed"),
        ("Cancelled", 130, "Cancelled"),
    ],
)
def test_each_failure_has_its_code_and_its_three_parts(
    tmp_path: Path, kind: str, code: int, title: str
) -> None:
    assert code in EXIT_CODES
    status, out, err = run(tmp_path, "--run", "probe.fail", kind)
    assert (status, out) == (code, "")
    assert err == (
        f"! about to fail\n{title} (--thing): the thing 'x' is wrong\n  make it right\n"
        "  last output:\n  | line 1\n  | line 2\n"
    )
    status, out, err = run(tmp_path, "--run", "probe.fail", kind, "--json")
    assert status == code
    assert json.loads(out)["error"] == {
        "title": title,
        "what": "the thing 'x' is wrong",
        "mend": "make it right",
        "field": "--thing",
        "exit_code": code,
        "log": ["line 1", "line 2"],
    }
    assert json.loads(err) == {"event": "note", "text": "about to fail", "level": "warning"}


def test_a_fault_of_the_program_is_one_line_and_its_traceback_goes_to_the_log(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "--run", "probe.crash")
    assert (status, out) == (1, "")
    log = tmp_path / "logs" / "machete.log"
    assert "KeyError" in err
    assert str(log) in err
    assert "Traceback" not in err
    last = json.loads(log.read_text().splitlines()[-1])
    assert last["action"] == "probe.crash"
    assert "in crash" in last["traceback"]
    assert "hunter2hunter2" not in err + log.read_text()
    status, _, err = run(tmp_path, "--run", "probe.crash", "--debug")
    assert status == 1
    assert "Traceback" in err


def test_the_list_of_actions(tmp_path: Path) -> None:
    status, out, _ = run(tmp_path, "--run")
    assert status == 0
    assert "\nprobe\n  probe.all     Take every kind of argument\n" in out
    status, out, _ = run(tmp_path, "--run", "--json")
    drop = next(a for a in json.loads(out) if a["name"] == "probe.drop")
    assert drop["destroys"] is True
    assert [a["name"] for a in drop["arguments"]] == ["name", "volumes"]
    status, _, err = run(tmp_path, "--run", "--what")
    assert status == 2
    assert "--what" in err


def test_an_unknown_action_is_told_with_near_ones(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "--run", "probe.lisst")
    assert (status, out) == (3, "")
    assert "did you mean probe.list" in err


def test_a_wrong_argument_is_told_in_two_lines(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "--run", "probe.all", ".", "--port", "x")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 2
    status, out, _ = run(tmp_path, "--run", "probe.all", ".", "--port", "x", "--json")
    assert json.loads(out)["error"]["field"] == "--port"


def test_an_empty_list_leaves_stdout_empty(tmp_path: Path) -> None:
    assert run(tmp_path, "--run", "probe.list", "--empty") == (
        0,
        "",
        "no things yet; make one with probe.all\n",
    )
    assert run(tmp_path, "--run", "--json", "probe.list", "--empty")[1] == "[]\n"


def test_rows_are_lines_for_persons_and_json_lines_for_programs(tmp_path: Path) -> None:
    status, out, _ = run(tmp_path, "--run", "probe.follow", "--lines", "6")
    assert status == 0
    assert out.splitlines()[4] == "shop-web-1 | line 4"
    status, out, _ = run(tmp_path, "--json", "--run", "probe.follow", "--lines", "6")
    assert [json.loads(line)["text"] for line in out.splitlines()] == [f"line {n}" for n in range(6)]


def test_a_reader_that_goes_away_ends_a_following_action_quietly(tmp_path: Path) -> None:
    child = start(tmp_path, "--run", "probe.follow")
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline() == "shop-web-1 | line 0\n"
    child.stdout.close()
    assert child.wait(30) == 141
    assert child.stderr.read() == ""


def test_a_reader_that_goes_away_does_not_stop_a_change(tmp_path: Path) -> None:
    end, begin = os.pipe()
    os.close(end)
    child = subprocess.run(
        [sys.executable, str(PROGRAM), "--run", "probe.steps"],
        stdout=begin,
        stderr=begin,
        env=environment(tmp_path),
        check=False,
        timeout=60,
    )
    os.close(begin)
    assert child.returncode == 0
    log = (tmp_path / "logs" / "machete.log").read_text().splitlines()
    assert json.loads(log[-1])["message"] == "action ended"


def test_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        child = subprocess.run(
            [sys.executable, str(PROGRAM), "--run", "probe.list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(tmp_path),
            check=False,
            timeout=60,
        )
    assert child.returncode == 6
    assert "the output cannot be written: No space left on device" in child.stderr


def test_streams_that_are_closed_do_no_harm(tmp_path: Path) -> None:
    for closed in (">&-", "2>&-", ">&- 2>&-", "<&-"):
        child = subprocess.run(
            ["sh", "-c", f'"$0" "$1" --run probe.steps {closed}', sys.executable, str(PROGRAM)],
            env=environment(tmp_path),
            check=False,
            capture_output=True,
            timeout=60,
        )
        assert child.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels_and_the_clean_up_ends_first(tmp_path: Path, number: signal.Signals) -> None:
    mark = tmp_path / "mark"
    child = start(tmp_path, "--run", "probe.wait", str(mark))
    assert child.stderr is not None
    assert child.stdin is not None
    assert child.stderr.readline() == "· waiting\n"
    child.send_signal(number)
    while child.stderr.readline() != "cleaning now\n":
        assert child.poll() is None
    child.send_signal(number)  # a second one must not break it
    child.send_signal(signal.SIGINT)
    assert mark.read_text() == "cleaning"
    child.stdin.write("go on\n")
    child.stdin.close()
    assert child.wait(30) == 130
    assert mark.read_text() == "clean"
    assert child.stderr.read().endswith("Cancelled: cancelled by the operator\n")


def test_nohup_is_respected(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, str(PROGRAM), "--run", "probe.follow"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGHUP)
    for _ in range(200):
        assert child.stdout.readline()
    child.send_signal(signal.SIGTERM)
    child.stdout.read()
    assert child.wait(30) == 130


def test_what_loses_something_is_refused_where_nobody_can_be_asked(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "--run", "probe.drop", "shop", "--volumes")
    assert (status, out) == (2, "")
    assert "probe.drop shop --volumes" in err
    assert "Drop a thing and its data" in err
    assert "--yes" in err
    status, out, _ = run(tmp_path, "--run", "probe.drop", "shop", "--yes")
    assert (status, out) == (0, "dropped shop, agreed True\n")


@pytest.mark.parametrize(
    ("answer", "status", "shown"),
    [
        ("y\n", 0, "dropped shop, agreed True"),
        ("\n", 130, "nothing was changed"),
        ("n\n", 130, "nothing was changed"),
        ("\x04", 130, "nothing was changed"),
        ("\x03", 130, "Cancelled"),
    ],
)
def test_on_a_terminal_it_asks(tmp_path: Path, answer: str, status: int, shown: str) -> None:
    code, text = on_terminal(tmp_path, "--run", "probe.drop", "shop", answer=answer)
    assert code == status
    assert "Go on? [y/N]" in text or answer == "\x03"
    assert shown in text


def test_a_terminal_gets_colour_and_its_width_unless_told_otherwise(tmp_path: Path) -> None:
    code, text = on_terminal(tmp_path, "--run", "probe.list", "--many", "9", columns=40)
    assert code == 0
    assert "\x1b[32mrunning" in text
    code, text = on_terminal(
        tmp_path, "--run", "probe.list", "--many", "9", columns=40, env={"NO_COLOR": "1"}
    )
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 40


def test_a_stream_of_ascii_gets_ascii(tmp_path: Path) -> None:
    env = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    status, out, err = run(tmp_path, "--run", "probe.steps", env=env)
    assert status == 0
    assert err.isascii()
    assert "ok Build image shop-web 3.2s" in err
    status, out, _ = run(tmp_path, "--run", "probe.list", env=env)
    assert status == 0
    assert "cr\\xe8me-\\u65e5\\u672c" in out
    status, out, _ = run(tmp_path, "--run", "probe.list", "--json", env=env)
    assert json.loads(out)[1]["name"] == "crème-日本"
