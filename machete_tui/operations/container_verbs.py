"""``container.start|stop|restart|pause|unpause|kill|remove|exec|shell``: what is done to containers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container
from machete_tui.core.errors import CommandFailed, Conflict, InvalidInput, MacheteError, NotFound
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.results import Document, Done
from machete_tui.core.verbs import docker_line
from machete_tui.operations.adopt_requests import Containers, ExecIn, KillContainers, ShellIn, StopContainers
from machete_tui.operations.adopted import find_container, known_services
from machete_tui.operations.commanded import commanded
from machete_tui.operations.foreign import owner_of
from machete_tui.operations.registry import operation

AT_ONCE = 8
"""Containers that are changed at the same time."""

PATIENCE = 5.0
"""Seconds after which a verb says that it goes on."""

SHELLS = ("bash", "sh")
"""Programs that make a shell, the more comfortable first."""


@operation("container.start", "start stopped containers", role="operator", changes=True)
def start(ctx: Context, request: Containers, cancel: Cancel) -> Iterator[Event]:
    """Start containers."""
    yield from _each(ctx, request.names, "start", "started", lambda c: ctx.engine.start(c.id))


@operation("container.stop", "stop containers; they and their volumes stay", role="operator", changes=True)
def stop(ctx: Context, request: StopContainers, cancel: Cancel) -> Iterator[Event]:
    """Stop containers."""
    grace = max(request.grace, 0.0)
    words = ("stop",) if grace == 10 else ("stop", "-t", f"{grace:.0f}")
    yield from _each(ctx, request.names, "stop", "stopped", lambda c: ctx.engine.stop(c.id, grace), words)


@operation("container.restart", "stop and start containers", role="operator", changes=True)
def restart(ctx: Context, request: Containers, cancel: Cancel) -> Iterator[Event]:
    """Restart containers."""
    yield from _each(ctx, request.names, "restart", "restarted", lambda c: ctx.engine.restart(c.id))


@operation("container.pause", "freeze the processes of containers", role="operator", changes=True)
def pause(ctx: Context, request: Containers, cancel: Cancel) -> Iterator[Event]:
    """Pause containers."""
    yield from _each(ctx, request.names, "pause", "paused", lambda c: ctx.engine.pause(c.id))


@operation("container.unpause", "let paused containers go on", role="operator", changes=True)
def unpause(ctx: Context, request: Containers, cancel: Cancel) -> Iterator[Event]:
    """Let containers go on."""
    yield from _each(ctx, request.names, "unpause", "going on", lambda c: ctx.engine.unpause(c.id))


@operation("container.kill", "send containers a signal, by default KILL", role="operator", changes=True)
def kill(ctx: Context, request: KillContainers, cancel: Cancel) -> Iterator[Event]:
    """Kill containers, or send another signal."""
    signal = request.signal.upper()
    if not signal.isalnum():
        raise InvalidInput(
            f"{request.signal!r} is no signal", "for example HUP, TERM, KILL", field="--signal"
        )
    words = ("kill",) if signal == "KILL" else ("kill", "-s", signal)
    past = "killed" if signal == "KILL" else f"sent {signal}"
    yield from _each(ctx, request.names, "kill", past, lambda c: ctx.engine.kill(c.id, signal), words)


@operation(
    "container.remove",
    "remove containers, running or not, with their anonymous volumes; named volumes stay",
    role="operator",
    changes=True,
    destroys=True,
)
def remove(ctx: Context, request: Containers, cancel: Cancel) -> Iterator[Event]:
    """Stop and remove containers."""
    yield from _each(
        ctx, request.names, "remove", "removed", lambda c: ctx.engine.remove(c.id), ("rm", "-f", "-v")
    )


@operation(
    "container.exec", "run a command in a container and print its output", role="operator", changes=True
)
def execute(ctx: Context, request: ExecIn, cancel: Cancel) -> Iterator[Event]:
    """Run a command; one that ends with another code than 0 is an error with its last lines."""
    if not request.command:
        raise InvalidInput("no command", "for example: container.exec NAME -- ls -l", field="COMMAND")
    found = find_container(ctx, request.name)
    line = docker_line("exec", found.name, *request.command)
    with commanded(ctx, "container.exec", _subject(ctx, found), line):
        ran = ctx.engine.exec(found.id, request.command, cancel, user=request.user, folder=request.folder)
        if ran.exit_code:
            raise CommandFailed(
                f"{request.command[0]} in {found.name} ended with {ran.exit_code}", log=ran.lines[-40:]
            )
    yield Result(Document("\n".join(ran.lines), {"exit_code": ran.exit_code, "lines": list(ran.lines)}))


@operation("container.shell", "open a shell in a container, in this terminal", role="operator", changes=True)
def shell(ctx: Context, request: ShellIn, cancel: Cancel) -> Iterator[Event]:
    """Give this terminal to a shell in the container until it ends."""
    import subprocess

    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise InvalidInput(
            "a shell needs a terminal, and here is none", "container.exec runs one command", field="NAME"
        )
    found = find_container(ctx, request.name)
    program = request.shell or find_shell(ctx, found, cancel, user=request.user)
    given = ctx.engine.terminal(found.id, (program,), user=request.user)
    with commanded(
        ctx, "container.shell", _subject(ctx, found), docker_line("exec", "-it", found.name, program)
    ):
        code = subprocess.run(given.argv, env=dict(given.environment), check=False).returncode
    gone = code in (125, 137) and not _there(ctx, found)
    ended = f"{found.name} is gone" if gone else f"the shell in {found.name} has ended"
    yield Result(Done(ended, found.name))


def find_shell(ctx: Context, container: Container, cancel: Cancel, *, user: str = "") -> str:
    """Return the shell to open in a container; raises NotFound when its image has none."""
    if container.state != "running":
        raise Conflict(
            f"{container.name} does not run: it is {container.state}", "start it first: S, or container.start"
        )
    for program in SHELLS:
        try:
            ran = ctx.engine.exec(container.id, (program, "-c", "exit 0"), cancel, user=user)
        except NotFound as error:
            if "no program" not in error.what:
                raise
            continue
        if ran.exit_code == 0:
            return program
    raise NotFound(
        f"the image of {container.name} has no shell",
        "logs and inspect work; `docker debug`, or an image with a shell, looks inside",
    )


def _there(ctx: Context, container: Container) -> bool:
    try:
        ctx.engine.container(container.id)
    except MacheteError:
        return False
    return True


def _subject(ctx: Context, container: Container) -> str:
    return owner_of(container, known_services(ctx))[1]


def _each(
    ctx: Context,
    names: tuple[str, ...],
    verb: str,
    past: str,
    act: Callable[[Container], None],
    words: tuple[str, ...] = (),
) -> Generator[Event, None, None]:
    """Do it to several at once, each a row of the audit trail; the first error is raised at the end."""
    if not names:
        raise InvalidInput("no container", "name one or more", field="NAME")
    known = ctx.engine.containers()
    found = list({c.id: c for name in names for c in [find_container(ctx, name, known)]}.values())
    services = known_services(ctx)
    owners = {c.id: owner_of(c, services) for c in found}
    errors: list[MacheteError] = []
    with ExitStack() as stack:
        for service in sorted({name for kind, name in owners.values() if kind == "service"}):
            holder = f"{verb} of a container by {ctx.actor} (pid {os.getpid()})"
            stack.enter_context(ctx.store.lock(service, holder))
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        pending = [(c, pool.submit(act, c)) for c in found]
        for container, future in pending:
            line = docker_line(*(words or (verb,)), container.name)
            try:
                with commanded(ctx, f"container.{verb}", owners[container.id][1], line):
                    yield from _awaited(ctx, future, verb, container.name)
            except MacheteError as error:
                errors.append(error)
    if errors:
        raise errors[0]
    what = found[0].name if len(found) == 1 else f"{len(found)} containers"
    line = docker_line(*(words or (verb,)), *(c.name for c in found))
    yield Result(Done(f"{what} {'is' if len(found) == 1 else 'are'} {past}", found[0].name, command=line))


def _awaited(ctx: Context, future: Future[None], verb: str, name: str) -> Generator[Event, None, None]:
    begun = ctx.clock.monotonic()
    said = False
    while True:
        try:
            future.result(0.1)
            return
        except TimeoutError:
            if not said and ctx.clock.monotonic() - begun >= PATIENCE:
                said = True
                yield Note(f"{verb} of {name} goes on")
