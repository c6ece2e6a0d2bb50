"""``engine.events``: what happens on the engine, to any object, whoever does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import EngineUnavailable
from machete_tui.core.events import Event, Result, Rows
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import Happening
from machete_tui.core.results import Listing
from machete_tui.operations.image_list import Matcher
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import HappeningRow

HOUR = 3600.0
_NOISE = ("exec_create", "exec_start", "exec_die", "exec_detach", "top")
_SAID = ("exitCode", "signal", "image", "container", "driver", "type")


@dataclass(frozen=True, slots=True)
class EngineEvents:
    """Which events."""

    follow: bool = arg("go on as they come", default=False)
    since: float = arg("from this long ago; default 1h, with --follow from now", default=-1.0, kind="span")
    kind: tuple[str, ...] = arg(
        "only of this kind of object, repeatable: container, image, volume, network, …",
        default=(),
        metavar="KIND",
    )
    filter: str = arg("only names that match this regular expression; ! inverts", default="")
    all: bool = arg("also the runs of health checks, which come often", default=False)


@operation("engine.events", "list what happened on the engine, or follow it", follows=True)
def engine_events(ctx: Context, request: EngineEvents, cancel: Cancel) -> Iterator[Event]:
    """List the events of a span, or with ``follow`` yield them in batches until cancelled.

    The engine keeps only its last few hundred. Raises EngineUnavailable when it goes away meanwhile.
    """
    wanted = Matcher(request.filter)
    now = ctx.clock.now()
    span = HOUR if request.since < 0 and not request.follow else max(request.since, 0.0)
    since = now - span if span else 0.0
    stream = ctx.engine.resources.events(since, 0.0 if request.follow else now)
    found: list[HappeningRow] = []
    with cancel.closing(stream.close):
        for batch in stream:
            rows = tuple(_rows(batch, request, wanted))
            if not request.follow:
                found += rows
            elif rows:
                yield Rows(rows)
    if request.follow:
        raise EngineUnavailable(
            "the engine closed its event stream", "see whether it runs: systemctl status docker"
        )
    yield Result(Listing(tuple(found), "nothing happened in that time"))


def _rows(batch: Iterable[Happening], request: EngineEvents, wanted: Matcher) -> Iterator[HappeningRow]:
    for event in batch:
        quiet = event.action.startswith(_NOISE) and not request.all
        if not quiet and (not request.kind or event.kind in request.kind) and wanted(event.name):
            yield happening_row(event)


def happening_row(event: Happening) -> HappeningRow:
    """Return an event as lists show it, with what of its attributes says most."""
    said = [f"{key}={event.attributes[key]}" for key in _SAID if event.attributes.get(key)]
    return HappeningRow(event.at, event.kind, event.action, event.name, " ".join(said), event.id)
