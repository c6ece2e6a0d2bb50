"""``system.setup``: install what is missing, and start the Engine, after saying exactly what will run."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, EngineUnavailable, InvalidInput, MacheteError, NotPermitted
from machete_tui.core.events import Event, Lines, Note, Result, StepFinished, StepStarted
from machete_tui.core.frozen import dataclass
from machete_tui.core.machine import Change, MachineFacts, StartDaemon
from machete_tui.core.results import Done
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import arg, operation

ENGINE_SECONDS = 30.0
"""How long the Engine may take to answer after it was started."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Whether to ask first."""

    yes: bool = arg("go on unasked", default=False)


@operation(
    "system.setup",
    "install what is missing with the machine's packages and start the Engine; says first what it runs",
    role="admin",
    changes=True,
)
def setup(ctx: Context, request: Setup, cancel: Cancel) -> Iterator[Event]:
    """Make this machine ready; one that is ready is left as it is."""
    done = yield from make_ready(ctx, cancel, yes=request.yes)
    yield Result(Done(done))


def make_ready(ctx: Context, cancel: Cancel, *, yes: bool) -> Generator[Event, None, str]:
    """Show what is to be done, ask unless ``yes``, do it; return in one line what was done.

    Raises:
        InvalidInput: this system's packages are not known, or nobody can be asked.
        NotPermitted: it needs root.
        Cancelled: the answer was no.
        MacheteError: a command failed; its last lines say why. What was done before it stays done.
    """
    facts = ctx.machine.facts()
    changes = ctx.machine.setup(facts)
    if not changes:
        return "nothing to install and nothing to start: this machine is ready"
    yield from _show(facts, changes)
    if not facts.root:
        raise NotPermitted(
            f"these commands need root, and this is {facts.user or 'another user'}",
            "sudo machete-tui --run system.setup --yes",
        )
    if not yes:
        _agree(ctx)
    with audited(ctx, "system.setup") as audit:
        for index, change in enumerate(changes, 1):
            yield from _apply(ctx, change, index, len(changes), cancel)
        left = ctx.machine.setup(ctx.machine.facts())
        if left:
            raise MacheteError(
                "the commands ran, but this is still to be done: " + "; ".join(c.why for c in left),
                "machete-tui --run system.doctor shows what is found",
            )
        yield from _wait_for_engine(ctx, cancel)
        audit.detail = "; ".join(change.why for change in changes)
    for change in changes:
        if isinstance(change, StartDaemon):
            yield Note(f"to stop the Engine again: kill $(cat {change.pid_file}); its log: {change.log}")
    return f"{len(changes)} change{'' if len(changes) == 1 else 's'} made: this machine is ready"


def _show(facts: MachineFacts, changes: tuple[Change, ...]) -> Iterator[Event]:
    yield Note(f"{facts.system}: this is what it takes to make it ready")
    for change in changes:
        yield Note(f"{change.why}:")
        for line in str(change).splitlines():
            yield Note(f"    {line}")


def _agree(ctx: Context) -> None:
    answer = ctx.machine.ask("Run these commands?")
    if answer is None:
        raise InvalidInput(
            "nothing was run: nobody can be asked here",
            "add --yes to run what is listed: machete-tui --run system.setup --yes",
            field="--yes",
        )
    if not answer:
        raise Cancelled("nothing was run")


def _apply(ctx: Context, change: Change, index: int, total: int, cancel: Cancel) -> Iterator[Event]:
    step = f"setup:{index}"
    begun = ctx.clock.monotonic()
    yield StepStarted(step, change.why[:1].upper() + change.why[1:], index, total, ctx.clock.now())
    try:
        for lines in ctx.machine.apply(change, cancel):
            yield Lines(lines, step)
    except MacheteError as error:
        yield StepFinished(step, "failed", ctx.clock.monotonic() - begun, error.what)
        raise
    yield StepFinished(step, "done", ctx.clock.monotonic() - begun)


def _wait_for_engine(ctx: Context, cancel: Cancel) -> Iterator[Event]:
    deadline = ctx.clock.monotonic() + ENGINE_SECONDS
    while True:
        try:
            info = ctx.engine.info()
        except EngineUnavailable:
            if ctx.clock.monotonic() > deadline:
                raise
            cancel.check()
            ctx.clock.sleep(0.2)
        else:
            yield Note(f"the Engine answers: {info.name} {info.version}")
            return
