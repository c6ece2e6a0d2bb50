"""The flags of one action, read with argparse; apart, for a command without flags need not wait for it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from machete_tui.core.errors import InvalidInput
from machete_tui.headless.arguments import GLOBAL, VALUED, hint
from machete_tui.headless.values import Wrong, from_text
from machete_tui.operations.registry import Argument, Operation


def read(
    operation: Operation, shown: Sequence[Argument], words: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the flags by field name, and the words that are no flags of the action."""
    parser = _Parser(operation)
    for name in GLOBAL:
        names = ("--help", "-h") if name == "help" else (f"--{name}",)
        if name in VALUED:
            parser.add_argument(*names, dest=name, default="")
        else:
            parser.add_argument(*names, action="store_true", dest=name)
    for argument in shown:
        if not argument.positional:
            _declare(parser, argument)
    try:
        space, rest = parser.parse_known_args(words)
    except argparse.ArgumentError as error:
        raise parser.wrong(error) from error
    return vars(space), rest


def _declare(parser: _Parser, argument: Argument) -> None:
    if argument.type is bool:
        parser.add_argument(argument.flag, dest=argument.name, action="store_const", const=True)
        if argument.default is not False:
            no = "--no-" + argument.flag[2:]
            parser.add_argument(no, dest=argument.name, action="store_const", const=False)
        return
    many = argument.type is tuple
    parser.add_argument(
        argument.flag, dest=argument.name, type=_reader(argument), action=_Collect if many else "store"
    )


def _reader(argument: Argument) -> Any:
    def value_of(text: str) -> Any:
        try:
            return from_text(argument, text)
        except Wrong as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return value_of


class _Collect(argparse.Action):
    """Gather the values of a repeatable flag into a tuple."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        setattr(namespace, self.dest, (*(getattr(namespace, self.dest) or ()), values))


class _Parser(argparse.ArgumentParser):
    """Reads flags; what is wrong becomes an InvalidInput and never ends the process."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(add_help=False, allow_abbrev=False, exit_on_error=False, formatter_class=_Silent)
        self.operation = operation

    def wrong(self, error: argparse.ArgumentError) -> InvalidInput:
        flag = (error.argument_name or "").split("/")[0]
        said = "needs a value" if error.message.startswith("expected") else error.message
        if error.message.startswith("ignored explicit argument"):
            said = "takes no value"
        return InvalidInput(f"{flag}: {said}", hint(self.operation), field=flag)

    def error(self, message: str) -> NoReturn:
        raise InvalidInput(message, hint(self.operation))


class _Silent(argparse.HelpFormatter):
    """Has a fixed width, so that no terminal is asked while arguments are declared."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)
