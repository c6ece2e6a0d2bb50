"""In which order the containers of a compose project are stopped."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.core.engine import LABEL_COMPOSE_SERVICE, Container

_DEPENDS = "com.docker.compose.depends_on"


def waves(containers: Sequence[Container]) -> list[list[Container]]:
    """Return containers in groups to stop one after the other: what nothing else needs comes first."""
    left = list(containers)
    found: list[list[Container]] = []
    while left:
        needed = {name for c in left for name in _needs(c)}
        free = [c for c in left if c.labels.get(LABEL_COMPOSE_SERVICE, "") not in needed] or left
        found.append(free)
        left = [c for c in left if c not in free]
    return found


def _needs(container: Container) -> list[str]:
    own = container.labels.get(LABEL_COMPOSE_SERVICE, "")
    entries = container.labels.get(_DEPENDS, "").split(",")
    return [name for name in (entry.partition(":")[0] for entry in entries) if name and name != own]
