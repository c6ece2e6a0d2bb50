"""The machine under the in-memory engine: its ports are those that the containers publish."""

from __future__ import annotations

from machete_tui.core.ports import Probe
from machete_tui.engines.memory_model import Box
from machete_tui.engines.memory_world import World


class MemoryHost:
    """A pretended host.

    Attributes:
        free_disk: bytes that :meth:`disk_free` tells.
        free_memory: bytes that :meth:`memory_free` tells.
        taken: ports that other programs hold; add to it and remove from it at will.
        folders: path -> (uid, gid) of every folder that was prepared.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.free_disk = 50 << 30
        self.free_memory = 8 << 30
        self.taken = world.taken
        self.folders: dict[str, tuple[int, int]] = {}

    def port_free(self, port: int) -> bool:
        """Return whether neither a container nor ``taken`` holds the port."""
        with self._world.changed:
            self._world.tick()
            return port not in self._world.ports_taken()

    def probe(self, port: int, path: str, *, host: str = "127.0.0.1", timeout: float = 2.0) -> Probe:
        """Answer as the container that publishes the port behaves."""
        with self._world.changed:
            now = self._world.tick()
            box = next((b for b in self._world.boxes.values() if b.running and port in b.occupies), None)
            if box is None:
                return Probe(False, 0, 0.0, "connection refused")
            inside = next(p.container for p in box.published if p.host == port)
            reached = _reached(box, inside, now)
        if not reached:
            return Probe(False, 0, 0.0, "connection closed without an answer")
        if box.behaviour.hangs:
            self._world.clock.sleep(timeout)
            return Probe(False, 0, timeout, f"no answer in {timeout:g} s")
        status = box.behaviour.paths.get(path or "/", box.behaviour.status)
        return Probe(status < (400 if path else 500), status, 0.001, f"HTTP {status}")

    def disk_free(self, path: str) -> int:
        """Return ``free_disk``."""
        return self.free_disk

    def memory_free(self) -> int:
        """Return ``free_memory``."""
        return self.free_memory

    def prepare_folder(self, path: str, uid: int, gid: int) -> None:
        """Note the folder; the first owner stays."""
        self.folders.setdefault(path, (uid, gid))


def _reached(box: Box, inside: int, now: float) -> bool:
    listens = box.listening(now)
    return listens is not None and not listens[0].startswith("127.") and listens[1] == inside
