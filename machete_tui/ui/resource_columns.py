"""The columns of images, volumes, networks and build cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from machete_tui.operations.resource_views import CacheRow, ImageRow, NetworkRow, VolumeRow, measured
from machete_tui.ui.ages import ago
from machete_tui.ui.widgets.cells import Cell, Column, Tone

Now = Callable[[], float]


def image_columns(now: Now) -> list[Column[ImageRow]]:
    """Return the columns of images."""
    return [
        Column("name", "IMAGE", lambda r: Cell(r.name, "strong" if r.tags else "quiet"), 24, grow=3, most=54),
        _size("size", "SIZE", lambda r: r.size),
        _size("shared", "SHARED", lambda r: r.shared, priority=4),
        Column(
            "created",
            "CREATED",
            lambda r: Cell(ago(r.created, now())),
            11,
            sort=lambda r: r.created,
            priority=3,
        ),
        Column("use", "USED BY", _use, 22, grow=4),
        Column("id", "ID", lambda r: Cell(r.id.removeprefix("sha256:")[:12], "quiet"), 12, priority=6),
    ]


def volume_columns(now: Now) -> list[Column[VolumeRow]]:
    """Return the columns of volumes."""
    return [
        Column("name", "VOLUME", _volume, 22, grow=3, most=54),
        _size("size", "SIZE", lambda r: r.size),
        Column("project", "PROJECT", lambda r: _dash(r.project), 12, grow=1, most=24, priority=2),
        Column(
            "created",
            "CREATED",
            lambda r: Cell(ago(r.created, now())),
            11,
            sort=lambda r: r.created,
            priority=3,
        ),
        Column("use", "USED BY", _use, 22, grow=4),
        Column("driver", "DRIVER", lambda r: _dash(r.driver), 7, priority=6),
    ]


def network_columns() -> list[Column[NetworkRow]]:
    """Return the columns of networks."""
    return [
        Column("name", "NETWORK", lambda r: Cell(r.name, "strong"), 20, grow=2, most=40),
        Column("driver", "DRIVER", lambda r: _dash(r.driver), 8, priority=3),
        Column("subnets", "SUBNETS", lambda r: _dash(", ".join(r.subnets)), 16, grow=1, most=40, priority=1),
        Column("use", "USED BY", _use, 22, grow=4),
        Column("project", "PROJECT", lambda r: _dash(r.project), 12, grow=1, most=24, priority=5),
        Column("scope", "SCOPE", lambda r: _dash(r.scope), 6, priority=6),
    ]


def cache_columns(now: Now) -> list[Column[CacheRow]]:
    """Return the columns of the build cache."""
    return [
        _size("size", "SIZE", lambda r: r.size),
        Column("text", "WHAT", lambda r: Cell(r.text or r.kind), 24, grow=5),
        Column("state", "STATE", lambda r: _dash(r.state), 7),
        Column("used", "LAST USED", lambda r: Cell(ago(r.used, now())), 11, sort=lambda r: r.used),
        Column("uses", "USES", lambda r: Cell(str(r.uses)), 5, right=True, sort=lambda r: r.uses, priority=3),
        Column("kind", "KIND", lambda r: Cell(r.kind, "quiet"), 15, priority=4),
    ]


def _size(name: str, title: str, value: Callable[[Any], int | None], priority: int = 0) -> Column[Any]:
    def cell(row: Any) -> Cell:
        size = value(row)
        return Cell("…", "quiet") if size is None else Cell(measured(size))

    return Column(name, title, cell, 8, right=True, sort=value, priority=priority)


def _use(row: ImageRow | VolumeRow | NetworkRow) -> Cell:
    if not row.use:
        return Cell("nobody", "quiet")
    tone: Tone = "" if row.used_by else "link"
    return Cell(row.use, tone)


def _volume(row: VolumeRow) -> Cell:
    anonymous = row.project == "anonymous"
    return Cell(
        row.name[:12] + "…" if anonymous and len(row.name) == 64 else row.name,
        "quiet" if anonymous else "strong",
    )


def _dash(text: str) -> Cell:
    return Cell(text) if text else Cell("-", "quiet")
