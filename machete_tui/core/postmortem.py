"""What is kept of a container's end: how it ended and what it said last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from machete_tui.core.frozen import dataclass

LINES = 200
"""Last lines kept of each."""


@dataclass(frozen=True, slots=True)
class PostMortem:
    """The end of one container.

    Attributes:
        container: full id. ``name``: its name then.
        service: whose; empty for one made elsewhere. ``component``: its part of the service.
        image: what it ran.
        exit_code: what it ended with. ``oom``: whether for lack of memory.
        restarts: how often the engine had restarted it.
        started: Unix seconds; 0 when not known. ``ended``: likewise.
        reason: the engine's own words, where it could not start.
        lines: its last lines, oldest first. ``times``: when each was written, as many or none.
    """

    container: str
    name: str
    service: str = ""
    component: str = ""
    image: str = ""
    exit_code: int = 0
    oom: bool = False
    restarts: int = 0
    started: float = 0.0
    ended: float = 0.0
    reason: str = ""
    lines: tuple[str, ...] = ()
    times: tuple[float, ...] = ()

    @property
    def verdict(self) -> str:
        """How it ended, in a few words: ``exit 137, out of memory, 3 restarts``."""
        parts = [f"exit {self.exit_code}"]
        if self.oom:
            parts.append("out of memory")
        elif self.exit_code > 128 and (name := _SIGNALS.get(self.exit_code - 128)):
            parts.append(name)
        if self.restarts:
            parts.append(f"{self.restarts} restart{'s' * (self.restarts != 1)}")
        if self.reason:
            parts.append(self.reason)
        return ", ".join(parts)


_SIGNALS = {1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}


class PostMortemStore(Protocol):
    """The ends of containers; the oldest go."""

    def save(self, end: PostMortem) -> None:
        """Keep it in place of what was kept of the same container."""

    def find(self, name: str) -> PostMortem | None:
        """Return the last end of a container by its name, its id or the beginning of its id."""

    def of(self, services: Sequence[str] = (), limit: int = 20) -> list[PostMortem]:
        """Return ends, newest first, of these services if any is named."""
