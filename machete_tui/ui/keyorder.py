"""Keys act in the order in which they were typed, however many arrive at once.

Over a slow line several keys come in one piece. Textual hands letters to the field that has the focus, but
runs a binding only after its key went up through every parent, and a call of ``focus()`` takes effect later
still: ``/rest`` would be four actions on the list instead of a filter, and ``Ctrl+N`` would overtake the
last letters of a field. Here one key is done, its focus included, before the next one is looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

from textual import events
from textual.app import App
from textual.widget import Widget

PATIENCE = 0.25
"""Seconds that a widget may take for a key before the next one is looked at all the same."""


class KeysInOrder(App[int]):
    """An app whose keys wait for each other.

    Attributes:
        typed: whether any key was pressed since the start.
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: deque[events.Key] = deque()
        self._key_goes_on = False
        self._typed_into: Widget | None = None
        self.typed = False

    async def on_event(self, event: events.Event) -> None:
        """Take a key at once, or after those that came before it."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self.typed = True
        if self._key_goes_on:
            self._keys.append(event)
        else:
            await self._take(event)

    async def _take(self, event: events.Key) -> None:
        self._key_goes_on = True
        try:
            await self._key(event)
        finally:
            self.call_later(self._next)  # behind whatever the key itself has put off

    async def _next(self) -> None:
        if self._keys:
            await self._take(self._keys.popleft())
        else:
            self._key_goes_on = False

    async def _key(self, event: events.Key) -> None:
        await self._letters_taken()
        self.app_focus = True
        focused = self.focused
        if focused is not None and not focused.check_consume_key(event.key, event.character):
            for priority in (True, False):
                if await self._check_bindings(event.key, priority):
                    return
        self._typed_into = focused
        await super().on_event(event)

    async def _letters_taken(self) -> None:
        """Wait until the widget that was given the last key has taken it."""
        widget, self._typed_into = self._typed_into, None
        if widget is None or not widget.is_attached:
            return
        taken = asyncio.Event()
        if widget.call_later(taken.set):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(taken.wait(), PATIENCE)
