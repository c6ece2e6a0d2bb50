from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, NotFound
from machete_tui.engines.runner import Runner, output

ENV = {"PATH": os.environ["PATH"]}


def shell(script: str, *, keep: int = 40) -> Runner:
    return Runner(["sh", "-c", script], env=ENV, keep=keep)


def test_both_streams_the_code_and_the_tail() -> None:
    runner = shell("echo one; echo two >&2; printf 'no end'; exit 3", keep=2)

    lines = [line for batch in runner.batches(Cancel()) for line in batch]

    assert lines == ["one", "two", "no end"]
    assert runner.code == 3
    assert runner.tail == ["two", "no end"]


def test_lines_come_while_it_runs(tmp_path: Path) -> None:
    go = tmp_path / "go"
    runner = shell(f"echo first; until [ -e {go} ]; do sleep 0.02; done; echo second")
    batches = runner.batches(Cancel())

    assert next(batches) == ("first",)
    go.touch()

    assert [line for batch in batches for line in batch] == ["second"]


def test_many_lines_come_in_batches_and_safe() -> None:
    runner = Runner(
        [sys.executable, "-c", "for n in range(3000): print(f'\\x1b[31m{n}\\x1b[0m')"], env=ENV, keep=5
    )

    batches = list(runner.batches(Cancel()))

    assert [line for batch in batches for line in batch] == [str(n) for n in range(3000)]
    assert max(len(batch) for batch in batches) <= 500
    assert len(batches) < 30
    assert runner.tail == ["2995", "2996", "2997", "2998", "2999"]


def test_cancelling_ends_it_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    runner = shell(f"sleep 60 & echo $! > {mark}; echo ready; wait")
    cancel = Cancel()
    batches = runner.batches(cancel)
    assert next(batches) == ("ready",)
    threading.Timer(0.1, cancel.cancel).start()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(batches)

    assert time.monotonic() - begun < 30
    assert _gone(int(mark.read_text()))


def test_what_ignores_the_signal_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("machete_tui.engines.runner.PATIENCE", 0.3)
    runner = shell("trap '' TERM; echo ready; while :; do sleep 0.1; done")
    cancel = Cancel()
    batches = runner.batches(cancel)
    next(batches)
    cancel.cancel()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(batches)
    assert time.monotonic() - begun < 30


def test_leaving_it_ends_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    runner = shell(f"echo $$ > {mark}; echo ready; sleep 60")
    batches = runner.batches(Cancel())
    next(batches)

    batches.close()  # type: ignore[attr-defined]

    assert _gone(int(mark.read_text()))


def test_an_orphan_that_holds_the_output_does_not_hold_the_cancel(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    runner = shell(f"setsid sleep 60 & echo $! > {mark}; echo ready; wait")
    cancel = Cancel()
    batches = runner.batches(cancel)
    next(batches)
    cancel.cancel()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(batches)
    assert time.monotonic() - begun < 30
    with suppress(ProcessLookupError):
        os.kill(int(mark.read_text()), signal.SIGKILL)


def test_output_may_end_before_the_program() -> None:
    runner = shell("echo x; exec >&- 2>&-; sleep 0.3; exit 4")

    assert list(runner.batches(Cancel())) == [("x",)]
    assert runner.code == 4


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(NotFound, match="no-such-program") as caught:
        Runner(["no-such-program"], env=ENV)
    assert "system.setup" in caught.value.mend


def test_it_has_no_input_and_no_open_descriptors_stay() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))

    assert output(["cat"], Cancel(), env=ENV) == (0, ())

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_still_runs_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    said = tmp_path / "pid"
    script = f"""
import atexit, os, threading
from machete_tui.core.cancel import Cancel
from machete_tui.engines.runner import Runner
runner = Runner(["sh", "-c", "echo $$ >{said}; echo begun; sleep 300"], env=dict(os.environ))
begun = threading.Event()
threading.Thread(target=lambda: [begun.set() for _ in runner.batches(Cancel())], daemon=True).start()
begun.wait(20)
atexit._run_exitfuncs()
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)

    pid = int(said.read_text())
    deadline = time.monotonic() + 10
    while not _gone(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _gone(pid)


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"
