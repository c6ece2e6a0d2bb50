"""A small form for any operation, made from its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from machete_tui.operations.registry import Argument, Operation
from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice
from machete_tui.ui.formvalues import value_of
from machete_tui.ui.widgets.tick import Tick

NAMED = ("service", "project", "container")
"""Kinds of arguments that are names of what is there."""


class Form(Dialog[Any]):
    """Asks for an operation's arguments; returns its request, or None.

    Args:
        operation: whose.
        preset: texts that stand in fields at first, by the argument's name.
        services: names that a field for a service, project or container suggests.
    """

    DEFAULT_CSS = """
    Form > .dialog { width: 76; }
    Form .form-fields { height: auto; max-height: 20; scrollbar-size-vertical: 1; }
    Form .form-field { height: auto; margin-bottom: 1; }
    Form .form-help { height: 1; color: $quiet; text-wrap: nowrap; text-overflow: ellipsis; }
    Form .form-wrong { height: auto; color: $error; display: none; }
    Form .form-wrong.-shown { display: block; }
    """

    def __init__(
        self,
        operation: Operation,
        *,
        preset: Mapping[str, str] | None = None,
        services: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._operation = operation
        self._preset = dict(preset or {})
        self._services = list(services)
        shown = [a for a in operation.arguments if not a.hidden and a.name != "yes"]
        self._arguments = sorted(shown, key=lambda a: not a.required)

    def compose(self) -> ComposeResult:
        """The box: what it does, a field for each argument, the buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._operation.name
            yield Static(self._operation.help, classes="dialog-quiet", markup=False)
            with VerticalScroll(classes="form-fields", can_focus=False):
                for argument in self._arguments:
                    with Vertical(classes="form-field"):
                        yield from self._field(argument)
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Cancel", id="no")
                yield Choice("Run", id="yes", danger=self._operation.destroys)

    def _field(self, argument: Argument) -> ComposeResult:
        name = argument.name.replace("_", "-")
        if argument.type is bool:
            yield Tick(f"{name}: {argument.help}", bool(argument.default), id=argument.name)
            return
        need = " (needed)" if argument.required else ""
        yield Static(f"{name}{need}: {argument.help}", classes="form-help", markup=False)
        suggester = SuggestFromList(self._services) if argument.kind in NAMED else None
        yield Input(
            self._preset.get(argument.name, ""),
            placeholder=", ".join(argument.choices) or argument.metavar,
            id=argument.name,
            compact=True,
            suggester=suggester,
        )
        yield Static(id=f"{argument.name}-wrong", classes="form-wrong", markup=False)

    def on_mount(self) -> None:
        """The first empty field has the focus."""
        for field in self.query(Input):
            if not field.value:
                field.focus()
                return
        self.query_one("#no").focus()

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._say(event.input.id or "", "")

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        if event.choice.id != "yes":
            self.dismiss(None)
            return
        request = self._request()
        if request is not None:
            self.dismiss(request)

    def _request(self) -> Any:
        """Return the request, or None after saying what is wrong at its field."""
        values: dict[str, Any] = {}
        wrong = ""
        for argument in self._arguments:
            if argument.type is bool:
                values[argument.name] = self.query_one(f"#{argument.name}", Tick).value
                continue
            text = self.query_one(f"#{argument.name}", Input).value
            if not text.strip():
                if argument.required:
                    self._say(argument.name, "is needed")
                    wrong = wrong or argument.name
                continue
            try:
                values[argument.name] = value_of(argument, text)
            except ValueError as error:
                self._say(argument.name, str(error))
                wrong = wrong or argument.name
        if wrong:
            self.query_one(f"#{wrong}").focus()
            return None
        return self._operation.request(**values)

    def _say(self, name: str, text: str) -> None:
        for line in self.query(f"#{name}-wrong").results(Static):
            line.update(f"✗ {text}")
            line.set_class(bool(text), "-shown")
