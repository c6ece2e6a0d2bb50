"""Contexts on a pretended machine, and short ways to run a verb on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from machete_tui.context import LazyContext, in_memory
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.errors import MacheteError
from machete_tui.core.events import Event, Note, Result, StepFinished
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import MemoryEngine
from machete_tui.engines.packages_memory import MemoryMachine
from machete_tui.operations import registry


class Ground:
    """One pretended machine with its in-memory engine, and what a verb did on it.

    Attributes:
        events: of the last verb, in order.
        error: how it ended, if not well.
    """

    def __init__(self, folder: Path, machine: MemoryMachine, *, registry: bool = False) -> None:
        clock = FrozenClock()
        self.machine = machine
        self.engine = MemoryEngine(clock)
        self.engine.registry = registry
        settings = Settings(
            state_dir=folder / "state", cache_dir=folder / "cache", gate_interval=0.2, watch_seconds=0.0
        )
        self.ctx: LazyContext = in_memory(settings, clock, engine=self.engine, machine=machine)
        self.events: list[Event] = []
        self.error: MacheteError | None = None

    def do(self, action: str, **fields: Any) -> Any:
        """Run a verb to its end, well or not; return its result's value."""
        verb = registry.find(action)
        stream: Iterator[Event] = verb.run(self.ctx, verb.request(**fields), Cancel())
        self.events, self.error = [], None
        try:
            self.events.extend(stream)
        except MacheteError as error:
            self.error = error
        return next((e.value for e in self.events if isinstance(e, Result)), None)

    @property
    def said(self) -> str:
        """Every note of the last verb."""
        return "\n".join(e.text for e in self.events if isinstance(e, Note))

    @property
    def steps(self) -> dict[str, tuple[str, str]]:
        """Steps of the last verb that ended: outcome and detail."""
        return {e.step: (e.outcome, e.detail) for e in self.events if isinstance(e, StepFinished)}
