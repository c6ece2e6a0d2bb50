"""The completion script for zsh."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from machete_tui.headless.arguments import GLOBAL, VALUED
from machete_tui.headless.completion import NAMED, TOP, flags, kind, places, spelled
from machete_tui.operations.registry import Argument, Operation

_HEAD = """#compdef machete-tui
# zsh completion for machete-tui; put it as _machete-tui into a folder of $fpath, or load it with
#   source <(machete-tui --completion zsh)
_machete_tui_names() {
    local -a names
    names=(${(f)"$(machete-tui --complete $1 2>/dev/null)"})
    compadd -a names
}

_machete_tui() {
    local -a actions
    local i action=
    if (( ${words[(I)--run]} == 0 || CURRENT <= ${words[(i)--run]} )); then
        if [[ ${words[CURRENT-1]} == --completion ]]; then
            compadd bash zsh fish
        elif [[ ${words[CURRENT-1]} == --host ]]; then
            _machete_tui_names host
        else
            compadd -- TOP
        fi
        return
    fi
    for ((i = ${words[(i)--run]} + 1; i < CURRENT; i++)); do
        if [[ ${words[i]} == --host ]]; then
            (( i++ ))
        elif [[ ${words[i]} != -* ]]; then
            action=${words[i]}
            break
        fi
    done
    if [[ -z $action ]]; then
        actions=(
ACTIONS        )
        _describe action actions
        _files -g '*.y(a|)ml'
        return
    fi
    words=("${(@)words[i,-1]}")
    (( CURRENT -= i - 1 ))
    case $action in
"""

_TAIL = """        *) _arguments '--dry-run[show what would be done]' GENERAL ;;
    esac
}
if [[ ${funcstack[1]} == _machete-tui ]]; then
    _machete_tui "$@"
elif (( $+functions[compdef] )); then
    compdef _machete_tui machete-tui
fi
"""


def script(operations: Sequence[Operation]) -> str:
    """Return the script for these actions."""
    everywhere = " ".join(_general(name, said) for name, said in GLOBAL.items())
    listed = "".join(f"            {shlex.quote(o.name + ':' + o.help)}\n" for o in operations)
    head = _HEAD.replace("TOP", " ".join(TOP)).replace("ACTIONS", listed)
    arms = "".join(_arm(o, everywhere) for o in operations)
    return head + arms + _TAIL.replace("GENERAL", everywhere)


def _general(name: str, said: str) -> str:
    value = ":NAME: _machete_tui_names host" if name in VALUED else ""
    return shlex.quote(f"--{name}[{_text(said)}]{value}")


def _arm(operation: Operation, everywhere: str) -> str:
    specs = [_flag(a, word) for a in flags(operation) for word in spelled(a)]
    for number, argument in enumerate(places(operation), 1):
        where = "*" if argument.type is tuple else str(number)
        specs.append(shlex.quote(f"{where}:{_text(argument.metavar)}:{_action(argument)}"))
    lines = "".join(f" \\\n            {spec}" for spec in [*specs, everywhere])
    return f"        {operation.name}) _arguments{lines} ;;\n"


def _flag(argument: Argument, word: str) -> str:
    many = "*" if argument.type is tuple else ""
    spec = f"{many}{word}[{_text(argument.help)}]"
    if argument.type is not bool:
        spec += f":{_text(argument.metavar)}:{_action(argument)}"
    return shlex.quote(spec)


def _action(argument: Argument) -> str:
    done = {"file": "_files", "words": f"({' '.join(argument.choices)})"}
    names = {name: f" _machete_tui_names {name}" for name in NAMED}
    return (done | names).get(kind(argument), "")


def _text(text: str) -> str:
    for char in "\\[]:":
        text = text.replace(char, "\\" + char)
    return text
