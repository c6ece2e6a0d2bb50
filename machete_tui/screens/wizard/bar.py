"""The step bar: where one stands, and which steps are right, wrong or still to do."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from machete_tui.ui.wizard.steps import STEPS, Mark

_SIGNS: dict[Mark, str] = {"current": "▸", "done": "✓", "warning": "!", "error": "✗"}
_STYLES: dict[Mark, str] = {
    "current": "bold $primary",
    "done": "$success",
    "warning": "$warning",
    "error": "$error",
    "todo": "$quiet",
}
_LINK = " ─ "


class StepBar(Widget):
    """One line with the six steps; a click goes to one that was reached."""

    DEFAULT_CSS = """
    StepBar { height: 1; width: 1fr; }
    """

    @dataclass
    class Chosen(Message):
        """A step was clicked; ``step`` is its place from 0."""

        step: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        todo: Mark = "todo"
        self._marks: tuple[Mark, ...] = (todo,) * len(STEPS)

    def show(self, marks: tuple[Mark, ...]) -> None:
        """Show these marks."""
        if marks != self._marks:
            self._marks = marks
            self.refresh()

    def render(self) -> Content:
        """Each step's sign (a number while it is to do) and title, in the colour of its mark."""
        parts: list[Content] = []
        for text, mark in zip(self._texts(), self._marks, strict=True):
            if parts:
                parts.append(Content.styled(_LINK, "$border"))
            parts.append(Content.styled(text, _STYLES[mark]))
        return Content.assemble(*parts)

    def _texts(self) -> list[str]:
        """Return what stands for each step: where not all titles have room, only the one where one is."""
        signs = [_SIGNS.get(mark, str(place)) for place, mark in enumerate(self._marks, 1)]
        texts = [f"{sign} {step.title}" for sign, step in zip(signs, STEPS, strict=True)]
        if len(_LINK.join(texts)) > self.content_size.width:
            here = [mark == "current" for mark in self._marks]
            texts = [text if at else sign for text, sign, at in zip(texts, signs, here, strict=True)]
        return texts

    def on_click(self, event: events.Click) -> None:
        """Find the step under the pointer."""
        at = 0
        for place, text in enumerate(self._texts()):
            if at <= event.x < at + len(text):
                self.post_message(self.Chosen(place))
                return
            at += len(text) + len(_LINK)
