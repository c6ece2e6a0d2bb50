"""Values that land in a Dockerfile, checked and quoted so that they stay values."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from machete_tui.core.errors import InvalidInput

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_PLAIN_PATH = re.compile(r"[\w./@+,:=~-]+\Z")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9.+:=~-]*\Z")
_REQUIREMENT = re.compile(r"[@A-Za-z0-9][\w./@~^<>=!,:+\[\]-]*\Z")
_REFERENCE = re.compile(r"[a-z0-9][\w.\-/:]*(@sha256:[0-9a-f]{64})?\Z")


def text(value: str, what: str) -> str:
    """Return ``value``; InvalidInput names ``what`` when a line break or control character is in it."""
    if _CONTROL.search(value):
        raise InvalidInput(
            f"{what} holds a line break or control character: {value[:60]!r}",
            "Remove it from the source or the manifest.",
            field=what,
        )
    return value


def quoted(value: str) -> str:
    """Return a value for ENV, LABEL or ARG in double quotes, nothing in it expanded."""
    text(value, "a value")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") + '"'


def copy(sources: Sequence[str] | str, target: str, flags: str = "") -> str:
    """Return a COPY line; paths with blanks take its JSON form, and none of them is a pattern."""
    paths = [sources] if isinstance(sources, str) else list(sources)
    for path in (*paths, target):
        text(path, "a path")
    given = f"{flags} " if flags else ""
    if all(_PLAIN_PATH.match(p) for p in (*paths, target)):
        return f"COPY {given}{' '.join(paths)} {target}"
    literal = [re.sub(r"([*?\[])", r"[\1]", p.replace("\\", "\\\\").replace("$", "\\$")) for p in paths]
    return f"COPY {given}{json.dumps([*literal, target], ensure_ascii=False)}"


def packages(names: Sequence[str]) -> list[str]:
    """Return Debian package names, each checked to be one."""
    for name in names:
        if not _PACKAGE.match(name):
            raise InvalidInput(
                f"{name[:60]!r} is not a Debian package", "Correct system_packages.", field="system_packages"
            )
    return sorted(set(names))


def requirements(names: str) -> list[str]:
    """Return the space-separated packages of a language's registry, quoted for a shell, each checked."""
    found = names.split()
    for name in found:
        if not _REQUIREMENT.match(name):
            raise InvalidInput(f"{name[:60]!r} is not a package name", "", field="extra_packages")
    return [f"'{n}'" if re.search(r"[<>!~^\[\]]", n) else n for n in found]


def reference(ref: str) -> str:
    """Return an image reference that is safe to write after FROM."""
    if not _REFERENCE.match(ref) or len(ref) > 400:
        raise InvalidInput(f"{ref[:80]!r} is not an image reference", "", field="image")
    return ref


def shell(value: str) -> str:
    """Return a word for a shell command in RUN."""
    import shlex

    return shlex.quote(text(value, "a path"))
