"""``service.config`` and ``project.config``: the effective compose file, merged and interpolated."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import ComposeProject
from machete_tui.core.errors import Conflict
from machete_tui.core.events import Event, Result
from machete_tui.core.results import Document
from machete_tui.core.secrets import MASK, Redactor, is_secret
from machete_tui.operations.adopt_requests import Project
from machete_tui.operations.adopted import find_project
from machete_tui.operations.names import find_service
from machete_tui.operations.projects import readable
from machete_tui.operations.registry import operation
from machete_tui.operations.releases import live_release, project_of
from machete_tui.operations.requests import Name


@operation("service.config", "show the live release's effective compose file, secrets masked")
def service_config(ctx: Context, request: Name, cancel: Cancel) -> Iterator[Event]:
    """Show what the live release's file says once it is interpolated."""
    yield Result(Document(effective_compose(ctx, "service", request.name)))


@operation("project.config", "show a project's effective compose file, secrets masked")
def project_config(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Show what the files say once they are merged and interpolated."""
    yield Result(Document(effective_compose(ctx, "project", request.name)))


def effective_compose(ctx: Context, kind: str, name: str) -> str:
    """Return the effective compose file of a ``service`` or a ``project``; raises Conflict without one."""
    if kind == "project":
        return effective(ctx, readable(ctx, find_project(ctx, name)).project)
    service = find_service(ctx.store, name)
    release = live_release(ctx, service)
    if release is None:
        raise Conflict(f"{name} has no live release", f"it is {service.status}", field="NAME")
    project = project_of(name, release)
    missing = ctx.engine.compose_missing(project)
    if missing:
        raise Conflict(f"release #{release.number} of {name} has no compose file any more: {missing}")
    return effective(ctx, project)


def effective(ctx: Context, project: ComposeProject) -> str:
    """Return a project's effective compose file, secrets masked."""
    environment: dict[str, str] = {}
    for service in ctx.engine.composed(project).values():
        environment |= service.environment
    redact = Redactor(environment)
    text = ctx.engine.compose_config(project)
    return "\n".join(_line(redact(line), environment) for line in text.splitlines())


def _line(text: str, environment: dict[str, str]) -> str:
    """Mask the value of a variable that means a secret, also one too short to be looked for elsewhere."""
    name, sign, value = text.partition(":")
    bare = name.strip().removeprefix("- ").strip()
    if sign and value.strip() and bare in environment and is_secret(bare):
        return f"{name}: {MASK}"
    return text
