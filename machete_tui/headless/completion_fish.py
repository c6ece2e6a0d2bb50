"""The completion script for fish."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.headless.arguments import GLOBAL, VALUED
from machete_tui.headless.completion import NAMED, flags, kind, places, spelled
from machete_tui.operations.registry import Argument, Operation

_HEAD = """# fish completion for machete-tui; load it with
#   machete-tui --completion fish | source
function __machete_tui_action
    set -l run 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if test "$word" = --host
            set skip 1
        else if test $run = 0
            test "$word" = --run; and set run 1
        else if not string match -q -- '-*' $word
            echo $word
            return 0
        end
    end
    test $run = 1
end
function __machete_tui_top
    not contains -- --run (commandline -opc)
end
function __machete_tui_needs_action
    __machete_tui_action >/dev/null; and test -z (__machete_tui_action | string collect)
end
function __machete_tui_is
    test "$(__machete_tui_action)" = "$argv[1]"
end
function __machete_tui_in
    test -n "$(__machete_tui_action)"
end
complete -c machete-tui -f
complete -c machete-tui -n __machete_tui_top -l run -d 'one action, or a script, without a screen'
complete -c machete-tui -n __machete_tui_top -l serve -d 'the app in a browser'
complete -c machete-tui -n __machete_tui_top -l host -x -a '(machete-tui --complete host)' -d 'another host'
complete -c machete-tui -n __machete_tui_top -l demo -d 'the app on an in-memory engine'
complete -c machete-tui -n __machete_tui_top -l debug -d 'write debug lines to the diagnostic log'
complete -c machete-tui -n __machete_tui_top -l version -d 'print the version'
complete -c machete-tui -n __machete_tui_top -l help -d 'print the usage'
complete -c machete-tui -n __machete_tui_top -l completion -x -a 'bash zsh fish'
complete -c machete-tui -n __machete_tui_needs_action -a '(__fish_complete_suffix .yml)'
"""


def _names(asked: str) -> str:
    """Return what offers the names of a kind."""
    return _quote(f"(machete-tui --complete {asked} 2>/dev/null)")


def script(operations: Sequence[Operation]) -> str:
    """Return the script for these actions."""
    lines = [_HEAD]
    for name, said in GLOBAL.items():
        value = f" -x -a {_names('host')}" if name in VALUED else ""
        lines.append(f"complete -c machete-tui -n __machete_tui_in -l {name}{value} -d {_quote(said)}\n")
    for operation in operations:
        said = _quote(operation.help)
        lines.append(f"complete -c machete-tui -n __machete_tui_needs_action -a {operation.name} -d {said}\n")
        where = f"-n {_quote(f'__machete_tui_is {operation.name}')}"
        for argument in flags(operation):
            for word in spelled(argument):
                value = "" if argument.type is bool else _value(argument)
                lines.append(
                    f"complete -c machete-tui {where} -l {word[2:]}{value} -d {_quote(argument.help)}\n"
                )
        for asked in {kind(a): None for a in places(operation) if kind(a) in NAMED}:
            lines.append(f"complete -c machete-tui {where} -a {_names(asked)}\n")
        if any(kind(a) == "file" for a in places(operation)):
            lines.append(f"complete -c machete-tui {where} -F\n")
    return "".join(lines)


def _value(argument: Argument) -> str:
    done = {"file": " -r -F", **{name: f" -x -a {_names(name)}" for name in NAMED}}
    if argument.choices:
        return f" -x -a {_quote(' '.join(argument.choices))}"
    return done.get(kind(argument), " -x")


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
