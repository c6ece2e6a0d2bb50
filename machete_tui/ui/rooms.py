"""What the app opens: screens, dialogs, results. Mixed into the app; holds nothing of its own."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from machete_tui.core.errors import MacheteError
from machete_tui.core.results import Listing
from machete_tui.ui.jobs import Job
from machete_tui.ui.shell import Shell


class Rooms(Shell):
    """The part of the shell that opens something; each screen is imported when it is first opened."""

    def show_error(self, error: MacheteError, subject: str = "") -> None:
        """Open the error dialog, and keep the error among what happened."""
        from machete_tui.ui.dialogs.error import ErrorDialog

        self.record(error.what, error.title, "error")
        self.push_screen(ErrorDialog(error, subject=subject))

    def confirm(self, screen: Any, then: Callable[[], None]) -> None:
        """Open a confirmation; call ``then`` only after a deliberate yes."""
        self.push_screen(screen, lambda answer: then() if answer else None)

    def go(self, section: str) -> None:
        """Go to a section, where it was left."""
        self.switch_mode(section)

    def open_service(self, name: str, tab: str = "") -> None:
        """Open the service's own screen, unless it is open already."""
        if not (self.screen.name == "service" and getattr(self.screen, "heading", "") == name):
            self.open_screen("service", "ServiceScreen", name, tab)

    def open_logs(self, *targets: str) -> None:
        """Open the logs of services, or of containers as ``container:NAME``, together."""
        self.open_screen("logs", "LogsScreen", *targets)

    def open_metrics(self, kind: str, name: str) -> None:
        """Open the charts of a service or a container; no name for the machine."""
        self.open_screen("metric", "MetricScreen", kind, name)

    def open_history(self, name: str) -> None:
        """Open the deployments of a service."""
        self.open_screen("history", "HistoryScreen", name)

    def open_progress(self, job: Job) -> None:
        """Open the progress of a job."""
        self.open_screen("progress", "ProgressScreen", job)

    def open_text(self, title: str, text: str, *, kind: str = "") -> None:
        """Open a text to read."""
        self.open_screen("viewer", "ViewerScreen", title, text, kind)

    def open_result(self, title: str, value: Any) -> None:
        """Open what an operation answered."""
        if isinstance(value, Listing) and not value.lines:
            self.open_screen("result", "ResultScreen", title, value)
        else:
            from machete_tui.ui.answer import text_of

            self.open_text(title, text_of(value))

    def invoke(self, name: str, subject: str = "") -> None:
        """Do what choosing this operation in the palette does."""
        from machete_tui.operations.registry import find
        from machete_tui.ui.invoke import invoke

        invoke(self, find(name), subject)

    def deploy(self, name: str, request: Any, label: str = "") -> Job:
        """Run an operation that deploys and show its progress."""
        job = self.bridge.run(name, request, label=label, quiet=True)
        self.open_progress(job)
        return job

    def open_screen(self, module: str, screen: str, *args: Any) -> None:
        """Open a screen of a module of ``machete_tui.screens``."""
        self.push_screen(getattr(import_module(f"machete_tui.screens.{module}"), screen)(*args))

    def action_help(self) -> None:
        """Show every key that works here."""
        self.open_screen("help", "HelpScreen", self.screen)

    def action_tour(self) -> None:
        """Show the tour of the first start."""
        self.open_screen("tour", "Tour")

    def action_notifications(self) -> None:
        """List what happened since the start."""
        if self.screen.name != "notifications":
            self.open_screen("notifications", "NotificationsScreen")

    def action_jobs(self) -> None:
        """Choose one of the jobs that run and show its progress."""
        from machete_tui.ui.dialogs.choose import Choose, Option

        jobs = {str(i): job for i, job in enumerate(self.bridge.jobs) if job.changes}

        def chosen(key: str | None) -> None:
            if key is not None:
                self.open_progress(jobs[key])

        options = [Option(key, job.label) for key, job in jobs.items()]
        self.push_screen(Choose("What runs now", options, empty="Nothing runs."), chosen)
