"""Step 2: what the source turned out to be, component by component, every value open to a better one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar, get_args

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from machete_tui.core.source import Component, ComponentKind, Detection
from machete_tui.screens.wizard.fields import Edited, Field, OneOf
from machete_tui.screens.wizard.rows import Row, Rows
from machete_tui.screens.wizard.step import StepPane
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.widgets.cells import clean, fit
from machete_tui.ui.wizard.component import ComponentDraft
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.problems import Problem, errors
from machete_tui.ui.wizard.steps import check

_BAR = 8
_SURE, _LIKELY = 80, 50


class ComponentList(OptionList):
    """The components: the highlighted one is shown, Space leaves it out or takes it in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False, id="components.down", tooltip="down"),
        Binding("k", "cursor_up", show=False, id="components.up", tooltip="up"),
        Binding(
            "space",
            "include",
            "Take in or leave out",
            key_display="Space",
            id="components.toggle",
            tooltip="leave the component out of the service, or take it in",
        ),
        Binding("pagedown", "turn(1)", show=False, id="components.page-down", tooltip="scroll the step down"),
        Binding("pageup", "turn(-1)", show=False, id="components.page-up", tooltip="scroll the step up"),
    ]

    class Toggled(Message):
        """The highlighted component is to be left out or taken in."""

    def action_include(self) -> None:
        """Ask for it."""
        self.post_message(self.Toggled())

    def action_turn(self, by: int) -> None:
        """Scroll the step, whose reasons may be longer than the screen."""
        pane = self.query_ancestor(StepPane)
        pane.scroll_relative(y=by * max(1, pane.size.height - 2), animate=False)


class ComponentForm(Vertical):
    """The values of one component, and why detection gave them."""

    def __init__(self, draft: ComponentDraft) -> None:
        super().__init__(classes="component")
        self.draft = draft
        part = draft.original
        key = draft.name
        self.kind = OneOf([(k, k) for k in get_args(ComponentKind)], draft.kind)
        self.fields = {
            "build_command": Field(
                f"{key}.build_command", "Build", draft.build_command, placeholder="nothing to build"
            ),
            "start_command": Field(
                f"{key}.start_command", "Start", draft.start_command, placeholder="the image's own command"
            ),
            "port": Field(
                f"{key}.port",
                "Port",
                draft.port,
                short=True,
                note=_about_port(draft.port, part),
            ),
            "health_path": Field(
                f"{key}.health_path",
                "Health path",
                draft.health_path,
                placeholder="any answer on / below 500",
            ),
        }

    def compose(self) -> ComposeResult:
        """Heading, kind, fields, evidence."""
        yield Static(_heading(self.draft.original), classes="component-title")
        with Horizontal(classes="kind-line"):
            yield Static("Kind", classes="label")
            yield self.kind
        yield from self.fields.values()
        yield Static("")
        yield Rows(_evidence(self.draft.original), most=36)

    def on_mount(self) -> None:
        """Show what this kind has."""
        self._fit()

    def collect(self, before: ComponentDraft) -> ComponentDraft:
        """Return the component with what stands in the fields."""
        text = {key: field.value for key, field in self.fields.items()}
        kind = next(k for k in get_args(ComponentKind) if k == self.kind.value)
        return dataclasses.replace(
            before,
            kind=kind,
            build_command=text["build_command"],
            start_command=text["start_command"],
            port=text["port"],
            health_path=text["health_path"],
        )

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        if event.field == self.fields["port"].key:
            self.fields["port"].note(_about_port(self.fields["port"].value, self.draft.original))

    @on(OneOf.Changed)
    def _kind_changed(self, event: OneOf.Changed) -> None:
        event.stop()
        self._fit()
        self.post_message(Edited(f"{self.draft.name}.kind"))

    def _fit(self) -> None:
        serves = self.kind.value in ("web", "static")
        self.fields["port"].display = self.fields["health_path"].display = serves


def _about_port(text: str, part: Component) -> str:
    """Return where a port comes from: what was found, or that it is no longer what was found."""
    if text.strip() not in ("", str(part.port or "")):
        return f"found {part.port or 'none'}"
    return f"from {part.port_from}" if part.port_from else "inside the container"


class DetectedStep(StepPane):
    """The name, the list of components, and the one under the cursor."""

    def __init__(self, draft: Draft, bridge: Bridge) -> None:
        super().__init__(draft)
        self.name_field = Field(
            "name",
            "Service name",
            draft.name,
            tooltip="its containers, volumes and address are named after it",
        )
        self.list = ComponentList(id="component-list")
        self.forms = {c.name: ComponentForm(c) for c in draft.components}

    def compose(self) -> ComposeResult:
        """On a wide screen the list stands beside the form."""
        with Horizontal(id="detected-body"):
            with Vertical(id="detected-left"):
                yield self.name_field
                yield Static("", id="step-problem", markup=False)
                yield self.list
                yield Static(_remarks(self.draft.detection), id="remarks-left", classes="remarks")
            with Vertical(id="detected-right"):
                yield from self.forms.values()
            yield Static(_remarks(self.draft.detection), id="remarks-below", classes="remarks")

    def on_mount(self) -> None:
        """List the components and show the first."""
        for item in self.draft.components:
            self.list.add_option(Option("", id=item.name))
        self._paint()
        self.list.highlighted = 0 if self.draft.components else None
        self._show(self.draft.components[0].name if self.draft.components else "")

    def begin(self) -> None:
        """Start at the components: mostly they are right."""
        if self.draft.components:
            self.list.focus(scroll_visible=False)
        else:
            self.name_field.input.focus()

    def collect(self, draft: Draft) -> Draft:
        """Take over the name, all forms, and what is left out."""
        components = tuple(
            self.forms[c.name].collect(c) if c.name in self.forms else c for c in self.draft.components
        )
        self.draft = dataclasses.replace(draft, name=self.name_field.value, components=components)
        return self.draft

    def tell(self, problems: Sequence[Problem], *, every: bool) -> None:
        """Show problems at the fields and mark their components in the list."""
        super().tell(problems, every=every)
        self._paint()

    def go_to(self, key: str) -> None:
        """Show the component of that field first."""
        name = key.partition(".")[0]
        if name in self.forms:
            self.list.highlighted = [c.name for c in self.draft.components].index(name)
            self._show(name)
        elif not key:
            self.list.focus()
            return
        super().go_to(key)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show(event.option.id or "")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        form = self.forms.get(event.option.id or "")
        if form is not None:
            form.fields["start_command"].input.focus()

    @on(ComponentList.Toggled)
    def _toggled(self) -> None:
        place = self.list.highlighted
        if place is None:
            return
        item = self.draft.components[place]
        self.draft = self.draft.with_component(item.name, included=not item.included)
        self._paint()
        self.post_message(Edited(f"{item.name}.included"))

    def _show(self, name: str) -> None:
        for key, form in self.forms.items():
            form.display = key == name

    def _paint(self) -> None:
        wrong = {p.field.partition(".")[0] for p in errors(check(self.draft, 1))}
        wide = max((len(c.name) for c in self.draft.components), default=0)
        for place, item in enumerate(self.draft.components):
            self.list.replace_option_prompt_at_index(place, _row(item, min(wide, 16), item.name in wrong))


def _row(item: ComponentDraft, wide: int, wrong: bool) -> Content:
    part = item.original
    box = "[x]" if item.included else "[ ]"
    stack = f"{part.stack}/{part.framework}" if part.framework else part.stack
    tone = "" if item.included else "$quiet"
    sign = Content.styled("✗ ", "bold $error") if wrong else Content("  ")
    name = Content.styled(f"{box} {fit(clean(item.name), wide)}  {fit(stack, 16)}  ", tone)
    edits = Content.styled("  edited" if item.edited else "", "$accent")
    left_out = Content.styled("  left out" if not item.included else "", "$quiet")
    return Content.assemble(sign, name, _confidence(part.confidence), edits, left_out)


def _confidence(value: int) -> Content:
    tone = "$success" if value >= _SURE else "$warning" if value >= _LIKELY else "$error"
    full = round(value / 100 * _BAR)
    bar = Content.styled("━" * full, tone) + Content.styled("━" * (_BAR - full), "$border")
    return Content.assemble(bar, Content.styled(f" {value:>3}", tone))


def _heading(part: Component) -> Content:
    stack = part.stack + (f"/{part.framework}" if part.framework else "")
    version = f" {part.runtime_version}" if part.runtime_version else ""
    manager = f" · {part.package_manager}" if part.package_manager else ""
    where = "" if part.path == "." else f" · in {part.path}/"
    title = Content.styled(clean(part.name), "bold")
    return title + Content.styled(clean(f"  {stack}{version}{manager}{where}"), "$quiet")


def _evidence(part: Component) -> list[Row]:
    rows = [Row(None, Content.styled("Because", "bold $quiet"))] if part.evidence else []
    for evidence in part.evidence:
        place = f"  {evidence.file}:{evidence.line}" if evidence.line else f"  {evidence.file}"
        rows.append(Row(Content.styled(clean(place), "$primary"), Content(clean(evidence.shows))))
    if part.runner_up is not None:
        said = f"Else it would be {part.runner_up.stack} ({part.runner_up.confidence})"
        rows.append(Row(None, Content.styled(clean(said), "$quiet")))
    elif part.evidence:
        rows.append(Row(None, Content.styled("Nothing else comes near", "$quiet")))
    return rows


def _remarks(detection: Detection | None) -> Content:
    if detection is None:
        return Content("")
    lines = [Content.styled(f"! {clean(w)}", "$warning") for w in detection.warnings]
    lines += [Content.styled(f"→ {clean(r)}", "$quiet") for r in detection.recommendations]
    if detection.strategy_why:
        lines.append(Content.styled(f"· {clean(detection.strategy_why)}", "$quiet"))
    return Content("\n").join(lines)
