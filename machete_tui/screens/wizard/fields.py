"""Fields of a form: a label, what is entered, a remark beside it, and what is wrong with it below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard.problems import Problem


@dataclass
class Edited(Message):
    """Something in a step was changed by the operator; ``field`` is its key."""

    field: str


class OneOf(Widget, can_focus=True):
    """A few words in one line of which one is chosen: Left and Right change it."""

    DEFAULT_CSS = """
    OneOf {
        height: 1; width: auto;
        &:focus { background: $block-cursor-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Other", show=False, id="oneof.left", tooltip="the choice before"),
        Binding("right,l", "step(1)", "Other", show=False, id="oneof.right", tooltip="the choice after"),
        Binding("space", "step(1, True)", "Other", show=False, id="oneof.turn", tooltip="the next choice"),
        Binding("down", "app.focus_next", show=False, id="oneof.next", tooltip="the next field"),
        Binding("up", "app.focus_previous", show=False, id="oneof.previous", tooltip="the field before"),
    ]

    value: reactive[str] = reactive("", layout=True)

    @dataclass
    class Changed(Message):
        """Another one was chosen."""

        oneof: OneOf
        value: str

        @property
        def control(self) -> OneOf:
            """The widget, for selectors."""
            return self.oneof

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        value: str,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._options = tuple(options)
        self.set_reactive(OneOf.value, value)

    def get_content_width(self, container: object, viewport: object) -> int:
        """All words with their signs and gaps."""
        return sum(len(label) + 4 for _, label in self._options)

    def render(self) -> Content:
        """The chosen one has a filled sign."""
        parts = []
        for key, label in self._options:
            chosen = key == self.value
            style = "bold $primary" if chosen else "$quiet"
            parts.append(Content.styled(f"{'●' if chosen else '○'} {label}  ", style))
        return Content.assemble(*parts)

    def action_step(self, by: int, around: bool = False) -> None:
        """Choose the neighbour."""
        keys = [key for key, _ in self._options]
        place = keys.index(self.value) + by if self.value in keys else 0
        place = place % len(keys) if around else max(0, min(place, len(keys) - 1))
        self._choose(keys[place])

    def on_click(self, event: events.Click) -> None:
        """Choose the word under the pointer."""
        at = 0
        for key, label in self._options:
            at += len(label) + 4
            if event.x < at:
                self._choose(key)
                return

    def _choose(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(self, value))


class Tick(Static, can_focus=True):
    """Something that is on or off: ``[x]``; Space changes it.

    Args:
        label: what it is.
        value: whether it is on.
    """

    DEFAULT_CSS = """
    Tick {
        width: 1fr; height: 1;
        &:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "turn", "On or off", key_display="Space", id="tick.turn", tooltip="turn it on or off"
        ),
        Binding("down,j", "app.focus_next", show=False, id="tick.next", tooltip="the next field"),
        Binding("up,k", "app.focus_previous", show=False, id="tick.previous", tooltip="the field before"),
    ]

    @dataclass
    class Changed(Message):
        """It was turned on or off."""

        value: bool

    def __init__(self, label: Content, value: bool) -> None:
        super().__init__()
        self._label = label
        self.value = value

    def on_mount(self) -> None:
        """Show how it stands."""
        self._paint()

    def on_click(self) -> None:
        """A click turns it."""
        self.action_turn()

    def action_turn(self) -> None:
        """Turn it on or off."""
        self.value = not self.value
        self._paint()
        self.post_message(self.Changed(self.value))

    def _paint(self) -> None:
        self.update(Content("[x] " if self.value else "[ ] ") + self._label)


class Field(Vertical):
    """One labelled line of input.

    Args:
        key: what problems and edits call it (``web.port``).
        label: what people call it.
        value: text to begin with.
        placeholder: what stands there while it is empty.
        note: remark to its right.
        password: whether the text is masked.
        suggester: what completes it.
    """

    DEFAULT_CSS = """
    Field {
        height: auto;
        & > .line { height: 1; }
        & .label { width: 14; color: $quiet; }
        &.-here .label { color: $primary; text-style: bold; }
        & Input { width: 1fr; min-width: 8; background: $panel; padding: 0 1; }
        & Input:focus { background: $block-cursor-background; background-tint: $background 0%; }
        & .note {
            width: auto; max-width: 50%; padding: 0 0 0 1; color: $quiet;
            text-overflow: ellipsis; text-wrap: nowrap;
        }
        & > .problem { display: none; padding: 0 0 0 14; color: $error; }
        &.-wrong > .problem, &.-warned > .problem { display: block; }
        &.-warned > .problem { color: $warning; }
        &.-short Input { width: 16; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False, id="field.next", tooltip="the next field"),
        Binding("up", "app.focus_previous", show=False, id="field.previous", tooltip="the field before"),
    ]

    def __init__(
        self,
        key: str,
        label: str,
        value: str = "",
        *,
        placeholder: str = "",
        note: str = "",
        password: bool = False,
        suggester: Suggester | None = None,
        tooltip: str = "",
        short: bool = False,
    ) -> None:
        super().__init__(classes="-short" if short else "")
        self.key = key
        self.label = label
        self.input = Input(
            value,
            placeholder,
            password=password,
            suggester=suggester,
            tooltip=tooltip or None,
            select_on_focus=False,
            compact=True,
        )
        self._note = Static(clean(note), classes="note", markup=False)
        self._problem = Static("", classes="problem", markup=False)
        self._touched = False

    def compose(self) -> ComposeResult:
        """Label, input and note in one line; the problem below."""
        with Horizontal(classes="line"):
            yield Static(self.label, classes="label", markup=False)
            yield self.input
            yield self._note
        yield self._problem

    @property
    def value(self) -> str:
        """The text as it stands."""
        return self.input.value

    @property
    def touched(self) -> bool:
        """Whether it was edited and left, so that it may be told what is wrong."""
        return self._touched

    def set_value(self, value: str) -> None:
        """Replace the text as if it had been typed."""
        self.input.value = value
        self.input.cursor_position = len(value)

    def note(self, text: str) -> None:
        """Replace the remark."""
        self._note.update(clean(text))

    def tell(self, problem: Problem | None) -> None:
        """Show what is wrong, or that nothing is."""
        self.set_class(problem is not None and not problem.warning, "-wrong")
        self.set_class(problem is not None and problem.warning, "-warned")
        if problem is not None:
            self._problem.update(f"{'!' if problem.warning else '✗'} {clean(problem.text)}")

    def on_descendant_focus(self) -> None:
        """Show the label as the one that is being worked on."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """Show it as one of many."""
        self.remove_class("-here")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(Edited(self.key))

    @on(Input.Blurred)
    def _left(self) -> None:
        if self.value and not self._touched:
            self._touched = True
            self.post_message(Edited(self.key))
