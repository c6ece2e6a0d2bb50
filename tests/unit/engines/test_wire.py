"""The raw client against servers that behave as badly as they like."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from machete_tui.core.errors import (
    Conflict,
    EngineUnavailable,
    InvalidInput,
    MacheteError,
    NoCapacity,
    NotFound,
    NotPermitted,
)
from machete_tui.engines.wire import Wire, query, segment

Serve = Callable[[socket.socket], None]
Start = Callable[[Serve], str]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Start]:
    """Start a server whose ``serve`` gets each connection once its request was read."""
    with ExitStack() as stack:

        def start(serve: Serve) -> str:
            path = str(tmp_path / "engine.sock")
            server = socket.socket(socket.AF_UNIX)
            server.bind(path)
            server.listen()

            def loop() -> None:
                with suppress(OSError):
                    while True:
                        client, _ = server.accept()
                        with client, suppress(OSError):
                            client.recv(65536)
                            serve(client)

            thread = threading.Thread(target=loop)
            thread.start()

            def stop() -> None:
                with suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)
                server.close()
                thread.join(5)

            stack.callback(stop)
            return path

        yield start


def answer(status: str, body: bytes, *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", "Api-Version: 1.41", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(*parts: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def test_an_answer_with_a_length(serving: Start) -> None:
    wire = Wire(serving(lambda c: c.sendall(answer("200 OK", b'{"a": 1}'))))

    assert wire.api == ""
    assert wire.get("/x") == {"a": 1}
    assert wire.api == "1.41"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunks_may_be_cut_anywhere(serving: Start, size: int) -> None:
    data = {"text": "é" * 50, "list": list(range(40))}
    raw = json.dumps(data).encode()
    whole = chunked(raw[:5], raw[5:6], raw[6:])

    def serve(client: socket.socket) -> None:
        for at in range(0, len(whole), size):
            client.sendall(whole[at : at + size])

    assert Wire(serving(serve)).get("/x") == data


def test_an_answer_without_length_ends_with_the_connection(serving: Start) -> None:
    wire = Wire(serving(lambda c: c.sendall(b"HTTP/1.0 200 OK\r\n\r\n[1,2]")))

    assert wire.get("/x") == [1, 2]


def test_an_engine_that_never_answers(serving: Start) -> None:
    over = threading.Event()

    def serve(_: socket.socket) -> None:
        over.wait(10)

    wire = Wire(serving(serve), patience=0.3)

    begun = time.monotonic()
    with pytest.raises(EngineUnavailable, match=r"within 0\.3 s") as caught:
        wire.get("/x")
    over.set()

    assert time.monotonic() - begun < 8
    assert "systemctl start docker" in caught.value.mend


def test_headers_that_dribble_do_not_outlast_the_patience(serving: Start) -> None:
    def serve(client: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
            client.sendall(bytes([byte]))
            time.sleep(0.1)

    wire = Wire(serving(serve), patience=0.3)

    begun = time.monotonic()
    with pytest.raises(EngineUnavailable):
        wire.get("/x")
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_an_engine_that_goes_away_in_the_middle(serving: Start, said: bytes) -> None:
    wire = Wire(serving(lambda c: c.sendall(said)))

    with pytest.raises(EngineUnavailable, match="went away"):
        wire.get("/x")


def test_something_else_behind_the_socket(serving: Start) -> None:
    wire = Wire(serving(lambda c: c.sendall(b"220 mail ready\r\n\r\n")))

    with pytest.raises(EngineUnavailable, match="does not speak HTTP"):
        wire.get("/x")


def test_no_socket(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no such file") as caught:
        Wire(str(tmp_path / "none.sock")).get("/x")
    assert "system.setup" in caught.value.mend


def test_a_socket_that_nobody_listens_on(tmp_path: Path) -> None:
    path = str(tmp_path / "left.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)

    with pytest.raises(EngineUnavailable, match="refused"):
        Wire(path).get("/x")


def test_a_path_that_is_too_long_for_a_socket() -> None:
    with pytest.raises(EngineUnavailable, match="too long"):
        Wire("/tmp/" + "x" * 200).get("/x")


def test_a_socket_that_is_forbidden(serving: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    path = serving(lambda c: c.sendall(answer("200 OK", b"{}")))
    if os.getuid() == 0:  # root is refused nothing

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(socket, "socket", _refusing(refuse))
    else:
        Path(path).chmod(0)

    with pytest.raises(NotPermitted, match=r"engine\.sock") as caught:
        Wire(path).get("/x")
    assert "docker group" in caught.value.mend
    assert "log in again" in caught.value.mend


def _refusing(refuse: Callable[..., None]) -> type[socket.socket]:
    class Refusing(socket.socket):
        def connect(self, address: object) -> None:
            refuse(address)

    return Refusing


@pytest.mark.parametrize(
    ("status", "message", "error", "said"),
    [
        ("400 Bad Request", "bad parameter", InvalidInput, "bad parameter"),
        ("404 Not Found", "No such container: abc", NotFound, "there is no container abc"),
        ("404 Not Found", "No such image: abc", NotFound, "No such image: abc"),
        ("409 Conflict", "volume is in use", Conflict, "volume is in use"),
        ("403 Forbidden", "plugin says no", NotPermitted, "plugin says no"),
        ("500 Oh", "something broke", MacheteError, "the container engine refused: something broke"),
        (
            "500 Oh",
            "write /x: no space left on device",
            NoCapacity,
            "the disk of the container engine is full",
        ),
        (
            "500 Oh",
            "driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:20080 failed: "
            "port is already allocated",
            Conflict,
            "port 20080 of this machine is taken",
        ),
    ],
)
def test_a_refusal_is_the_error_that_it_means(
    serving: Start, status: str, message: str, error: type[MacheteError], said: str
) -> None:
    body = json.dumps({"message": message}).encode()
    wire = Wire(serving(lambda c: c.sendall(answer(status, body))))

    for ask in (wire.get, wire.open):
        with pytest.raises(error) as caught:
            ask("/x")
        assert type(caught.value) is error
        assert caught.value.what == said


def test_closing_wakes_a_reader(serving: Start) -> None:
    over = threading.Event()

    def serve(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
        over.wait(10)

    body = Wire(serving(serve)).open("/x")
    assert body.read() == b"hi"
    threading.Timer(0.1, body.close).start()

    assert body.read() == b""
    assert body.read() == b""
    over.set()


def test_a_read_with_a_timeout_can_be_tried_again(serving: Start) -> None:
    more = threading.Event()

    def serve(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        more.wait(10)
        client.sendall(b"2\r\nhi\r\n0\r\n\r\n")

    body = Wire(serving(serve)).open("/x")
    with pytest.raises(TimeoutError):
        body.read(0.05)
    more.set()

    assert body.read(5) == b"hi"
    assert body.read(5) == b""


def test_queries_are_quoted() -> None:
    assert query("/x") == "/x"
    assert query("/x", all=True, since=None, filters={}) == "/x?all=1"
    assert (
        query("/x", filters={"label": ["a=b&c"]}) == "/x?filters=%7B%22label%22%3A%20%5B%22a%3Db%26c%22%5D%7D"
    )
    assert segment("a/../b?c=ü") == "a%2F..%2Fb%3Fc%3D%C3%BC"
    assert segment("lib/img:1", slashes=True) == "lib/img%3A1"
    for wrong in ("../../containers", "a//b", "/a", ".", ""):
        with pytest.raises(NotFound):
            segment(wrong, slashes=True)
    with pytest.raises(NotFound):
        segment("..")
