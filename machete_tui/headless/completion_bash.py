"""The completion script for bash; it needs nothing but bash 4 itself."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.headless.completion import NAMED, TOP, flags, general, kind, places, quoted, spelled
from machete_tui.operations.registry import Argument, Operation

_HEAD = """# bash completion for machete-tui; load it with
#   source <(machete-tui --completion bash)
_machete_tui_value() {
    local words=${2-}
    case $1 in
        NAMED) words=$(machete-tui --complete "$1" 2>/dev/null) ;;
    esac
    case $1 in
        file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
    esac
}

_machete_tui() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    local action= valued= flags= place=-1 i word run=
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == --host ]]; then
            ((i++))
        elif [[ -z $run ]]; then
            [[ $word == --run ]] && run=1
        elif [[ $word != -* && -z $action ]]; then
            action=$word
        fi
    done
    if [[ $prev == --host ]]; then
        _machete_tui_value host
        return
    fi
    if [[ -z $run ]]; then
        case $prev in
            --completion) _machete_tui_value words 'bash zsh fish' ;;
            *) _machete_tui_value words TOP ;;
        esac
        return
    fi
    if [[ -z $action ]]; then
        if [[ $cur == -* ]]; then
            _machete_tui_value words GENERAL
        else
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -W ACTIONS -- "$cur"; compgen -f -X '!*.y*ml' -- "$cur")
        fi
        return
    fi
    case $action in
"""

_TAIL = """        *) flags='--dry-run '; flags+=GENERAL ;;
    esac
    flags+=' '; flags+=GENERAL
    case $action:$prev in
VALUES    esac
    [[ $prev == --* && " $valued " == *" $prev "* ]] && return
    if [[ $cur == -* ]]; then
        _machete_tui_value words "$flags"
        return
    fi
    local seen=
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -z $seen ]]; then
            [[ $word == "$action" ]] && seen=1 && place=0
        elif [[ $word == --* ]]; then
            [[ " $valued --host " == *" $word "* ]] && ((i++))
        else
            ((place++))
        fi
    done
    case $action:$place in
PLACES        *) [[ -z $cur ]] && _machete_tui_value words "$flags" ;;
    esac
}
complete -F _machete_tui machete-tui
"""


def script(operations: Sequence[Operation]) -> str:
    """Return the script for these actions."""
    everywhere = quoted(general())
    head = _HEAD.replace("NAMED", "|".join(NAMED)).replace("TOP", quoted(TOP)).replace("GENERAL", everywhere)
    head = head.replace("ACTIONS", quoted([o.name for o in operations]))
    arms = "".join(_arm(o) for o in operations)
    values = "".join(
        f"        {o.name}:{a.flag}) {_value(a)}; return ;;\n"
        for o in operations
        for a in flags(o)
        if kind(a)
    )
    words = "".join(_place(o) for o in operations)
    tail = _TAIL.replace("GENERAL", everywhere).replace("VALUES", values).replace("PLACES", words)
    return head + arms + tail


def _arm(operation: Operation) -> str:
    words = [w for a in flags(operation) for w in spelled(a)]
    valued = [a.flag for a in flags(operation) if a.type is not bool]
    return f"        {operation.name}) flags={quoted(words)}; valued={quoted(valued)} ;;\n"


def _place(operation: Operation) -> str:
    lines = ""
    for number, argument in enumerate(places(operation)):
        if kind(argument):
            pattern = f"{operation.name}:*" if argument.type is tuple else f"{operation.name}:{number}"
            lines += f"        {pattern}) {_value(argument)} ;;\n"
    return lines


def _value(argument: Argument) -> str:
    words = f" {quoted(argument.choices)}" if argument.choices else ""
    return f"_machete_tui_value {kind(argument)}{words}"
