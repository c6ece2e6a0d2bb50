"""Keys typed faster than the focus moves: what follows ``/`` in one go belongs to the line that it opened.

A key goes to the widget that has the focus when it arrives. On a slow line several arrive at once: of
``/redis`` the letters would reach the list before the filter line is open, and ``r`` would restart something.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from textual import events
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input


class TypeAhead(App[Any]):
    """Mixed into the app: hands such keys to the line that has the focus by now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed_at: WeakKeyDictionary[events.Key, Widget] = WeakKeyDictionary()

    async def on_event(self, event: events.Event) -> None:
        """Remember which widget a key goes to."""
        if isinstance(event, events.Key) and not event.is_forwarded and self.focused is not None:
            self._typed_at[event] = self.focused
        await super().on_event(event)

    async def _on_key(self, event: events.Key) -> None:
        """Do what a key means that no widget wanted, unless a line was opened since it was typed."""
        first, now = self._typed_at.get(event), self.focused
        if first is not None and first is not now and isinstance(now, Input):
            event.prevent_default()
            again = events.Key(event.key, event.character)
            self._typed_at[again] = now
            now._forward_event(again)
