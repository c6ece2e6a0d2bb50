"""What a person wrote, as the value that a request's field takes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from machete_tui.operations.registry import Argument

_SIZE = re.compile(r"(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?", re.IGNORECASE | re.ASCII)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)?", re.IGNORECASE | re.ASCII)
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_SHIFT = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}


class Wrong(ValueError):  # noqa: N818 - read as a sentence: raise Wrong("must be a number")
    """A value that its argument cannot take; the text says what was expected."""


def size(text: str) -> int:
    """Return bytes of ``512``, ``256m`` or ``1.5GiB``; k, m, g and t are powers of 1024."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise Wrong(f"{text!r} is no size; write it like 256m or 1.5g")
    return int(float(match[1]) * (1 << _SHIFT[match[2].lower()]))


def span(text: str) -> float:
    """Return seconds of ``90``, ``500ms``, ``10m`` or ``1h30m``."""
    rest, total = text.strip(), 0.0
    while rest:
        match = _SPAN.match(rest)
        if match is None or (match[2] is None and match[0] != text.strip()):
            raise Wrong(f"{text!r} is no span of time; write it like 30s, 10m or 1h30m")
        total += float(match[1]) * _SECONDS[(match[2] or "s").lower()]
        rest = rest[match.end() :]
    if not text.strip():
        raise Wrong("an empty span of time; write it like 30s, 10m or 1h30m")
    return total


def from_text(argument: Argument, text: str, environment: Mapping[str, str] | None = None) -> Any:
    """Return one value as its argument takes it; raises :class:`Wrong`.

    Args:
        argument: whose it is.
        text: as written; of a repeatable argument, one of its values.
        environment: where a pair without ``=`` takes its value from; the process's own when None.
    """
    if "\0" in text:
        raise Wrong("a NUL character is not accepted")
    if argument.choices and text not in argument.choices:
        import difflib

        near = difflib.get_close_matches(text, argument.choices, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise Wrong(f"{text!r} is none of {', '.join(argument.choices)}{meant}")
    if argument.kind == "pair":
        return _pair(text, os.environ if environment is None else environment)
    if argument.kind == "size":
        return size(text)
    if argument.kind == "span":
        seconds = span(text)
        return int(seconds) if argument.type is int else seconds
    if argument.type is int:
        if not _INT.fullmatch(text) or len(text) > 18:
            raise Wrong(f"{text!r} is no whole number")
        return int(text)
    if argument.type is float:
        if not _FLOAT.fullmatch(text):
            raise Wrong(f"{text!r} is no number")
        return float(text)
    if argument.type is bool:
        raise Wrong("takes no value")
    return text


def from_data(
    argument: Argument, value: Any, text: str = "", environment: Mapping[str, str] | None = None
) -> Any:
    """Return a script's value as its argument takes it; raises :class:`Wrong`.

    Args:
        argument: whose it is.
        value: from YAML; ``text`` is how a scalar was written there (``3.10`` and not 3.1).
        text: see ``value``.
        environment: as in :func:`from_text`.
    """
    if argument.type is tuple:
        return _several(argument, value, text, environment)
    if argument.type is bool:
        if value in ("true", "false"):  # from a variable
            return value == "true"
        if not isinstance(value, bool):
            raise Wrong("must be true or false")
        return value
    if isinstance(value, (Mapping, list)) or value is None:
        raise Wrong(f"must be {_expected(argument)}")
    return from_text(argument, text if not isinstance(value, str) else value, environment)


def _several(
    argument: Argument, value: Any, text: str, environment: Mapping[str, str] | None
) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        if argument.kind != "pair":
            raise Wrong(f"must be a list of {argument.metavar}")
        pairs = []
        for key, one in value.items():
            if one is None or isinstance(one, (Mapping, list)):
                raise Wrong(f"{key} must be text; '' is the empty one")
            shown = str(one).lower() if isinstance(one, bool) else str(one)
            pairs.append(from_text(argument, f"{key}={shown}", environment))
        return tuple(pairs)
    if isinstance(value, list):
        if any(isinstance(one, (Mapping, list)) or one is None for one in value):
            raise Wrong(f"must be a list of {argument.metavar}")
        return tuple(from_text(argument, str(one), environment) for one in value)
    if value is None:
        raise Wrong(f"must be a list of {argument.metavar}")
    return (from_text(argument, text or str(value), environment),)


def _pair(text: str, environment: Mapping[str, str]) -> str:
    """Return ``K=V``; ``K`` alone takes its value from the environment, so that no shell history has it."""
    name, equals, _ = text.partition("=")
    if not name or any(c.isspace() for c in name):
        raise Wrong(f"{name + equals!r} is no NAME=VALUE")
    if equals:
        return text
    if name not in environment:
        raise Wrong(f"{name} has no value: write {name}=VALUE, or set it in the environment")
    return f"{name}={environment[name]}"


def _expected(argument: Argument) -> str:
    if argument.kind in ("size", "span"):
        return f"a {argument.kind} like {argument.metavar if argument.metavar[:1].isdigit() else '10m'}"
    return {int: "a whole number", float: "a number"}.get(argument.type, "text")
