"""``.gitignore``, the simple way: the patterns of one file, matched against names and paths below it."""

from __future__ import annotations

import re

from machete_tui.core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class _Rule:
    negated: bool
    folders_only: bool
    by_path: bool
    pattern: re.Pattern[str]


class Ignore:
    """The rules of one ``.gitignore``.

    Args:
        text: the file's text.
        base: its folder relative to the tree's root, ``""`` for the root.
    """

    def __init__(self, text: str, base: str) -> None:
        self._prefix = f"{base}/" if base else ""
        self._plain: set[str] = set()
        self._plain_folders: set[str] = set()
        self._rules: list[_Rule] = []
        lines = [line.rstrip() for line in text.splitlines()]
        patterns = [line for line in lines if line and not line.startswith("#")]
        ordered = any(line.startswith("!") for line in patterns)
        for pattern in patterns:
            self._add(pattern, keep_order=ordered)
        self._rules.reverse()

    def _add(self, pattern: str, *, keep_order: bool) -> None:
        negated = pattern.startswith("!")
        body = pattern[1:] if negated else pattern
        folders_only = body.endswith("/")
        body = body.rstrip("/")
        by_path = "/" in body
        body = body.lstrip("/")
        if not body:
            return
        if not keep_order and not by_path and not any(c in body for c in "*?[\\"):
            (self._plain_folders if folders_only else self._plain).add(body)
            return
        try:
            compiled = re.compile(_regex(body))
        except re.error:
            return
        self._rules.append(_Rule(negated, folders_only, by_path, compiled))

    def __call__(self, path: str, name: str, folder: bool) -> bool | None:
        """Return whether ``path`` (from the tree's root) is ignored; None when no rule speaks of it."""
        if name in self._plain or (folder and name in self._plain_folders):
            return True
        inner = path[len(self._prefix) :]
        for rule in self._rules:
            if rule.folders_only and not folder:
                continue
            if rule.pattern.fullmatch(inner if rule.by_path else name):
                return not rule.negated
        return None


_SPECIAL = re.compile(r"[\\\[&~|]")
"""What means something in a set of Python's, now or in a later version, and nothing in one of Git's."""


def _regex(body: str) -> str:
    out = []
    index = 0
    while index < len(body):
        rest = body[index:]
        if rest.startswith("**/"):
            out.append("(?:.*/)?")
            index += 3
        elif rest.startswith("**"):
            out.append(".*")
            index += 2
        elif rest[0] == "*":
            out.append("[^/]*")
            index += 1
        elif rest[0] == "?":
            out.append("[^/]")
            index += 1
        elif rest[0] == "[" and "]" in rest[2:]:
            end = rest.index("]", 2)
            inner = _SPECIAL.sub(r"\\\g<0>", rest[1:end]).replace("--", "-\\-")
            out.append("[" + ("^" + inner[1:] if inner[0] in "!^" else inner) + "]")
            index += end + 1
        elif rest[0] == "\\" and len(rest) > 1:
            out.append(re.escape(rest[1]))
            index += 2
        else:
            out.append(re.escape(rest[0]))
            index += 1
    return "".join(out)


def is_ignored(rules: tuple[Ignore, ...], path: str, name: str, folder: bool) -> bool:
    """Return what the nearest ``.gitignore`` that speaks of ``path`` says; ``rules`` from the root down."""
    for rule in reversed(rules):
        said = rule(path, name, folder)
        if said is not None:
            return said
    return False
