"""Before something is lost: ask on a terminal, refuse without one unless ``--yes`` was given."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from machete_tui.core.errors import Cancelled, InvalidInput
from machete_tui.headless.arguments import visible
from machete_tui.headless.cells import plain
from machete_tui.headless.streams import Stream
from machete_tui.operations.registry import Operation

if TYPE_CHECKING:
    from machete_tui.core.settings import Settings


def needed(operation: Operation, request: Any, *, yes: bool, production: Callable[[], bool]) -> bool:
    """Return whether the operator has still to agree; a dry run and a preview lose nothing.

    On a production host every change wants it, not only what loses something.
    """
    harmless = operation.previews or getattr(request, "dry_run", False)
    if yes or harmless or not operation.changes:
        return False
    return operation.destroys or production()


def where(settings: Settings) -> str:
    """Return how a question names a production host; nothing elsewhere."""
    return f"production host {settings.host or 'local'}: " if settings.production else ""


def can_ask(err: Stream) -> bool:
    """Return whether a person is there to be asked."""
    return err.tty and sys.stdin is not None and sys.stdin.isatty()


def refuse(operation: Operation, request: Any, where: str = "") -> InvalidInput:
    """Return the error for a front that cannot ask; ``where`` names a script's step."""
    means = "loses" if operation.destroys else "changes"
    return InvalidInput(
        f"{where}{describe(operation, request)}: this {means} something and nobody can be asked here",
        f"{operation.help}; add --yes to go on",
        field="--yes",
    )


def ask(operation: Operation, request: Any, err: Stream, where: str = "") -> None:
    """Ask on the terminal; raises Cancelled unless the answer is yes."""
    err.write(f"{where}{describe(operation, request)}\n  {operation.help}\n  Go on? [y/N] ")
    answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes"):
        raise Cancelled(f"{operation.name} was not confirmed; nothing was changed")


def describe(operation: Operation, request: Any) -> str:
    """Return the action with what it was given, as on a command line; secret values are not shown."""
    words = [operation.name]
    given = {f.name: getattr(request, f.name) for f in dataclasses.fields(request)}
    for argument in visible(operation):
        value = given[argument.name]
        if not argument.required and value == argument.default:
            continue
        if argument.type is bool:
            words.append(argument.flag if value else "--no-" + argument.flag[2:])
            continue
        for one in value if isinstance(value, tuple) else (value,):
            shown = str(one)
            if argument.kind == "pair":
                shown = shown.partition("=")[0] + "=…"
            words.append(plain(shown) if argument.positional else f"{argument.flag} {plain(shown)}")
    return " ".join(words)
