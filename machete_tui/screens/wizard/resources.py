"""Step 3: the stable port, and what each component may use."""

from __future__ import annotations

import dataclasses

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.operations.reading import PortAdvice, port_advice
from machete_tui.screens.wizard.fields import Edited, Field
from machete_tui.screens.wizard.step import StepPane
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.jobs import Job
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard import numbers
from machete_tui.ui.wizard.component import ComponentDraft
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.problems import Problem

_PAUSE = 0.25
"""Seconds without a key before a port is looked up."""


class ResourceForm(Vertical):
    """What one component may use."""

    def __init__(self, draft: ComponentDraft) -> None:
        super().__init__(classes="resource")
        self.draft = draft
        name = draft.name
        self.fields = {
            "cpus": Field(f"{name}.cpus", "CPU cores", draft.cpus, placeholder="no limit", short=True),
            "memory": Field(f"{name}.memory", "Memory", draft.memory, placeholder="no limit", short=True),
            "replicas": Field(f"{name}.replicas", "Replicas", draft.replicas, placeholder="1", short=True),
            "volumes": Field(
                f"{name}.volumes",
                "Volumes",
                draft.volumes,
                placeholder="none; NAME:/path/inside, /host/path:/path/inside",
                tooltip="several separated by commas; :ro at the end for read-only",
            ),
        }

    def compose(self) -> ComposeResult:
        """Numbers in one line where there is room, volumes below."""
        part = self.draft.original
        kind = Content.styled(f"  {self.draft.kind} · {part.stack}", "$quiet")
        yield Static(Content.styled(clean(part.name), "bold") + kind, classes="component-title")
        with Horizontal(classes="numbers"):
            for key in ("cpus", "memory", "replicas"):
                yield self.fields[key]
        yield self.fields["volumes"]

    def collect(self, before: ComponentDraft) -> ComponentDraft:
        """Return the component with what stands in the fields."""
        text = {key: field.value for key, field in self.fields.items()}
        return dataclasses.replace(
            before,
            cpus=text["cpus"],
            memory=text["memory"],
            replicas=text["replicas"],
            volumes=text["volumes"],
        )


class ResourcesStep(StepPane):
    """The port on top, then a block for each component that is deployed."""

    def __init__(self, draft: Draft, bridge: Bridge) -> None:
        super().__init__(draft)
        self._bridge = bridge
        self.port = Field(
            "port",
            "Stable port",
            draft.port,
            placeholder="lowest free",
            short=True,
            note="looking for the lowest free one …",
            tooltip="kept over all releases of the service",
        )
        self.forms = {c.name: ResourceForm(c) for c in draft.included}
        self._serves = any(c.has_port for c in draft.included)
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The port where something listens, then the components."""
        if self._serves:
            yield self.port
        else:
            yield Static("No component listens on a port.", classes="quiet-line")
        yield from self.forms.values()

    def on_mount(self) -> None:
        """Ask for the lowest free port, and about the one that is there."""
        if self._serves:
            self._ask()

    def collect(self, draft: Draft) -> Draft:
        """Take over the port and all blocks."""
        components = tuple(
            self.forms[c.name].collect(c) if c.name in self.forms else c for c in draft.components
        )
        port = self.port.value if self._serves else draft.port
        self.draft = dataclasses.replace(draft, port=port, components=components)
        return self.draft

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        if event.field == "port":
            if self._timer is not None:
                self._timer.stop()
            self._timer = self.set_timer(_PAUSE, self._ask)

    def _ask(self) -> None:
        """Look the port up in a thread."""
        text, name = self.port.value.strip(), self.draft.name.strip()
        try:
            wanted = numbers.port(text)
        except ValueError:
            return

        def look(ctx: Context, _: Cancel) -> PortAdvice:
            return port_advice(ctx, wanted, name)

        def ended(job: Job) -> None:
            if self.is_attached and isinstance(job.value, PortAdvice):
                self._advise(text, job.value)

        self._bridge.call("look for a free port", look, on_end=ended)

    def _advise(self, text: str, advice: PortAdvice) -> None:
        if text != self.port.value.strip():
            return
        if advice.taken:
            mend = "choose another, or leave it empty"
            self.refuse(Problem("port", advice.taken, mend, warning=True))
        if advice.kept and not text:
            self.port.note(f"{advice.kept}, which {self.draft.name} has already")
        elif not advice.lowest:
            self.port.note("no free port is left")
        elif not text:
            self.port.note(f"empty: the lowest free one, {advice.lowest} now")
        else:
            self.port.note("" if advice.taken else "✓ free")
        self.post_message(Edited("advice"))
