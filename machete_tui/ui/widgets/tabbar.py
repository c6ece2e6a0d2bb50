"""One line of tabs; the screen changes what stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class TabBar(Widget):
    """Tabs by (id, title); the open one is in brackets."""

    DEFAULT_CSS = "TabBar { height: 1; width: 1fr; padding: 0 1; background: $surface; }"

    @dataclass
    class Opened(Message):
        """Another tab is open."""

        tab: str

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._tabs = list(tabs)
        self.open_id = self._tabs[0][0]
        self._ends: list[tuple[int, str]] = []

    def show(self, tab: str) -> None:
        """Open a tab."""
        if tab != self.open_id:
            self.open_id = tab
            self.refresh()
            self.post_message(self.Opened(tab))

    def step(self, by: int) -> None:
        """Open the next or the previous tab, round and round."""
        ids = [tab for tab, _ in self._tabs]
        self.show(ids[(ids.index(self.open_id) + by) % len(ids)])

    def render(self) -> RenderResult:
        """Return the line."""
        line = Content("")
        self._ends = []
        for tab, title in self._tabs:
            here = tab == self.open_id
            text = f"[{title}]" if here else f" {title} "
            line += Content.styled(text, "bold $primary" if here else "$quiet") + Content(" ")
            self._ends.append((line.cell_length, tab))
        return line

    def on_click(self, event: events.Click) -> None:
        """Open the tab clicked."""
        for end, tab in self._ends:
            if event.x - 1 < end:
                self.show(tab)
                return
