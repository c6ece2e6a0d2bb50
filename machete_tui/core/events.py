"""What an operation yields while it runs, and how it ends.

An operation is a synchronous generator of these; the last one is a :class:`Result`. Every front reads
the same stream: ``--run`` prints it, the app posts it as messages, the agent logs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from machete_tui.core.frozen import dataclass

if TYPE_CHECKING:
    from machete_tui.core.errors import MacheteError

T = TypeVar("T", covariant=True)

StepOutcome = Literal["done", "failed", "skipped", "undone"]
Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """A step of a longer operation begins.

    Attributes:
        step: the step's key in the journal (``build``).
        title: what it does, for people (``Build image shop-web``).
        index: its place, from 1.
        total: how many steps there are.
        at: Unix time in seconds.
    """

    step: str
    title: str
    index: int
    total: int
    at: float


@dataclass(frozen=True, slots=True)
class StepFinished(Event):
    """A step ended; ``seconds`` is its duration and ``detail`` one line about how it went."""

    step: str
    outcome: StepOutcome
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lines(Event):
    """Output in a batch of up to 500 lines or 50 ms, never a line each."""

    lines: tuple[str, ...]
    step: str = ""


@dataclass(frozen=True, slots=True)
class Advance(Event):
    """How far something is: ``done`` of ``total`` bytes or pieces; a newer one replaces those before it."""

    text: str
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        """Whole percent; 0 while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Note(Event):
    """One line for the operator: a warning, a decision that was taken, what goes on."""

    text: str
    level: Level = "info"


@dataclass(frozen=True, slots=True)
class Rows(Event):
    """A batch of data of a following operation (``service.logs --follow``): printed as it comes."""

    rows: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Result(Event, Generic[T]):
    """The end: the typed value that the operation was asked for.

    Attributes:
        value: it.
        error: what kept it from being all that was asked for, as an Engine that does not answer; the value
            is shown, then this is told, and its exit code holds.
    """

    value: T
    error: MacheteError | None = None
