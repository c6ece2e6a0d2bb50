"""Completion scripts for bash, zsh and fish, written from the registry.

A script holds the actions, their flags and choices, so that a Tab starts no Python; only names are asked
for, by the hidden ``--complete``: those of services from SQLite, of containers and projects from the engine.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from machete_tui.headless.arguments import GLOBAL, visible
from machete_tui.operations.registry import Argument, Operation, every

TOP = ("--run", "--serve", "--host", "--demo", "--debug", "--completion", "--version", "--help")

NAMED = ("service", "project", "container", "host")
"""Kinds of values whose names ``--complete`` tells."""


def script(shell: str) -> str:
    """Return the completion script for ``bash``, ``zsh`` or ``fish``."""
    from machete_tui.headless import completion_bash, completion_fish, completion_zsh

    makers = {"bash": completion_bash.script, "zsh": completion_zsh.script, "fish": completion_fish.script}
    return makers[shell](every())


def candidates(words: Sequence[str]) -> int:
    """Print the names of a kind that ``--complete`` asks for; nothing when they cannot be known."""
    asked = words[0] if words else ""
    if asked not in NAMED:
        return 0
    try:
        names = _hosts() if asked == "host" else _names(asked)
    except Exception:  # a Tab has no place for an error
        return 1
    if names:
        print("\n".join(names), flush=True)
    return 0


def _hosts() -> list[str]:
    from machete_tui.core.configured import load_config
    from machete_tui.core.hosts import known
    from machete_tui.core.settings import Settings

    return [host.name for host in known(Settings(), load_config()) if not host.broken]


def _names(asked: str) -> list[str]:
    from machete_tui import context
    from machete_tui.core.engine import LABEL_PROJECT, LABEL_SERVICE

    here = context.live()
    if asked == "service":
        return [s.name for s in here.store.services.all()] if here.settings.database.exists() else []
    containers = here.engine.containers()
    if asked == "container":
        return sorted(container.name for container in containers)
    elsewhere = [c.labels for c in containers if LABEL_SERVICE not in c.labels]
    return sorted({labels[LABEL_PROJECT] for labels in elsewhere if LABEL_PROJECT in labels})


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
    """Return what completes its value: ``words``, ``file``, one of :data:`NAMED` or nothing."""
    if argument.choices:
        return "words"
    if argument.kind in NAMED:
        return argument.kind
    return "file" if argument.kind in ("path", "secret-file") else ""


def quoted(words: Sequence[str]) -> str:
    """Return words as one shell word."""
    return shlex.quote(" ".join(words))
