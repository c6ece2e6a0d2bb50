"""``--serve``: the app in a real browser, and who may not have it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from machete_tui.cli import main
from machete_tui.core.errors import InvalidInput
from machete_tui.serve import page, place
from tests.ui.browser import browser

pytestmark = pytest.mark.engine


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def served(folder: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve the demo; gives the address that was printed, and the process."""
    port = free_port()
    env = {**os.environ, "MACHETE_STATE_DIR": str(folder / "state"), "MACHETE_CONFIG": str(folder / "none")}
    process = subprocess.Popen(
        [sys.executable, "-m", "machete_tui", "--serve", "--port", str(port), "--demo", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env=env,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line)
        assert found, line + (process.stderr.read() if process.stderr and not line else "")
        yield found[0], process
    finally:
        process.terminate()
        process.wait(20)


async def test_the_services_stand_in_a_browser_and_keys_work(tmp_path: Path) -> None:
    with served(tmp_path) as (url, process):
        async with browser(url, tmp_path) as tab:
            await tab.until("Services")
            await tab.until("gateway")
            await tab.turns("document.body.classList.contains('-first-byte')")
            before = await tab.picture()
            await tab.type("?")
            await tab.until("restart its containers")
            await asyncio.sleep(0.5)  # a browser paints when it likes; what it was sent is known already
            assert await tab.picture() != before
            own = {re.sub(r"^(\w+://[^/]+).*", r"\1", asked) for asked in tab.asked if "about:" not in asked}
            assert own <= {url.partition("/?")[0], "data:"}, "nothing comes from elsewhere"
            assert "token" not in await tab.value("location.href")
            children = psutil.Process(process.pid).children(recursive=True)
            assert children
            await tab.type("q")
            await tab.until("u Deploy")
            await tab.type("q")
            await tab.turns("document.body.classList.contains('-closed')")
        psutil.wait_procs(children, timeout=20)
        assert not any(child.is_running() for child in children)


async def test_no_app_outlives_its_server(tmp_path: Path) -> None:
    with served(tmp_path) as (url, process):
        async with browser(url, tmp_path) as tab:
            await tab.until("gateway")
            children = psutil.Process(process.pid).children(recursive=True)
            assert children
            process.send_signal(signal.SIGKILL)
            _, alive = psutil.wait_procs(children, timeout=20)
            # One that nobody has buried yet has ended all the same.
            assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


def fetch(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_without_the_token_there_is_nothing(tmp_path: Path) -> None:
    with served(tmp_path) as (url, _):
        base, _, token = url.partition("/?token=")
        port = base.rpartition(":")[2]
        cookie = f"machete-{port}={token}"
        for path in ("/", "/ws", "/static/js/textual.js", "/?token=wrong", "/download/x"):
            assert fetch(base + path) == 403, path
        assert fetch(base + "/", Cookie=f"machete-{port}=wrong") == 403
        assert fetch(base + "/", Cookie=cookie) == 200
        assert fetch(base + "/", Cookie=cookie, Origin="http://evil.example") == 403
        assert fetch(base + "/", Cookie=cookie, Origin=base) == 200


def test_a_taken_port_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert main(["--serve", "--port", str(server.getsockname()[1])]) == 4
    assert "cannot be listened on" in capsys.readouterr().err


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.7"])
def test_the_network_is_not_let_in_by_accident(bind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--serve", "--bind", bind]) == 2
    said = capsys.readouterr().err
    assert "--open-to-network" in said
    assert "ssh -L" in said
    assert said.count("\n") == 1
    assert place("", bind, open_to_network=True) == (bind, 8765)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--serve", "--port", "0"], "a number from 1 to 65535"),
        (["--serve", "--port", "http"], "a number from 1 to 65535"),
        (["--serve", "--port", "70000"], "a number from 1 to 65535"),
        (["--serve", "--bind", "here"], "an address is wanted"),
        (["--serve", "--port"], "--port needs a value"),
        (["--port", "80"], "--port goes with --serve"),
        (["--serve", "--run", "service.list"], "--serve does not go with --run"),
    ],
)
def test_what_is_wrong_is_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    caught = capsys.readouterr().err
    assert said in caught
    assert caught.count("\n") == 1


def test_this_machine_in_all_its_spellings() -> None:
    for bind in ("", "localhost", "127.0.0.1", "::1", "[::1]", "127.3.2.1"):
        assert place("9000", bind, open_to_network=False)[1] == 9000
    with pytest.raises(InvalidInput):
        place("9000", "10.0.0.1", open_to_network=False)


def test_the_page_names_the_host_that_it_was_asked_by() -> None:
    assert 'data-session-websocket-url="ws://box:1234/ws"' in page("box:1234", False)
    assert "wss://box/ws" in page("box", True)
    assert "<script>" not in page('"><script>', False)
