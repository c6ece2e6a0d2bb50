"""``cache.list``: what builds left behind to be faster next time."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import CacheRecord
from machete_tui.core.results import Listing
from machete_tui.operations.image_list import RECENT
from machete_tui.operations.registry import operation
from machete_tui.operations.resource_views import CacheRow


@dataclass(frozen=True, slots=True)
class ListCache:
    """No choice: every record."""


@operation("cache.list", "list the build cache: what each record is of, its size, when it was used")
def list_cache(ctx: Context, request: ListCache, cancel: Cancel) -> Iterator[Event]:
    """List records, the largest first; the engine measures for it."""
    records = ctx.engine.resources.usage(RECENT).cache
    rows = [cache_row(r) for r in sorted(records, key=lambda r: (-r.size, r.id))]
    yield Result(Listing(tuple(rows), "the build cache is empty"))


def cache_row(record: CacheRecord) -> CacheRow:
    """Return a record as lists show it."""
    return CacheRow(
        id=record.id,
        kind=record.kind,
        size=record.size,
        used=record.used or record.created,
        uses=record.uses,
        state="in use" if record.in_use else "shared" if record.shared else "",
        text=record.text,
        created=record.created,
    )
