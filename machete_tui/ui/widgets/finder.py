"""Lines with a line below them to look for something in them."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from machete_tui.ui.widgets.lines import Lines


class Finder(Vertical):
    """``/`` opens the line; what matches is marked, ``n`` and ``N`` go from one to the next."""

    DEFAULT_CSS = """
    Finder {
        height: 1fr; width: 1fr;
        & > .finder { height: 1; display: none; background: $surface; }
        &.-typing > .finder, &.-found > .finder { display: block; }
        & .finder-sign { width: auto; padding: 0 0 0 1; color: $accent; text-style: bold; }
        & .finder-said { width: auto; padding: 0 1; color: $quiet; }
        & Input { width: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "find", "Find", key_display="/", id="text.find", tooltip="mark what matches; n, N go on"
        ),
    ]

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self.lines = lines
        self._input = Input(compact=True, placeholder="regular expression, ! inverts")
        self._said = Static(classes="finder-said", markup=False)

    def compose(self) -> ComposeResult:
        """The lines, then the line."""
        yield self.lines
        with Horizontal(classes="finder"):
            yield Static("/", classes="finder-sign")
            yield self._input
            yield self._said

    def on_mount(self) -> None:
        """The line takes no part in moving between widgets until it is opened."""
        self._input.disabled = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer it where there is text, and not while it is typed."""
        return action != "find" or (self.lines.count > 0 and not self.has_class("-typing"))

    def action_find(self) -> None:
        """Open the line."""
        self.add_class("-typing")
        self._input.disabled = False
        self.screen.set_focus(self._input)  # now: what is typed next belongs to it

    def clear(self) -> bool:
        """Drop what is marked; return whether anything was."""
        if not (self.has_class("-typing") or self._input.value):
            return False
        self._input.value = ""
        self.lines.find("")
        self._close()
        return True

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        found = self.lines.find(event.value)
        word = "not a valid expression" if found < 0 else f"{found} line{'s' * (found != 1)}"
        self._said.update(f"{word} · Enter keeps, n N go on, Esc drops" if event.value else "")

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        self._close()
        self.lines.action_next(-1 if self.lines.following else 1)

    def _close(self) -> None:
        self.remove_class("-typing")
        self.set_class(bool(self._input.value), "-found")
        self._input.disabled = True
        self.lines.focus()
