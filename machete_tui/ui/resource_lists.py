"""The tabs of the engine's screen: what each asks for, what it says when empty, what changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from machete_tui.operations.resource_views import (
    CacheRow,
    DiskRow,
    ImageRow,
    NetworkRow,
    VolumeRow,
    measured,
)
from machete_tui.ui.widgets.notice import Notice

TABS = (
    ("images", "Images"),
    ("volumes", "Volumes"),
    ("networks", "Networks"),
    ("cache", "Build cache"),
    ("disk", "Disk use"),
    ("happenings", "Events"),
)
KIND = {
    "images": "image",
    "volumes": "volume",
    "networks": "network",
    "cache": "cache",
    "build cache": "cache",
}
"""Tab, or row of the disk's tab -> the noun of its verbs."""

LOADING = {
    "images": Notice("Asking the engine…", "Its images come as soon as it answers."),
    "volumes": Notice("Asking the engine…", "Its volumes come as soon as it answers."),
    "networks": Notice("Asking the engine…", "Its networks come as soon as it answers."),
    "cache": Notice("Measuring the build cache…", "The engine walks all its disk for it."),
    "disk": Notice(
        "Measuring the disk…", "The engine walks every volume for it; on a large disk that takes a while."
    ),
}
NOTHING = {
    "images": Notice(
        "No images", "The engine holds none.", "P pulls one; 2 builds one of a folder or a Git repository"
    ),
    "volumes": Notice("No volumes", "What containers write into volumes outlives them; there are none yet."),
    "networks": Notice("No networks"),
    "cache": Notice("The build cache is empty", "Builds fill it, so that the next one is faster."),
}

TOUCHES: dict[tuple[str, str], tuple[str, ...]] = {
    **{
        ("image", action): ("images", "disk")
        for action in ("pull", "tag", "untag", "delete", "import", "load", "build")
    },
    **{
        ("container", action): ("images", "volumes", "networks") for action in ("create", "destroy", "rename")
    },
    **{("volume", action): ("volumes", "disk") for action in ("create", "destroy", "prune")},
    **{("network", action): ("networks",) for action in ("create", "destroy", "prune")},
    **{("builder", action): ("cache", "disk") for action in ("prune",)},
}
"""(kind, action) of an event -> the tabs whose lists it changes."""

RECENT = 30.0


def request_of(tab: str, *, measure: bool, fresh: bool) -> tuple[str, Any]:
    """Return the operation behind a tab and its request; ``fresh`` for figures of now."""
    if tab == "images":
        from machete_tui.operations.image_list import ListImages

        return "image.list", ListImages(measure=measure)
    if tab == "volumes":
        from machete_tui.operations.volumes import ListVolumes

        return "volume.list", ListVolumes(measure=measure)
    if tab == "networks":
        return "network.list", None
    if tab == "cache":
        return "cache.list", None
    from machete_tui.operations.disk import DiskUse

    return "system.df", DiskUse(max_age=0.0 if fresh else RECENT)


def words(marked: Sequence[Any], row: Any, at: str) -> str:
    """Return one line about the marked rows, else about the row under the cursor."""
    when = f" · measured at {at} UTC" if at else ""
    if marked and isinstance(marked[0], DiskRow):
        back = measured(sum(r.back for r in marked))
        return f"{back} reclaimable{when} · X prunes the kind under the cursor · Enter opens it"
    if marked:
        size = sum(getattr(r, "size", 0) or 0 for r in marked)
        shown = f", {measured(size)}" if size else ""
        return f"{len(marked)} marked{shown}: {', '.join(r.name for r in marked)}"
    if isinstance(row, ImageRow):
        also = f" · also {', '.join(row.tags[1:])}" if len(row.tags) > 1 else ""
        own = f" · {measured(row.size - row.shared)} of its own" if row.shared is not None else ""
        return f"{row.name}{own}{also} · {_needs(row)}{when}"
    if isinstance(row, VolumeRow):
        shown = f"{row.name[:12]}…" if row.project == "anonymous" else row.name
        return f"{shown} · {_needs(row)}{when} · {row.mountpoint}"
    if isinstance(row, NetworkRow):
        inside = " · internal" if row.internal else ""
        return f"{row.name} · {', '.join(row.subnets) or 'no subnet'}{inside} · {_needs(row)}"
    return f"{row.kind} · {row.text}{when}" if isinstance(row, CacheRow) else ""


def _needs(row: ImageRow | VolumeRow | NetworkRow) -> str:
    if not row.used_by and not row.kept_for:
        return "nobody needs it"
    used = f"used by {', '.join(row.used_by)}" if row.used_by else ""
    kept = f"kept for {', '.join(row.kept_for)}" if row.kept_for else ""
    return "; ".join(part for part in (used, kept) if part)
