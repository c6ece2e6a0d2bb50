"""A pretended machine: for tests, and for ``--demo``, where nothing real may be installed or started."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import MacheteError
from machete_tui.core.machine import BasesContext, Change, Command, MachineFacts, Terminal
from machete_tui.engines.bootstrap import bases_context
from machete_tui.engines.bootstrap_mirrors import AptSource
from machete_tui.engines.packages_facts import example
from machete_tui.engines.packages_plan import setup_changes

READY = MachineFacts(
    system="Debian GNU/Linux 12 (bookworm)",
    distribution="debian",
    codename="bookworm",
    manager="apt",
    service_manager="systemd",
    user="operator",
    root=True,
    tools={
        "docker": "20.10.24",
        "dockerd": "20.10.24",
        "compose": "2.26.1",
        "buildx": "0.13.1",
        "git": "2.39.5",
        "mmdebstrap": "1.3.5",
        "iptables": "1.8.9",
        "ca-certificates": "present",
        "archive-keyring": "present",
    },
    suites=("bookworm", "trixie"),
    socket="ok",
    mtu=1500,
    terminal=Terminal("xterm-256color", True, 120, 36, True),
)
"""A machine that lacks nothing."""


class MemoryMachine:
    """Fills :class:`machete_tui.core.machine.Machine` without touching anything.

    Attributes:
        applied: changes that were made, in order.
        asked: questions that were put.
        roots: how often the root file system of the base images was made.
    """

    def __init__(
        self,
        found: MachineFacts = READY,
        *,
        sources: tuple[AptSource, ...] = (),
        answer: bool | None = None,
        examples: dict[str, str] | None = None,
        fails: str = "",
        when_done: Callable[[], None] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Pretend a machine.

        Args:
            found: what looking at it says, until its changes were made.
            sources: its package sources.
            answer: what is answered to every question.
            examples: example's name -> folder.
            fails: word of the command that fails.
            when_done: called when the last of its changes was made.
            folder: where the build context of base images is written; default a temporary one.
        """
        self.applied: list[Change] = []
        self.asked: list[str] = []
        self._found = found
        self._sources = sources
        self._answer = answer
        self._examples = examples or {}
        self._fails = fails
        self._when_done = when_done
        self._folder = folder or Path(tempfile.gettempdir()) / "machete-pretended"
        self.roots = 0

    def facts(self) -> MachineFacts:
        """Return what it was made with; after its changes, what they would have made of it."""
        if not self.applied or len(self.applied) < len(self._planned()):
            return self._found
        return replace(self._found, tools=READY.tools, socket="ok", suites=READY.suites)

    def setup(self, facts: MachineFacts) -> tuple[Change, ...]:
        """Return what would make it ready."""
        return setup_changes(facts, self._sources, "/var/log/dockerd.log")

    def _planned(self) -> tuple[Change, ...]:
        return self.setup(self._found)

    def apply(self, change: Change, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Note the change as made; the command that is to fail does."""
        cancel.check()
        if self._fails and isinstance(change, Command) and self._fails in change.argv:
            raise MacheteError(f"{change.argv[0]} ended with 100", "", log=("E: Unable to locate package",))
        self.applied.append(change)
        yield (f"{change.why}: done",)
        if self._when_done and len(self.applied) == len(self._planned()):
            self._when_done()

    def ask(self, question: str) -> bool | None:
        """Note the question and give the answer."""
        self.asked.append(question)
        return self._answer

    def base_root(self, cancel: Cancel, *, refresh: bool = False) -> Generator[tuple[str, ...], None, str]:
        """Write an archive without files in the place of a root file system."""
        self.roots += 1
        tar = self._folder / "root.tar"
        tar.parent.mkdir(parents=True, exist_ok=True)
        tar.write_bytes(b"\0" * 10240)  # an empty archive
        yield ("I: success in 0.0 seconds",)
        return str(tar)

    def bases_context(self) -> BasesContext:
        """Write the true build context, without this machine's certificates."""
        return bases_context(self._folder, self._found.codename, self._folder / "no-certificates")

    def example(self, name: str) -> str:
        """Return the folder that it was made with, else the true one."""
        return self._examples.get(name) or example(name)
