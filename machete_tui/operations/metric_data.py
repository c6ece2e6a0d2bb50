"""What the verbs about readings share: of what, over which time, and readings of right now."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_PROJECT, Container
from machete_tui.core.errors import EngineUnavailable, NotFound, NotPermitted
from machete_tui.core.frozen import dataclass
from machete_tui.core.metrics import HOST, Reading, Subject, host_rates, rates, together
from machete_tui.core.models import Deployment
from machete_tui.core.series import HOUR, MINUTE, SECONDS, Bucket, Window, merged, window

BETWEEN = 1.0
"""Seconds between the two readings that give a rate."""


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time up to now: ``seconds`` long, in slots of ``step``."""

    id: str
    title: str
    seconds: int
    step: int


RANGES = {
    r.id: r
    for r in (
        Range("5m", "the last 5 minutes", SECONDS, 1),
        Range("1h", "the last hour", HOUR, MINUTE),
        Range("24h", "the last 24 hours", 24 * HOUR, MINUTE),
        Range("30d", "the last 30 days", 30 * 24 * HOUR, HOUR),
    )
}


def owner(container: Container) -> str:
    """Return the service that a container belongs to, or the compose project made elsewhere; or nothing."""
    return container.service or container.labels.get(LABEL_PROJECT, "")


def running(ctx: Context) -> list[Container]:
    """Return the containers that run."""
    return [c for c in ctx.engine.containers(every=False) if c.state in ("running", "paused")]


def find_subject(ctx: Context, name: str) -> tuple[Subject, list[Container]]:
    """Return what a name means, and its containers that run.

    Services come before containers, and what runs before what there are only records of; no name, or
    ``host``, is the machine. Raises NotFound with near names.
    """
    try:
        found = running(ctx)
    except (EngineUnavailable, NotPermitted):
        found = []
    if name in ("", "host"):
        return HOST, []
    mine = [c for c in found if owner(c) == name]
    if mine or ctx.store.services.find(name):
        return Subject("service", name), mine
    for container in found:
        if name == container.name or (len(name) >= 8 and container.id.startswith(name)):
            return Subject("container", container.name), [container]
    kept = ctx.store.metrics.subjects()
    known = next((s for s in kept if s.name == name), None)
    if known is not None:
        return known, []
    names = sorted({s.name for s in kept} | {owner(c) for c in found} | {c.name for c in found})
    near = difflib.get_close_matches(name, [n for n in names if n], 3, 0.5)
    mend = f"did you mean {', '.join(near)}?" if near else "`machete-tui --run metrics.top` lists them"
    raise NotFound(f"nothing called {name!r} is measured", mend, field="NAME")


def sample(ctx: Context, containers: Sequence[Container], cancel: Cancel) -> dict[Subject, Reading]:
    """Measure twice, a moment apart; return the readings of these containers, their services, the host."""
    first = ctx.engine.measure(containers)
    if cancel.wait(BETWEEN):
        cancel.check()
    second = ctx.engine.measure(containers)
    found: dict[Subject, Reading] = {}
    services: dict[Subject, list[Reading]] = {}
    for container in containers:
        now = second.containers.get(container.id)
        if now is None:
            continue
        reading = rates(first.containers.get(container.id), now)
        found[Subject("container", container.name)] = reading
        if owner(container):
            services.setdefault(Subject("service", owner(container)), []).append(reading)
    found |= {service: together(readings) for service, readings in services.items()}
    if second.host is not None:
        found[HOST] = host_rates(first.host, second.host)
    return found


def recorded(ctx: Context, subject: Subject, span: Range) -> Window:
    """Return what the store has of a stretch of time up to now."""
    now = ctx.clock.now()
    since = now - span.seconds
    step = max(span.step, MINUTE)
    return window(ctx.store.metrics.read(subject, step, since, now), step, since, now)


def with_reading(whole: Window, reading: Reading | None, now: float) -> Window:
    """Return the window with a reading of now in its last slot, where nothing is yet."""
    if reading is None or not whole.slots or whole.slots[-1] is not None:
        return whole
    values = reading[: len(reading) - 3]
    bucket = Bucket(whole.until - whole.step, 1, values, values, values)
    return Window(whole.since, whole.step, (*whole.slots[:-1], bucket))


def deployments(ctx: Context, name: str, limit: int = 50) -> list[Deployment]:
    """Return the deployments of a service, newest first; none for what is no service."""
    service = ctx.store.services.find(name)
    return ctx.store.deployments.of(service.id, limit) if service else []


@dataclass(frozen=True, slots=True)
class Comparison:
    """A service before and after a deployment; None for a side of which nothing is known."""

    deployment: Deployment
    before: Bucket | None
    after: Bucket | None
    seconds: float


def compared(ctx: Context, name: str, seconds: float) -> Comparison | None:
    """Compare the stretches before and after a service's last finished deployment; None without one."""
    done = [d for d in deployments(ctx, name, 20) if d.finished is not None and d.status == "succeeded"]
    if not done:
        return None
    last, now = done[0], ctx.clock.now()
    finished = last.finished or last.started
    subject = Subject("service", name)
    read = ctx.store.metrics.read

    def side(since: float, until: float) -> Bucket | None:
        step = MINUTE if now - since <= 24 * HOUR else HOUR
        return merged(read(subject, step, since, until), since)

    before = side(last.started - seconds, last.started - MINUTE + 1)
    return Comparison(last, before, side(finished, min(now, finished + seconds)), seconds)
