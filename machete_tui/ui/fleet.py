"""What the app knows of the services and of the engine at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from machete_tui.core.engine import Container, EngineInfo
from machete_tui.core.errors import MacheteError
from machete_tui.operations.foreign import container_row, grouped, owner_of
from machete_tui.operations.service_row import ServiceRow


@dataclass(frozen=True)
class Fleet:
    """One immutable picture; a change is a new one, published by ``Shell.fleet_changed``.

    Attributes:
        rows: services, projects made elsewhere and single containers, as they were last listed.
        at: Unix time of that list.
        loaded: whether a list was read at all.
        info: what the engine said of itself.
        trouble: why the engine cannot be asked now; None when it can. Rows are then the last known.
        failure: why the last list failed, where it was not the engine.
        containers: every container of the engine.
    """

    rows: tuple[ServiceRow, ...] = ()
    at: float = 0.0
    loaded: bool = False
    info: EngineInfo | None = None
    trouble: MacheteError | None = None
    failure: MacheteError | None = None
    containers: tuple[Container, ...] = ()

    def find(self, name: str, kind: str = "service") -> ServiceRow | None:
        """Return the service, or what else is of that kind, by its name; or None."""
        return next((row for row in self.rows if row.name == name and row.kind == kind), None)

    @cached_property
    def services(self) -> tuple[ServiceRow, ...]:
        """The rows of machete-tui's own services."""
        return tuple(row for row in self.rows if row.kind == "service")

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of machete-tui's own services."""
        return frozenset(row.name for row in self.services)

    @cached_property
    def flat(self) -> tuple[ServiceRow, ...]:
        """A row for every container, whatever it belongs to."""
        names = self.names
        return tuple(
            container_row(c, owner if kind != "container" else "")
            for c in self.containers
            for kind, owner in [owner_of(c, names)]
        )

    def container(self, id: str) -> ServiceRow | None:  # noqa: A002 - what it is called
        """Return the row of a container by its id, or None when it is gone."""
        return next((row for row in self.flat if row.id == id), None)

    def members(self, row: ServiceRow) -> Sequence[Container]:
        """Return the containers that a row stands for."""
        return self._grouped.get(row.key, ())

    @cached_property
    def _grouped(self) -> dict[str, list[Container]]:
        return grouped(self.containers, self.names)

    def counts(self) -> list[tuple[str, int]]:
        """Return how many rows there are in each status, the ones that need attention first.

        What is pending, built or deployed counts as deploying.
        """
        under_way = ("pending", "building")
        found = Counter("deploying" if row.status in under_way else row.status for row in self.rows)
        order = ("failed", "degraded", "deploying", "running", "paused", "stopped")
        return [(status, found[status]) for status in order if found[status]]
