"""A log view alone in an app, over a spool that a test fills."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.pilot import Pilot

from machete_tui.logs.spool import Spool
from machete_tui.ui.logs.pane import LogPane
from machete_tui.ui.logs.scroll import LogScroll
from machete_tui.ui.themes import THEMES
from tests.unit.logs.making import lines

NOW = 1767225600.0


class Stage(App[None]):
    """One pane; what it copies is kept."""

    CSS_PATH = str(Path(__file__).parents[3] / "machete_tui" / "styles" / "base.tcss")

    def __init__(self, folder: Path, **bounds: int) -> None:
        super().__init__()
        self.pane = LogPane(lambda: NOW, id="log")
        self.spool = Spool(folder, grown=self.pane.grown, **bounds)
        self.register_theme(THEMES[0])
        self.theme = THEMES[0].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"quiet": "#808a99"}

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.pane
            yield self.pane.bar

    def on_log_scroll_chosen(self, event: LogScroll.Chosen) -> None:
        self.pane.go_to(event.y, event.height)

    def on_mount(self) -> None:
        self.pane.open(self.spool)
        self.pane.focus()

    def add(self, *texts: str, source: str = "web", at: Sequence[float] = ()) -> None:
        """Append lines."""
        times = at or [NOW + self.spool.end + n for n in range(len(texts))]
        self.spool.append(self.spool.source(source), lines(*texts, at=times, container=source))

    def rows(self) -> list[str]:
        """Return what is seen."""
        width, height = self.pane.size
        return [
            "".join(segment.text for segment in self.pane.render_line(y))[:width].rstrip()
            for y in range(height)
        ]

    def bar(self) -> str:
        """Return the scroll bar's cells."""
        return "".join(text for text, _ in self.pane.bar.cells)


async def numbered(pilot: Pilot[Any], count: int) -> Stage:
    """Fill the stage with numbered lines and wait until they are seen."""
    from tests.ui.waiting import until

    app = pilot.app
    assert isinstance(app, Stage)
    await pilot.pause()
    for start in range(0, count, 500):
        app.add(*(f"line {n}" for n in range(start, min(start + 500, count))))
    await until(pilot, lambda: any(f"line {count - 1}" in row for row in app.rows()), "the last line")
    return app
