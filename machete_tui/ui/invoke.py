"""What choosing an operation in the palette does: go to its screen, ask for its arguments, or run it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import NotPermitted
from machete_tui.core.results import Done
from machete_tui.operations.registry import Operation
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.dialogs.choose import Choose, Option
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.dialogs.form import Form
from machete_tui.ui.dialogs.remove import RemoveDialog
from machete_tui.ui.jobs import Job
from machete_tui.ui.shell import Shell

SECTION: dict[str, str] = {
    "service.list": "services",
    "service.deploy": "deploy",
    "event.list": "events",
    "system.doctor": "system",
    "system.df": "engine",
    "volume.list": "engine",
    "network.list": "engine",
    "cache.list": "engine",
    "engine.events": "engine",
}
"""Operations that are a section of the app."""

ROOM: dict[str, Callable[[Shell, str], None]] = {
    "service.show": lambda shell, name: shell.open_service(name),
    "service.logs": lambda shell, name: shell.open_logs(name),
    "deployment.list": lambda shell, name: shell.open_history(name),
    "deployment.diff": lambda shell, name: shell.open_service(name, "releases"),
    "deployment.rollback": lambda shell, name: shell.open_service(name, "releases"),
    "service.config": lambda shell, name: show_compose(shell, name),
    "project.show": lambda shell, name: cast(Adopting, shell).open_project(name),
    "container.show": lambda shell, name: cast(Adopting, shell).open_named(name),
    "container.shell": lambda shell, name: cast(Adopting, shell).open_named(name, in_shell=True),
}
"""Operations that have a screen of their own for one service, project or container."""

QUICK = frozenset(
    {
        *(f"{noun}.{verb}" for noun in ("service", "project") for verb in ("start", "stop", "restart")),
        *(
            f"container.{verb}"
            for verb in ("start", "stop", "restart", "pause", "unpause", "kill", "remove", "exec")
        ),
    }
)
"""Changes that need no progress screen: they take seconds and the list shows them."""

ASKED = frozenset({"service.stop", "project.stop", "container.stop", "container.kill"})
"""Changes that lose nothing but are felt: asked for all the same."""


def invoke(shell: Shell, operation: Operation, subject: str = "") -> None:
    """Do what a person means who chose this operation.

    Args:
        shell: the app.
        operation: which.
        subject: the service, project or container that the screen is about; empty for none.
    """
    name, kind = operation.name, kind_of(operation)
    if name in SECTION:
        shell.go(SECTION[name])
    elif name in ROOM:
        with_service(shell, operation.name, subject, lambda service: ROOM[name](shell, service), kind)
    elif operation.previews:
        from machete_tui.ui.dialogs.prune import prune

        prune(shell, name.partition(".")[0])
    elif name == "host.use":
        _use_host(shell, operation)
    elif name == "service.remove":
        with_service(shell, name, subject, lambda service: _remove(shell, operation, service))
    elif any(not a.hidden and a.name != "yes" for a in operation.arguments):
        preset = {a.name: subject for a in operation.arguments if a.kind == kind and a.required}
        form = Form(operation, preset=preset, services=[row.name for row in _rows(shell, kind)])
        shell.push_screen(form, lambda request: _checked(shell, operation, request))
    else:
        _checked(shell, operation, operation.request())


def show_compose(shell: Shell, name: str) -> None:
    """Open the compose file that a service runs by."""
    from machete_tui.operations.requests import Name

    def on_end(job: Job) -> None:
        if job.error is not None:
            shell.show_error(job.error, name)
        else:
            shell.open_text(f"{name} › compose", job.value.text)

    shell.bridge.run("service.config", Name(name), label="", quiet=True, on_end=on_end)


def kind_of(operation: Operation) -> str:
    """Return the kind of row that an operation is about: ``project``, ``container``, or else ``service``."""
    noun = operation.name.partition(".")[0]
    return noun if noun in ("project", "container") else "service"


def _rows(shell: Shell, kind: str) -> Sequence[ServiceRow]:
    fleet = shell.fleet
    return fleet.flat if kind == "container" else [row for row in fleet.rows if row.kind == kind]


def with_service(
    shell: Shell, title: str, subject: str, then: Callable[[str], None], kind: str = "service"
) -> None:
    """Call ``then`` with the service (or what else is asked for) of the screen, or with the one chosen."""
    if subject:
        then(subject)
        return
    rows = sorted(_rows(shell, kind), key=lambda row: row.name)
    options = [Option(row.name, row.name, row.status) for row in rows]
    empty = "There is no service yet: 2 deploys one." if kind == "service" else f"There is no {kind}."

    def chosen(service: str | None) -> None:
        if service is not None:
            then(service)

    shell.push_screen(Choose(title, options, empty=empty), chosen)


def _use_host(shell: Shell, operation: Operation) -> None:
    """Operate the host that is chosen, in this app and at the starts to come."""
    from machete_tui.operations.hosts import every

    now = shell.settings.host or "local"
    options = [Option(h.name, h.name, h.broken or h.url) for h in every(shell.context)]

    def chosen(host: str | None) -> None:
        if host is not None:
            shell.bridge.run(operation.name, operation.request(host), label=f"use {host}", quiet=True)
            shell.use_host(host)

    shell.push_screen(Choose("Operate which host?", options, selected=now), chosen)


def _remove(shell: Shell, operation: Operation, service: str) -> None:
    def decided(answer: str | None) -> None:
        if answer:
            request = operation.request(service, volumes=answer == "volumes")
            shell.bridge.run(operation.name, request, label=f"remove {service}")

    shell.push_screen(RemoveDialog((service,), offer_volumes=True), decided)


def _checked(shell: Shell, operation: Operation, request: Any) -> None:
    """Run it; what stops or destroys something asks first."""
    if request is None:
        return
    touches = operation.name.startswith("system.") or operation.name == "image.bootstrap"
    if shell.demo and operation.changes and touches:
        shell.show_error(
            NotPermitted("the demo changes nothing of this machine", "run machete-tui without --demo")
        )
        return
    service = getattr(request, "name", "") or " ".join(getattr(request, "names", ()))
    subject = service if isinstance(service, str) else ""
    if hasattr(request, "yes"):
        agree(shell, operation, request)
    elif operation.destroys or operation.name in ASKED:
        question = Confirm(f"{operation.name} {subject}?".replace(" ?", "?"), [operation.help], yes="Go on")
        shell.confirm(question, lambda: _run(shell, operation, request, subject))
    else:
        _run(shell, operation, request, subject)


def agree(shell: Shell, operation: Operation, request: Any) -> None:
    """Show what an operation would run on this machine, and run it after a yes.

    Such operations ask on the terminal unless told ``yes``; here the terminal is the app's.
    """

    def listed(job: Job) -> None:
        if job.error is not None:
            shell.show_error(job.error)
            return
        go = replace(request, yes=True)
        commands: list[str] = job.value
        if not commands:
            _run(shell, operation, go, "")
            return
        lines = ["These run as root on this machine, in this order:"]
        question = Confirm("Change this machine?", lines, yes="Run them", names=commands)
        shell.confirm(question, lambda: _run(shell, operation, go, ""))

    shell.bridge.call("what is missing", what_it_takes, on_end=listed)


def what_it_takes(context: Context, _: Cancel) -> list[str]:
    """Return the commands that would make this machine ready."""
    return [str(change) for change in context.machine.setup(context.machine.facts())]


def _run(shell: Shell, operation: Operation, request: Any, subject: str) -> None:
    verb = operation.name if not subject else f"{operation.name.partition('.')[2]} {subject}"
    planning = bool(getattr(request, "dry_run", False))
    if operation.changes and operation.name not in QUICK and not planning:
        shell.deploy(operation.name, request, verb)
        return

    def on_end(job: Job) -> None:
        if job.state == "done" and job.value is not None and not isinstance(job.value, Done):
            shell.open_result(verb, job.value)

    shell.bridge.run(operation.name, request, label=verb, subject=subject, on_end=on_end)
