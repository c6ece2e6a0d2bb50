"""The line at the bottom: the keys that do something here, as many as fit, most useful first."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

LAST = ("escape", "question_mark")
"""Keys that always have room, at the end."""


class KeyBar(Widget):
    """Keys and words of the screen's bindings with ``show``; a click does what the key does."""

    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = "KeyBar { height: 1; width: 1fr; padding: 0 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[tuple[int, str]] = []
        self._last: list[tuple[str, str, str]] = []

    def on_mount(self) -> None:
        """Follow the focus and what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._look())

    def _keys(self) -> list[tuple[str, str, str]]:
        found: dict[str, tuple[str, str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description and binding.action not in found:
                found[binding.action] = (self.app.get_key_display(binding), binding.description, binding.key)
        return list(found.values())

    def _look(self) -> None:
        if self._keys() != self._last:
            self.refresh()

    def render(self) -> RenderResult:
        """Return the keys that fit; the way back and ``?`` for the rest are always among them."""
        width = self.content_size.width
        self._last = self._keys()
        last = [k for k in self._last if k[2] in LAST]
        others = [k for k in self._last if k[2] not in LAST]
        tail = sum(len(k[0]) + len(k[1]) + 3 for k in last)
        line = Content("")
        self._ends = []
        for shown, word, key in others:
            piece = Content.styled(shown, "bold $primary") + Content.styled(f" {word}", "$quiet")
            if line.cell_length + piece.cell_length + 2 + tail > width:
                break
            line += piece + Content("  ")
            self._ends.append((line.cell_length, key))
        for shown, word, key in last:
            line += Content.styled(shown, "bold $primary") + Content.styled(f" {word}  ", "$quiet")
            self._ends.append((line.cell_length, key))
        return line

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for end, key in self._ends:
            if event.x - 1 < end:
                self.app.simulate_key(key)
                return
