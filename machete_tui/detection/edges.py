"""Who talks to whom, and in which order components start."""

from __future__ import annotations

import re
from collections.abc import Iterable

from machete_tui.core.source import BackingService
from machete_tui.detection.draft import Draft

BACKENDS = ("api", "backend", "server", "service")
"""What variables call the one server behind a site."""

_PREFIX = r"^(?:VITE_|NEXT_PUBLIC_|REACT_APP_|NUXT_(?:PUBLIC_)?|PUBLIC_|GATSBY_|EXPO_PUBLIC_)?"
_SUFFIX = r"(?:_(?:SERVICE|SERVER|INTERNAL|APP|BASE))*_(?:URL|URI|HOST|ADDR|ADDRESS|ENDPOINT|ORIGIN|BASE)$"


def find(drafts: list[Draft], services: Iterable[BackingService]) -> list[tuple[str, str]]:
    """Return (from, to) by name: to backing services by their drivers, to components by what is named."""
    edges: list[tuple[str, str]] = []
    by_kind = {s.kind: s.name for s in services}
    for draft in drafts:
        edges += [(draft.name, by_kind[k]) for k in draft.drivers if k in by_kind]
        for other in drafts:
            if other is not draft and other.kind == "web" and _speaks_to(draft, other, drafts):
                edges.append((draft.name, other.name))
    return [e for i, e in enumerate(edges) if e not in edges[:i]]


def _speaks_to(draft: Draft, other: Draft, drafts: list[Draft]) -> bool:
    if draft.facts.get("image_of") == other.name or other.facts.get("image_of") == draft.name:
        return False
    if any(m.startswith(f"{other.name}:") for m in draft.mentions):
        return True
    names = [other.name]
    servers = [d for d in drafts if d.kind == "web" and d is not draft]
    if servers == [other]:
        names += BACKENDS
    wanted = "|".join(re.escape(n.upper().replace("-", "_")) for n in names)
    if any(re.match(rf"{_PREFIX}(?:{wanted}){_SUFFIX}", n) for n in draft.env):
        return True
    return other.port > 0 and draft.kind == "static" and f"localhost:{other.port}" in draft.mentions


def ordered(drafts: list[Draft], edges: Iterable[tuple[str, str]]) -> list[Draft]:
    """Return the drafts with each behind those it needs; a circle is broken where it was entered."""
    by_name = {d.name: d for d in drafts}
    needs: dict[str, list[str]] = {d.name: [] for d in drafts}
    for source, target in edges:
        if source in by_name and target in by_name:
            needs[source].append(target)
    result: list[Draft] = []
    seen: set[str] = set()

    def place(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for needed in needs[name]:
            place(needed)
        result.append(by_name[name])

    for draft in drafts:
        place(draft.name)
    return result
