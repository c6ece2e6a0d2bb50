"""Step 1, a template: a small app to begin with, copied into a folder of its own when it is deployed."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from machete_tui.operations.templates import Starter
from machete_tui.screens.wizard.fields import Edited, Field
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.jobs import Job
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard.problems import Problem
from machete_tui.ui.wizard.source import SourceDraft


class StarterList(OptionList):
    """The templates: moving chooses."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False, id="starter.down", tooltip="down"),
        Binding("k", "cursor_up", show=False, id="starter.up", tooltip="up"),
    ]


class TemplateForm(Vertical):
    """The templates, what the chosen one is, and the folder that its files go to."""

    def __init__(self, source: SourceDraft, bridge: Bridge) -> None:
        super().__init__(id="template-form")
        self._bridge = bridge
        self._starters: tuple[Starter, ...] = ()
        self.chosen = source.template
        self.into = Field(
            "into",
            "Put it in",
            source.into,
            placeholder="~/shop",
            tooltip="a folder that is not there yet",
        )
        self._list = StarterList(id="template-list")
        self._about = Static("", id="template-about", markup=False)
        self._wrong = Static("", id="template-problem", markup=False)

    def compose(self) -> ComposeResult:
        """List, description, folder."""
        yield self._list
        yield self._wrong
        yield self._about
        yield self.into

    def on_mount(self) -> None:
        """Read the templates."""
        from machete_tui.operations.templates import ListTemplates

        self._bridge.run(
            "template.list", ListTemplates(), label="Reading the templates", quiet=True, on_end=self._ended
        )

    def tell(self, problem: Problem | None) -> None:
        """Show what is wrong with the choice."""
        self._wrong.display = problem is not None
        if problem is not None:
            self._wrong.update(f"✗ {clean(problem.text)}")

    def _ended(self, job: Job) -> None:
        if not self.is_attached:
            return
        if job.error is not None:
            self.tell(Problem("template", job.error.what, job.error.mend))
            return
        self._starters = job.value.rows
        wide = max((len(s.name) for s in self._starters), default=0)
        for starter in self._starters:
            about = Content.styled(f"   {starter.about}", "$quiet")
            self._list.add_option(Option(Content.assemble(starter.name.ljust(wide), about), id=starter.name))
        names = [s.name for s in self._starters]
        if self.chosen in names:
            self._list.highlighted = names.index(self.chosen)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        name = event.option.id or ""
        starter = next((s for s in self._starters if s.name == name), None)
        if starter is None:
            return
        before, self.chosen = self.chosen, name
        self._about.update(starter.holds)
        if not self.into.value.strip() or self.into.value == f"~/{before}":
            self.into.set_value(f"~/{name}")
        self.tell(None)
        self.post_message(Edited("template"))

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.into.input.focus()
