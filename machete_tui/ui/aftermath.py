"""Finishes or undoes what a crash left behind, as soon as the engine answers."""

from __future__ import annotations

from collections.abc import Callable

from machete_tui.core.context import Context
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job


class Aftermath:
    """Runs ``system.reconcile`` where there is something for it, and says what it did.

    Args:
        bridge: runs it.
        fleet: what is known of the services.
        tell: tells the operator one line; its second argument is true for a failure.
    """

    def __init__(self, bridge: Bridge, fleet: Callable[[], Fleet], tell: Callable[[str, bool], None]) -> None:
        self._bridge, self._fleet, self._tell = bridge, fleet, tell
        self._job: Job | None = None

    def look(self) -> None:
        """See whether something was left behind; without it nothing is imported, changed or said."""
        if self._job is None or not self._job.running:
            rows = self._fleet().rows
            ended = any(r.status in ("failed", "degraded") and r.containers < r.wanted for r in rows)
            self._job = self._bridge.call(
                "look for what a crash left",
                lambda context, _: not context.settings.read_only and (ended or left_behind(context)),
                on_end=self._looked,
            )

    def _looked(self, job: Job) -> None:
        if job.value is True:
            label = "put right what a crash left"
            self._job = self._bridge.run(
                "system.reconcile", None, label=label, quiet=True, on_end=self._ended
            )

    def _ended(self, job: Job) -> None:
        names = {row.name for row in self._fleet().rows}
        for note in job.progress.notes:
            if note.text.partition(":")[0] in names:
                self._tell(note.text, note.level == "error")
        if job.error is not None:
            self._tell(f"{job.error.title}: {job.error.what}", True)


def left_behind(context: Context) -> bool:
    """Return whether a deployment was begun by a process that is gone."""
    store = context.store
    return any(not store.held(deployment.service) for deployment in store.deployments.unfinished())
