"""The six steps: what each checks, and the mark that the step bar shows for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from machete_tui.core.frozen import dataclass
from machete_tui.ui.wizard import component as parts
from machete_tui.ui.wizard import environment, numbers
from machete_tui.ui.wizard import source as sources
from machete_tui.ui.wizard.draft import Draft, check_backing, check_name
from machete_tui.ui.wizard.problems import Problem, errors

Mark = Literal["current", "done", "warning", "error", "todo"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its key, its title in the bar, and the question that it answers."""

    key: str
    title: str
    question: str


STEPS: tuple[Step, ...] = (
    Step("source", "Source", "Where is the code?"),
    Step("detected", "Detected", "Is this what it is?"),
    Step("resources", "Resources", "How much may it use?"),
    Step("environment", "Environment", "Which variables does it get?"),
    Step("backing", "Backing", "What runs beside it?"),
    Step("review", "Review", "Is this what should happen?"),
)
REVIEW = len(STEPS) - 1


def check(draft: Draft, step: int, parse: Callable[[str], object] | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with one step (0-5), errors and warnings, in the order of its fields.

    Args:
        draft: what was entered.
        step: its place.
        parse: reads a Git URL and raises InvalidInput for one that is refused.
    """
    if step == 0:
        return sources.check(draft.source, parse)
    if draft.detection is None:
        return (Problem("", "the source was not read yet"),) if step < REVIEW else ()
    if step == 1:
        return _detected(draft)
    if step == 2:
        return _resources(draft)
    if step == 3:
        return _environment(draft)
    if step == 4:
        return check_backing(draft)
    return ()


def first_fault(draft: Draft, parse: Callable[[str], object] | None = None) -> int:
    """Return the first step with an error, or the review when there is none."""
    for step in range(REVIEW):
        if errors(check(draft, step, parse)):
            return step
    return REVIEW


def marks(draft: Draft, current: int, reached: int) -> tuple[Mark, ...]:
    """Return each step's mark: those after the furthest one reached are still to do."""
    found: list[Mark] = []
    for step in range(len(STEPS)):
        problems = check(draft, step)
        if step == current:
            found.append("current")
        elif step > reached or step == REVIEW:
            found.append("todo")
        elif errors(problems):
            found.append("error")
        else:
            found.append("warning" if problems else "done")
    return tuple(found)


def _detected(draft: Draft) -> tuple[Problem, ...]:
    found = list(check_name(draft.name))
    if draft.components and not draft.included:
        found.append(Problem("", "every component is left out", "take at least one in"))
    for item in draft.components:
        found += parts.check_detected(item)
    return tuple(found)


def _resources(draft: Draft) -> tuple[Problem, ...]:
    found: list[Problem] = []
    try:
        numbers.port(draft.port)
    except ValueError as error:
        found.append(Problem("port", str(error)))
    for item in draft.components:
        found += parts.check_resources(item)
    return tuple(found)


def _environment(draft: Draft) -> tuple[Problem, ...]:
    found = list(environment.check(draft.pairs, [c.name for c in draft.included]))
    for name in draft.missing():
        known = name in draft.accepted
        mend = "" if known else "fill it in, or go on once more to leave it out"
        found.append(Problem(f"wanted.{name}", f"{name} has no value", mend, warning=known))
    return tuple(found)
