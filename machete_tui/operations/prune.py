"""``image|volume|network|cache.prune``: a preview of exactly what goes; with ``--yes`` that goes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.events import Advance, Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Document
from machete_tui.operations import prunable
from machete_tui.operations.bytes_back import bytes_back, remembered
from machete_tui.operations.ground import Ground, survey
from machete_tui.operations.image_remove import remove_whole
from machete_tui.operations.journal import audited
from machete_tui.operations.prunable import WEEK
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import PruneItem, PrunePlan, plan_text

_DRY = "only show what would go, as without --yes"
_YES = "remove what is listed"


@dataclass(frozen=True, slots=True)
class PruneNamed:
    """How much goes, and whether it really goes."""

    all: bool = arg("also what has a name, where nothing uses or keeps it", default=False)
    dry_run: bool = arg(_DRY, default=False)
    yes: bool = arg(_YES, default=False)
    only: tuple[str, ...] | None = arg("of that, only these ids", default=None, hidden=True)


@dataclass(frozen=True, slots=True)
class PruneNetworks:
    """Whether it really goes."""

    dry_run: bool = arg(_DRY, default=False)
    yes: bool = arg(_YES, default=False)
    only: tuple[str, ...] | None = arg("of that, only these ids", default=None, hidden=True)


@dataclass(frozen=True, slots=True)
class PruneCache:
    """What counts as old, and whether it really goes."""

    unused_for: float = arg(
        "records that no build used for this long; 0 for all", default=WEEK, kind="span", metavar="7d"
    )
    dry_run: bool = arg(_DRY, default=False)
    yes: bool = arg(_YES, default=False)
    only: tuple[str, ...] | None = arg("of that, only these ids", default=None, hidden=True)


@operation(
    "image.prune",
    "remove images that no container uses and no release keeps; a preview without --yes",
    role="admin",
    changes=True,
    destroys=True,
    previews=True,
)
def prune_images(ctx: Context, request: PruneNamed, cancel: Cancel) -> Iterator[Event]:
    """Preview or remove: leftovers, with ``all`` every image that nothing needs."""
    resources = ctx.engine.resources
    usage = resources.usage()
    ground = survey(ctx)
    layers = remembered(resources.layers)
    by_id = {image.id: image for image in usage.images}
    plan = prunable.images(usage, ground, layers, named=request.all)
    busy = _busy(ground) if request.all and plan.items else ""
    if request.only is not None:
        plan = prunable.only(plan, request.only)
        plan = replace(plan, back=bytes_back([by_id[i.id] for i in plan.items], usage.images, layers))
    if not _acts(request):
        yield _result(replace(plan, warning=busy))
        return
    if busy:
        raise Conflict(busy, "wait until it has ended, or prune without --all", field="--all")

    def remove(item: PruneItem) -> None:
        remove_whole(ctx, by_id[item.id])

    done = yield from _do(ctx, "image.prune", plan, remove, cancel)
    if done.failed:
        done = replace(done, back=bytes_back([by_id[i.id] for i in done.items], usage.images, layers))
    yield _result(done)


@operation(
    "volume.prune",
    "remove volumes that no container, service or project holds, with their data; a preview without --yes",
    role="admin",
    changes=True,
    destroys=True,
    previews=True,
)
def prune_volumes(ctx: Context, request: PruneNamed, cancel: Cancel) -> Iterator[Event]:
    """Preview or remove: anonymous ones, with ``all`` named ones too."""
    resources = ctx.engine.resources
    usage = resources.usage()
    plan = _seen(prunable.volumes(usage, survey(ctx), named=request.all), request.only)
    if not _acts(request):
        yield _result(plan)
        return
    done = yield from _do(ctx, "volume.prune", plan, lambda i: resources.remove_volume(i.id), cancel)
    yield _result(replace(done, back=sum(item.size or 0 for item in done.items)))


@operation(
    "network.prune",
    "remove networks that no container is in, running or not; a preview without --yes",
    role="admin",
    changes=True,
    destroys=True,
    previews=True,
)
def prune_networks(ctx: Context, request: PruneNetworks, cancel: Cancel) -> Iterator[Event]:
    """Preview or remove."""
    resources = ctx.engine.resources
    plan = _seen(prunable.networks(resources.networks(), survey(ctx)), request.only)
    if not _acts(request):
        yield _result(plan)
        return
    done = yield from _do(ctx, "network.prune", plan, lambda i: resources.remove_network(i.id), cancel)
    yield _result(done)


@operation(
    "cache.prune",
    "remove records of the build cache that no build used for a week; a preview without --yes",
    role="admin",
    changes=True,
    destroys=True,
    previews=True,
)
def prune_cache(ctx: Context, request: PruneCache, cancel: Cancel) -> Iterator[Event]:
    """Preview or remove; what images share or a build reads stays."""
    resources = ctx.engine.resources
    records = resources.usage().cache
    plan = _seen(prunable.cache(records, ctx.clock.now(), max(request.unused_for, 0.0)), request.only)
    if not _acts(request):
        yield _result(plan)
        return
    back = 0

    def remove(item: PruneItem) -> None:
        nonlocal back
        back += resources.remove_cache([item.id])

    done = yield from _do(ctx, "cache.prune", plan, remove, cancel)
    yield _result(replace(done, back=back))


def _acts(request: PruneNamed | PruneNetworks | PruneCache) -> bool:
    return request.yes and not request.dry_run


def _seen(plan: PrunePlan, ids: tuple[str, ...] | None) -> PrunePlan:
    return plan if ids is None else prunable.only(plan, ids)


def _busy(ground: Ground) -> str:
    """Return who builds something now, whose base images nothing else may hold; empty for nobody."""
    said = [f"{service} ({holder})" for service, holder in ground.busy.items()]
    return (
        f"a deployment is at work, and its base images may be among these: {', '.join(said)}" if said else ""
    )


def _do(
    ctx: Context, action: str, plan: PrunePlan, remove: Callable[[PruneItem], None], cancel: Cancel
) -> Generator[Event, None, PrunePlan]:
    """Remove each item; one that was taken into use meanwhile, or is gone, is left and said."""
    gone: list[PruneItem] = []
    failed: list[tuple[str, str]] = []
    with audited(ctx, action) as audit:
        try:
            if plan.items:
                yield Note(f"$ {plan.command[:400]}")
            for number, item in enumerate(plan.items, 1):
                cancel.check()
                try:
                    remove(item)
                except (Conflict, NotFound) as error:
                    failed.append((item.name, error.what))
                else:
                    gone.append(item)
                yield Advance(f"removed {item.name}", number, len(plan.items))
        finally:
            names = ", ".join(item.name for item in gone)
            audit.detail = f"{len(gone)} removed: {names}"[:1000] if gone else "nothing to remove"
            if plan.items:
                audit.detail += f" · $ {plan.command}"[:1000]
    return replace(plan, items=tuple(gone), failed=tuple(failed), done=True)


def _result(done: PrunePlan) -> Event:
    return Result(Document(plan_text(done), done))
