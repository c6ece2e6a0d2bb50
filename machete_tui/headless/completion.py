"""Completion scripts for bash, zsh and fish, written from the registry.

A script holds the actions, their flags and choices, so that a Tab starts no Python; only the names of
services are asked for, by the hidden ``--complete service``, which reads SQLite.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from machete_tui.headless.arguments import GLOBAL, visible
from machete_tui.operations.registry import Argument, Operation, every

TOP = ("--run", "--serve", "--host", "--demo", "--debug", "--completion", "--version", "--help")


def script(shell: str) -> str:
    """Return the completion script for ``bash``, ``zsh`` or ``fish``."""
    from machete_tui.headless import completion_bash, completion_fish, completion_zsh

    makers = {"bash": completion_bash.script, "zsh": completion_zsh.script, "fish": completion_fish.script}
    return makers[shell](every())


def candidates(words: Sequence[str]) -> int:
    """Print the names that ``--complete service`` or ``host`` asks for; nothing when they cannot be known."""
    if list(words[:1]) == ["host"]:
        from machete_tui.core.configured import load_config
        from machete_tui.core.hosts import known
        from machete_tui.core.settings import Settings

        print("\n".join(h.name for h in known(Settings(), load_config()) if not h.broken), flush=True)
        return 0
    if list(words[:1]) == ["service"]:
        try:
            from machete_tui import context

            here = context.live()
            if here.settings.database.exists():
                print("\n".join(s.name for s in here.store.services.all()))
            sys.stdout.flush()
        except Exception:
            return 1
    return 0


def flags(operation: Operation) -> list[Argument]:
    """Return the arguments that are flags."""
    return [a for a in visible(operation) if not a.positional]


def places(operation: Operation) -> list[Argument]:
    """Return the arguments that are words."""
    return [a for a in visible(operation) if a.positional]


def spelled(argument: Argument) -> list[str]:
    """Return the ways to write a flag."""
    if argument.type is bool and argument.default is not False:
        return [argument.flag, "--no-" + argument.flag[2:]]
    return [argument.flag]


def general() -> list[str]:
    """Return the flags of every action."""
    return [f"--{name}" for name in GLOBAL]


def kind(argument: Argument) -> str:
    """Return what completes its value: ``words``, ``file``, ``service`` or nothing."""
    if argument.choices:
        return "words"
    return {"path": "file", "secret-file": "file", "service": "service", "host": "host"}.get(
        argument.kind, ""
    )


def quoted(words: Sequence[str]) -> str:
    """Return words as one shell word."""
    return shlex.quote(" ".join(words))
