"""``system.df``: what takes the disk, and what of it comes back."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import duration
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import DiskUsage
from machete_tui.core.results import Listing
from machete_tui.operations import prunable
from machete_tui.operations.bytes_back import remembered
from machete_tui.operations.ground import Ground, survey
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import DiskRow

RUNNING = ("running", "paused", "restarting")


@dataclass(frozen=True, slots=True)
class DiskUse:
    """How old a measure may be."""

    max_age: float = arg("take a measure that is not older", default=0.0, kind="span", metavar="1m")


@operation("system.df", "measure what images, containers, volumes and build cache take, and what comes back")
def disk_use(ctx: Context, request: DiskUse, cancel: Cancel) -> Iterator[Event]:
    """Measure; the engine walks every volume for it, which may take long."""
    usage = ctx.engine.resources.usage(max(request.max_age, 0.0))
    ground = survey(ctx)
    rows = (*disk_rows(ctx, usage, ground), *_free(ctx, usage))
    age = ctx.clock.now() - usage.at
    yield Note(f"measured in {duration(usage.seconds)}" + (f", {duration(age)} ago" if age > 2 else ""))
    yield Result(Listing(rows))


def _free(ctx: Context, usage: DiskUsage) -> tuple[DiskRow, ...]:
    """Return what nobody takes of the engine's disk; nothing where that cannot be seen from here."""
    root = ctx.engine.info().root
    if not root:
        return ()
    free = ctx.host.disk_free(root)
    return (DiskRow("free", 0, 0, free, 0, at=usage.at, seconds=usage.seconds),)


def disk_rows(ctx: Context, usage: DiskUsage, ground: Ground) -> tuple[DiskRow, ...]:
    """Return a row a kind; what comes back is what the prunes named in them would take now."""
    layers = remembered(ctx.engine.resources.layers)
    images = prunable.images(usage, ground, layers, named=True)
    volumes = prunable.volumes(usage, ground, named=True)
    cache = prunable.cache(usage.cache, ctx.clock.now(), 0.0)
    at, seconds = usage.at, usage.seconds
    held = {container.image for container in usage.containers}
    mounted = {name for container in usage.containers for name in container.volumes}
    return (
        DiskRow(
            "images",
            len(usage.images),
            sum(image.id in held for image in usage.images),
            usage.layers,
            images.back,
            "image.prune --all",
            at,
            seconds,
        ),
        DiskRow(
            "containers",
            len(usage.containers),
            sum(container.state in RUNNING for container in usage.containers),
            sum(container.size or 0 for container in usage.containers),
            0,
            "",
            at,
            seconds,
        ),
        DiskRow(
            "volumes",
            len(usage.volumes),
            sum(volume.name in mounted for volume in usage.volumes),
            sum(volume.size or 0 for volume in usage.volumes),
            volumes.back,
            "volume.prune --all",
            at,
            seconds,
        ),
        DiskRow(
            "build cache",
            len(usage.cache),
            sum(record.in_use for record in usage.cache),
            sum(record.size for record in usage.cache if not record.shared),
            cache.back,
            "cache.prune --unused-for 0",
            at,
            seconds,
        ),
    )
