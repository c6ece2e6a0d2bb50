"""``deployment.list|show|log|diff|rollback``: what was put live, when, by whom, how it went."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, NotFound
from machete_tui.core.events import Event, Result, Rows
from machete_tui.core.models import Deployment, Release, Service
from machete_tui.core.results import Listing
from machete_tui.core.secrets import MASK
from machete_tui.core.source import Checkout
from machete_tui.operations.bounds import check_limit
from machete_tui.operations.details import deployment_detail, deployment_row
from machete_tui.operations.journal import audited
from machete_tui.operations.names import find_service
from machete_tui.operations.registry import operation
from machete_tui.operations.releases import release_changes
from machete_tui.operations.releasing import put_back
from machete_tui.operations.requests import DeploymentLog, Diff, ListDeployments, OneDeployment, Rollback
from machete_tui.operations.views import ReleaseDiff

POLL = 0.2
"""Seconds between two looks at a growing log file."""


@operation("deployment.list", "list deployments, newest first", check=check_limit)
def list_deployments(ctx: Context, request: ListDeployments, cancel: Cancel) -> Iterator[Event]:
    """List deployments of one service or of all."""
    service = find_service(ctx.store, request.name) if request.name else None
    found = ctx.store.deployments.of(service.id if service else "", max(request.limit, 1))
    releases = {s: ctx.store.releases.of(s) for s in {d.service_id for d in found}}
    rows = tuple(deployment_row(d, releases[d.service_id]) for d in found)
    yield Result(Listing(rows, "nothing was deployed yet"))


@operation("deployment.show", "show one deployment: steps with their times, why it failed")
def show(ctx: Context, request: OneDeployment, cancel: Cancel) -> Iterator[Event]:
    """Show one deployment of a service, the last one unless a number is given."""
    service = find_service(ctx.store, request.name)
    deployment = _one(ctx, service, request.number)
    yield Result(deployment_detail(deployment, ctx.store.releases.of(service.id)))


@operation("deployment.log", "show the log of a deployment: steps, build output", follows=True)
def log(ctx: Context, request: DeploymentLog, cancel: Cancel) -> Iterator[Event]:
    """Yield the log's lines; with ``follow`` go on until the deployment ends."""
    service = find_service(ctx.store, request.name)
    deployment = _one(ctx, service, request.number)
    path = ctx.settings.deployment_log(deployment.id)
    if not request.follow:
        rows = tuple(_lines(path, 0)[0])
        yield Result(Listing(rows, f"deployment {deployment.number} wrote no log", lines=True))
        return
    offset = 0
    while True:
        running = (ctx.store.deployments.find(deployment.id) or deployment).status == "running"
        lines, offset = _lines(path, offset)
        for start in range(0, len(lines), 500):
            yield Rows(tuple(lines[start : start + 500]))
        if not running:
            return
        if cancel.wait(POLL):
            raise Cancelled("stopped following")


@operation("deployment.diff", "show what differs between two releases")
def diff(ctx: Context, request: Diff, cancel: Cancel) -> Iterator[Event]:
    """Compare two releases, by default the live one with the one before it."""
    service = find_service(ctx.store, request.name)
    releases = {r.number: r for r in ctx.store.releases.of(service.id)}
    after = request.after or service.release
    before = request.before or max((n for n in releases if n < after), default=0)
    for number in (before, after):
        if number not in releases:
            known = ", ".join(f"#{n}" for n in sorted(releases)) or "none"
            what = f"no release #{number}" if number else "only one release"
            raise NotFound(f"{service.name} has {what}", f"there are: {known}", field="BEFORE")
    yield Result(diff_of(service, releases[before], releases[after]))


@operation("deployment.rollback", "put an older release live again", role="operator", changes=True)
def rollback(ctx: Context, request: Rollback, cancel: Cancel) -> Iterator[Event]:
    """Put a kept release live: image, compose file and environment together, through the same gate."""
    service = find_service(ctx.store, request.name)
    settings = ctx.settings
    with audited(ctx, "deployment.rollback", service.name) as audit:
        done = yield from put_back(
            ctx,
            service,
            request.release,
            gate=settings.gate_seconds if request.gate < 0 else request.gate,
            watch=settings.watch_seconds if request.watch < 0 else request.watch,
            cancel=cancel,
        )
        audit.detail = f"release #{service.release} -> #{done.release}"
    yield Result(done)


def diff_of(service: Service, before: Release, after: Release) -> ReleaseDiff:
    """Return what differs between two releases; secrets only show that they changed."""
    checkout = Checkout("", after.commit, after.branch, after.dirty)
    summary = list(release_changes(before, after.detection, checkout, after.compose, {}))
    summary = [line for line in summary if not line.startswith("environment:")]
    images = {i.component: i.id for i in before.images}
    summary += [
        f"image {i.component}: {images.get(i.component, 'none')[7:19] or 'none'} -> {i.id[7:19]}"
        for i in after.images
        if images.get(i.component) != i.id
    ]
    environment = _environment_diff(before.environment, after.environment)
    summary += [f"environment: {line}" for line in environment]
    parts = [("environment", "\n".join(environment))] if environment else []
    for name in sorted({*_files(before), *_files(after)}):
        old = before.compose if name == "compose.yml" else _read(before, name)
        new = after.compose if name == "compose.yml" else _read(after, name)
        text = _unified(old, new, before.number, after.number, name)
        if text:
            parts.append((name, text))
    return ReleaseDiff(
        service.name, before.number, after.number, tuple(summary) or ("nothing",), tuple(parts)
    )


def _environment_diff(before: dict[str, str], after: dict[str, str]) -> list[str]:
    lines = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if old is None:
            lines.append(f"+ {name}={_shown(new)}")
        elif new is None:
            lines.append(f"- {name}={_shown(old)}")
        elif old.startswith("secret:") or new.startswith("secret:"):
            lines.append(f"~ {name} changed")
        else:
            lines.append(f"~ {name}: {old} -> {new}")
    return lines


def _shown(value: str | None) -> str:
    return MASK if value is None or value.startswith("secret:") else value


def _files(release: Release) -> list[str]:
    folder = Path(release.folder)
    found = [p.name for p in folder.glob("*.Dockerfile")] if folder.is_dir() else []
    return [*found, "compose.yml"]


def _read(release: Release, name: str) -> str:
    try:
        return (Path(release.folder) / name).read_text(encoding="utf-8")
    except OSError:
        return ""


def _unified(old: str, new: str, before: int, after: int, name: str) -> str:
    return "\n".join(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"#{before}/{name}", f"#{after}/{name}", lineterm=""
        )
    )


def _one(ctx: Context, service: Service, number: int) -> Deployment:
    found = ctx.store.deployments.of(service.id, 1000 if number else 1)
    for deployment in found:
        if not number or deployment.number == number:
            return deployment
    what = f"no deployment {number}" if number else "no deployments"
    raise NotFound(f"{service.name} has {what}", f"`deployment.list {service.name}` lists them", field="NO")


def _lines(path: Path, offset: int) -> tuple[list[str], int]:
    """Return the complete lines of a file from a byte offset on, and where to go on reading."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return [], offset
    end = data.rfind(b"\n") + 1
    return data[:end].decode("utf-8", "replace").splitlines(), offset + end
