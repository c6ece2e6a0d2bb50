"""Log and event streams of the in-memory engine: batches, and a close that wakes the reader."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from machete_tui.core.engine import EngineEvent, LogLine
from machete_tui.core.logs import LogBatch
from machete_tui.engines.memory_model import Box
from machete_tui.engines.memory_world import World

BATCH = 500
LOOK = 0.1
"""Seconds of real time between looks at the clock, which cannot wake anybody."""


class MemoryLogs:
    """The output of one container; one reader, closed by any thread."""

    def __init__(
        self, world: World, box: Box, *, follow: bool, since: float, until: float = 0.0, tail: int | None
    ) -> None:
        self._world = world
        self._box = box
        self._follow = follow and not until
        self._closed = False
        lines = list(box.lines)
        self._next = box.said
        if until:
            lines = [line for line in lines if line.at <= until]
        if tail is not None:
            lines = lines[-tail:] if tail else []
        self._first = [line for line in lines if line.at >= since]

    def close(self) -> None:
        """End it; a blocked read returns."""
        self._closed = True
        with self._world.changed:
            self._world.changed.notify_all()

    def __iter__(self) -> Iterator[tuple[LogLine, ...]]:
        """Yield batches until the end, or with ``follow`` until the container stops or it is closed."""
        waiting, self._first = self._first, []
        while not self._closed:
            while waiting and not self._closed:
                batch, waiting = tuple(waiting[:BATCH]), waiting[BATCH:]
                yield batch
            if not self._follow or self._closed:
                return
            with self._world.use():
                box = self._box
                waiting = list(box.lines)[-(box.said - self._next) :] if box.said > self._next else []
                self._next = box.said
                over = not box.running or box.id not in self._world.boxes
            if over and not waiting:
                return
            if not waiting:
                pause(self._world)

    def batches(self) -> Iterator[LogBatch]:
        """Yield the same as bytes."""
        for lines in self:
            text = "".join(f"{line.text}\n" for line in lines).encode("utf-8", "replace")
            errors = bytes(line.stream == "stderr" for line in lines)
            yield LogBatch(self._box.name, text, array("d", (line.at for line in lines)), errors)


class MemoryEvents:
    """What happens to containers from the moment it was opened."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._next = world.happened
        self._closed = False

    def close(self) -> None:
        """End it; a blocked read returns."""
        self._closed = True
        with self._world.changed:
            self._world.changed.notify_all()

    def __iter__(self) -> Iterator[tuple[EngineEvent, ...]]:
        """Yield batches until closed; raises EngineUnavailable when the engine goes away."""
        while not self._closed:
            with self._world.use():
                fresh = self._world.happened - self._next
                batch = tuple(list(self._world.events)[-fresh:]) if fresh else ()
                self._next = self._world.happened
            if batch:
                yield batch
            elif not self._closed:
                pause(self._world)


def pause(world: World) -> None:
    """Wait until something happens, or time may have."""
    with world.changed:
        world.changed.wait(LOOK)
