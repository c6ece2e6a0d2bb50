"""``project.up|start|stop|restart|rebuild|pull|recreate|down``: adopted projects, operated in place.

Their files are read where their containers say they are, and never written. What needs no file works on the
containers, so that a project whose files are gone can still be stopped, started and removed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import ComposeProject, Container
from machete_tui.core.errors import InvalidInput, MacheteError
from machete_tui.core.events import Event, Lines, Note, Result, StepFinished, StepStarted
from machete_tui.core.results import Done
from machete_tui.core.stopping import waves
from machete_tui.core.verbs import COMPOSE_WORDS, ProjectVerb, compose_line
from machete_tui.operations.adopt_requests import Project, ProjectDown, ProjectUp
from machete_tui.operations.adopted import find_project, known_services
from machete_tui.operations.commanded import commanded
from machete_tui.operations.projects import readable
from machete_tui.operations.registry import operation

FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""Where compose looks, in its order."""

PAST: dict[str, str] = {
    "up": "up",
    "restart": "restarted",
    "rebuild": "rebuilt and up",
    "pull": "pulled and up",
    "recreate": "recreated",
}

_AT_ONCE = 8


@operation("project.up", "make what runs of a project equal to its files", role="operator", changes=True)
def up(ctx: Context, request: ProjectUp, cancel: Cancel) -> Iterator[Event]:
    """Run ``docker compose up -d`` on the project's own files."""
    if request.folder:
        project = _in_folder(ctx, request.name, request.folder)
        yield from _composed(ctx, project, "up", cancel)
    else:
        yield from _on_files(ctx, request.name, "up", cancel)


@operation("project.rebuild", "build a project's images and put them live", role="operator", changes=True)
def rebuild(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Run ``docker compose up -d --build``."""
    yield from _on_files(ctx, request.name, "rebuild", cancel)


@operation(
    "project.pull", "pull a project's images and recreate what they change", role="operator", changes=True
)
def pull(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Run ``docker compose pull``, then ``up -d``."""
    yield from _on_files(ctx, request.name, "pull", cancel)


@operation(
    "project.recreate", "make a project's containers anew from its files", role="operator", changes=True
)
def recreate(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Run ``docker compose up -d --force-recreate``."""
    yield from _on_files(ctx, request.name, "recreate", cancel)


@operation("project.restart", "restart a project's containers", role="operator", changes=True)
def restart(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Restart what runs, what others depend on first."""
    yield from _on_containers(ctx, request.name, "restart", "restarted", lambda c: ctx.engine.restart(c.id))


@operation("project.start", "start a project's stopped containers", role="operator", changes=True)
def start(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Start what is stopped, what others depend on first."""

    def begin(container: Container) -> None:
        if container.state == "paused":
            ctx.engine.unpause(container.id)
        else:
            ctx.engine.start(container.id)

    yield from _on_containers(ctx, request.name, "start", "started", begin)


@operation(
    "project.stop", "stop a project's containers; they and its volumes stay", role="operator", changes=True
)
def stop(ctx: Context, request: Project, cancel: Cancel) -> Iterator[Event]:
    """Stop what runs, dependants first."""
    yield from _on_containers(ctx, request.name, "stop", "stopped", lambda c: ctx.engine.stop(c.id))


@operation(
    "project.down",
    "remove a project's containers and networks; volumes stay unless told, files are never touched",
    role="operator",
    changes=True,
    destroys=True,
)
def down(ctx: Context, request: ProjectDown, cancel: Cancel) -> Iterator[Event]:
    """Remove what the project's labels name."""
    found = find_project(ctx, request.name)
    words = ("down", "--volumes") if request.volumes else ("down",)
    volumes = [v.name for v in ctx.engine.volumes(project=request.name)]
    line = compose_line(ComposeProject(request.name, "", ()), words)
    yield Note(f"$ {line}")
    with commanded(ctx, "project.down", request.name, line):
        ctx.engine.compose_down(found.project, volumes=request.volumes)
    kept = f"; kept: {', '.join(volumes)}" if volumes and not request.volumes else ""
    yield Result(Done(f"{request.name} is down{kept}", request.name, command=line))


def _on_files(ctx: Context, name: str, verb: ProjectVerb, cancel: Cancel) -> Generator[Event, None, None]:
    found = readable(ctx, find_project(ctx, name))
    yield from _composed(ctx, found.project, verb, cancel)


def _composed(
    ctx: Context, project: ComposeProject, verb: ProjectVerb, cancel: Cancel
) -> Generator[Event, None, None]:
    line = " && ".join(compose_line(project, words) for words in COMPOSE_WORDS[verb])
    yield Note(f"$ {line}")
    with commanded(ctx, f"project.{verb}", project.name, line):
        every = COMPOSE_WORDS[verb]
        for number, words in enumerate(every, 1):
            step, begun = words[0], ctx.clock.monotonic()
            yield StepStarted(step, f"compose {' '.join(words)}", number, len(every), ctx.clock.now())
            try:
                for batch in ctx.engine.compose(project, words, cancel):
                    yield Lines(batch, step)
            except MacheteError as error:
                yield StepFinished(step, "failed", ctx.clock.monotonic() - begun, error.what)
                raise
            yield StepFinished(step, "done", ctx.clock.monotonic() - begun)
    yield Result(Done(f"{project.name} is {PAST[verb]}", project.name, command=line))


def _in_folder(ctx: Context, name: str, folder: str) -> ComposeProject:
    """Return the project in a folder; raises InvalidInput where that holds no compose file."""
    from pathlib import Path

    if name in known_services(ctx):
        raise InvalidInput(f"{name} is a service of machete-tui", "choose another name", field="NAME")
    where = Path(folder).expanduser().absolute()
    for file in FILES:
        project = ComposeProject(name, str(where), (str(where / file),), foreign=True)
        if not ctx.engine.compose_missing(project):
            return project
    raise InvalidInput(
        f"{where} holds no compose file", f"one of {', '.join(FILES)} is looked for", field="--folder"
    )


def _on_containers(
    ctx: Context, name: str, verb: str, past: str, act: Callable[[Container], None]
) -> Generator[Event, None, None]:
    found = find_project(ctx, name)
    missing = ctx.engine.compose_missing(found.project)
    if missing:
        yield Note(f"{name}: {missing}; working on its containers", "warning")
    line = compose_line(ComposeProject(name, "", ()), (verb,))
    yield Note(f"$ {line}")
    going = ("running", "restarting", "paused")
    chosen = [c for c in found.lasting if (c.state not in going or c.state == "paused") or verb != "start"]
    if verb in ("stop", "restart"):
        up = [c for c in found.lasting if c.state in going]
        chosen = up or (list(found.lasting) if verb == "restart" else [])
    errors: list[MacheteError] = []

    def one(container: Container) -> None:
        try:
            act(container)
        except MacheteError as error:
            errors.append(error)

    with commanded(ctx, f"project.{verb}", name, line), ThreadPoolExecutor(_AT_ONCE) as pool:
        ordered = waves(chosen)
        for wave in ordered if verb == "stop" else reversed(ordered):
            list(pool.map(one, wave))
            if errors:
                raise errors[0]
    yield Result(Done(f"{name} is {past}", name, command=line))
