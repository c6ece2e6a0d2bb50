"""The way to an Engine over ssh: the system's own ssh client behind a real socket.

The client brings keys, agents, jump hosts and ``~/.ssh/config``; the socket brings timeouts that hold, and
reads that another thread can end. The client has no terminal: what it would ask a person, it fails at
instead, and its last words become the error.
"""

from __future__ import annotations

import atexit
import os
import shlex
import socket
import subprocess
import threading
import time
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import urllib3
import urllib3.connection
from docker.transport.basehttpadapter import BaseHTTPAdapter

BASE = "http+docker://localhost"
"""What stands before every path; the host of it is never looked up."""

CONNECT_SECONDS = 10
"""How long ssh may take to reach the machine and be let in."""

_KEPT_CONNECTIONS = 8
_ENDING_SECONDS = 0.4


def command(url: str) -> list[str]:
    """Return the command line whose input and output are the Engine of ``ssh://[user@]host[:port][/socket]``."""
    parts = urlsplit(url)
    words = ["ssh", "-T", "-o", f"ConnectTimeout={CONNECT_SECONDS}"]
    words += ["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=2"]
    if parts.username:
        words += ["-l", unquote(parts.username)]
    if parts.port:
        words += ["-p", str(parts.port)]
    path = unquote(parts.path.rstrip("/"))
    there = f"docker --host {shlex.quote(f'unix://{path}')}" if path else "docker"
    return [*words, "--", parts.hostname or "", f"{there} system dial-stdio"]


class Dialler:
    """Starts ssh for each connection that is wanted, and remembers what it said last."""

    def __init__(self, url: str) -> None:
        self._command = command(url)
        atexit.register(self.close)
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._last_words = ""

    def dial(self) -> socket.socket:
        """Return our end of a pair of sockets; ssh has the other as its input and output."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = subprocess.Popen(
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    env={
                        k: v for k, v in os.environ.items() if k not in ("LD_LIBRARY_PATH", "SSL_CERT_FILE")
                    },
                )
        except BaseException:
            ours.close()
            raise
        threading.Thread(target=self._listen, args=(process,), name="ssh", daemon=True).start()
        with self._lock:
            self._processes.append(process)
        return ours

    @property
    def last_words(self) -> str:
        """What the newest ssh that failed said; empty where none did. One that is ending is waited for."""
        deadline = time.monotonic() + _ENDING_SECONDS
        while time.monotonic() < deadline:
            with self._lock:
                if self._last_words or not self._processes:
                    break
            time.sleep(0.02)
        with self._lock:
            return self._last_words

    def close(self) -> None:
        """End every ssh that still runs."""
        atexit.unregister(self.close)
        with self._lock:
            running = list(self._processes)
        for process in running:
            with suppress(OSError):
                process.terminate()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Read what it says to its end, and reap it."""
        assert process.stderr is not None
        said = ""
        for raw in process.stderr:
            line = raw.decode("utf-8", "replace").strip()
            if line and not line.startswith(("Warning: Permanently added", "debug")):
                said = line
        code = process.wait()
        process.stderr.close()
        with self._lock:
            self._processes.remove(process)
            if code > 0:
                self._last_words = said or f"ssh ended with {code}"


class _Connection(urllib3.connection.HTTPConnection):
    def __init__(self, dialler: Dialler, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._dialler = dialler

    def connect(self) -> None:
        self.sock = self._dialler.dial()


class _Pool(urllib3.connectionpool.HTTPConnectionPool):
    def __init__(self, dialler: Dialler, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout, maxsize=_KEPT_CONNECTIONS)
        self._dialler = dialler
        self._seconds = timeout

    def _new_conn(self) -> _Connection:
        return _Connection(self._dialler, self._seconds)


class SshAdapter(BaseHTTPAdapter):
    """What requests sends through; mount it at :data:`BASE`."""

    def __init__(self, dialler: Dialler, timeout: float) -> None:
        self._pool = _Pool(dialler, timeout)
        super().__init__()

    def get_connection(self, url: object, proxies: object = None) -> _Pool:
        """Return the one pool: there is one host."""
        return self._pool

    def request_url(self, request: object, proxies: object) -> str:
        """Return the path alone: there is no proxy on the way."""
        return str(request.path_url)  # type: ignore[attr-defined]

    def close(self) -> None:
        """Close what is kept."""
        self._pool.close()
        super().close()
