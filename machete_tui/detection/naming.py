"""Names that may stand in a URL, a compose file and an image tag: DNS labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

MAX = 40
"""Length of a component's name: a service's name and a number still fit beside it in 63 characters."""

GENERIC = frozenset(
    {
        *("app", "web", "my-app", "myapp", "api", "server", "client", "backend", "frontend", "project"),
        *("example", "demo", "test", "starter", "template", "root", "monorepo", "main", "src", "code"),
        *("vite-project", "my-project", "nodejs", "package", "workspace", "unnamed", "undefined", "module"),
    }
)
"""Names of generated manifests that say nothing of the project."""


def label(text: str, default: str = "app") -> str:
    """Return ``text`` as a DNS label (lower-case letters, digits, hyphens); ``default`` if none is left."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX].rstrip("-")
    return plain if plain and not plain.isdecimal() else (f"{default}-{plain}" if plain else default)


def unique(wanted: str, taken: Collection[str], hint: str = "") -> str:
    """Return ``wanted``, or with ``hint`` before it or a number behind it when it is taken."""
    if wanted not in taken:
        return wanted
    if hint and (longer := label(f"{hint}-{wanted}")) not in taken:
        return longer
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def is_label(text: str) -> bool:
    """Return whether ``text`` is a DNS label as it stands."""
    return re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", text) is not None
