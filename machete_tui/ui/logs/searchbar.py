"""The line below a log in which one types what to look for."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

WAIT = 0.12
"""Seconds without a key after which a search begins."""


class SearchBar(Horizontal):
    """Hidden until opened; says what was typed, and when it is meant to stay."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1; display: none; background: $surface;
        &.-open { display: block; }
        & .search-sign { width: auto; padding: 0 0 0 1; color: $accent; text-style: bold; }
        & .search-said { width: auto; padding: 0 1; color: $quiet; }
        & Input { width: 1fr; }
    }
    """

    @dataclass
    class Typed(Message):
        """What is looked for; ``kept`` when Enter was pressed."""

        text: str
        kept: bool

    def __init__(self) -> None:
        super().__init__()
        self._sign = Static("/", classes="search-sign", markup=False)
        self._input = Input(compact=True, placeholder="regular expression, ! inverts")
        self._said = Static(classes="search-said", markup=False)
        self._timer: Timer | None = None

    @property
    def text(self) -> str:
        """What stands in it."""
        return self._input.value

    def compose(self) -> ComposeResult:
        """The sign, what is typed, what came of it."""
        yield self._sign
        yield self._input
        yield self._said

    def on_mount(self) -> None:
        """The line takes no part in moving between widgets until it is opened."""
        self._input.disabled = True

    def open(self, sign: str = "/") -> None:
        """Show it and type."""
        self._sign.update(sign)
        self.add_class("-open")
        self._input.disabled = False
        self._input.focus()

    def close(self, *, drop: bool = False) -> bool:
        """Hide it, empty it if told; return whether it was open or held anything."""
        was = self.has_class("-open") or bool(self._input.value)
        if drop:
            with self.prevent(Input.Changed):
                self._input.value = ""
            self.say("")
        self._input.disabled = True
        self.set_class(bool(self._input.value), "-open")
        return was

    def say(self, text: str) -> None:
        """Tell what came of it."""
        self._said.update(text)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(WAIT, lambda: self.post_message(self.Typed(self.text, False)))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self.post_message(self.Typed(self.text, True))
