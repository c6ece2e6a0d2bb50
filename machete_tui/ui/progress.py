"""What a running operation has said so far: its steps, output and notes. For the event loop only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import field, replace

from machete_tui.core.events import Advance, Event, Lines, Note, StepFinished, StepStarted
from machete_tui.core.frozen import dataclass

LINES_KEPT = 20_000
"""Lines of output kept in memory; the whole log is in the deployment's own file."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as a screen shows it; ``seconds`` is None while it runs, ``at`` Unix time of its start."""

    step: str
    title: str
    index: int
    total: int
    at: float
    status: str = "running"
    seconds: float | None = None
    detail: str = ""


@dataclass(slots=True)
class Progress:
    """The state that events add up to.

    Attributes:
        steps: in the order in which they began.
        lines: (step, text) of the output, the oldest dropped above :data:`LINES_KEPT`.
        count: how many lines there were in all, so that a reader knows which are new to it.
        notes: warnings and decisions.
        advance: how far it is, where it tells.
        over: whether the operation has ended.
    """

    steps: list[StepView] = field(default_factory=list)
    lines: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    count: int = 0
    notes: list[Note] = field(default_factory=list)
    advance: Advance | None = None
    over: bool = False

    @property
    def current(self) -> StepView | None:
        """The step that runs now."""
        return next((step for step in reversed(self.steps) if step.status == "running"), None)

    def apply(self, events: Iterable[Event]) -> None:
        """Take a batch of events in."""
        for event in events:
            match event:
                case StepStarted():
                    view = StepView(event.step, event.title, event.index, event.total, event.at)
                    known = self._index(event.step)
                    if known is None:
                        self.steps.append(view)
                    else:
                        self.steps[known] = view
                case StepFinished():
                    known = self._index(event.step)
                    if known is not None:
                        self.steps[known] = replace(
                            self.steps[known],
                            status=event.outcome,
                            seconds=event.seconds,
                            detail=event.detail,
                        )
                case Lines():
                    self.lines.extend((event.step, line) for line in event.lines)
                    self.count += len(event.lines)
                case Note():
                    self.notes.append(event)
                case Advance():
                    self.advance = event
                case _:
                    pass

    def end(self, outcome: str) -> None:
        """Give steps whose end was not told this one: the operation is over and nothing goes on."""
        self.over = True
        self.steps[:] = [
            replace(step, status=outcome) if step.status == "running" else step for step in self.steps
        ]

    def _index(self, step: str) -> int | None:
        for index in range(len(self.steps) - 1, -1, -1):
            if self.steps[index].step == step:
                return index
        return None
