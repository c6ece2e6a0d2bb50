"""What the app knows of the services and of the engine at one moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from machete_tui.core.engine import EngineInfo
from machete_tui.core.errors import MacheteError
from machete_tui.operations.views import ServiceRow


@dataclass(frozen=True, slots=True)
class Fleet:
    """One immutable picture; a change is a new one, published by ``Shell.fleet_changed``.

    Attributes:
        rows: the services as they were last listed.
        at: Unix time of that list.
        loaded: whether a list was read at all.
        info: what the engine said of itself.
        trouble: why the engine cannot be asked now; None when it can. Rows are then the last known.
        failure: why the last list failed, where it was not the engine.
    """

    rows: tuple[ServiceRow, ...] = ()
    at: float = 0.0
    loaded: bool = False
    info: EngineInfo | None = None
    trouble: MacheteError | None = None
    failure: MacheteError | None = None

    def find(self, name: str) -> ServiceRow | None:
        """Return the service of that name, or None."""
        return next((row for row in self.rows if row.name == name), None)

    def counts(self) -> list[tuple[str, int]]:
        """Return how many services there are in each status, the ones that need attention first.

        What is pending, built or deployed counts as deploying.
        """
        under_way = ("pending", "building")
        found = Counter("deploying" if row.status in under_way else row.status for row in self.rows)
        order = ("failed", "degraded", "deploying", "running", "stopped")
        return [(status, found[status]) for status in order if found[status]]
