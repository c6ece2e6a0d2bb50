"""Runs operations in threads and brings what they say to the event loop, in batches.

    job = self.shell.bridge.run("service.restart", Name("shop"), to=self)

The node named by ``to`` gets :class:`~machete_tui.ui.jobs.JobProgress` messages while it runs and one
:class:`~machete_tui.ui.jobs.JobEnded`. Without ``to`` the app itself reports the outcome: a line for
``Done``, a dialog for an error. Handlers own all state; nothing here touches a widget.

The threads are daemons of our own and not Textual's workers, because Python joins a worker's pool
when it exits: one blocked read would hold the terminal. Here leaving waits for nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from textual.dom import DOMNode

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, MacheteError
from machete_tui.core.events import Event, Result
from machete_tui.ui.jobs import Buffer, Job, JobEnded, JobProgress, UnexpectedError
from machete_tui.ui.loop import Loop

FLUSH_SECONDS = 0.04
"""Shortest time between two batches of one job: 25 a second is what an eye follows."""

Generate = Callable[[Context, Any, Cancel], Iterator[Event]]


class Bridge:
    """All jobs of the app.

    Attributes:
        must_ask: tells whether a job may begin only after a question.
        ask: asks it, for all jobs that were begun at once, and calls back with the answer.

    Args:
        context: gives the context to a thread.
        changed: called on the event loop when a job began or ended.
        ended: called on the event loop for each job that ended, after its own watchers were told.
    """

    def __init__(
        self,
        context: Callable[[], Context],
        changed: Callable[[], None],
        ended: Callable[[Job], None],
    ) -> None:
        self._context = context
        self._changed = changed
        self._ended = ended
        self._loop = Loop()
        self._jobs: list[Job] = []
        self._held: list[tuple[Job, Generate]] = []
        self.must_ask: Callable[[Job], bool] = lambda job: False
        self.ask: Callable[[tuple[Job, ...], Callable[[bool], None]], None] = lambda jobs, go: go(True)
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Those that run now, oldest first."""
        return tuple(self._jobs)

    def of(self, service: str) -> Job | None:
        """Return the running job that changes this service, or None."""
        return next((j for j in self._jobs if j.subject == service and j.changes), None)

    def run(
        self,
        name: str,
        request: Any,
        *,
        to: DOMNode | None = None,
        label: str = "",
        subject: str | None = None,
        quiet: bool | None = None,
        on_end: Callable[[Job], None] | None = None,
    ) -> Job:
        """Run an operation of the registry by its name.

        Args:
            name: ``service.restart``.
            request: its request; None for one of defaults only.
            to: the node that gets the messages.
            label: what people read while it runs; default: verb and subject.
            subject: service it acts on; default: the request's ``name``.
            quiet: whether the app leaves reporting to the node; default: when there is one.
            on_end: called on the event loop when it ended.

        Returns:
            The job, running.
        """
        subject = getattr(request, "name", "") if subject is None else subject

        def generate(context: Context, _: Any, cancel: Cancel) -> Iterator[Event]:
            from machete_tui.operations.registry import find

            operation = find(name)
            follows = operation.follows and bool(getattr(request, "follow", False))
            self._loop.post(self._know, job, operation.changes, follows)
            asked = operation.request() if request is None else request
            if operation.changes and not getattr(asked, "dry_run", False):
                from machete_tui.operations.reconcile import before_change

                yield from before_change(context)
            yield from operation.run(context, asked, cancel)

        job = Job(
            name,
            request,
            label or f"{name.partition('.')[2]} {subject}".strip(),
            subject if isinstance(subject, str) else "",
            quiet=(to is not None) if quiet is None else quiet,
            on_end=on_end,
        )
        return self._start(job, generate, to)

    def call(
        self,
        label: str,
        function: Callable[[Context, Cancel], Any],
        *,
        to: DOMNode | None = None,
        on_end: Callable[[Job], None] | None = None,
    ) -> Job:
        """Run a blocking function that is not an operation; its return value becomes the job's value."""

        def generate(context: Context, _: Any, cancel: Cancel) -> Iterator[Event]:
            yield Result(function(context, cancel))

        job = Job(label, None, label, quiet=to is not None or on_end is not None, on_end=on_end)
        return self._start(job, generate, to)

    def cancel(self, job: Job) -> None:
        """Cancel a job without waiting: closing its stream may block, so a thread does it."""
        threading.Thread(target=job.cancel.cancel, daemon=True).start()

    def cancel_all(self) -> None:
        """Cancel every job."""
        for job in self._jobs:
            self.cancel(job)

    async def settled(self) -> None:
        """Wait until no job runs but following ones (for tests and pictures)."""
        await self._idle.wait()

    def _start(self, job: Job, generate: Generate, to: DOMNode | None) -> Job:
        job.started = time.monotonic()
        if to is not None:
            job.watch(to)
        self._jobs.append(job)
        self._note_idle()
        if self.must_ask(job):
            self._held.append((job, generate))
            if len(self._held) == 1:
                self._loop.later(0, self._ask_held)
        else:
            self._thread(job, generate)
        self._changed()
        return job

    def _thread(self, job: Job, generate: Generate) -> None:
        threading.Thread(target=self._work, args=(job, generate), name=job.label, daemon=True).start()

    def _ask_held(self) -> None:
        """Ask once for all that were begun together; they wait as running jobs."""
        held, self._held = self._held, []

        def go(agreed: bool) -> None:
            for job, generate in held:
                if agreed and not job.cancel.cancelled:
                    self._thread(job, generate)
                else:
                    refused = Cancelled(f"{job.label} was not confirmed; nothing was changed")
                    self._end(job, Buffer(), None, refused)

        self.ask(tuple(job for job, _ in held), go)

    def _work(self, job: Job, generate: Generate) -> None:
        buffer = Buffer()
        value: Any = None
        error: MacheteError | None = None
        try:
            context = self._context()
            try:
                for event in generate(context, job.request, job.cancel):
                    if isinstance(event, Result):
                        value = event.value
                    elif buffer.put(event, job.cancel):
                        self._loop.post(self._drain, job, buffer)
            finally:
                with contextlib.suppress(Exception):
                    context.store.close()
        except MacheteError as caught:
            error = caught
        except Exception as caught:
            error = Cancelled("cancelled") if job.cancel.cancelled else self._unexpected(job, caught)
        self._loop.post(self._end, job, buffer, value, error)

    def _unexpected(self, job: Job, caught: Exception) -> MacheteError:
        text = "".join(traceback.format_exception(caught))
        with contextlib.suppress(Exception):
            self._context().log.write("error", f"{job.name} failed unexpectedly", traceback=text)
        return UnexpectedError(
            f"{job.label}: {type(caught).__name__}: {caught}",
            "this is a fault of machete-tui; the diagnostic log in the state directory has the details",
            log=tuple(text.rstrip().splitlines()[-12:]),
        )

    def _know(self, job: Job, changes: bool, follows: bool) -> None:
        """Note what the registry says of the job; looked up in its thread, for imports take time."""
        job.changes, job.follows = changes, follows
        self._note_idle()
        if changes:
            self._changed()

    def _drain(self, job: Job, buffer: Buffer) -> None:
        """Deliver what waits, and look again after a moment rather than for each event."""
        self._loop.later(FLUSH_SECONDS, self._deliver, job, buffer)

    def _deliver(self, job: Job, buffer: Buffer) -> None:
        events = buffer.take()
        if not events:
            return
        job.progress.apply(events)
        for node in tuple(job.watchers):
            if not node.post_message(JobProgress(job, events)):
                job.unwatch(node)

    def _end(self, job: Job, buffer: Buffer, value: Any, error: MacheteError | None) -> None:
        self._deliver(job, buffer)
        job.value, job.error = value, error
        job.state = "done" if error is None else "cancelled" if isinstance(error, Cancelled) else "failed"
        job.progress.end({"done": "done", "cancelled": "cancelled"}.get(job.state, "failed"))
        self._jobs.remove(job)
        if job.on_end is not None:
            job.on_end(job)
        heard = [node.post_message(JobEnded(job)) for node in tuple(job.watchers)]
        if job.quiet and job.changes and heard and not any(heard):
            job.quiet = False  # the screen that would have told is gone
        self._ended(job)
        self._changed()
        self._note_idle()

    def _note_idle(self) -> None:
        if any(not job.follows for job in self._jobs):
            self._idle.clear()
        else:
            self._idle.set()
