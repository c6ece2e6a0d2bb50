from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from machete_tui.core.settings import Settings
from machete_tui.engines.log import FILES, DiagnosticLog


def lines(log: DiagnosticLog) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.path.read_text().splitlines()]


def test_a_line_has_its_time_level_and_fields(tmp_path: Path) -> None:
    log = DiagnosticLog(Settings(state_dir=tmp_path / "state"))
    log.write(
        "info", "built shop\nweb", deployment="0190", service="shop", seconds=1.5, parts=("a", Path("/b"))
    )
    line = lines(log)[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(line.pop("time")))
    assert line == {
        "level": "info",
        "pid": os.getpid(),
        "message": "built shop\nweb",
        "deployment": "0190",
        "service": "shop",
        "seconds": 1.5,
        "parts": ["a", "/b"],
    }
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.parent.stat().st_mode & 0o777 == 0o700


def test_what_lines_are_about_holds_for_one_thread_until_it_is_said_anew(tmp_path: Path) -> None:
    log = DiagnosticLog(Settings(state_dir=tmp_path))
    log.about(deployment="0190")
    log.write("info", "one")
    log.write("info", "two", deployment="0191")
    other = threading.Thread(target=lambda: log.write("info", "three"))
    other.start()
    other.join()
    log.about()
    log.write("info", "four")
    assert [line.get("deployment") for line in lines(log)] == ["0190", "0191", None, None]


def test_debug_lines_only_when_asked_for(tmp_path: Path) -> None:
    log = DiagnosticLog(Settings(state_dir=tmp_path))
    log.write("debug", "detail")
    assert not log.path.exists()
    log = DiagnosticLog(Settings(state_dir=tmp_path, debug=True))
    log.write("debug", "detail")
    assert lines(log)[0]["level"] == "debug"


def test_no_secret_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "tok-en-from-env")
    log = DiagnosticLog(Settings(state_dir=tmp_path))
    log.hide(["hidden-value"])
    log.write(
        "error",
        "git said tok-en-from-env and hidden-value for https://ana:pass-in-url@host/x",
        password="typed",
        environment={"DB_PASSWORD": "inner-one", "MODE": "fast"},
        command=["curl", "-H", "tok-en-from-env"],
    )
    text = log.path.read_text()
    for secret in ("tok-en-from-env", "hidden-value", "pass-in-url", "typed", "inner-one"):
        assert secret not in text
    assert lines(log)[0]["environment"] == {"DB_PASSWORD": "••••••", "MODE": "fast"}


def test_it_rotates_and_keeps_five_files(tmp_path: Path) -> None:
    log = DiagnosticLog(Settings(state_dir=tmp_path), file_bytes=2000)
    for number in range(400):
        log.write("info", f"line {number}")
    names = sorted(p.name for p in log.path.parent.glob("machete.log*"))
    assert len(names) in (FILES, FILES + 1)  # the current one may have just been moved
    assert f"machete.log.{FILES}" not in names
    kept = [
        json.loads(line)["message"]
        for number in range(FILES - 1, -1, -1)
        for path in [log.path.with_name(f"machete.log.{number}") if number else log.path]
        if path.exists()
        for line in path.read_text().splitlines()
    ]
    first = 400 - len(kept)
    assert kept == [f"line {n}" for n in range(first, 400)]


def test_several_processes_share_it_and_no_line_is_lost_or_torn(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from machete_tui.core.settings import Settings; from machete_tui.engines.log import DiagnosticLog\n"
        "log = DiagnosticLog(Settings(state_dir=Path(sys.argv[1])), file_bytes=40_000)\n"
        "[log.write('info', sys.argv[2] * 50, number=n) for n in range(150)]\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in "abcd"]
    assert [child.wait(60) for child in children] == [0] * 4
    found = [
        (line["message"][0], line["number"])
        for path in (tmp_path / "logs").glob("machete.log*")
        if path.suffix != ".lock"
        for line in map(json.loads, path.read_text().splitlines())
    ]
    assert sorted(found) == [(name, n) for name in "abcd" for n in range(150)]


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    DiagnosticLog(Settings(state_dir=tmp_path)).write("error", "lost")
    link = tmp_path / "other" / "logs"
    link.mkdir(parents=True)
    (link / "machete.log").symlink_to(tmp_path / "elsewhere")
    DiagnosticLog(Settings(state_dir=tmp_path / "other")).write("error", "not through a link")
    assert not (tmp_path / "elsewhere").exists()
