"""What the machine needs for the tests: what `system.setup` installs, and a few programs more."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.machine import Change, Command, StartDaemon
from machete_tui.core.settings import Settings
from machete_tui.engines.packages import LocalMachine
from machete_tui.engines.processes import run_lines
from tests.rig.commands import RigError, run

EXTRA = {
    "iproute2": "ip",
    "iptables": "iptables",
    "openssh-server": "sshd",
    "openssh-client": "ssh",
    "git": "git",
    "tmux": "tmux",
    "librsvg2-bin": "rsvg-convert",
    "procps": "ps",
    "e2fsprogs": "mkfs.ext4",
    "hostname": "hostname",
    "zsh": "zsh",
    "fish": "fish",
}
"""Package -> a program of it, which tells whether it is there."""

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def install(say: Callable[[str], None]) -> None:
    """Install what is missing; nothing happens on a machine that has all of it."""
    with _alone():
        _install(say)


def _install(say: Callable[[str], None]) -> None:
    machine = LocalMachine(Settings())
    changes: list[Change] = [c for c in machine.setup(machine.facts()) if not isinstance(c, StartDaemon)]
    changes = [c for c in changes if not (isinstance(c, Command) and c.argv[0] == "systemctl")]
    _apply(machine, [*changes, *_extra(EXTRA, updated=_updates(changes))], say)


def install_only(names: Collection[str], say: Callable[[str], None]) -> None:
    """Install those of :data:`EXTRA` that are named, where they are missing; no Engine is needed for it."""
    with _alone():
        _apply(LocalMachine(Settings()), _extra({n: EXTRA[n] for n in names}, updated=False), say)


def _extra(wanted: Mapping[str, str], *, updated: bool) -> list[Change]:
    missing = [name for name, program in wanted.items() if not shutil.which(program, path=_SYSTEM_PATH)]
    if not missing:
        return []
    install_all = ("apt-get", "install", "-y", "--no-install-recommends", *missing)
    install = Command(install_all, f"install {', '.join(missing)}", {"DEBIAN_FRONTEND": "noninteractive"})
    return [install] if updated else [Command(("apt-get", "update"), "read the package lists"), install]


def _updates(changes: list[Change]) -> bool:
    return any(isinstance(c, Command) and c.argv[-1] == "update" for c in changes)


def _apply(machine: LocalMachine, changes: list[Change], say: Callable[[str], None]) -> None:
    for change in changes:
        say(change.why)
        for _ in machine.apply(change, Cancel()):
            pass


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time install: apt has a lock of its own, on which it fails instead of waiting."""
    with (Path(tempfile.gettempdir()) / "machete-tui-packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def other_engine(folder: Path) -> str:
    """Unpack Debian trixie's Engine beside the machine's; return the folder of its programs.

    Nothing is installed. Its runc needs a newer C library than bookworm's, so the machine's is used.
    """
    programs = folder / "usr" / "sbin"
    path = f"{programs}:{folder / 'usr' / 'bin'}"
    if (programs / "dockerd").exists():
        return path
    download = folder / "download"
    download.mkdir(parents=True, exist_ok=True)
    for _ in run_lines(
        ["apt-get", "download", "docker.io/trixie", "containerd/trixie"], Cancel(), cwd=str(download)
    ):
        pass
    archives = sorted(download.glob("*.deb"))
    if len(archives) < 2:
        raise RigError(f"apt-get downloaded only {[a.name for a in archives]}")
    for archive in archives:
        run("dpkg", "--extract", archive, folder)
    shutil.rmtree(download)
    return path
