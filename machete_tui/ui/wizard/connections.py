"""What the components are told of the backing services that run beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from machete_tui.core.frozen import dataclass
from machete_tui.core.secrets import MASK
from machete_tui.core.source import Detection

_REFERENCE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Connection:
    """One variable that a component gets.

    Attributes:
        service: name of the backing service that it is about.
        component: who gets it.
        variable: its name.
        shown: its value, with passwords masked.
    """

    service: str
    component: str
    variable: str
    shown: str


def connections(detection: Detection) -> tuple[Connection, ...]:
    """Return every variable that will be set for each component, as generation does it."""
    from machete_tui.generation import backing

    found: list[Connection] = []
    for part in detection.components:
        services = tuple(backing.used_by(detection, part))
        for name, value in backing.connections(detection, part).items():
            owner = next((s for s in services if backing.value(detection, s, part, name) == value), None)
            if owner is not None and name not in part.environment:
                found.append(Connection(owner.name, part.name, name, _REFERENCE.sub(MASK, value)))
    return tuple(found)


def injected(detection: Detection) -> Mapping[str, Mapping[str, str]]:
    """Return component -> variable -> backing service that sets it."""
    found: dict[str, dict[str, str]] = {}
    for item in connections(detection):
        found.setdefault(item.component, {})[item.variable] = item.service
    return found
