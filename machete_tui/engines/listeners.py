"""What a container listens on, as the kernel says: ``/proc/<pid>/net/tcp`` of its first process."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path

from machete_tui.core.engine import Listener

_LISTEN = "0A"
_DOCKER_DNS = "127.0.0.11"


def listening(pid: int, container: str, proc: str = "/proc") -> list[Listener]:
    """Return the TCP sockets in state LISTEN in the network namespace of ``pid``, Docker's DNS left out.

    Nothing, when the process with that number here is not one of the container: the Engine may count
    processes in another namespace.
    """
    found: list[Listener] = []
    try:
        if container not in (Path(proc) / str(pid) / "cgroup").read_text():
            return found
    except OSError:
        return found
    for name in ("tcp", "tcp6"):
        try:
            lines = (Path(proc) / str(pid) / "net" / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            parts = line.split()
            if len(parts) < 4 or parts[3] != _LISTEN:
                continue
            listener = decoded(parts[1])
            if listener.address != _DOCKER_DNS and listener not in found:
                found.append(listener)
    return found


def decoded(local: str) -> Listener:
    """Return the kernel's ``0100007F:1F90`` as ``127.0.0.1`` and 8080; each 32-bit word is in host order."""
    raw, _, port = local.partition(":")
    data = bytes.fromhex(raw)
    if sys.byteorder == "little":
        data = b"".join(data[i : i + 4][::-1] for i in range(0, len(data), 4))
    if len(data) == 4:
        return Listener(str(ipaddress.IPv4Address(data)), int(port, 16))
    address = ipaddress.IPv6Address(data)
    return Listener(str(address.ipv4_mapped or address), int(port, 16))
