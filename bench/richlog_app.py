"""The peer of the log view: a Textual app that shows what a command prints in a RichLog.

python -m bench.richlog_app COMMAND ...
"""

from __future__ import annotations

import subprocess
import sys
import threading

from textual.app import App, ComposeResult
from textual.widgets import RichLog

LOT = 500


class RichLogApp(App[None]):
    """A RichLog that a thread fills in lots."""

    BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012 - as Textual declares it

    def compose(self) -> ComposeResult:
        """The log."""
        yield RichLog(max_lines=100_000)

    def on_mount(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert process.stdout is not None
        lot: list[str] = []
        for line in process.stdout:
            lot.append(line.rstrip("\n"))
            if len(lot) >= LOT or line.startswith(("ready", "FLOOD-END", "TICK")):
                self.call_from_thread(self._show, lot)
                lot = []

    def _show(self, lines: list[str]) -> None:
        log = self.query_one(RichLog)
        for line in lines:
            log.write(line)


if __name__ == "__main__":
    RichLogApp().run()
