"""``project.list|show``: compose projects made elsewhere, as their containers' labels tell."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict
from machete_tui.core.events import Event, Result
from machete_tui.operations.adopt_requests import Project
from machete_tui.operations.adopted import Adopted, find_project, known_services
from machete_tui.operations.container_views import ProjectDetail
from machete_tui.operations.details import container_row
from machete_tui.operations.foreign import foreign_rows
from machete_tui.operations.registry import operation
from machete_tui.operations.requests import Nothing
from machete_tui.operations.service_row import ServiceListing


@operation("project.list", "list compose projects that were made elsewhere")
def list_projects(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    """List projects by name."""
    containers = ctx.engine.containers()
    rows = [r for r in foreign_rows(known_services(ctx), containers, {}) if r.kind == "project"]
    yield Result(
        ServiceListing(
            tuple(rows),
            "no compose project made elsewhere has a container here",
            containers=tuple(containers),
        )
    )


@operation("project.show", "show one compose project: folder, files, containers, volumes, networks")
def show_project(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Show one project."""
    found = find_project(ctx, request.name)
    yield Result(
        ProjectDetail(
            project=found.row,
            folder=found.project.folder,
            files=found.project.files,
            missing=ctx.engine.compose_missing(found.project),
            containers=tuple(container_row(c) for c in found.containers),
            volumes=tuple(v.name for v in ctx.engine.volumes(project=request.name)),
            networks=tuple(ctx.engine.networks(project=request.name)),
        )
    )


def readable(ctx: Context, found: Adopted) -> Adopted:
    """Return the project if its files can be used; raises Conflict that says why not, and what works."""
    missing = ctx.engine.compose_missing(found.project)
    if missing:
        raise Conflict(
            f"{found.row.name} has no compose file to work with: {missing}",
            "start, stop, restart, pause and down work all the same, on its containers",
            field="NAME",
        )
    return found
