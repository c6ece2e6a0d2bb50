"""A small HTTP/1.1 client for the Engine's local socket.

It is on the start-up path of everything, so it imports next to nothing: a listing costs 20 ms with it and
150 with the SDK. Paths carry no API version, which every Engine from 20.10 to today's answers with its own.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from machete_tui.core.errors import EngineUnavailable, MacheteError, NotFound
from machete_tui.engines import faults

PATIENCE = 5.0
"""Seconds that the Engine may take to accept and to begin its answer."""

_CHUNK = 1 << 16
_HEADERS_MOST = 1 << 16
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


class Body(Protocol):
    """The bytes of an answer as they come."""

    def read(self, timeout: float | None = None) -> bytes:
        """Return what is there, waiting for it; empty at the end or when closed.

        Raises TimeoutError after ``timeout`` seconds without a byte, and EngineUnavailable when the
        connection ends before the answer does.
        """

    def close(self) -> None:
        """End it from any thread; a blocked read returns."""


class Transport(Protocol):
    """A way to ask the Engine: its local socket, or the SDK's session to a remote one."""

    @property
    def api(self) -> str:
        """API version that the Engine named in its last answer; empty before the first."""

    def get(self, path: str, *, patience: float = PATIENCE) -> Any:
        """Return the JSON of an answer; raises the error that its status means."""

    def open(self, path: str) -> Body:
        """Open an answer that may go on for ever."""

    def close(self) -> None:
        """Close what is kept open."""


def quote(text: str) -> str:
    """Return text as it stands in a path or a query."""
    return "".join(chr(b) if b in _PLAIN else f"%{b:02X}" for b in text.encode())


def segment(text: str, *, slashes: bool = False) -> str:
    """Return text as one part of a path; an image's reference may keep its ``slashes``.

    Raises:
        NotFound: a part is empty or leads elsewhere (``.``, ``..``): nothing has such a name.
    """
    if any(part in ("", ".", "..") for part in (text.split("/") if slashes else (text,))):
        raise NotFound(f"there is no {text!r}")
    quoted = quote(text)
    return quoted if slashes else quoted.replace("/", "%2F")


def query(path: str, **values: str | int | float | bool | Mapping[str, list[str]] | None) -> str:
    """Return ``path`` with a query: None is left out, a mapping becomes JSON (as ``filters`` wants it)."""
    parts: list[str] = []
    for name, value in values.items():
        if value is None or value == {}:
            continue
        if isinstance(value, Mapping):
            value = json.dumps(value)
        parts.append(f"{name}={quote(str(int(value)) if isinstance(value, bool) else str(value))}")
    return f"{path}?{'&'.join(parts)}" if parts else path


class Wire:
    """Asks the Engine behind one local socket; a connection for each question. Thread-safe."""

    def __init__(self, path: str, *, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._api = ""

    @property
    def api(self) -> str:
        """API version that the Engine named in its last answer."""
        return self._api

    def get(self, path: str, *, patience: float = 0.0) -> Any:
        """Return the JSON of an answer."""
        body = self._ask(path, patience or self._patience)
        try:
            parts: list[bytes] = []
            while data := body.read(30.0):
                parts.append(data)
        except TimeoutError as error:
            raise faults.gone() from error
        finally:
            body.close()
        text = b"".join(parts)
        if body.status >= 400:
            raise failure(body.status, text)
        return json.loads(text) if text else None

    def open(self, path: str) -> SocketBody:
        """Open an answer that may go on for ever."""
        body = self._ask(path, self._patience)
        if body.status < 400:
            return body
        try:
            parts: list[bytes] = []
            while data := body.read(self._patience):
                parts.append(data)
        except TimeoutError:
            pass
        finally:
            body.close()
        raise failure(body.status, b"".join(parts))

    def ping(self) -> None:
        """Raise EngineUnavailable or NotPermitted unless the Engine answers within the patience."""
        self.open("/_ping").close()

    def started(self) -> float:
        """Return when the Engine's process began, in Unix seconds; 0 where its socket is another's."""
        import os
        from pathlib import Path

        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.settimeout(self._patience)
                sock.connect(self._path)
                raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            process = Path("/proc", str(int.from_bytes(raw[:4], sys.byteorder)), "stat")
            name, _, rest = process.read_text().partition("(")[2].rpartition(")")
            up = float(Path("/proc/uptime").read_text().split()[0])
        except (OSError, ValueError):
            return 0.0
        # A socket that the service manager opened belongs to that.
        if name != "dockerd":
            return 0.0
        return time.time() - up + int(rest.split()[19]) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Nothing is kept open between questions."""

    def _ask(self, path: str, patience: float) -> SocketBody:
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.settimeout(patience)
            sock.connect(self._path)
            sock.sendall(
                f"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nAccept: */*\r\n\r\n".encode()
            )
            body = SocketBody(sock, time.monotonic() + patience)
        except PermissionError as error:
            sock.close()
            raise faults.forbidden(self._path) from error
        except TimeoutError as error:
            sock.close()
            raise faults.unavailable(f"{self._path} does not answer within {patience:g} s") from error
        except OSError as error:
            sock.close()
            raise faults.unavailable(f"{self._path}: {(error.strerror or str(error)).lower()}") from error
        except EngineUnavailable:
            sock.close()
            raise
        self._api = body.headers.get("api-version", self._api)
        return body


class SocketBody:
    """An answer: status and headers at once, then its bytes; read by one thread, closed by any."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._buffer = bytearray()
        self._lock = threading.Lock()
        self._closed = False
        self._reading = False
        self._ended = False
        self._in_chunk = 0  # bytes left of the chunk that is being read, its line end among them
        self.status, self.headers = self._head(deadline)
        self._chunked = "chunked" in self.headers.get("transfer-encoding", "")
        length = self.headers.get("content-length")
        self._length = None if length is None else int(length)

    def read(self, timeout: float | None = None) -> bytes:
        """Return what is there, waiting for it; empty at the end or when closed."""
        with self._lock:
            if self._closed or self._ended:
                return b""
            self._reading = True
        try:
            while not self._closed:
                data = self._decoded()
                if data or self._ended:
                    return data
                self._sock.settimeout(timeout)
                fresh = self._sock.recv(_CHUNK)
                if not fresh:
                    return self._end()
                self._buffer += fresh
            return b""
        except TimeoutError:
            raise
        except OSError as error:
            if self._closed:
                return b""
            raise faults.gone() from error
        finally:
            with self._lock:
                self._reading = False
                if self._closed:
                    self._sock.close()

    def close(self) -> None:
        """End it; a blocked read returns. The socket's number is freed only when nobody reads it."""
        with self._lock:
            self._closed = True
            if not self._reading:
                self._sock.close()
                return
            with suppress(OSError):  # the Engine may have been first
                self._sock.shutdown(socket.SHUT_RDWR)

    def _end(self) -> bytes:
        if self._closed:
            return b""
        if self._chunked or self._length:
            raise faults.gone()
        self._ended = True
        return b""

    def _decoded(self) -> bytes:
        if self._chunked:
            return self._unchunked()
        data = bytes(self._buffer)
        self._buffer.clear()
        if self._length is not None:
            self._length -= len(data)
            self._ended = self._length <= 0
        return data

    def _unchunked(self) -> bytes:
        data, at = bytes(self._buffer), 0
        size, left = len(data), self._in_chunk
        out: list[bytes] = []
        find = data.find
        while at < size:
            if left:
                take = min(left, size - at)
                if left > 2:
                    out.append(data[at : at + min(take, left - 2)])
                at += take
                left -= take
                continue
            end = find(b"\r\n", at)
            if end < 0:
                break
            head = data[at:end]
            length = int(head.partition(b";")[0] if b";" in head else head, 16)
            at = end + 2
            if not length:
                self._ended = True
                break
            stop = at + length
            if stop + 2 <= size:  # whole, as nearly all are: a log has one for each line
                out.append(data[at:stop])
                at = stop + 2
            else:
                left = length + 2
        self._in_chunk = left
        del self._buffer[:at]
        return b"".join(out)

    def _head(self, deadline: float) -> tuple[int, dict[str, str]]:
        buffer = self._buffer
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            left = deadline - time.monotonic()
            if left <= 0 or len(buffer) > _HEADERS_MOST:
                raise TimeoutError
            self._sock.settimeout(left)
            fresh = self._sock.recv(_CHUNK)
            if not fresh:
                raise faults.gone()
            buffer += fresh
        first, *rest = buffer[:end].decode("latin-1").split("\r\n")
        del buffer[: end + 4]
        try:
            status = int(first.split(" ", 2)[1])
        except (IndexError, ValueError):
            raise faults.unavailable("what answers on its socket does not speak HTTP") from None
        pairs = (line.partition(":") for line in rest)
        return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


def failure(status: int, body: bytes) -> MacheteError:
    """Return the error that an Engine's answer means."""
    try:
        message = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        message = body.decode("utf-8", "replace").strip() or f"HTTP {status}"
    return faults.refused(status, message)
