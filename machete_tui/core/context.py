"""What every operation is given. The composition root (``machete_tui.context``) makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from machete_tui.core.clock import Clock
    from machete_tui.core.engine import Engine
    from machete_tui.core.machine import Machine
    from machete_tui.core.ports import Host, Sources, Store
    from machete_tui.core.settings import Settings


class Log(Protocol):
    """The diagnostic log: JSON lines in the state directory, never a secret."""

    def write(self, level: str, message: str, **fields: object) -> None:
        """Write one line; ``deployment`` and ``service`` among the fields tie lines together."""

    def about(self, **fields: object) -> None:
        """Give every further line of this thread these fields; without any, its lines have none again."""


class Context(Protocol):
    """Settings, engine, store and the rest; each is made when it is first used."""

    @property
    def settings(self) -> Settings:
        """Where things are and the numbers that may be changed."""

    @property
    def actor(self) -> str:
        """Who acts: the OS user, with the SSH client's address where there is one."""

    @property
    def clock(self) -> Clock:
        """Time."""

    @property
    def engine(self) -> Engine:
        """What runs containers."""

    @property
    def host(self) -> Host:
        """The machine: ports, probes, free space."""

    @property
    def sources(self) -> Sources:
        """Git and folders."""

    @property
    def store(self) -> Store:
        """What is remembered."""

    @property
    def log(self) -> Log:
        """The diagnostic log."""

    @property
    def machine(self) -> Machine:
        """The machine's packages and system services."""
