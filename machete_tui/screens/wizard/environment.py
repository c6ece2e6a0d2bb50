"""Step 4: the variables that the code asks for, and any others; secrets masked; a `.env` pasted or read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Select, Static

from machete_tui.core.secrets import is_secret
from machete_tui.screens.wizard.fields import Edited
from machete_tui.screens.wizard.paste import PasteDialog
from machete_tui.screens.wizard.step import StepPane
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.widgets.cells import clean, fit
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.environment import Pair, Wanted, merge
from machete_tui.ui.wizard.problems import Problem

_ALL = "all"


class ValueInput(Input):
    """A value; several pasted lines are taken for a `.env`."""

    @dataclass
    class LinesPasted(Message):
        """More than one line was pasted."""

        text: str

    def _on_paste(self, event: events.Paste) -> None:
        if "\n" in event.text.strip():
            event.stop()
            event.prevent_default()
            self.post_message(self.LinesPasted(event.text))


class PairRow(Vertical):
    """One variable: its name, its value, who gets it.

    Args:
        pair: what was entered.
        wanted: what the code says of it; None for one of the operator's own.
        components: names to choose from.
    """

    def __init__(self, pair: Pair, wanted: Wanted | None, components: tuple[str, ...]) -> None:
        super().__init__(classes="pair")
        self.wanted = wanted
        self._reveal = False
        self.name_input = ValueInput(
            pair.name, "NAME", compact=True, select_on_focus=False, classes="pair-name"
        )
        self.value_input = ValueInput(
            pair.value, _placeholder(wanted), compact=True, select_on_focus=False, classes="pair-value"
        )
        self._for = pair.component if pair.component in components else ""
        self.component = Select(
            [("all", _ALL), *((c, c) for c in components)],
            value=self._for or _ALL,
            allow_blank=False,
            compact=True,
            classes="pair-for",
        )
        self._several = len(components) > 1
        self._sign = Static("", classes="pair-sign")
        self._problem = Static("", classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        """Sign, name, value, component in one line; the problem below."""
        with Horizontal(classes="line"):
            yield self._sign
            if self.wanted is not None:
                yield Static(fit(clean(self.wanted.name), 26), classes="pair-name", markup=False)
                yield self.value_input
                yield Static(_readers(self.wanted), classes="pair-who", markup=False)
            else:
                yield self.name_input
                yield self.value_input
                if self._several:
                    yield self.component
        yield self._problem

    def on_mount(self) -> None:
        """Mask what is secret, and show where one stands."""
        self.paint()

    @property
    def pair(self) -> Pair:
        """What stands in the row."""
        if self.wanted is not None:
            return Pair(self.wanted.name, self.value_input.value)
        return Pair(self.name_input.value, self.value_input.value, self._whose())

    def _whose(self) -> str:
        """Return the component chosen, empty for all; a list that is not on the screen has no value yet."""
        chosen = self.component.value
        if not self._several or not isinstance(chosen, str):
            return self._for
        return "" if chosen == _ALL else chosen

    def enter(self) -> None:
        """Put the cursor into the first field of the row."""
        (self.value_input if self.wanted is not None else self.name_input).focus()

    def reveal(self, shown: bool) -> None:
        """Show or mask a secret's value."""
        self._reveal = shown
        self.paint()

    def paint(self) -> None:
        """Set mask and sign by what stands in the row."""
        pair, wanted = self.pair, self.wanted
        self.value_input.password = is_secret(pair.name, pair.value) and not self._reveal
        lacking = wanted is not None and wanted.required and not wanted.given_by and not pair.value
        given = wanted is not None and bool(wanted.given_by or pair.value)
        self._sign.update("✗" if lacking else "✓" if given or (not wanted and pair.value) else "·")
        self._sign.set_class(lacking, "-missing")
        self._sign.set_class(given, "-given")

    def tell(self, problem: Problem | None) -> None:
        """Show what is wrong, or that nothing is."""
        self.set_class(problem is not None and not problem.warning, "-wrong")
        self.set_class(problem is not None and problem.warning, "-warned")
        if problem is not None:
            self._problem.update(f"{'!' if problem.warning else '✗'} {clean(problem.text)}")


class EnvironmentStep(StepPane):
    """Wanted variables first, then the operator's own, then an empty row for the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "row(1)", show=False, id="environment.down", tooltip="the row below"),
        Binding("up", "row(-1)", show=False, id="environment.up", tooltip="the row above"),
        Binding("f3", "paste", "Paste .env", id="environment.paste", tooltip="paste or read a .env file"),
        Binding(
            "f2", "reveal", "Show secrets", id="environment.reveal", tooltip="show or mask the secret values"
        ),
    ]

    def __init__(self, draft: Draft, bridge: Bridge) -> None:
        super().__init__(draft)
        self._bridge = bridge
        self._reveal = False
        self._names = tuple(c.name for c in draft.included)
        self._wanted_rows, self._own_rows = self._rows(draft)
        self._wanted_room = Vertical(id="wanted", classes="pairs")
        self._own_room = Vertical(id="own", classes="pairs")

    def compose(self) -> ComposeResult:
        """Two groups, each with its heading."""
        if self._wanted_rows:
            yield Static("Read by the code", classes="title")
            with self._wanted_room:
                yield from self._wanted_rows
        yield Static("Your own", classes="title")
        with self._own_room:
            yield from self._own_rows

    def begin(self) -> None:
        """Start at the first required value that is missing."""
        rows = [r for r in self._wanted_rows if r.wanted and r.wanted.required and not r.wanted.given_by]
        empty = [r for r in rows if not r.pair.value]
        (empty or self._own_rows[-1:])[0].enter()

    def collect(self, draft: Draft) -> Draft:
        """Take over every row that holds something."""
        pairs = tuple(r.pair for r in self._all if not r.pair.blank and (r.wanted is None or r.pair.value))
        self.draft = dataclasses.replace(draft, pairs=pairs)
        return self.draft

    def tell(self, problems: Sequence[Problem], *, every: bool) -> None:
        """Show problems at the rows that they are about."""
        rows = [r for r in self._all if not r.pair.blank and (r.wanted is None or r.pair.value)]
        by_row: dict[PairRow, Problem] = {}
        for problem in problems:
            kind, _, rest = problem.field.partition(".")
            if kind == "pair":
                by_row.setdefault(rows[int(rest)], problem)
            elif kind == "wanted":
                row = next((r for r in self._wanted_rows if r.wanted and r.wanted.name == rest), None)
                if row is not None and problem.warning:
                    by_row.setdefault(row, problem)
        for row in self._all:
            row.paint()
            row.tell(by_row.get(row) if every else None)

    def go_to(self, key: str) -> None:
        """Put the cursor into that row's value."""
        kind, _, rest = key.partition(".")
        if kind == "pair":
            rows = [r for r in self._all if not r.pair.blank and (r.wanted is None or r.pair.value)]
            rows[int(rest)].enter()
        for row in self._wanted_rows:
            if kind == "wanted" and row.wanted is not None and row.wanted.name == rest:
                row.value_input.focus()

    def action_row(self, by: int) -> None:
        """Go to the same field of the neighbouring row."""
        focused = self.app.focused
        rows = self._all
        place = next((i for i, r in enumerate(rows) if focused is not None and r in focused.ancestors), None)
        if place is None or not 0 <= place + by < len(rows):
            return
        row = rows[place + by]
        if focused is rows[place].name_input:
            row.enter()
        else:
            row.value_input.focus()

    def action_paste(self) -> None:
        """Open the dialog for a `.env`."""
        self._ask("")

    def action_reveal(self) -> None:
        """Show or mask secrets."""
        self._reveal = not self._reveal
        for row in self._all:
            row.reveal(self._reveal)

    @property
    def _all(self) -> list[PairRow]:
        return [*self._wanted_rows, *self._own_rows]

    def _rows(self, draft: Draft) -> tuple[list[PairRow], list[PairRow]]:
        left = [p for p in draft.pairs if not p.blank]
        wanted_rows = []
        for wanted in draft.wanted():
            pair = next((p for p in left if p.name.strip() == wanted.name and not p.component), None)
            if pair is not None:
                left.remove(pair)
            wanted_rows.append(PairRow(pair or Pair(wanted.name), wanted, self._names))
        return wanted_rows, [PairRow(p, None, self._names) for p in (*left, Pair(""))]

    @on(ValueInput.LinesPasted)
    def _pasted(self, event: ValueInput.LinesPasted) -> None:
        event.stop()
        self._ask(event.text)

    def _ask(self, text: str) -> None:
        def done(values: dict[str, str] | None) -> None:
            if values:
                self._take(values)

        self.app.push_screen(PasteDialog(text), done)

    def _take(self, values: dict[str, str]) -> None:
        """Put pasted values in and make the rows anew."""
        draft = self.collect(self.draft)
        draft = dataclasses.replace(draft, pairs=merge(draft.pairs, values))
        self._wanted_rows, self._own_rows = self._rows(draft)
        for row in self._all:
            row.reveal(self._reveal)
        for room, rows in ((self._wanted_room, self._wanted_rows), (self._own_room, self._own_rows)):
            if rows:  # the code may read none: then there is no room for them
                room.remove_children()
                room.mount(*rows)
        self.draft = draft
        self.post_message(Edited("pairs"))
        self.call_after_refresh(self.begin)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        last = self._own_rows[-1]
        if not last.pair.blank:
            fresh = PairRow(Pair(""), None, self._names)
            self._own_rows.append(fresh)
            self._own_room.mount(fresh)
        self.post_message(Edited("pairs"))

    @on(Select.Changed)
    def _for(self, event: Select.Changed) -> None:
        event.stop()
        self.post_message(Edited("pairs"))


def _placeholder(wanted: Wanted | None) -> str:
    if wanted is None:
        return "value"
    if wanted.given_by:
        return f"set by {wanted.given_by}"
    return "needed: the code has no default" if wanted.required else "the code's own default"


def _readers(wanted: Wanted) -> str:
    return clean(", ".join(wanted.components))
