"""Step 1: a folder, a Git URL or a template."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from machete_tui.screens.wizard.fields import Edited, OneOf
from machete_tui.screens.wizard.folder import FolderPicker
from machete_tui.screens.wizard.git import GitForm
from machete_tui.screens.wizard.step import StepPane
from machete_tui.screens.wizard.template import TemplateForm
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.problems import Problem
from machete_tui.ui.wizard.source import SourceChoice

_CHOICES: tuple[tuple[SourceChoice, str], ...] = (
    ("folder", "Folder"),
    ("git", "Git URL"),
    ("template", "Template"),
)


class SourceStep(StepPane):
    """The three kinds of sources; each keeps what was entered while another one is shown."""

    def __init__(self, draft: Draft, bridge: Bridge) -> None:
        super().__init__(draft)
        self._choice = OneOf(_CHOICES, draft.source.choice, id="source-choice")
        self._folder = FolderPicker(draft.source.folder, bridge)
        self._git = GitForm(draft.source, bridge)
        self._template = TemplateForm(draft.source, bridge)

    def compose(self) -> ComposeResult:
        """The choice on top, the form of the chosen kind below."""
        yield self._choice
        yield Static("", id="step-problem", markup=False)
        yield self._folder
        yield self._git
        yield self._template

    def on_mount(self) -> None:
        """Show the form of the kind that is chosen."""
        self._fit()

    def begin(self) -> None:
        """Start at what is entered most often."""
        if self._kind == "folder":
            self._folder.field.input.focus()
        elif self._kind == "git":
            self._git.fields["url"].input.focus()
        else:
            self.query_one("#template-list").focus()

    def collect(self, draft: Draft) -> Draft:
        """Take over all three forms."""
        source = dataclasses.replace(
            draft.source,
            choice=self._kind,
            folder=self._folder.field.value,
            template=self._template.chosen,
            into=self._template.into.value,
            **{key: field.value for key, field in self._git.fields.items()},
        )
        copied = (
            draft.copied
            if (source.template, source.into) == (draft.source.template, draft.source.into)
            else ""
        )
        return dataclasses.replace(draft, source=source, copied=copied)

    def tell(self, problems: Sequence[Problem], *, every: bool) -> None:
        """Show problems at their fields and at the list of templates."""
        super().tell(problems, every=every)
        if every:
            self._template.tell(next((p for p in problems if p.field == "template"), None))

    def stop(self) -> bool:
        """Stop reading branches; return whether that was going on."""
        return self._git.stop()

    @property
    def _kind(self) -> SourceChoice:
        return next(key for key, _ in _CHOICES if key == self._choice.value)

    def _fit(self) -> None:
        self._folder.display = self._kind == "folder"
        self._git.display = self._kind == "git"
        self._template.display = self._kind == "template"

    @on(OneOf.Changed, "#source-choice")
    def _chosen(self, event: OneOf.Changed) -> None:
        event.stop()
        self._fit()
        self.post_message(Edited("choice"))
