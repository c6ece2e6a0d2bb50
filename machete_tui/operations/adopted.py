"""Finding containers and compose projects made elsewhere by their names, and where a project's files are."""

from __future__ import annotations

from collections.abc import Sequence

from machete_tui.core.context import Context
from machete_tui.core.engine import (
    LABEL_COMPOSE_ENV,
    LABEL_COMPOSE_FILES,
    LABEL_COMPOSE_FOLDER,
    LABEL_PROJECT,
    ComposeProject,
    Container,
)
from machete_tui.core.errors import Conflict, MacheteError, NotFound
from machete_tui.core.frozen import dataclass
from machete_tui.operations.foreign import LABEL_ONEOFF, owner_of, project_row
from machete_tui.operations.service_row import ServiceRow


@dataclass(frozen=True, slots=True)
class Adopted:
    """A compose project that was made elsewhere.

    Attributes:
        row: as lists show it.
        containers: all of them, by name.
        project: its files as its containers name them.
    """

    row: ServiceRow
    containers: tuple[Container, ...]
    project: ComposeProject

    @property
    def lasting(self) -> tuple[Container, ...]:
        """Its containers without one-off runs."""
        return tuple(c for c in self.containers if c.labels.get(LABEL_ONEOFF) != "True")


def find_container(
    ctx: Context, name: str, containers: Sequence[Container] | None = None, *, field: str = "NAME"
) -> Container:
    """Return a container by name, id, or the beginning of its id; raises NotFound with near names."""
    known = ctx.engine.containers() if containers is None else containers
    exact = next((c for c in known if name in (c.name, c.id)), None)
    if exact is not None:
        return exact
    begins = [c for c in known if len(name) >= 4 and c.id.startswith(name)]
    if len(begins) == 1:
        return begins[0]
    if begins:
        raise Conflict(
            f"{len(begins)} containers have an id that begins with {name}", "write more of it", field=field
        )
    raise NotFound(
        f"there is no container {name!r}", _near(name, [c.name for c in known], "container.list"), field=field
    )


def find_project(ctx: Context, name: str) -> Adopted:
    """Return a compose project made elsewhere; raises NotFound with near names."""
    services = known_services(ctx)
    containers = [c for c in ctx.engine.containers() if owner_of(c, services)[0] == "project"]
    own = tuple(sorted((c for c in containers if c.labels[LABEL_PROJECT] == name), key=lambda c: c.name))
    if own:
        return Adopted(project_row(name, own), own, project_of(name, own))
    if name in services:
        raise NotFound(
            f"{name} is a service of machete-tui, not a project made elsewhere",
            f"use the verbs of services: `machete-tui --run service.show {name}`",
            field="NAME",
        )
    names = sorted({c.labels[LABEL_PROJECT] for c in containers})
    raise NotFound(f"there is no project {name!r}", _near(name, names, "project.list"), field="NAME")


def project_of(name: str, containers: Sequence[Container]) -> ComposeProject:
    """Return where a project's files are, as the labels of its newest container say."""
    for container in sorted(containers, key=lambda c: -c.created):
        folder = container.labels.get(LABEL_COMPOSE_FOLDER, "")
        files = tuple(f for f in container.labels.get(LABEL_COMPOSE_FILES, "").split(",") if f)
        if folder and files:
            env = container.labels.get(LABEL_COMPOSE_ENV, "")
            return ComposeProject(name, folder, files, "" if "," in env else env or ".env", foreign=True)
    return ComposeProject(name, "", (), "", foreign=True)


def known_services(ctx: Context) -> frozenset[str]:
    """Return the names of machete-tui's own services; none while the store cannot be read."""
    try:
        return frozenset(s.name for s in ctx.store.services.all())
    except MacheteError:
        return frozenset()


def _near(name: str, names: Sequence[str], listing: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, names, 3, 0.5)
    return f"did you mean {', '.join(near)}?" if near else f"`machete-tui --run {listing}` lists them"
