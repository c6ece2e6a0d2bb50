"""This machine: bind tests, probes over HTTP, free space, folders for mounts."""

from __future__ import annotations

import errno
import os
import socket
import time
from pathlib import Path

from machete_tui.core.errors import Conflict, NotPermitted
from machete_tui.core.ports import Probe

_HEAD_MOST = 1 << 16
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)


class LocalHost:
    """Fills :class:`~machete_tui.core.ports.Host`; ``proc`` is where the kernel tells of memory."""

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = Path(proc)

    def port_free(self, port: int) -> bool:
        """Return whether a TCP port can be bound on all addresses of both families now.

        With SO_REUSEADDR a connection in TIME_WAIT does not count, while a listening socket on any single
        address does (socket(7), ip(7)).
        """
        for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            try:
                with socket.socket(family, socket.SOCK_STREAM) as sock:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    if family == socket.AF_INET6:
                        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    sock.bind((address, port))
            except OSError as error:
                if family == socket.AF_INET6 and error.errno in _NO_IPV6:
                    continue
                return False
        return True

    def probe(self, port: int, path: str, *, host: str = "127.0.0.1", timeout: float = 2.0) -> Probe:
        """Ask over HTTP/1.1; redirects are not followed and count as healthy."""
        begun = time.monotonic()
        try:
            status = _status(host, port, path or "/", begun + timeout)
        except TimeoutError:
            return Probe(False, 0, time.monotonic() - begun, f"no answer in {timeout:g} s")
        except ConnectionRefusedError:
            return Probe(False, 0, time.monotonic() - begun, "connection refused")
        except (ConnectionError, EOFError):
            return Probe(False, 0, time.monotonic() - begun, "connection closed without an answer")
        except ValueError:
            return Probe(False, 0, time.monotonic() - begun, "an answer that is not HTTP")
        except OSError as error:
            said = (error.strerror or str(error)).lower()
            return Probe(False, 0, time.monotonic() - begun, said)
        good = status < (400 if path else 500)
        return Probe(good, status, time.monotonic() - begun, f"HTTP {status}")

    def disk_free(self, path: str) -> int:
        """Return the bytes that this user may still write where ``path`` is or would be."""
        place = Path(path).absolute()
        while not place.exists() and place != place.parent:
            place = place.parent
        figures = os.statvfs(place)
        return figures.f_bavail * figures.f_frsize

    def memory_free(self) -> int:
        """Return the kernel's estimate of what can be used without swapping (MemAvailable)."""
        try:
            for line in (self._proc / "meminfo").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name == "MemAvailable":
                    return int(rest.split()[0]) << 10
        except (OSError, ValueError, IndexError):
            pass
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")

    def prepare_folder(self, path: str, uid: int, gid: int) -> None:
        """Make a folder and its parents; only a folder that was made here gets the owner.

        Raises Conflict when a file is in the way, NotPermitted when this user may not do it.
        """
        folder = Path(path)
        mend = f"prepare it as root: install -d -o {uid} -g {gid} {path}"
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o755)
        except (FileExistsError, NotADirectoryError) as error:
            if folder.is_dir():
                return
            there = next(p for p in (folder, *folder.parents) if p.exists())
            raise Conflict(f"{path} is to be a folder, but {there} is none", "move it away") from error
        except PermissionError as error:
            raise NotPermitted(f"this user may not make the folder {path}", mend) from error
        if (uid, gid) == (os.getuid(), os.getgid()):
            return
        try:
            os.chown(folder, uid, gid)
        except PermissionError as error:
            folder.rmdir()
            raise NotPermitted(f"this user may not give the folder {path} to {uid}:{gid}", mend) from error


def _status(host: str, port: int, path: str, deadline: float) -> int:
    """Return the status of a GET, whose whole head has to be there by ``deadline``."""
    local = host in ("127.0.0.1", "::1", "0.0.0.0")
    named = "localhost" if local else (f"[{host}]" if ":" in host else host)
    request = (
        f"GET {_target(path)} HTTP/1.1\r\nHost: {named}:{port}\r\nUser-Agent: machete-tui\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((host, port), timeout=_left(deadline)) as sock:
        sock.sendall(request.encode())
        head = b""
        while True:
            end = head.find(b"\r\n\r\n")
            if end >= 0 or len(head) > _HEAD_MOST:
                status = _parsed(head)
                if status >= 200 or end < 0:
                    return status
                head = head[end + 4 :]  # an interim answer
                continue
            sock.settimeout(_left(deadline))
            data = sock.recv(4096)
            if not data:
                if head:
                    return _parsed(head)
                raise EOFError
            head += data


def _parsed(head: bytes) -> int:
    version, _, rest = head.partition(b"\r\n")[0].partition(b" ")
    if not version.startswith(b"HTTP/"):
        raise ValueError(head[:40])
    return int(rest.split(b" ")[0])


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _target(path: str) -> str:
    """Return a path as it may stand in a request line: no space, no control character, ASCII."""
    text = path if path.startswith("/") else f"/{path}"
    return "".join(chr(b) if 0x20 < b < 0x7F else f"%{b:02X}" for b in text.encode())
