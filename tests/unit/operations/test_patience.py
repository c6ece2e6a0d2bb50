"""What takes long is said once, and what nobody waits for any more is ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from machete_tui.context import LazyContext, in_memory
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.errors import Conflict
from machete_tui.core.events import Lines, Note
from machete_tui.core.settings import Settings
from machete_tui.operations.patience import patiently, watch_hint

SAID = watch_hint("start", "shop")


@pytest.fixture
def ctx(tmp_path: Path) -> LazyContext:
    return in_memory(Settings(state_dir=tmp_path / "state"), FrozenClock())


def test_output_comes_through_and_nothing_is_said_of_what_is_quick(ctx: LazyContext) -> None:
    events = list(patiently(ctx, iter([("one", "two"), ("three",)]), Cancel(), SAID))
    assert events == [Lines(("one", "two")), Lines(("three",))]


def test_silence_of_more_than_five_seconds_is_explained_once(ctx: LazyContext) -> None:
    def slow() -> Iterator[tuple[str, ...]]:
        for n in range(3):
            ctx.clock.sleep(4.0)
            yield (str(n),)

    events = list(patiently(ctx, slow(), Cancel(), SAID))
    assert [e.lines for e in events if isinstance(e, Lines)] == [("0",), ("1",), ("2",)]
    assert [e.text for e in events if isinstance(e, Note)] == [
        "start of shop goes on; watch it with `machete-tui --run service.show shop`"
    ]


def test_a_failure_is_raised_where_the_events_are_read(ctx: LazyContext) -> None:
    def failing() -> Iterator[tuple[str, ...]]:
        yield ("last words",)
        raise Conflict("no")

    events = patiently(ctx, failing(), Cancel(), SAID)
    assert next(events) == Lines(("last words",))
    with pytest.raises(Conflict):
        next(events)


def test_a_front_that_goes_away_ends_the_work_first(ctx: LazyContext) -> None:
    cancel, ended = Cancel(), threading.Event()

    def endless() -> Iterator[tuple[str, ...]]:
        yield ("begun",)
        while not cancel.wait(0.01):
            pass
        ended.set()

    events = patiently(ctx, endless(), cancel, SAID)
    next(events)
    events.close()
    assert ended.is_set()
