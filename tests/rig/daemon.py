"""One Engine of the rig, with data root, socket, pid file and network namespace of its own; its faults."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from machete_tui.engines.packages_facts import pings
from tests.rig import network, processes
from tests.rig.commands import RigError, run, succeeds
from tests.rig.places import Places

START_SECONDS = 60.0


class Daemon:
    """A dockerd.

    Attributes:
        name: of the engine in the rig.
        octet: last part of its address in the rig's subnet; its own in the rig.
        host: what ``DOCKER_HOST`` is for it.
    """

    def __init__(
        self,
        places: Places,
        name: str,
        octet: int,
        *,
        program: str = "",
        disk: int = 0,
        flags: tuple[str, ...] = (),
    ) -> None:
        """Describe an engine; nothing happens yet.

        Args:
            places: of the rig.
            name: of the engine, at most ten characters.
            octet: last part of its address, from 2.
            program: folder with another release's dockerd and containerd; empty for the machine's.
            disk: bytes of a file system of its own for its data; 0 for the disk that the rig is on.
            flags: more arguments for dockerd.
        """
        self.name = name
        self.octet = octet
        self._places = places
        self._program = program
        self._disk = disk
        self._flags = flags
        self._run = places.run / name
        self.host = f"unix://{self.socket}"

    @property
    def socket(self) -> Path:
        """Its socket."""
        return self._run / "docker.sock"

    @property
    def data(self) -> Path:
        """Its data root."""
        return self._places.data(self.name)

    @property
    def log(self) -> Path:
        """What its daemon printed, over all its starts."""
        return self._places.log(self.name)

    @property
    def namespace(self) -> Path:
        """The file of its network namespace; published ports answer on 127.0.0.1 inside it only."""
        return network.path_of(self._places, self.name)

    @property
    def address(self) -> str:
        """Its address in the rig's subnet."""
        return f"{self._places.subnet}.{self.octet}"

    @property
    def pid(self) -> int:
        """Process id of its daemon; 0 when it does not run."""
        return processes.read_pid(self._pid_file, "dockerd")

    @property
    def _pid_file(self) -> Path:
        return self._run / "docker.pid"

    def answers(self) -> bool:
        """Return whether it serves on its socket."""
        return pings(str(self.socket))

    def start(self) -> bool:
        """Start it and wait until it answers; return whether it had to be started."""
        network.raise_namespace(self._places, self.name, self.octet)
        if self.pid and self.answers():
            return False
        processes.end(self.pid)
        self._clear_stale()
        self._run.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        if self._disk:
            self._mount_disk()
        self._serve(self._spawn())
        return True

    def _serve(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until a daemon that was just started serves."""
        try:
            processes.wait_until(
                lambda: self.answers() or process.poll() is not None, START_SECONDS, f"{self.name} answers"
            )
        except RigError as error:
            processes.end(process.pid)
            raise RigError(f"{error}\n{self.log_tail()}") from None
        if process.poll() is not None:
            raise RigError(f"dockerd of {self.name} ended with {process.returncode}:\n{self.log_tail()}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
        env = {**os.environ, "PATH": f"{self._program}:{path}" if self._program else path}
        argv = [
            *("nsenter", f"--net={self.namespace}", "unshare", "--uts"),
            *("sh", "-c", 'hostname "$0" && exec dockerd "$@"', f"rig-{self.name}"),
            *("--data-root", str(self.data), "--exec-root", str(self._run / "exec")),
            *("--pidfile", str(self._pid_file), "--host", self.host, "--mtu", str(network.mtu())),
            *self._flags,
        ]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=env,
                start_new_session=True,
                cwd="/",
            )

    def stop(self) -> None:
        """Stop the daemon; without live-restore its containers stop with it."""
        processes.end(self.pid, 60)
        self._end_leftovers()

    def kill9(self) -> None:
        """Kill the daemon at once; its containers live on until it is started again."""
        processes.kill(self.pid)
        with suppress(FileNotFoundError):
            (self._run / "exec" / "containerd" / "containerd.pid").unlink()

    def lose(self) -> None:
        """Kill the daemon and every container at once, as when the machine loses power."""
        self.kill9()
        self._end_leftovers()

    def restart(self) -> None:
        """Start the daemon again after :meth:`kill9`, as a service manager does."""
        # Its number may be another process's by now, which dockerd would take for itself.
        self._pid_file.unlink(missing_ok=True)
        self._serve(self._spawn())

    def purge(self) -> None:
        """Remove it with everything that it holds."""
        self.stop()
        self._unmount(self._places.root / self.name)
        self._unmount(self._run)
        network.drop_namespace(self._places, self.name, self.octet)
        shutil.rmtree(self._run, ignore_errors=True)
        shutil.rmtree(self._places.root / self.name, ignore_errors=True)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Run the body in its network namespace with ``DOCKER_HOST`` set to it."""
        before = os.environ.get("DOCKER_HOST")
        with network.entered(self.namespace):
            os.environ["DOCKER_HOST"] = self.host
            try:
                yield
            finally:
                if before is None:
                    del os.environ["DOCKER_HOST"]
                else:
                    os.environ["DOCKER_HOST"] = before

    def docker(self, *words: str, timeout: float = 600) -> str:
        """Run the docker client on it; return what it prints."""
        return run("docker", "--host", self.host, *words, timeout=timeout)

    def take_images(self, source: Daemon, *refs: str) -> None:
        """Copy images from another engine of the rig."""
        from_source = ["docker", "--host", source.host, "save", *refs]
        into_this = ["docker", "--host", self.host, "load", "--quiet"]
        with (
            subprocess.Popen(from_source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as save,
            subprocess.Popen(
                into_this, stdin=save.stdout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            ) as load,
        ):
            assert save.stdout is not None
            save.stdout.close()  # so that save ends when load does
            said = load.communicate()[0].decode(errors="replace")
        if load.returncode or save.returncode:
            raise RigError(f"copying {' '.join(refs)}: {said.strip()}")

    def fill_disk(self) -> None:
        """Fill the file system of its data, which must be its own."""
        if not self._disk:
            raise RigError(f"{self.name} has no disk of its own to fill")
        fill = self.data / ".fill"
        free = os.statvfs(self.data)
        with fill.open("ab") as file:
            with suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)
            with suppress(OSError):
                while True:
                    os.write(file.fileno(), b"\0" * 65536)

    def free_disk(self) -> None:
        """Undo :meth:`fill_disk`."""
        (self.data / ".fill").unlink(missing_ok=True)

    def cut_network(self) -> None:
        """Cut it off from the machine and the other engines."""
        network.cut(self._places, self.octet)

    def heal_network(self) -> None:
        """Undo :meth:`cut_network`."""
        network.heal(self._places, self.octet)

    def log_tail(self, lines: int = 15) -> str:
        """Return the last lines of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _mount_disk(self) -> None:
        """Mount a file system of its own, on a file that takes only what is written to it."""
        if os.path.ismount(self.data):
            return
        disk = self._places.disk(self.name)
        if not disk.exists():
            with disk.open("wb") as file:
                file.truncate(self._disk)
            run("mkfs.ext4", "-q", "-F", "-m", "0", disk)
        run("mount", "-o", "loop", disk, self.data)

    def _clear_stale(self) -> None:
        """Clear what a daemon left that did not end by itself: containers, pid files, mounts."""
        self._end_leftovers()
        for stale in (self._pid_file, self.socket):
            stale.unlink(missing_ok=True)
        self._unmount(self._run)
        shutil.rmtree(self._run / "exec", ignore_errors=True)

    def _end_leftovers(self) -> None:
        if self.pid:
            return
        execution = self._run / "exec"
        for shim in list(processes.mentioning(execution, ("containerd-shim",))):
            for child in processes.children(shim):
                processes.kill(child)
            processes.kill(shim)
        for left in list(processes.mentioning(execution, ("containerd", "docker-proxy"))):
            processes.end(left, 5)

    def _unmount(self, folder: Path) -> None:
        points = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        inside = [point for point in points if point.startswith(f"{folder}/")]
        for point in sorted(inside, reverse=True):
            succeeds("umount", "--lazy", point)
