"""Readings into a file, and the processes of a container: what both metrics screens offer."""

from __future__ import annotations

import os
import time
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import NotPermitted
from machete_tui.core.metrics import Subject
from machete_tui.core.results import Listing
from machete_tui.core.series import Window
from machete_tui.operations.metric_data import RANGES, recorded
from machete_tui.operations.metric_text import csv_of, json_of, rows_of
from machete_tui.ui.jobs import Job
from machete_tui.ui.screen import MacheteScreen


def offer_export(screen: MacheteScreen, subject: Subject, span: str) -> None:
    """Ask for the form, then write the readings of a time to a file and say where it is."""
    from machete_tui.ui.dialogs.choose import Choose, Option

    shell = screen.shell
    live: Window | None = None
    if RANGES[span].step == 1:
        live = shell.recorder.seconds(subject, shell.context.clock.now())

    def write(form: str | None) -> None:
        if form is None:
            return

        def work(context: Context, _: Cancel) -> Path:
            whole = live if live is not None else recorded(context, subject, RANGES[span])
            return written(context, subject, whole, span, form)

        shell.bridge.call(f"export {subject}", work, on_end=ended)

    def ended(job: Job) -> None:
        if job.error is not None:
            shell.show_error(job.error, str(subject))
        elif job.state == "done":
            shell.notify(f"written to {job.value}", title="Exported", timeout=8)

    options = [Option("csv", "CSV", "for a spreadsheet"), Option("json", "JSON", "for a program")]
    shell.push_screen(Choose(f"Export {subject}, {RANGES[span].title}", options), write)


def written(context: Context, subject: Subject, whole: Window, span: str, form: str) -> Path:
    """Write a file of its own in the current folder, or in the state directory where that cannot be."""
    rows = rows_of(subject, whole)
    text = csv_of(rows) if form == "csv" else json_of(rows)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(context.clock.now()))
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in str(subject))
    name = f"metrics-{safe}-{span}-{stamp}.{form}"
    problem = ""
    for folder in (Path(), context.settings.state_dir / "exports"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder.absolute() / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
        except OSError as error:
            problem = f"{folder}: {error.strerror}"
        else:
            return path
    raise NotPermitted(f"the readings cannot be written: {problem}", "start the app in a folder of your own")


def show_processes(screen: MacheteScreen, subject: Subject) -> None:
    """Open the processes inside a container."""
    shell = screen.shell
    if subject.kind != "container":
        shell.notify("processes are of a container: choose one (v changes the view)", timeout=4)
        return
    from machete_tui.operations.container_top import Top

    def ended(job: Job) -> None:
        if job.error is not None:
            shell.show_error(job.error, subject.name)
        elif isinstance(job.value, Listing):
            shell.open_result(f"processes in {subject.name}", job.value)

    shell.bridge.run("container.top", Top(subject.name, by="cpu"), subject="", quiet=True, on_end=ended)
