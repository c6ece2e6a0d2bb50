from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from machete_tui.core.errors import Conflict, NotPermitted
from machete_tui.engines.host import LocalHost


@contextmanager
def answering(*parts: bytes, hold: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A server that sends ``parts`` to each client; gives its port and what clients sent."""
    asked: list[bytes] = []
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while not over.is_set():
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    asked.append(client.recv(4096))
                    for part in parts:
                        client.sendall(part)
                    if hold:
                        over.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], asked
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_listening_port_is_not_free_and_is_free_afterwards(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        port = server.getsockname()[1]
        assert not LocalHost().port_free(port)
    assert LocalHost().port_free(port)


def test_a_port_of_ipv6_alone_is_not_free() -> None:
    if not socket.has_ipv6:
        pytest.fail("this machine has no IPv6, which the test needs")
    with socket.socket(socket.AF_INET6) as server:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.bind(("::1", 0))
        server.listen()
        assert not LocalHost().port_free(server.getsockname()[1])


def test_a_connection_in_time_wait_does_not_hold_the_port() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    client = socket.create_connection(("127.0.0.1", port))
    peer, _ = server.accept()
    peer.close()  # the side that closes first keeps the port in TIME_WAIT
    assert client.recv(1) == b""
    client.close()
    server.close()

    assert LocalHost().port_free(port)


@pytest.mark.parametrize(
    ("status", "path", "ok"),
    [
        (b"200 OK", "/up", True),
        (b"204", "/up", True),
        (b"302 Found", "/up", True),
        (b"404 Not Found", "/up", False),
        (b"404 Not Found", "", True),
        (b"500 Oh", "", False),
        (b"503 Oh", "/up", False),
    ],
)
def test_probe_judges_the_status(status: bytes, path: str, ok: bool) -> None:
    with answering(b"HTTP/1.1 " + status + b"\r\nLocation: http://127.0.0.1:1/\r\n\r\n") as (port, asked):
        probe = LocalHost().probe(port, path)

    code = int(status[:3])
    assert (probe.ok, probe.status, probe.said) == (ok, code, f"HTTP {code}")
    assert asked[0].startswith(b"GET " + (path or "/").encode() + b" HTTP/1.1\r\n")


def test_probe_skips_an_interim_answer_and_reads_one_in_pieces() -> None:
    parts = (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 2", b"01 Created\r\n", b"\r\n")
    with answering(*parts) as (port, _):
        assert LocalHost().probe(port, "/").status == 201


def test_probe_cannot_be_made_to_send_a_second_request() -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (port, asked):
        LocalHost().probe(port, "/a b\r\nX: y/ü")

    assert asked[0].startswith(b"GET /a%20b%0D%0AX:%20y/%C3%BC HTTP/1.1\r\n")


def test_probe_says_why_there_was_no_answer() -> None:
    host = LocalHost()
    assert host.probe(free_port(), "/").said == "connection refused"
    with answering() as (port, _):
        assert host.probe(port, "/").said == "connection closed without an answer"
    with answering(b"220 mail ready\r\n\r\n") as (port, _):
        assert host.probe(port, "/").said == "an answer that is not HTTP"
    with answering(hold=True) as (port, _):
        probe = host.probe(port, "/", timeout=0.2)
        assert (probe.ok, probe.status, probe.said) == (False, 0, "no answer in 0.2 s")


def test_a_server_that_dribbles_does_not_outlast_the_timeout() -> None:
    with answering(*[b"HTTP/1.1 200 OK\r\n"], hold=True) as (port, _):
        assert LocalHost().probe(port, "/", timeout=0.2).said == "no answer in 0.2 s"


def test_disk_free_of_a_folder_that_is_not_there_is_that_of_its_nearest_parent(tmp_path: Path) -> None:
    host = LocalHost()
    assert host.disk_free(str(tmp_path / "a" / "b")) == pytest.approx(host.disk_free(str(tmp_path)), rel=0.01)


def test_memory_free_is_memavailable(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:  100 kB\nMemFree:  1 kB\nMemAvailable:   42 kB\n")
    assert LocalHost(str(tmp_path)).memory_free() == 42 << 10


def test_memory_free_without_it_comes_from_elsewhere(tmp_path: Path) -> None:
    assert LocalHost(str(tmp_path)).memory_free() > 0


def test_prepare_folder_gives_its_owner_only_to_a_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[object, ...]] = []  # only root can give folders away
    monkeypatch.setattr(os, "chown", lambda *told: given.append(told))
    folder = tmp_path / "new" / "data"
    host = LocalHost()

    host.prepare_folder(str(folder), 1234, 1235)
    (folder / "kept").write_text("x")
    host.prepare_folder(str(folder), 99, 99)

    assert given == [(folder, 1234, 1235)]
    assert (folder / "kept").read_text() == "x"


def test_prepare_folder_says_what_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Conflict, match="/file is none"):
        LocalHost().prepare_folder(str(tmp_path / "file"), os.getuid(), os.getgid())
    with pytest.raises(Conflict, match="/file is none"):
        LocalHost().prepare_folder(str(tmp_path / "file" / "below"), os.getuid(), os.getgid())


def test_prepare_folder_without_the_right_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(NotPermitted) as caught:
        LocalHost().prepare_folder(str(tmp_path / "data"), 1234, 1234)

    assert "install -d -o 1234" in caught.value.mend
    assert not (tmp_path / "data").exists()
