"""The machine of a remote Engine, as far as it can be known from here: its ports over the network.

Disk and memory there are not this machine's, so that they limit nothing; folders there are not to be made
from here, so that a mount of one is refused with what to type.
"""

from __future__ import annotations

import socket
import sys

from machete_tui.core.errors import NotPermitted
from machete_tui.core.ports import Probe
from machete_tui.engines.host import LocalHost

_SECONDS = 2.0


class FarHost(LocalHost):
    """Fills :class:`~machete_tui.core.ports.Host` for another machine.

    Args:
        machine: its name or address.
    """

    def __init__(self, machine: str) -> None:
        super().__init__()
        self._machine = machine

    def port_free(self, port: int) -> bool:
        """Return whether nothing there answers on a port; the Engine itself refuses one that is taken."""
        try:
            with socket.create_connection((self._machine, port), timeout=_SECONDS):
                return False
        except OSError:
            return True

    def probe(self, port: int, path: str, *, host: str = "127.0.0.1", timeout: float = 2.0) -> Probe:
        """Ask a port of that machine, whatever address of its own it is published on."""
        return super().probe(port, path, host=self._machine, timeout=timeout)

    def disk_free(self, path: str) -> int:
        """Return no limit: it is not known from here."""
        return sys.maxsize

    def memory_free(self) -> int:
        """Return no limit: it is not known from here."""
        return sys.maxsize

    def prepare_folder(self, path: str, uid: int, gid: int) -> None:
        """Refuse: the folder is to be made there."""
        raise NotPermitted(
            f"the folder {path} is on {self._machine} and cannot be made from here",
            f"prepare it there: install -d -o {uid} -g {gid} {path}, or use a named volume",
        )
