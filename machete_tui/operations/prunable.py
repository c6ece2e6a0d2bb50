"""What nothing needs any more, by kind: the one answer that ``prune`` acts on and ``system.df`` counts.

:mod:`machete_tui.operations.ground` says what is needed; what is left over is here, with the reason why
it may go. Nothing here changes anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from machete_tui.core.engine import LABEL_RELEASE, LABEL_SERVICE
from machete_tui.core.resources import CacheRecord, DiskUsage, LocalImage, LocalNetwork, LocalVolume
from machete_tui.operations.bytes_back import Layers, bytes_back
from machete_tui.operations.ground import Ground
from machete_tui.operations.releases import image_prefix
from machete_tui.operations.resource_views import NAMED, PruneItem, PrunePlan

WEEK = 7 * 86400.0
"""Seconds for which a record of the build cache may lie unused before a prune takes it."""


def images(usage: DiskUsage, ground: Ground, layers: Layers, *, named: bool) -> PrunePlan:
    """Return the images that no container and no release needs.

    Without ``named`` only those without a name, and builds of our services that no release kept.
    """
    items: list[PruneItem] = []
    going: list[LocalImage] = []
    stays: Counter[str] = Counter()
    for image in sorted(usage.images, key=lambda i: (-i.size, i.name)):
        users, kept = ground.users_of_image(image), ground.keeps_image(image)
        why = _image_why(image, ground)
        if users or kept:
            stays["used by containers" if users else _reason(kept)] += 1
        elif why or named:
            name = ", ".join(image.tags or image.digests) or f"<none> {image.short}"
            items.append(PruneItem(image.id, name, image.size, why or "no container uses it"))
            going.append(image)
        else:
            stays[NAMED] += 1
    back = bytes_back(going, usage.images, layers)
    return _plan("image", items, back, stays)


def volumes(usage: DiskUsage, ground: Ground, *, named: bool) -> PrunePlan:
    """Return the volumes that no container mounts and no service or project holds.

    Without ``named`` only those that nobody gave a name.
    """
    items: list[PruneItem] = []
    stays: Counter[str] = Counter()
    for volume in sorted(usage.volumes, key=lambda v: (-(v.size or 0), v.name)):
        if ground.users_of_volume(volume):
            stays["used by containers"] += 1
        elif kept := ground.keeps_volume(volume):
            stays[_reason(kept)] += 1
        elif volume.anonymous or named:
            why = "anonymous, no container uses it" if volume.anonymous else _volume_why(volume)
            items.append(PruneItem(volume.name, volume.name, volume.size, why))
        else:
            stays[NAMED] += 1
    return _plan("volume", items, sum(item.size or 0 for item in items), stays)


def networks(found: Iterable[LocalNetwork], ground: Ground) -> PrunePlan:
    """Return the networks that no container, running or not, is in and nothing else holds."""
    items: list[PruneItem] = []
    stays: Counter[str] = Counter()
    for network in sorted(found, key=lambda n: n.name):
        if ground.users_of_network(network):
            stays["used by containers"] += 1
        elif kept := ground.keeps_network(network):
            stays[_reason(kept)] += 1
        else:
            items.append(PruneItem(network.id, network.name, 0, "no container is in it"))
    return _plan("network", items, 0, stays)


def cache(records: Sequence[CacheRecord], now: float, unused: float) -> PrunePlan:
    """Return the records that no build used for ``unused`` seconds, those first that nothing stands on.

    A record that images share gives nothing back and makes the next build faster: it stays.
    """
    stays: Counter[str] = Counter()
    chosen: dict[str, CacheRecord] = {}
    for record in records:
        if record.in_use:
            stays["in use by a build"] += 1
        elif record.shared:
            stays["shared with images"] += 1
        elif now - (record.used or record.created) < unused:
            stays[f"used within {_span(unused)}"] += 1
        else:
            chosen[record.id] = record
    ordered = _leaves_first(chosen, records)
    needed = len(chosen) - len(ordered)
    if needed:
        stays["needed by records that stay"] += needed
    items = [
        PruneItem(
            r.id, r.text or r.kind, r.size, f"{r.kind}, unused for {_span(now - (r.used or r.created))}"
        )
        for r in ordered
    ]
    return _plan("cache", items, sum(item.size or 0 for item in items), stays)


def only(plan: PrunePlan, ids: Iterable[str]) -> PrunePlan:
    """Return the part of a plan that a person saw; what came to it since stays."""
    seen = frozenset(ids)
    items = tuple(item for item in plan.items if item.id in seen)
    back = sum(item.size or 0 for item in items)
    return replace(plan, items=items, back=back, command=command_of(plan.kind, items))


def command_of(kind: str, items: Sequence[PruneItem]) -> str:
    """Return what of Docker's own commands does the same; empty for nothing to do."""
    if not items:
        return ""
    if kind == "cache":
        return "; ".join(f"docker builder prune --all --force --filter id={item.id}" for item in items)
    names = " ".join(item.name.replace("<none> ", "").replace(", ", " ") for item in items)
    return f"docker {kind} rm {names}"


def _plan(kind: str, items: Sequence[PruneItem], back: int, stays: Counter[str]) -> PrunePlan:
    kept = sum(stays.values())
    return PrunePlan(kind, tuple(items), back, kept, _counted(stays), command=command_of(kind, items))


def _leaves_first(chosen: Mapping[str, CacheRecord], records: Sequence[CacheRecord]) -> list[CacheRecord]:
    """Return the chosen ones that no staying record stands on, each before those that it stands on."""
    children: Counter[str] = Counter(parent for record in records for parent in record.parents)
    ready = [r for r in chosen.values() if not children[r.id]]
    ordered: list[CacheRecord] = []
    while ready:
        record = ready.pop()
        ordered.append(record)
        for parent in record.parents:
            children[parent] -= 1
            if not children[parent] and parent in chosen:
                ready.append(chosen[parent])
    return ordered


def _image_why(image: LocalImage, ground: Ground) -> str:
    """Return why an image is a leftover; empty for one that somebody may have pulled on purpose."""
    owner = image.labels.get(LABEL_SERVICE, "")
    if not image.tags and not image.digests:
        return "no name" + (f", an old build of {owner}" if owner and LABEL_RELEASE in image.labels else "")
    if owner in ground.services and all(tag.startswith(image_prefix(owner)) for tag in image.tags):
        return f"of {owner}, kept for no release"
    return ""


def _volume_why(volume: LocalVolume) -> str:
    project = volume.labels.get("com.docker.compose.project", "")
    return f"of project {project}, which has no container" if project else "no container uses it"


def _reason(kept: Sequence[str]) -> str:
    """Return the first reason in the form in which they are counted."""
    first = kept[0]
    if "(live)" in first and "named by" not in first:
        return "live releases"
    if "(rollback)" in first and "named by" not in first:
        return "kept for rollback"
    return "stand-ins" if first == "stand-in" else first


def _counted(stays: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{count} {reason}" for reason, count in sorted(stays.items(), key=lambda s: (-s[1], s[0])))


def _span(seconds: float) -> str:
    if seconds >= 2 * 86400:
        return f"{seconds / 86400:.0f} days"
    return f"{seconds / 3600:.0f} hours" if seconds >= 7200 else f"{seconds / 60:.0f} minutes"
