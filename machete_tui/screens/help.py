"""Every key that works on the screen below, made from its bindings."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from machete_tui.ui.dialogs.base import Dialog

TITLES = {
    "service": "Services",
    "services": "Services",
    "list": "Lists",
    "history": "History",
    "deployment": "Deployment",
    "log": "Log",
    "text": "Text",
    "screen": "Screen",
    "section": "Sections",
    "app": "Everywhere",
}


class HelpScreen(Dialog[None]):
    """Keys, their words and what they do, in groups by the first part of the binding's id."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,q", "give_up", "Close", show=False, id="help.close", tooltip="close the help"),
    ]

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._groups = groups(below)

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Keys"
            box.border_subtitle = "Esc closes"
            with VerticalScroll():
                for title, lines in self._groups:
                    yield Static(title, classes="title")
                    for keys, text in lines:
                        key = Content.styled(f"  {keys:<14}", "bold $primary")
                        yield Static(key + Content(text), classes="help-line")


def groups(screen: Screen[object]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (title, [(keys, what they do)]) for every binding that works on ``screen`` now."""
    found: dict[str, dict[str, tuple[list[str], str]]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not active.enabled:
            continue
        title = TITLES.get(binding.id.partition(".")[0], binding.id.partition(".")[0].capitalize())
        text = binding.tooltip or binding.description
        keys, _ = found.setdefault(title, {}).setdefault(binding.id, ([], text))
        keys.append(screen.app.get_key_display(binding))
    order = [*dict.fromkeys(TITLES.values())]
    titles = sorted(found, key=lambda t: order.index(t) if t in order else -1)
    return [(t, [(" ".join(keys), text) for keys, text in found[t].values()]) for t in titles]
