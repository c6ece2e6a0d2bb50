"""As much of a shell as the in-memory engine needs: ``sh -c 'echo ready; sleep 5; exit 3'``.

It knows ``echo`` (also ``>&2``), ``sleep``, ``exit``, ``true``, ``false``, ``printenv`` and ``$NAME``,
joined by ``;``, ``&&`` or newlines. A command that holds anything else runs until it is stopped.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Literal

from machete_tui.core.frozen import dataclass

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Printed:
    """A line that a script prints, ``after`` seconds from its start."""

    after: float
    text: str
    stream: Literal["stdout", "stderr"] = "stdout"


@dataclass(frozen=True, slots=True)
class Script:
    """What a command does: its lines, when it ends (None: never) and with what code."""

    lines: tuple[Printed, ...] = ()
    ends: float | None = None
    code: int = 0


def script(command: Sequence[str], environment: Mapping[str, str]) -> Script:
    """Return what ``command`` does; an empty one runs for ever and says nothing."""
    words = list(command)
    if len(words) == 3 and words[0].rpartition("/")[2] in ("sh", "bash") and words[1] in ("-c", "-ec"):
        statements = [s.strip() for s in re.split(r";|&&|\n", words[2]) if s.strip()]
    elif words:
        statements = [shlex.join(words)]
    else:
        return Script()
    at, code = 0.0, 0
    lines: list[Printed] = []
    for statement in statements:
        try:
            first, *rest = shlex.split(statement)
        except ValueError:
            return Script(tuple(lines))
        rest = [_VARIABLE.sub(lambda m: environment.get(m[1] or m[2], ""), word) for word in rest]
        code = 0
        if first == "exec" and rest:
            first, *rest = rest
        if first == "echo":
            loud = bool(rest) and rest[-1] in (">&2", "1>&2")
            text = " ".join(rest[:-1] if loud else rest)
            lines.append(Printed(at, text, "stderr" if loud else "stdout"))
        elif first == "printenv" and len(rest) == 1:
            code = 0 if rest[0] in environment else 1
            lines += [Printed(at, environment[rest[0]])] if code == 0 else []
        elif first == "sleep" and len(rest) == 1 and rest[0].replace(".", "", 1).isdecimal():
            at += float(rest[0])
        elif first == "exit":
            return Script(tuple(lines), at, int(rest[0]) if rest and rest[0].isdecimal() else code)
        elif first in ("true", "false", ":", "set", "trap"):
            code = int(first == "false")
        else:
            return Script(tuple(lines))
    return Script(tuple(lines), at, code)
