"""What lists of images, volumes, networks and build cache show, ready for any front."""

from __future__ import annotations

from machete_tui.core.clock import duration, iso
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import column
from machete_tui.operations.service_row import or_dash, size

NAMED = "unused, but with a name"
"""Why what only a prune with ``--all`` takes stays."""


def measured(value: int | None) -> str:
    """Return bytes as people say them; ``?`` for what was not measured, ``0 B`` for nothing."""
    return "?" if value is None else size(value) if value else "0 B"


@dataclass(frozen=True, slots=True)
class ImageRow:
    """One image.

    Attributes:
        name: its first tag, else the start of its id.
        size: of all its layers; ``shared`` of those that other images have too, None if not measured.
        created: when it was built.
        used_by: containers, running or not.
        kept_for: why no prune takes it: releases, stand-ins, bases.
        use: both in one line.
        id: ``sha256:…``.
        tags: all its names.
    """

    name: str = column("NAME")
    size: int = column("SIZE", measured, right=True)
    shared: int | None = column("SHARED", measured, right=True)
    created: float = column("CREATED", iso)
    use: str = column("USED BY", or_dash)
    id: str = column("ID", lambda i: i.removeprefix("sha256:")[:12])
    tags: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    kept_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """One volume; ``kept_for`` says why no prune takes it, ``locked`` that a removal is refused too."""

    name: str = column("NAME")
    size: int | None = column("SIZE", measured, right=True)
    project: str = column("PROJECT", or_dash)
    driver: str = column("DRIVER")
    created: float = column("CREATED", lambda v: iso(v) if v else "-")
    use: str = column("USED BY", or_dash)
    mountpoint: str = ""
    used_by: tuple[str, ...] = ()
    kept_for: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """One network; ``used_by`` holds containers that run and those that need it when they start."""

    name: str = column("NAME")
    driver: str = column("DRIVER")
    subnets: tuple[str, ...] = column("SUBNETS", lambda v: ", ".join(v) or "-")
    scope: str = column("SCOPE")
    project: str = column("PROJECT", or_dash)
    use: str = column("USED BY", or_dash)
    id: str = column("ID", lambda i: i[:12])
    created: float = 0.0
    internal: bool = False
    used_by: tuple[str, ...] = ()
    kept_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CacheRow:
    """One record of the build cache; ``state`` is ``in use``, ``shared`` with an image, or empty."""

    id: str = column("ID")
    kind: str = column("KIND")
    size: int = column("SIZE", measured, right=True)
    used: float = column("LAST USED", lambda v: iso(v) if v else "-")
    uses: int = column("USES", right=True)
    state: str = column("STATE", or_dash)
    text: str = column("WHAT")
    created: float = 0.0


@dataclass(frozen=True, slots=True)
class DiskRow:
    """What one kind of object takes.

    Attributes:
        kind: ``images``, ``containers``, ``volumes``, ``build cache``; ``free`` for what nobody takes.
        count: how many; ``used`` how many of them are in use.
        size: bytes.
        back: bytes that removing what nothing needs gives back: what ``prune`` with ``command`` takes.
        command: that prune; empty for what has none.
        at: when it was measured; ``seconds`` how long that took.
    """

    kind: str = column("KIND")
    count: int = column("COUNT", right=True)
    used: int = column("IN USE", right=True)
    size: int = column("SIZE", measured, right=True)
    back: int = column("RECLAIMABLE", measured, right=True)
    command: str = column("HOW", or_dash, default="")
    at: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class HappeningRow:
    """Something that happened on the engine."""

    at: float = column("AT", iso)
    kind: str = column("KIND")
    action: str = column("ACTION")
    name: str = column("NAME")
    detail: str = column("DETAIL", or_dash)
    id: str = ""


@dataclass(frozen=True, slots=True)
class PruneItem:
    """One thing that a prune takes: ``size`` is what it holds, None if that cannot be measured."""

    id: str = column("ID", lambda i: i.removeprefix("sha256:")[:12])
    name: str = column("NAME")
    size: int | None = column("SIZE", measured, right=True)
    why: str = column("WHY")


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """What a prune takes, or took.

    Attributes:
        kind: ``image``, ``volume``, ``network``, ``cache``.
        items: exactly what goes.
        back: bytes that come back; less than the items' sizes where they share layers with what stays.
        kept: how many objects stay, and ``reasons`` why, by how many there are of each.
        done: whether it was done; then the items are those that are gone.
        failed: (name, why) of those that could not be removed.
        command: what of Docker's own commands does the same.
        warning: what speaks against doing it now.
    """

    kind: str
    items: tuple[PruneItem, ...]
    back: int
    kept: int = 0
    reasons: tuple[str, ...] = ()
    done: bool = False
    failed: tuple[tuple[str, str], ...] = ()
    command: str = ""
    warning: str = ""


def plan_text(plan: PrunePlan) -> str:
    """Return a prune's plan, or what it did, as text for a person."""
    noun = {"cache": "record of the build cache"}.get(plan.kind, plan.kind)
    if not plan.items and not plan.failed:
        lines = [f"no {noun} to remove: everything is in use or kept"]
    else:
        verb = "removed" if plan.done else "would be removed"
        plural = "records of the build cache" if plan.kind == "cache" else f"{noun}s"
        count = f"{len(plan.items)} {noun if len(plan.items) == 1 else plural}"
        came = "came back" if plan.done else "would come back"
        lines = [f"{count} {verb}; {measured(plan.back)} {came}", ""]
        room = max((len(item.name) for item in plan.items), default=0)
        lines += [
            f"  {measured(item.size):>9}  {item.name:<{min(room, 60)}}  {item.why}" for item in plan.items
        ]
    lines += [f"  not removed: {name}: {why}" for name, why in plan.failed]
    if plan.reasons:
        lines += ["", f"{plan.kept} kept:", *(f"  {reason}" for reason in plan.reasons)]
    if any(NAMED in reason for reason in plan.reasons):
        lines += ["", "--all takes those with a name too."]
    if plan.warning:
        lines += ["", f"! {plan.warning}"]
    if plan.items and not plan.done:
        lines += ["", "Nothing was removed; add --yes to remove exactly what is listed."]
    return "\n".join(lines)


__all__ = [
    "CacheRow",
    "DiskRow",
    "HappeningRow",
    "ImageRow",
    "NetworkRow",
    "PruneItem",
    "PrunePlan",
    "VolumeRow",
    "duration",
    "measured",
    "plan_text",
]
