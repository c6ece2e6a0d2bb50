"""What stands between log lines: deployments, starts and ends, and the last words of what is gone."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_RELEASE, Container, EngineEvent
from machete_tui.core.errors import NotFound
from machete_tui.core.logs import LogBatch, batch
from machete_tui.core.models import Service
from machete_tui.core.postmortem import PostMortem

DEPLOYMENTS = 20
"""How many deployments of a service are looked at."""

GONE = 8
"""How many ends are shown of a service that has no containers."""

Mark = tuple[float, str]
"""When, and what to say."""


def past(
    ctx: Context, services: Iterable[Service], containers: Iterable[Container], since: float
) -> list[Mark]:
    """Return what happened since a time, oldest first."""
    marks: list[Mark] = []
    for service in services:
        for d in ctx.store.deployments.of(service.id, DEPLOYMENTS):
            release = f" of release #{d.release}" if d.release else ""
            marks.append((d.started, f"▶ {service.name}: deployment {d.number} began: {d.kind}{release}"))
            if d.finished is not None:
                why = f": {d.reason}" if d.reason else ""
                marks.append((d.finished, f"■ {service.name}: deployment {d.number} {d.status}{why}"))
    for container in containers:
        try:
            detail = ctx.engine.container(container.id)
        except NotFound:
            continue
        again = f" again, restart {detail.restarts}" if detail.restarts else ""
        if detail.started:
            marks.append((detail.started, f"▶ {container.name} started{again}"))
        if detail.finished > detail.started and container.state != "running":
            marks.append((detail.finished, f"✗ {container.name} ended: {_verdict(container.id, detail)}"))
    return sorted(mark for mark in marks if mark[0] >= since)


def _verdict(container: str, detail: object) -> str:
    return PostMortem(
        container,
        "",
        exit_code=getattr(detail, "exit_code", 0),
        oom=getattr(detail, "oom_killed", False),
        reason=getattr(detail, "error", ""),
    ).verdict


def happened(event: EngineEvent) -> str:
    """Return what to say of an event; empty for one that says nothing to a reader of logs."""
    name = event.labels.get("name", event.container[:12])
    if event.action == "start":
        release = event.labels.get(LABEL_RELEASE, "")
        return f"▶ {name} started" + (f", release #{release}" if release else "")
    if event.action == "die":
        code = event.labels.get("exitCode", "")
        verdict = PostMortem("", "", exit_code=int(code)).verdict if code.isdecimal() else ""
        return f"✗ {name} ended" + (f": {verdict}" if verdict else "")
    if event.action == "oom":
        return f"✗ {name} ran out of memory"
    if event.action == "health_status: unhealthy":
        return f"! {name} is unhealthy"
    return f"■ {name} was removed" if event.action == "destroy" else ""


def last_words(end: PostMortem) -> list[LogBatch]:
    """Return what is kept of a container that is gone, with a line about its end."""
    found: list[LogBatch] = []
    if end.lines:
        times = end.times if len(end.times) == len(end.lines) else (end.ended,) * len(end.lines)
        text = "".join(f"{line}\n" for line in end.lines).encode("utf-8", "replace")
        found.append(LogBatch(end.name, text, array("d", times)))
    kept = f"; its last {len(end.lines)} lines are kept" if end.lines else "; no line of it is kept"
    found.append(batch("", [f"✗ {end.name} is gone: {end.verdict}{kept}"], end.ended))
    return found


def of_the_gone(ctx: Context, services: Iterable[Service]) -> list[LogBatch]:
    """Return what is kept of services that have no container."""
    found: list[LogBatch] = []
    for service in services:
        for end in reversed(ctx.store.postmortems.of([service.name], GONE)):
            found += last_words(end)
        told = next((d for d in ctx.store.deployments.of(service.id, DEPLOYMENTS) if d.log_tail), None)
        if told is not None:
            at = told.finished or told.started
            found.append(
                batch("", [f"✗ {service.name}: deployment {told.number} {told.status}: {told.reason}"], at)
            )
            found.append(batch(service.name, list(told.log_tail), at))
    return found
