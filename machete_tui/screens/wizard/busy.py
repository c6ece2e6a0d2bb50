"""One line about what runs now: the step's name and its time, and how to stop it."""

from __future__ import annotations

from time import monotonic

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from machete_tui.ui.jobs import Job
from machete_tui.ui.widgets.cells import clean

_PATIENCE = 0.3
"""Seconds before anything is shown: what is faster would only flicker."""


class Busy(Static):
    """Shown while a job runs; hidden otherwise.

    Args:
        stop: what the operator may do meanwhile (``Esc stops it``).
    """

    DEFAULT_CSS = """
    Busy { height: 1; display: none; color: $accent; }
    """

    def __init__(self, stop: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id)
        self._stop = stop
        self._job: Job | None = None
        self._timer: Timer | None = None

    @property
    def job(self) -> Job | None:
        """The job that it tells of."""
        return self._job

    def follow(self, job: Job) -> None:
        """Tell of this job until it ends."""
        self._job = job
        if self._timer is None:
            self._timer = self.set_interval(0.1, self._look)

    def done(self) -> None:
        """Tell no more."""
        self._job = None
        self.display = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def spent(self, job: Job) -> float:
        """Return how long the job runs, in seconds."""
        return monotonic() - job.started

    def _look(self) -> None:
        job = self._job
        if job is None or not job.running:
            self.done()
            return
        seconds = self.spent(job)
        if seconds < _PATIENCE:
            return
        current = job.progress.current
        title = current.title if current else job.label
        spent = f"  {seconds:.0f}s" if seconds >= 1 else ""
        self.update(
            Content.assemble(
                f"▸ {clean(title)} …{spent}",
                Content.styled(f"   {self._stop}" if self._stop else "", "$quiet"),
            )
        )
        self.display = True
