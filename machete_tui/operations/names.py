"""Service names: DNS labels, because they name containers, networks, volumes and hosts."""

from __future__ import annotations

import re
import unicodedata

from machete_tui.core.errors import InvalidInput, NotFound
from machete_tui.core.models import Service
from machete_tui.core.ports import Store

LONGEST = 40
"""Characters of a name: what is left of a DNS label's 63 for ``-component-1``."""

_LABEL = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")


def slug(text: str) -> str:
    """Return the nearest valid name to ``text``, or ``service`` when nothing of it can stand in one."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9]+", "-", plain).strip("-").lstrip("0123456789-")
    return kept[:LONGEST].rstrip("-") or "service"


def check_name(name: str, field: str = "--name") -> str:
    """Return ``name`` if it is a valid service name; raises InvalidInput with a suggestion."""
    if len(name) <= LONGEST and _LABEL.fullmatch(name):
        return name
    shown = name if len(name) <= 50 else name[:47] + "…"
    raise InvalidInput(
        f"{shown!r} is not a service name",
        f"use 1 to {LONGEST} of a-z, 0-9 and '-', beginning with a letter: for example {slug(name)}",
        field=field,
    )


def find_service(store: Store, name: str) -> Service:
    """Return the service of that name; raises NotFound with near names."""
    service = store.services.find(name)
    if service:
        return service
    import difflib

    names = [s.name for s in store.services.all()]
    near = difflib.get_close_matches(name, names, 3, 0.5)
    if near:
        mend = f"did you mean {', '.join(near)}?"
    elif names:
        mend = "`machete-tui --run service.list` lists them"
    else:
        mend = "there are none yet: `machete-tui --run service.deploy FOLDER` makes one"
    raise NotFound(f"there is no service {name!r}", mend, field="NAME")
