"""Commands as a Dockerfile or a compose file takes them: exec arrays wherever no shell is needed.

A process that a shell stands in front of never sees SIGTERM, so the shell is left out, and where it must
stay it hands over with ``exec``.
"""

from __future__ import annotations

import json
import re
import shlex

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_BUILTINS = frozenset(
    (
        *(".", ":", "alias", "cd", "command", "eval", "exec", "exit", "export", "read", "readonly", "set"),
        *("shift", "source", "trap", "type", "ulimit", "umask", "unset", "wait"),
    )
)
_KEYWORDS = frozenset(
    (
        *("if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in"),
        *("{", "}", "!", "function"),
    )
)


def to_exec(command: str) -> list[str]:
    """Return the exec form of a shell command.

    ``node server.js`` becomes its words; anything with shell syntax becomes ``sh -c`` with ``exec``
    before the last program where that is possible, so that signals reach it.

    Raises:
        InvalidInput: for an empty command, control characters, or quotes that do not close.
    """
    text = clean(command)
    scan = _scan(text)
    if not scan.shell:
        words = shlex.split(text)
        return ["env", *words] if _ASSIGNMENT.match(words[0]) else words
    return ["sh", "-c", _handing_over(text, scan)]


def json_array(words: list[str]) -> str:
    """Return words as a Dockerfile's exec form takes them: JSON on one line, other scripts' letters kept."""
    return json.dumps(words, ensure_ascii=False)


def run_line(command: str) -> str:
    """Return what follows ``RUN`` for a build command: itself, or exec form where itself would be misread.

    Several lines are joined with ``&&``.

    Raises:
        InvalidInput: for an empty command or control characters.
    """
    text = clean(command)
    if text.startswith(("[", "--", "#")) or "<<" in text or text.endswith("\\"):
        return json_array(["sh", "-c", text])
    return text


def clean(command: str) -> str:
    """Return a command on one line; lines of a block are joined with ``&&``, comments in it dropped."""
    text = re.sub(r"\\\r?\n[ \t]*", " ", command.strip())
    lines = [line.strip() for line in text.splitlines()]
    text = " && ".join(
        line.removesuffix("&&").rstrip("; ") for line in lines if line and not line.startswith("#")
    )
    if not text or _CONTROL.search(text):
        raise InvalidInput(
            "A command is empty or holds control characters",
            "Give a command as it would be typed in a shell.",
            field="command",
        )
    return text


@dataclass(frozen=True, slots=True)
class _Scan:
    """What stands in a command outside its quotes.

    Attributes:
        shell: whether a shell is needed at all.
        split: position after the last ``&&`` or ``;`` at the top level; 0 for none.
        simple: whether nothing but simple commands joined by those stands there, so ``exec`` is possible.
    """

    shell: bool
    split: int
    simple: bool


def _scan(text: str) -> _Scan:
    shell, simple, split, at, depth = False, True, 0, 0, 0
    quote = ""
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\" and quote == '"':
                at += 1
            elif char == quote:
                quote = ""
            elif quote == '"' and char in "$`":
                shell = True
        elif char == "\\":
            at += 1
        elif char in "'\"":
            quote = char
        elif text.startswith("$(", at):
            shell, depth, at = True, depth + 1, at + 1
        elif depth and char in "()":
            depth += 1 if char == "(" else -1
        elif depth:
            pass
        elif text.startswith("&&", at) or char == ";":
            shell = True
            split = at + (2 if char == "&" else 1)
            at = split - 1
        elif char == "&" and at and text[at - 1] in "<>":
            shell = True
        elif char in "|&()":
            shell, simple = True, False
        elif char in "$`*?[]<>#" or (char == "~" and (at == 0 or text[at - 1] == " ")):
            shell = True
        at += 1
    if quote or depth:
        raise InvalidInput(
            f"A quote or bracket in the command does not close: {text[:60]}",
            "Close it, or escape it with a backslash.",
            field="command",
        )
    words = re.split(r"\s+|;|&&", text)
    if any(word in _KEYWORDS for word in words):
        simple = False
        shell = shell or words[0] in _KEYWORDS
    return _Scan(shell or words[0] in _BUILTINS, split, simple)


def _handing_over(text: str, scan: _Scan) -> str:
    """Put ``exec`` before the last program of a list of simple commands."""
    head, tail = text[: scan.split], text[scan.split :].strip()
    first = tail.split(maxsplit=1)[0] if tail else ""
    if not scan.simple or not tail or first in _BUILTINS or "`" in head:
        return text
    program = f"env {tail}" if _ASSIGNMENT.match(tail) else tail
    return f"{head.rstrip()} exec {program}".strip()
