"""Operations in threads, their events on the loop, cancelling, and faults that become errors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from machete_tui import context
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, Conflict
from machete_tui.core.events import Event, Lines, Note, Result
from machete_tui.core.settings import Settings
from machete_tui.operations import registry
from machete_tui.operations.registry import Operation
from machete_tui.operations.requests import Name
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.jobs import Job, JobEnded, JobProgress, UnexpectedError

Generate = Callable[[Context, Any, Cancel], Iterator[Event]]


class Stand(App[None]):
    """An app that only hears of jobs."""

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self.ctx = ctx
        self.heard: list[Event] = []
        self.batches = 0
        self.ended: list[Job] = []
        self.reported: list[Job] = []

    def on_mount(self) -> None:
        self.bridge = Bridge(lambda: self.ctx, lambda: None, self.reported.append)

    def on_job_progress(self, message: JobProgress) -> None:
        self.batches += 1
        self.heard += message.events

    def on_job_ended(self, message: JobEnded) -> None:
        self.ended.append(message.job)


@pytest.fixture
def app(tmp_path: Path) -> Stand:
    settings = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache")
    return Stand(context.in_memory(settings, FrozenClock()))


@pytest.fixture
def operation(monkeypatch: pytest.MonkeyPatch) -> Callable[[Generate], None]:
    """Put a generator in the registry's place for ``service.restart``."""

    def put(run: Generate) -> None:
        made = Operation("service.restart", "for a test", Name, run, "operator", True, False, False)
        monkeypatch.setattr(registry, "find", lambda name: made)

    return put


async def test_events_come_in_order_and_the_result_at_the_end(
    app: Stand, operation: Callable[[Generate], None]
) -> None:
    def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        yield Note(f"begin {request.name}")
        for i in range(1000):
            yield Lines((str(i),), "build")
        yield Result("the value")

    operation(run)
    async with app.run_test() as pilot:
        job = app.bridge.run("service.restart", Name("shop"), to=app)
        assert list(app.bridge.jobs) == [job]
        await app.bridge.settled()
        await pilot.pause()
        assert app.heard[0] == Note("begin shop")
        lines = [line for event in app.heard if isinstance(event, Lines) for line in event.lines]
        assert lines == [str(i) for i in range(1000)]
        assert app.batches < 20
        assert (job.state, job.value, job.subject, job.changes) == ("done", "the value", "shop", True)
        assert app.ended == [job] == app.reported
        assert list(app.bridge.jobs) == []


async def test_a_known_error_ends_the_job_with_it(app: Stand, operation: Callable[[Generate], None]) -> None:
    def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        yield Note("begin")
        raise Conflict("shop is being deployed", "wait for it")

    operation(run)
    async with app.run_test() as pilot:
        job = app.bridge.run("service.restart", Name("shop"), to=app)
        await app.bridge.settled()
        await pilot.pause()
        assert job.state == "failed"
        assert isinstance(job.error, Conflict)
        assert app.heard == [Note("begin")]


async def test_a_fault_of_the_program_becomes_an_error_and_a_line_in_the_log(
    app: Stand, operation: Callable[[Generate], None]
) -> None:
    def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        yield Note("begin")
        raise ZeroDivisionError("oops")

    operation(run)
    async with app.run_test():
        job = app.bridge.run("service.restart", Name("shop"), to=app)
        await app.bridge.settled()
        assert isinstance(job.error, UnexpectedError)
        assert "oops" in job.error.what
    logs = "".join(p.read_text() for p in app.ctx.settings.state_dir.rglob("*.log*"))
    assert "ZeroDivisionError" in logs


async def test_cancelling_wakes_a_blocked_read_without_blocking_the_loop(
    app: Stand, operation: Callable[[Generate], None]
) -> None:
    reading, closed = threading.Event(), threading.Event()

    def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        with cancel.closing(closed.set):
            reading.set()
            closed.wait(30)
        yield Result("never")

    operation(run)
    async with app.run_test():
        job = app.bridge.run("service.restart", Name("shop"), to=app)
        assert await asyncio.to_thread(reading.wait, 10)
        app.bridge.cancel(job)
        await app.bridge.settled()
        assert job.state == "cancelled"
        assert isinstance(job.error, Cancelled)


async def test_a_screen_that_is_gone_leaves_the_report_to_the_app(
    app: Stand, operation: Callable[[Generate], None]
) -> None:
    from textual.widgets import Static

    go = threading.Event()

    def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        go.wait(30)
        yield Result("done")

    operation(run)
    async with app.run_test() as pilot:
        node = Static()
        await app.mount(node)
        job = app.bridge.run("service.restart", Name("shop"), to=node)
        assert job.quiet
        await node.remove()
        await pilot.pause()
        go.set()
        await app.bridge.settled()
        assert not job.quiet
        assert app.reported == [job]


async def test_leaving_waits_for_no_thread(app: Stand, operation: Callable[[Generate], None]) -> None:
    forever = threading.Event()

    def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
        forever.wait(30)
        yield Result(None)

    operation(run)
    async with app.run_test():
        app.bridge.run("service.restart", Name("shop"))
        app.bridge.cancel_all()
    threads = [t for t in threading.enumerate() if t.name == "restart shop"]
    assert all(t.daemon for t in threads)
    forever.set()
