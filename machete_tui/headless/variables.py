"""``${NAME}`` and ``${NAME:-default}`` in a script's values; ``$${`` is a literal ``${``."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\$(?P<literal>\$\{)|\$\{(?P<body>[^}]*)\}")
_BODY = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?", re.DOTALL)


class Missing(ValueError):  # noqa: N818 - what is missing is a variable
    """A variable has no value, or its place is not written rightly; the text says which."""


def filled(text: str, environment: Mapping[str, str]) -> str:
    """Return ``text`` with its variables' values; an empty one takes its default; raises Missing."""

    def value(match: re.Match[str]) -> str:
        if match["literal"]:
            return "${"
        body = _BODY.fullmatch(match["body"])
        if body is None:
            raise Missing(f"has {match[0]}, which is neither ${{NAME}} nor ${{NAME:-default}}")
        given = environment.get(body["name"])
        if body["default"] is not None:
            return given or body["default"]
        if given is None:
            raise Missing(f"needs the variable {body['name']}, which is not set")
        return given

    return _PLACE.sub(value, text)
