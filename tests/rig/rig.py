"""The rig as a whole: its main Engine with the base images, and further Engines for faults."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.rig import images, network, packages
from tests.rig.commands import RigError, run
from tests.rig.daemon import Daemon
from tests.rig.places import Places, places

MAIN = "main"
STARTED_BY_TESTS = "started-by-tests"
_MAIN_OCTET = 2
_DISK = 40 << 30
_SMALLEST = 8 << 30


def _silent(_: str) -> None:
    """Say nothing."""


class Rig:
    """The rig.

    Attributes:
        main: the Engine that tests share. It holds the base images; tests use names of their own.
    """

    def __init__(self, where: Places | None = None) -> None:
        self.places = where or places()
        self.main = Daemon(self.places, MAIN, _MAIN_OCTET, disk=_DISK if _needs_disk(self.places) else 0)
        self._spare: list[Daemon] = []

    def up(self, say: Callable[[str], None] = _silent) -> bool:
        """Bring the main Engine up, with all that it needs; return whether it had to be started.

        Raises:
            RigError: not root, too little disk, or a step failed; the message says which.
        """
        if os.geteuid() != 0:
            raise RigError("the test rig makes network namespaces and runs an Engine: run it as root")
        self.places.root.mkdir(parents=True, exist_ok=True)
        packages.install(say)
        free = shutil.disk_usage(self.places.root).free
        if not self.main.data.exists() and free < _SMALLEST:
            raise RigError(f"the rig needs {_SMALLEST >> 30} GB in {self.places.root}; {free >> 30} are free")
        started = self.main.start()
        if started:
            say(f"Engine {self.main.docker('version', '--format', '{{.Server.Version}}').strip()} is up")
            self._sweep()
        images.make(self.main, str(self.places.root / "state"), say)
        return started

    def keep_up(self) -> None:
        """Let no test run stop the Engine, even if one started it."""
        (self.places.run / STARTED_BY_TESTS).unlink(missing_ok=True)

    def down(self) -> None:
        """Stop every Engine of the rig; the main one keeps its images."""
        for daemon in self._spare:
            daemon.purge()
        self.main.stop()
        network.drop_namespace(self.places, MAIN, _MAIN_OCTET)
        network.drop_bridge(self.places)

    def purge(self) -> None:
        """Remove the rig with everything that it keeps."""
        self.down()
        self.main.purge()
        shutil.rmtree(self.places.root, ignore_errors=True)
        shutil.rmtree(self.places.run, ignore_errors=True)

    def enter(self) -> None:
        """Move this process into the main Engine's network, and point the docker client at it.

        Only threads and processes that start from now on follow: call it in the main thread, early.
        """
        network.enter(self.main.namespace)
        os.environ["DOCKER_HOST"] = self.main.host
        os.environ.pop("DOCKER_CONTEXT", None)

    @contextmanager
    def engine(
        self, name: str, *, newer: bool = False, disk: int = 0, flags: tuple[str, ...] = ()
    ) -> Iterator[Daemon]:
        """Run a further Engine for the body, and remove it with all that it holds.

        Args:
            name: of the engine, at most ten characters; what an earlier one of that name left is removed.
            newer: whether to run Debian trixie's release rather than the machine's.
            disk: bytes of a disk of its own; 0 for the rig's.
            flags: more arguments for dockerd.
        """
        program = packages.other_engine(self.places.root / "engine-trixie") if newer else ""
        octet = 10 + int.from_bytes(name.encode(), "big") % 240
        daemon = Daemon(self.places, name, octet, program=program, disk=disk, flags=flags)
        daemon.purge()
        self._spare.append(daemon)
        try:
            daemon.start()
            yield daemon
        finally:
            self._spare.remove(daemon)
            daemon.purge()

    def _sweep(self) -> None:
        """Remove what tests left that died: containers, networks, volumes, images of services."""
        left = self.main.docker("ps", "--all", "--quiet").split()
        if left:
            self.main.docker("rm", "--force", "--volumes", *left)
        self.main.docker("network", "prune", "--force")
        volumes = self.main.docker("volume", "ls", "--quiet").split()
        if volumes:
            self.main.docker("volume", "rm", "--force", *volumes)
        tags = self.main.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
        made = [tag for tag in tags if tag.startswith("machete/")]
        if made:
            self.main.docker("image", "rm", "--force", *made)
        self.main.docker("image", "prune", "--force")


def _needs_disk(where: Places) -> bool:
    """Return whether the rig's folder is on a file system that cannot hold an Engine's layers."""
    folder = where.root
    while not folder.exists():
        folder = folder.parent
    return run("stat", "--file-system", "--format=%T", folder).strip() in ("overlayfs", "tmpfs")


class Shared:
    """The rig shared by the processes of a test run: the first brings it up, the last stops it.

    A rig that was up before (``python -m tests.rig up``) stays up. Locks are the kernel's, so that a
    process that dies holds nothing.
    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self._users: IO[str] | None = None

    def join(self, say: Callable[[str], None] = _silent) -> None:
        """Bring the rig up unless it is, and count as one of its users."""
        if self._users is not None:
            return
        self.rig.places.root.mkdir(parents=True, exist_ok=True)
        with self._turn():
            started = self.rig.up(say)
            if started:
                self._ours.touch()
            self._users = (self.rig.places.root / "users").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Stop the rig if this is its last user and a user started it."""
        if self._users is None:
            return
        with self._turn():
            last = True
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                last = False
            if last and self._ours.exists():
                self._ours.unlink()
                self.rig.down()
            self._users.close()
            self._users = None

    @property
    def _ours(self) -> Path:
        """Exists while the Engine that runs was started by a test run."""
        return self.rig.places.run / STARTED_BY_TESTS

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with (self.rig.places.root / "turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
