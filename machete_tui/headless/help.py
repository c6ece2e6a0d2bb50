"""The list of actions, and the page that explains one; all of it comes from the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from machete_tui.headless.arguments import GLOBAL, visible
from machete_tui.headless.cells import fold, pad
from machete_tui.headless.diagnostics import EXIT_CODES
from machete_tui.operations.registry import Argument, Operation

_SAMPLES = {
    "service": "shop",
    "path": ".",
    "size": "256m",
    "span": "10m",
    "release": "3",
    "pair": "MODE=fast",
}

_READS = {0, 1, 2, 3, 5, 7, 130, 141}


def actions(operations: Sequence[Operation], columns: int = 0) -> str:
    """Return the actions with their one-line helps, grouped by noun; ``columns`` above 0 folds them."""
    lines = ["usage: machete-tui --run ACTION [ARGUMENTS]   or: --run FILE.yml   or: --run -", ""]
    room = max((len(o.name) for o in operations), default=0)
    noun = ""
    for operation in operations:
        head = operation.name.partition(".")[0]
        if head != noun:
            lines += ([""] if noun else []) + [head]
            noun = head
        lines += _entry(operation.name, operation.help, room, columns)
    lines += ["", "`machete-tui --run ACTION --help` explains one; --json: JSON; --yes: do not ask"]
    return "\n".join(lines) + "\n"


def actions_data(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    """Return the same for programs."""
    return [
        {
            "name": o.name,
            "help": o.help,
            "role": o.role,
            "changes": o.changes,
            "destroys": o.destroys,
            "follows": o.follows,
            "arguments": [_argument_data(a) for a in visible(o)],
        }
        for o in operations
    ]


def explain(operation: Operation, columns: int = 0) -> str:
    """Return the page of one action; ``columns`` above 0 folds its lines."""

    def rows(pairs: Sequence[tuple[str, str]]) -> list[str]:
        return _rows(pairs, columns)

    shown = visible(operation)
    places = [a for a in shown if a.positional]
    flags = [a for a in shown if not a.positional]
    usage = " ".join(["machete-tui --run", operation.name, *(_place(a) for a in places)])
    lines = [f"usage: {usage}{' [OPTIONS]' if flags else ''}", "", *_folded(operation.help, columns), ""]
    if places:
        lines += ["arguments", *rows([(a.metavar, _said(a)) for a in places]), ""]
    if flags:
        lines += ["options", *rows([(_usage(a), _said(a)) for a in flags]), ""]
    lines += ["every action", *rows([(f"--{name}", text) for name, text in GLOBAL.items()]), ""]
    lines += ["effect", *(f"  {line}" for line in _folded(effect(operation), columns - 2)), ""]
    codes = [(str(c), t) for c, t in EXIT_CODES.items() if operation.changes or c in _READS]
    lines += ["exit codes", *rows(codes), "", "example", f"  {example(operation)}"]
    return "\n".join(lines) + "\n"


def effect(operation: Operation) -> str:
    """Return one sentence about what it changes."""
    if operation.destroys:
        said = "Something is lost by it: it asks first, and without a terminal it needs --yes."
    elif operation.changes:
        said = "It changes things."
    else:
        said = "It only reads."
    if operation.follows:
        said += " With --follow it goes on until it is stopped."
    return f"{said} For the role {operation.role}."


def example(operation: Operation) -> str:
    """Return a command line that is complete."""
    words = ["machete-tui --run", operation.name]
    shown = visible(operation)
    words += [_sample(a) for a in shown if a.positional and (a.required or a.kind == "service")]
    needed = [a for a in shown if not a.positional and a.required]
    chosen = needed or [a for a in shown if not a.positional and a.type is not bool][:1]
    words += [f"{a.flag} {_sample(a)}" for a in chosen]
    return " ".join(words)


def _sample(argument: Argument) -> str:
    if argument.choices:
        return argument.choices[0]
    if argument.kind in _SAMPLES:
        return _SAMPLES[argument.kind]
    named = {"name": "shop", "branch": "main", "port": "20080", "filter": "'^shop'", "replicas": "2"}
    return named.get(argument.name) or ("2" if argument.type in (int, float) else argument.metavar)


def _usage(argument: Argument) -> str:
    if argument.type is bool:
        return argument.flag if argument.default is False else f"{argument.flag}, --no-{argument.flag[2:]}"
    return f"{argument.flag} {_metavar(argument)}"


def _metavar(argument: Argument) -> str:
    return "{" + ",".join(argument.choices) + "}" if argument.choices else argument.metavar


def _place(argument: Argument) -> str:
    name = _metavar(argument) + (" …" if argument.type is tuple else "")
    return name if argument.required else f"[{name}]"


def _said(argument: Argument) -> str:
    said = argument.help
    if argument.type is tuple and not argument.positional and "repeatable" not in said:
        said += ", repeatable"
    if argument.required:
        return f"{said} (required)" if not argument.positional else said
    default = argument.default
    plain = default in ("", (), None, False) or (isinstance(default, (int, float)) and default <= 0)
    if default is True:
        return f"{said} (default: yes)"
    return said if plain or "default" in said else f"{said} (default: {default})"


def _rows(rows: Sequence[tuple[str, str]], columns: int) -> list[str]:
    room = min(max(len(name) for name, _ in rows), 26)
    return [line for name, text in rows for line in _entry(name, text, room, columns)]


def _entry(name: str, text: str, room: int, columns: int) -> list[str]:
    """Return a name with its text beside it, or below it where the name is too long."""
    parts = _folded(text, columns - room - 4)
    heads = [pad(name, room), *[" " * room] * (len(parts) - 1)]
    if len(name) > room:
        return [f"  {name}", *(f"  {' ' * room}  {part}" for part in parts)]
    return [f"  {head}  {part}" for head, part in zip(heads, parts, strict=True)]


def _folded(text: str, columns: int) -> list[str]:
    return fold(text, columns) if columns > 0 else [text]


def _argument_data(argument: Argument) -> dict[str, Any]:
    return {
        "name": argument.name,
        "flag": "" if argument.positional else argument.flag,
        "help": argument.help,
        "type": argument.type.__name__,
        "kind": argument.kind,
        "required": argument.required,
        "repeatable": argument.type is tuple,
        "choices": list(argument.choices),
    }
