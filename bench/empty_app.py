"""The peer of start-up: a Textual app with one label and nothing else."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Label


class EmptyApp(App[None]):
    """One label."""

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Label("empty-and-ready")


if __name__ == "__main__":
    EmptyApp().run()
