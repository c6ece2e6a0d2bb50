"""The command line of one action, read into its request."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.headless.values import Wrong, from_text
from machete_tui.operations.registry import Argument, Operation

GLOBAL: dict[str, str] = {
    "json": "print JSON for a program",
    "yes": "do not ask before something is lost",
    "debug": "write debug lines to the diagnostic log, and tracebacks to stderr",
    "demo": "on the in-memory engine with a believable fleet",
    "host": "on another host: its name, or ssh://, tcp:// or unix://",
    "help": "explain the action",
}
"""Flags that every action takes."""

VALUED = ("host",)
"""Those of them that take a value."""


@dataclass(frozen=True, slots=True)
class Options:
    """Flags that do not belong to one action."""

    json: bool = False
    yes: bool = False
    debug: bool = False
    demo: bool = False
    host: str = ""
    help: bool = False

    def also(self, other: Options) -> Options:
        """Return what either sets."""
        names = [f.name for f in dataclasses.fields(self)]
        return Options(**{n: getattr(self, n) or getattr(other, n) for n in names})


def take_host(words: Sequence[str]) -> tuple[list[str], str]:
    """Return the words without ``--host NAME``, and the name: an action's own words begin after it."""
    left: list[str] = []
    found = ""
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*left, word, *rest], found
        name, equals, value = word.partition("=")
        if name != "--host":
            left.append(word)
            continue
        found = value if equals else next(rest, "")
        if not found or found.startswith("--"):
            raise InvalidInput(
                "--host needs a name or a URL", "`machete-tui --run host.list` lists them", field="--host"
            )
    return left, found


def visible(operation: Operation) -> list[Argument]:
    """Return what can be given on a command line; flags that every action takes are left out."""
    return [a for a in operation.arguments if not a.hidden and (a.positional or a.name not in GLOBAL)]


def parse(operation: Operation, words: Sequence[str]) -> tuple[dict[str, Any], Options]:
    """Return what was given, by field name and as its type, and the options; raises InvalidInput.

    Words after ``--`` are positional whatever they begin with.
    """
    before, after = _split(words)
    shown = visible(operation)
    options, rest = _flags(operation, shown, before)
    loose = [w for w in rest if w.startswith("-") and w != "-" and not _negative(w)]
    if options.pop("help"):
        return {}, Options(help=True)
    if loose:
        raise _unknown(operation, shown, loose[0])
    chosen = Options(**{name: options.pop(name) for name in GLOBAL if name != "help"})
    given = {name: value for name, value in options.items() if value is not None}
    _place(operation, [a for a in shown if a.positional], [*rest, *after], given)
    return given, chosen


def build(operation: Operation, given: dict[str, Any], options: Options) -> Any:
    """Return the request; raises InvalidInput when something that it needs was not given, or is wrong."""
    values = dict(given)
    for argument in operation.arguments:
        if argument.name in GLOBAL and argument.type is bool and not argument.positional:
            values.setdefault(argument.name, bool(getattr(options, argument.name)))
        if argument.required and argument.name not in values:
            called = argument.metavar if argument.positional else argument.flag
            raise InvalidInput(
                f"{operation.name} needs {called}: {argument.help}", hint(operation), field=called
            )
    request = operation.request(**values)
    if operation.check is not None:
        operation.check(request)
    return request


def _flags(
    operation: Operation, shown: Sequence[Argument], words: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the flags by field name, and the words that are left."""
    if not any(word.startswith("-") for word in words):
        return {name: "" if name in VALUED else False for name in GLOBAL}, list(words)
    from machete_tui.headless.flags import read  # argparse, 5 ms, for who gives flags

    return read(operation, shown, words)


def _place(
    operation: Operation, places: Sequence[Argument], words: Sequence[str], given: dict[str, Any]
) -> None:
    """Give positional words to their fields in order; the first repeatable one takes all that follow."""
    left = list(words)
    for argument in places:
        if not left:
            break
        try:
            if argument.type is tuple:
                given[argument.name] = tuple(from_text(argument, word) for word in left)
                left = []
            else:
                given[argument.name] = from_text(argument, left[0])
                left = left[1:]
        except Wrong as error:
            raise InvalidInput(str(error), hint(operation), field=argument.metavar) from error
    if left:
        takes = " ".join(a.metavar for a in places) or "no words beside its flags"
        raise InvalidInput(
            f"{operation.name} has no place for {left[0]!r}: it takes {takes}",
            hint(operation),
            field=left[0],
        )


def _unknown(operation: Operation, shown: Sequence[Argument], word: str) -> InvalidInput:
    name = word.partition("=")[0]
    flags = [a.flag for a in shown if not a.positional] + [f"--{g}" for g in GLOBAL]
    import difflib

    near = difflib.get_close_matches(name, flags, 2, 0.5)
    mend = f"did you mean {' or '.join(near)}?" if near else hint(operation)
    return InvalidInput(f"{operation.name} knows no {name}", mend, field=name)


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    if "--" in words:
        at = list(words).index("--")
        return list(words[:at]), list(words[at + 1 :])
    return list(words), []


def _negative(word: str) -> bool:
    return word[1:2].isdigit() or word[1:2] == "."


def hint(operation: Operation) -> str:
    """Return where an action is explained."""
    return f"`machete-tui --run {operation.name} --help` explains it"
