"""What every step of the wizard is: made from a draft, giving it back changed, told what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from machete_tui.screens.wizard.fields import Field
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.problems import Problem


class StepPane(VerticalScroll, can_focus=False):
    """Base of the six steps.

    The screen mounts one with the draft, calls :meth:`collect` after each
    :class:`~machete_tui.screens.wizard.fields.Edited` and before it goes elsewhere, and shows what is
    wrong with :meth:`tell`.
    """

    @dataclass
    class Shown(Message):
        """The step is on the screen: it can take the cursor and say what is wrong."""

        pane: StepPane

    def __init__(self, draft: Draft) -> None:
        super().__init__(classes="step")
        self.draft = draft
        self._refused: dict[str, tuple[str, Problem]] = {}

    def on_mount(self) -> None:
        """Tell the wizard once everything is in place."""
        self.call_after_refresh(self.post_message, self.Shown(self))

    def collect(self, draft: Draft) -> Draft:
        """Return ``draft`` with what stands in the fields now."""
        return draft

    def tell(self, problems: Sequence[Problem], *, every: bool) -> None:
        """Show problems at their fields: all of them, or only at fields that were edited and left."""
        first: dict[str, Problem] = {}
        for problem in problems:
            first.setdefault(problem.field, problem)
        refused = {p.field: p for p in self.refused}
        for field in self.query(Field):
            own = first.get(field.key) if every or field.touched else None
            field.tell(own or refused.get(field.key))
        self.tell_all(first.get("") if every else None)

    def refuse(self, problem: Problem) -> None:
        """Keep what an operation said of a field, for as long as the field is not changed."""
        self._refused[problem.field] = (self._value(problem.field), problem)

    def accept(self, *fields: str) -> None:
        """Forget what was said of these fields."""
        for field in fields:
            self._refused.pop(field, None)

    @property
    def refused(self) -> tuple[Problem, ...]:
        """What operations said of fields that still hold the same."""
        return tuple(p for key, (value, p) in self._refused.items() if self._value(key) == value)

    def _value(self, key: str) -> str:
        return next((f.value for f in self.query(Field) if f.key == key), "")

    def tell_all(self, problem: Problem | None) -> None:
        """Show a problem of the step as a whole."""
        for line in self.query("#step-problem").results(Static):
            line.display = problem is not None
            if problem is not None:
                line.update(f"✗ {clean(problem.text)}")

    def shows(self, key: str) -> bool:
        """Whether what is wrong with this field stands beside it."""
        return any(field.key == key for field in self.query(Field))

    def go_to(self, key: str) -> None:
        """Put the cursor where this field is."""
        for field in self.query(Field):
            if field.key == key:
                field.input.focus()
                return

    def begin(self) -> None:
        """Put the cursor where one begins; steps with nothing to enter take the focus themselves."""
        for widget in self.query("*").results(Widget):
            if widget.focusable:
                widget.focus()
                return

    def is_last(self, widget: Widget) -> bool:
        """Whether Enter in this widget means: next step."""
        inputs = [w for w in self.screen.focus_chain if isinstance(w, Input) and self in w.ancestors]
        return bool(inputs) and inputs[-1] is widget
