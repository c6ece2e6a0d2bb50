"""The names in a release's ``.env``: one for each value that must not stand in the compose file."""

from __future__ import annotations

import re

from machete_tui.generation.dotenv import NAME

_RESERVED = ("COMPOSE_", "DOCKER_", "BUILDKIT_", "BUILDX_")
"""Names that compose itself obeys when it finds them in ``.env``."""


class Variables:
    """Collects names and values, and hands out the references that stand in the compose file."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def reference(self, name: str, value: str, owner: str = "") -> str:
        """Return ``${NAME}`` for a value.

        Another value under the same name gets the owner's name before it; a name that compose would obey
        or cannot refer to is changed likewise.

        Args:
            name: as the component reads it.
            value: what it is set to.
            owner: the component, for telling values apart.
        """
        wanted = re.sub(r"[^A-Za-z0-9_]", "_", name)
        if not NAME.match(wanted) or wanted.startswith(_RESERVED):
            wanted = f"VAR_{wanted}"
        candidates = [wanted]
        if owner:
            candidates.append(f"{re.sub('[^A-Za-z0-9]', '_', owner).upper()}_{wanted}")
        number = 2
        while True:
            for candidate in candidates:
                if self.values.setdefault(candidate, value) == value:
                    return f"${{{candidate}}}"
            candidates = [f"{candidates[-1].rstrip('0123456789')}{number}"]
            number += 1


def literal(value: str) -> str:
    """Return a value as compose takes it literally: ``$`` doubled."""
    return value.replace("$", "$$")
