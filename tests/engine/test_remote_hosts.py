"""A host over ssh and over TCP: a real sshd on loopback, in the rig's network, before the rig's Engine."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import LABEL_SERVICE, EngineEvent, EventStream
from machete_tui.core.errors import EngineUnavailable, NotPermitted
from machete_tui.core.settings import Settings
from machete_tui.engines import sdk
from machete_tui.engines.docker import DockerEngine
from tests.engine.gitservers import free_port, make_key, running, silent

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Machine:
    """A machine that can be reached over ssh; ``bin`` holds an ssh that knows its key."""

    url: str
    bin: Path


@contextmanager
def machine(root: Path, engine: str, *, let_in: bool = True) -> Iterator[Machine]:
    """Run sshd, whose sessions find ``engine`` as DOCKER_HOST."""
    folder = root / "ssh"
    folder.mkdir(mode=0o700)
    for name in ("host", "key"):
        make_key(folder / name)
    allowed = folder / "authorized_keys"
    allowed.write_text((folder / "key.pub").read_text() if let_in else "")
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {allowed}\n"
        f"SetEnv DOCKER_HOST={engine}\nPidFile none\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
    )
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    client = folder / "bin" / "ssh"
    client.parent.mkdir()
    real = shutil.which("ssh")
    client.write_text(
        f"#!/bin/sh\nexec {real} -F none -i {folder}/key -o IdentitiesOnly=yes"
        f' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$@"\n'
    )
    client.chmod(client.stat().st_mode | stat.S_IXUSR)
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "openssh-server is not installed"
    with running([program, "-D", "-e", "-f", str(config)], port, folder / "log"):
        yield Machine(f"ssh://{getpass.getuser()}@127.0.0.1:{port}", client.parent)


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerEngine]:
    with machine(tmp_path, os.environ["DOCKER_HOST"]) as there:
        monkeypatch.setenv("PATH", f"{there.bin}:{os.environ['PATH']}")
        engine = DockerEngine(Settings(docker_host=there.url))
        yield engine
        engine.close()


def labelled(engine: DockerEngine, name: str) -> str:
    """Start a container of a service of that name; return its id."""
    with engine._sdk.use() as client:
        made = client.create_container("busybox:latest", ["sleep", "600"], labels={LABEL_SERVICE: name})
        client.start(made["Id"])
    return str(made["Id"])


def test_everything_works_over_ssh(far: DockerEngine) -> None:
    info = far.info()
    assert info.name == "docker"
    name = f"far-{os.getpid()}"
    stream = far.events()
    container = labelled(far, name)
    try:
        found = far.containers(service=name)
        assert [c.state for c in found] == ["running"]
        seen = {event.action for batch in _first(stream) for event in batch}
        assert seen & {"create", "start"}
        far.restart(container, 0)
        far.stop(container, 0)
        assert far.container(container).container.state == "exited"
    finally:
        far.remove(container)
    assert far.containers(service=name) == []


def _first(stream: EventStream) -> Iterator[Sequence[EngineEvent]]:
    for batch in stream:
        yield batch
        stream.close()
        return


def test_a_blocked_read_ends_when_it_is_closed(far: DockerEngine) -> None:
    stream = far.events()
    ended = threading.Event()

    def read() -> None:
        for _ in stream:
            pass
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    stream.close()
    assert ended.wait(10)


def test_closing_leaves_no_ssh(far: DockerEngine) -> None:
    far.info()
    dialler = far._sdk._ssh
    assert dialler is not None
    processes = list(dialler._processes)
    assert processes
    far.close()
    for process in processes:
        process.wait(10)


def test_compose_and_build_take_the_same_way(far: DockerEngine, tmp_path: Path) -> None:
    from machete_tui.core.engine import ComposeProject

    project = f"far{os.getpid()}"
    (tmp_path / "compose.yml").write_text(
        f"services:\n  web:\n    image: busybox:latest\n    command: [sleep, '600']\n"
        f"    labels: {{{LABEL_SERVICE}: {project}}}\n"
    )
    compose = ComposeProject(project, str(tmp_path))
    try:
        for _ in far.compose_up(compose, Cancel()):
            pass
        assert [c.state for c in far.containers(project=project)] == ["running"]
    finally:
        far.compose_down(compose)
    assert far.containers(project=project) == []


def test_who_is_not_let_in_is_told_in_ssh_s_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with machine(tmp_path, os.environ["DOCKER_HOST"], let_in=False) as there:
        monkeypatch.setenv("PATH", f"{there.bin}:{os.environ['PATH']}")
        engine = DockerEngine(Settings(docker_host=there.url))
        with pytest.raises(EngineUnavailable, match="Permission denied") as caught:
            engine.containers()
        assert "ssh -p " in caught.value.mend
        engine.close()


@pytest.mark.parametrize("scheme", ["tcp", "ssh"])
def test_a_host_that_hangs_is_said_after_its_patience(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "FAR_PATIENCE", 1)
    with silent() as port:
        engine = DockerEngine(Settings(docker_host=f"{scheme}://127.0.0.1:{port}"))
        with pytest.raises(EngineUnavailable, match="in time"):
            engine.containers()
        with pytest.raises(EngineUnavailable):
            engine.restart("shop")
        engine.close()


def test_nobody_listens(tmp_path: Path) -> None:
    port = free_port()
    for scheme in ("tcp", "ssh"):
        engine = DockerEngine(Settings(docker_host=f"{scheme}://127.0.0.1:{port}"))
        with pytest.raises(EngineUnavailable, match=rf"{scheme}://127.0.0.1:{port}"):
            engine.containers()
        engine.close()


def test_over_tcp(rig: object) -> None:
    """The rig's socket behind a port: what a plain tcp:// host is."""
    path = os.environ["DOCKER_HOST"].removeprefix("unix://")
    with forwarded(path) as port:
        engine = DockerEngine(Settings(docker_host=f"tcp://127.0.0.1:{port}"))
        assert engine.info().name == "docker"
        assert isinstance(engine.containers(), list)
        engine.close()


@contextmanager
def forwarded(path: str) -> Iterator[int]:
    """Give a port that leads to a socket."""
    server = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        while data := _received(source):
            sink.sendall(data)
        sink.close()

    def serve() -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(path)
            for pair in ((near, far), (far, near)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        time.sleep(0)


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(1 << 16)
    except OSError:
        return b""


def test_a_far_machine_is_asked_over_the_network() -> None:
    from machete_tui.engines.far import FarHost

    assert Settings(docker_host="ssh://ops@box:2222/run/x.sock").machine == "box"
    assert Settings(docker_host="tcp://[::1]:2376").machine == "::1"
    assert Settings(docker_host="unix:///run/x.sock").machine == "127.0.0.1"
    far = FarHost("127.0.0.1")
    with silent() as port:
        assert not far.port_free(port)
        assert not far.probe(port, "", host="192.0.2.9", timeout=0.3).ok
    assert far.port_free(free_port())
    with pytest.raises(NotPermitted, match="cannot be made from here"):
        far.prepare_folder("/srv/data", 1000, 1000)


def test_a_deployment_to_a_host_over_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From source to a service that answers there, kept in the host's own state folder."""
    from machete_tui.context import live
    from machete_tui.core.configured import settings_for
    from tests.operations.bench import Bench

    with machine(tmp_path, os.environ["DOCKER_HOST"]) as there:
        monkeypatch.setenv("PATH", f"{there.bin}:{os.environ['PATH']}")
        base = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache", watch_seconds=0.0)
        bench = Bench(live(settings_for(None, there.url, base=base)), tmp_path, f"far{os.getpid()}")
        name = bench.name("site")
        try:
            done = bench.deploy(bench.app("static-site"), name)
            assert done.url.startswith("http://127.0.0.1:")
            assert bench.row(name).status == "running"
            assert bench.ctx.settings.state_dir.parent == tmp_path / "state" / "hosts"
            assert not (tmp_path / "state" / "machete.db").exists()
        finally:
            bench.clean()
            bench.ctx.close()
