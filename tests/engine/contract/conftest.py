"""The engines that the contract holds for: in memory; Docker on its socket, over TCP, and a newer one."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from machete_tui.core.engine import Engine
from machete_tui.core.settings import Settings
from machete_tui.engines.docker import DockerEngine
from machete_tui.engines.memory import MemoryEngine
from tests.engine.contract.lab import BASE, Lab
from tests.rig import Rig

ENGINES = [
    "memory",
    pytest.param("docker", marks=pytest.mark.engine),
    pytest.param("docker-tcp", marks=pytest.mark.engine),
    pytest.param("docker-newer", marks=pytest.mark.engine),
]


class Relay:
    """Passes TCP connections on to the Engine's socket, so that it can be spoken to as a remote one."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(self._path)
                for pair in ((client, engine), (engine, client)):
                    threading.Thread(target=self._copy, args=pair, daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@pytest.fixture(scope="session")
def tcp_engine(docker_engine: DockerEngine) -> Iterator[DockerEngine]:
    """The same Engine through a TCP port, as a remote one."""
    relay = Relay(os.environ["DOCKER_HOST"].removeprefix("unix://"))
    engine = DockerEngine(Settings(docker_host=f"tcp://127.0.0.1:{relay.port}"))
    yield engine
    engine.close()
    relay.close()


@pytest.fixture(scope="session")
def newer_engine(rig: Rig) -> Iterator[DockerEngine]:
    """The release of the next Debian."""
    with rig.engine("newer", newer=True) as daemon:
        daemon.take_images(rig.main, BASE)
        engine = DockerEngine(Settings(docker_host=daemon.host))
        yield engine
        engine.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    if request.param == "memory":
        memory = MemoryEngine()
        memory.registry = False
        memory.add_image(BASE)
        return memory
    fixtures = {"docker": "docker_engine", "docker-tcp": "tcp_engine", "docker-newer": "newer_engine"}
    found: Engine = request.getfixturevalue(fixtures[request.param])
    return found


@pytest.fixture
def lab(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A corner of the engine that is empty again afterwards."""
    lab = Lab(engine, tmp_path, remote="docker-tcp" in request.node.name)
    yield lab
    lab.clear()
