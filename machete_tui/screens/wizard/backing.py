"""Step 5: databases and caches to run beside the components, and what the components are told of them."""

from __future__ import annotations

import dataclasses

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from machete_tui.screens.wizard.fields import Edited, Field, Tick
from machete_tui.screens.wizard.step import StepPane
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard.connections import Connection, connections
from machete_tui.ui.wizard.draft import BackingDraft, Draft

TITLES = {"postgres": "PostgreSQL", "mysql": "MySQL or MariaDB", "mongodb": "MongoDB", "redis": "Redis"}

EMPTY = """No database or cache was found that the components need.

A component that needs one all the same gets its address as a variable: go back to Environment with \
Ctrl+O, or name it in machete.yml."""


class BackingForm(Vertical):
    """One backing service: on or off, its version, the variables that it sets."""

    def __init__(self, draft: BackingDraft) -> None:
        super().__init__(classes="backing")
        self.draft = draft
        service = draft.original
        label = Content.assemble(
            Content.styled(TITLES[service.kind], "bold"),
            Content.styled(f"  as {clean(service.name)}", "$quiet"),
        )
        self.box = Tick(label, draft.enabled)
        self.version = Field(
            f"{service.name}.version",
            "Version",
            draft.version,
            placeholder="newest",
            short=True,
        )
        self._said = Static("", classes="connections")

    def compose(self) -> ComposeResult:
        """Box, evidence, version, variables."""
        yield self.box
        evidence = self.draft.original.evidence
        if evidence:
            places = "; ".join(
                f"{e.file}:{e.line} {e.shows}" if e.line else f"{e.file} {e.shows}" for e in evidence
            )
            yield Static(clean(f"because {places}"), classes="evidence", markup=False)
        yield self.version
        yield self._said

    def collect(self, before: BackingDraft) -> BackingDraft:
        """Return it with what stands here."""
        return dataclasses.replace(before, enabled=self.box.value, version=self.version.value)

    def show(self, injected: tuple[Connection, ...]) -> None:
        """Show the variables that are set, or who goes without."""
        self.version.display = self.box.value
        if self.box.value:
            readers: dict[tuple[str, str], list[str]] = {}
            for item in injected:
                readers.setdefault((item.variable, item.shown), []).append(item.component)
            lines = [
                Content.assemble(
                    Content.styled("  → ", "$success"),
                    Content.styled(clean(variable), "bold"),
                    Content(f"={clean(value)}"),
                    Content.styled(f"  for {clean(', '.join(names))}", "$quiet"),
                )
                for (variable, value), names in readers.items()
            ]
        else:
            wanted = ", ".join(self.draft.original.variables)
            text = f"  ! not run: give {wanted} yourself, in Environment" if wanted else "  ! not run"
            lines = [Content.styled(clean(text), "$warning")]
        self._said.update(Content("\n").join(lines))


class BackingStep(StepPane):
    """Each service that was found."""

    def __init__(self, draft: Draft, bridge: Bridge) -> None:
        super().__init__(draft)
        self.forms = [BackingForm(b) for b in draft.backing]

    def compose(self) -> ComposeResult:
        """The forms, or what it means that there are none."""
        if not self.forms:
            yield Static(EMPTY, classes="empty", markup=False)
        yield from self.forms

    def on_mount(self) -> None:
        """Show the variables."""
        self.can_focus = not self.forms
        self._paint()

    def begin(self) -> None:
        """Start at the first box."""
        if self.forms:
            self.forms[0].box.focus()
        else:
            self.focus()

    def collect(self, draft: Draft) -> Draft:
        """Take over boxes and versions."""
        backing = tuple(form.collect(item) for form, item in zip(self.forms, draft.backing, strict=True))
        self.draft = dataclasses.replace(draft, backing=backing)
        return self.draft

    @on(Tick.Changed)
    def _switched(self, event: Tick.Changed) -> None:
        event.stop()
        self.collect(self.draft)
        self._paint()
        self.post_message(Edited("backing"))

    def _paint(self) -> None:
        found = connections(self.draft.outline()) if self.forms else ()
        for form in self.forms:
            form.show(tuple(c for c in found if c.service == form.draft.original.name))
