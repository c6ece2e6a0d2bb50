"""The port to the machine's packages and system services: what `doctor` looks at and `setup` changes.

What is to be done is a value first (:class:`Command`, :class:`WriteFile`, :class:`StartDaemon`), so that it
can be shown and compared before anything runs.
"""

from __future__ import annotations

import shlex
from collections.abc import Generator, Iterator, Mapping
from dataclasses import field
from typing import Protocol

from machete_tui.core.cancel import Cancel
from machete_tui.core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run to its end.

    Attributes:
        argv: program and arguments.
        why: one line for people.
        env: variables set for it, beside those of this process.
    """

    argv: tuple[str, ...]
    why: str
    env: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join((*(f"{k}={shlex.quote(v)}" for k, v in self.env.items()), shlex.join(self.argv)))


@dataclass(frozen=True, slots=True)
class WriteFile:
    """A system file to write: absolute path and whole text."""

    path: str
    text: str
    why: str

    def __str__(self) -> str:
        return "\n".join((f"write {self.path}:", *(f"    {line}" for line in self.text.splitlines())))


@dataclass(frozen=True, slots=True)
class StartDaemon:
    """A program to start detached from this process, which writes its own pid file.

    Attributes:
        argv: program and arguments.
        log: file that its output is appended to.
        pid_file: where it writes its process id.
        why: one line for people.
    """

    argv: tuple[str, ...]
    log: str
    pid_file: str
    why: str

    def __str__(self) -> str:
        return f"{shlex.join(self.argv)} >>{self.log} 2>&1 &"


Change = Command | WriteFile | StartDaemon


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal that this process has: ``kind`` is TERM; columns and rows are 0 where there is none."""

    kind: str = ""
    utf8: bool = True
    columns: int = 0
    rows: int = 0
    attached: bool = False


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What the machine is and has.

    Attributes:
        system: as it names itself (``Debian GNU/Linux 12 (bookworm)``).
        distribution: ``debian``, ``ubuntu``, … or empty.
        codename: of the distribution's release (``bookworm``).
        manager: package manager that is known here: ``apt`` or empty.
        service_manager: what starts services here: ``systemd`` or empty.
        user: who this process is; ``root`` whether it may change the system.
        tools: what is installed and its version: docker (the client), dockerd, compose, buildx, git,
            mmdebstrap, iptables, apparmor, ca-certificates, archive-keyring (Debian's); names that are
            missing are not installed.
        suites: suites of its package sources, in order (``bookworm``, ``trixie``).
        engine_pid: process id of a running dockerd on the default socket; 0 for none.
        socket: state of the Engine's socket: ``ok``, ``missing``, ``refused`` (nobody listens),
            ``denied`` (no permission), ``remote``.
        own_socket: whether the settings name another place for the Engine than its usual socket.
        mtu: of the interface that leads out, in bytes; 0 when not known.
        cgroups: whether the kernel's control groups are mounted.
        apparmor: whether the kernel enforces AppArmor.
        terminal: of this process.
        clock_floor: Unix time that the clock cannot truly be before: when this program was installed.
    """

    system: str
    distribution: str = ""
    codename: str = ""
    manager: str = ""
    service_manager: str = ""
    user: str = ""
    root: bool = False
    tools: Mapping[str, str] = field(default_factory=dict)
    suites: tuple[str, ...] = ()
    engine_pid: int = 0
    socket: str = "missing"
    own_socket: bool = False
    mtu: int = 0
    cgroups: bool = True
    apparmor: bool = False
    terminal: Terminal = Terminal()
    clock_floor: float = 0.0


@dataclass(frozen=True, slots=True)
class BasesContext:
    """What the build of the stand-in base images needs.

    Attributes:
        folder: build context: certificates, entry points, the package managers' settings.
        dockerfile: absolute path of the multi-stage Dockerfile.
        secrets: id -> file with settings that hold credentials; only ever a BuildKit secret mount.
        args: build arguments: proxies of this machine.
        recipe: short digest of all that goes into an image; another one means that it must be built anew.
    """

    folder: str
    dockerfile: str
    recipe: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    args: Mapping[str, str] = field(default_factory=dict)


class Machine(Protocol):
    """This machine's packages and services."""

    def facts(self) -> MachineFacts:
        """Look, changing nothing; takes up to a second."""

    def setup(self, facts: MachineFacts) -> tuple[Change, ...]:
        """Return what would make this machine ready, in order; empty when it is.

        Raises:
            InvalidInput: its package manager is not known here; the mend says what to install.
        """

    def apply(self, change: Change, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Make one change, yielding its output in batches; raises MacheteError with the last lines."""

    def ask(self, question: str) -> bool | None:
        """Ask yes or no on the terminal; None where nobody can answer."""

    def base_root(self, cancel: Cancel, *, refresh: bool = False) -> Generator[tuple[str, ...], None, str]:
        """Make the root file system of the base images, or take the one made before; return its tar's path.

        Raises:
            NotFound: mmdebstrap is not installed.
            BuildFailed: it failed; its last lines say why.
        """

    def bases_context(self) -> BasesContext:
        """Write the build context of the base images into the cache folder and return it."""

    def example(self, name: str) -> str:
        """Return the absolute folder of an example that comes with the program, or raise NotFound."""
