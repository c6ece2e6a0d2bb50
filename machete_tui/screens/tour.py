"""The tour of the first start: a few cards; Esc skips it, and it comes only once by itself."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice

CARDS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Welcome to machete",
        (
            ("", "Every service of this server stands in one list: how it is, where it answers, since when."),
            ("j k", "move"),
            ("Enter", "open one"),
            ("Esc", "go back"),
        ),
    ),
    (
        "Deploy",
        (
            (
                "",
                "A folder or Git repository becomes a service: looked at, built, run, proved to answer.",
            ),
            ("2", "the wizard: source, what was found, review"),
            ("", "Nothing is touched before its last step, and Esc leaves nothing behind."),
        ),
    ),
    (
        "Look, and act",
        (
            ("l", "the log, as it comes"),
            ("h", "history: what was deployed, the diff, the way back"),
            ("r s S", "restart, stop, start"),
            ("Space", "mark: every action works on the marked rows"),
            ("", "What loses something asks first, with Cancel focused."),
        ),
    ),
    (
        "Find everything",
        (
            (":", "every action, by name"),
            ("?", "every key that works where you are"),
            ("/", "filter a list, search a text"),
            ("M", "what was said since the start"),
            ("", "The same actions without a screen: machete-tui --run"),
        ),
    ),
)


class Tour(Dialog[None]):
    """One card at a time."""

    CSS_PATH = "tour.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,n,l", "turn(1)", "Next", show=False, id="tour.next", tooltip="next card"),
        Binding("left,p,h", "turn(-1)", "Back", show=False, id="tour.previous", tooltip="card before"),
        Binding("q", "give_up", "Skip", show=False, id="tour.skip", tooltip="skip the rest"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._at = 0

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(classes="dialog"):
            yield Static(id="card", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Skip", id="skip")
                yield Choice("Next", id="next")

    def on_mount(self) -> None:
        """Show the first card."""
        self.query_one("#next").focus()
        self._show()

    def action_turn(self, by: int) -> None:
        """Go to another card; after the last one the tour ends."""
        self._at = max(0, self._at + by)
        if self._at >= len(CARDS):
            self.dismiss(None)
        else:
            self._show()

    def _show(self) -> None:
        title, lines = CARDS[self._at]
        box = self.query_one(".dialog", Vertical)
        box.border_title = title
        box.border_subtitle = f"{self._at + 1} of {len(CARDS)} · Esc skips"
        text = Content("")
        for key, said in lines:
            line = Content.styled(f"  {key:<7}", "bold $primary") + Content(said) if key else Content(said)
            text += line + Content("\n")
        self.query_one("#card", Static).update(text.rstrip())

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        if event.choice.id == "skip":
            self.dismiss(None)
        else:
            self.action_turn(1)
