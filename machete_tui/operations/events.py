"""``event.list``: the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled
from machete_tui.core.events import Event, Result, Rows
from machete_tui.core.models import EventRecord
from machete_tui.core.results import Listing
from machete_tui.operations.bounds import check_limit
from machete_tui.operations.registry import operation
from machete_tui.operations.requests import ListEvents
from machete_tui.operations.views import EventRow

POLL = 0.5
"""Seconds between two looks at the table when following: another process may write it."""


@operation(
    "event.list",
    "list what was done: who, what, when, on which service, how it ended",
    follows=True,
    check=check_limit,
)
def list_events(ctx: Context, request: ListEvents, cancel: Cancel) -> Iterator[Event]:
    """List rows, newest first; with ``follow`` the oldest first and then new ones until cancelled."""
    limit = max(request.limit, 1)
    found = ctx.store.events.last(limit, service=request.name, after=request.after)
    if not request.follow:
        yield Result(Listing(tuple(_row(e) for e in found), "nothing was done yet"))
        return
    after = request.after
    while True:
        if found:
            after = found[0].seq
            yield Rows(tuple(_row(e) for e in reversed(found)))
        if cancel.wait(POLL):
            raise Cancelled("stopped following")
        found = ctx.store.events.last(1000, service=request.name, after=after)


def _row(event: EventRecord) -> EventRow:
    return EventRow(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        action=event.action,
        service=event.service,
        outcome=event.outcome,
        seconds=event.seconds,
        detail=event.detail,
    )
