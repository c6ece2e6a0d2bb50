"""What machete needs of this machine: each thing checked, and how to mend what is missing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from machete_tui.core.results import Listing
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.listing import columns_of
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import Column, clean
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table

CHECKING = Notice(
    "Checking the machine…", "Engine, compose, buildx, Git, permissions, disk, registry: a few seconds."
)


class SystemScreen(MacheteScreen):
    """The doctor's findings."""

    CSS_PATH = "system.tcss"
    section = "system"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reload", "Check again", id="system.check", tooltip="check everything again"),
        Binding(
            "i",
            "setup",
            "Install",
            id="system.setup",
            tooltip="install what is missing; shows first what it would do",
        ),
        Binding("p", "ports", "Ports", id="system.ports", tooltip="host ports that are held"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._table: Table[Any] = Table(
            (), key=lambda row: str(getattr(row, fields(row)[0].name)), marks=False
        )
        self._table.about = self._mend
        self._job: Job | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and the mend of the row under the cursor."""
        yield ListPane(self._table)
        yield Static(id="mend", markup=False)

    def on_mount(self) -> None:
        """Check."""
        self._table.focus()
        self.reload()

    def reload(self) -> None:
        """Check again."""
        if self._job is not None and self._job.running:
            return
        self._table.show(())
        self._table.say(CHECKING)
        self._job = self.shell.bridge.run("system.doctor", None, to=self, label="doctor")

    def on_job_ended(self, message: JobEnded) -> None:
        """Show the findings, which may come with an error, the ports, or the error alone."""
        job = message.job
        if job is not self._job:
            if job.error is not None:
                self.shell.show_error(job.error)
            else:
                self.shell.open_result("ports", job.value)
        elif isinstance(job.value, Listing):
            self._table.set_columns(_columns(job.value.rows))
            self._table.say(Notice("Nothing was checked"))
            self._table.show(job.value.rows)
            self._mend(self._table.cursor_row)
        elif job.error is not None:
            self._table.say(Notice.of(job.error))

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        self._mend(event.row)

    def _mend(self, row: Any) -> None:
        line = self.query_one("#mend", Static)
        mend = getattr(row, "mend", "")
        line.set_class(bool(mend), "-mend")
        found = clean(str(getattr(row, "found", "")))
        line.update(f"{found}\n→ {clean(mend)}" if mend else found)

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        self.shell.open_text(
            "check", "\n".join(f"{f.name}: {getattr(event.row, f.name)}" for f in fields(event.row))
        )

    def action_reload(self) -> None:
        """Check again."""
        self.reload()

    def action_setup(self) -> None:
        """Open the form of what installs."""
        self.shell.invoke("system.setup")

    def action_ports(self) -> None:
        """List the ports that are held."""
        self.shell.bridge.run("port.list", None, to=self, label="ports")


def _columns(rows: tuple[Any, ...]) -> list[Column[Any]]:
    """Return the columns of findings: what was found has the room; the mend is in the line below too."""
    widths = {"found": 44, "mend": 24}
    return [replace(c, width=widths[c.id], grow=1) if c.id in widths else c for c in columns_of(rows)]
