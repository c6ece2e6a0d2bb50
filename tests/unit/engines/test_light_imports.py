"""What the start-up path may not load, asked of a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "docker",
    "requests",
    "urllib3",
    "http",
    "ssl",
    "asyncio",
    "subprocess",
    "python_on_whales",
    "git",
    "yaml",
    "pydantic",
    "jinja2",
    "sqlite_utils",
    "textual",
    "rich",
    "psutil",
}

LISTING = """
import socket, threading, tempfile, os
path = os.path.join(tempfile.mkdtemp(), "engine.sock")
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen()
def serve():
    client, _ = server.accept()
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n[]")
    client.close()
threading.Thread(target=serve).start()
from machete_tui.core.settings import Settings
from machete_tui.engines.docker import DockerEngine
assert DockerEngine(Settings(docker_host="unix://" + path)).containers() == []
"""

IMPORTS = """
import machete_tui.engines.wire, machete_tui.engines.wire_streams, machete_tui.engines.host
import machete_tui.engines.memory, machete_tui.engines.demo
"""


@pytest.mark.parametrize("code", [LISTING, IMPORTS], ids=["a listing", "imports"])
def test_nothing_heavy_is_loaded(code: str) -> None:
    report = "import sys, json; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"

    done = subprocess.run(
        [sys.executable, "-I", "-c", code + report], capture_output=True, text=True, check=True, timeout=60
    )

    assert HEAVY & set(json.loads(done.stdout)) == set()
