"""Step 6: exactly what a deploy would do, and the files that it would write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError
from machete_tui.core.plan import Plan
from machete_tui.screens.wizard.busy import Busy
from machete_tui.screens.wizard.planview import file_lines, plan_rows
from machete_tui.screens.wizard.rows import Row, Rows
from machete_tui.screens.wizard.step import StepPane
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.jobs import Job
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.places import step_of
from machete_tui.ui.wizard.steps import STEPS

_PLAN = "plan"


class ReviewList(OptionList):
    """The plan and the files; the highlighted one is shown beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False, id="review.down", tooltip="down"),
        Binding("k", "cursor_up", show=False, id="review.up", tooltip="up"),
        Binding("pagedown", "turn(1)", show=False, id="review.page-down", tooltip="scroll the text down"),
        Binding("pageup", "turn(-1)", show=False, id="review.page-up", tooltip="scroll the text up"),
    ]

    @dataclass
    class Turned(Message):
        """The text beside the list is to scroll by a page."""

        by: int

    def action_turn(self, by: int) -> None:
        """Ask for it."""
        self.post_message(self.Turned(by))


class ReviewStep(StepPane):
    """A dry run is made when it opens; deploying is possible once it ended well.

    Args:
        draft: what was entered.
        bridge: runs the dry run.
        location: folder or URL to deploy.
        failure: why the last attempt to deploy failed, if it did.
    """

    @dataclass
    class Planned(Message):
        """The dry run ended; ``plan`` is None when it failed."""

        plan: Plan | None

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "plan", "Plan again", show=False, id="review.again", tooltip="make the plan again"),
        Binding(
            "ctrl+g", "mend", "Go to the fault", id="review.mend", tooltip="go to the step that is at fault"
        ),
    ]

    def __init__(self, draft: Draft, bridge: Bridge, location: str, failure: MacheteError | None) -> None:
        super().__init__(draft)
        self._bridge = bridge
        self._location = location
        self._failure = failure
        self._fault: int | None = None
        self._existing = ""
        self.plan: Plan | None = None
        self._job: Job | None = None
        self._busy = Busy("Ctrl+O goes back", id="review-busy")
        self._failed = Static("", id="review-failed")
        self._list = ReviewList(id="review-list")
        self._text = Rows(id="review-plan")
        self._scroll = VerticalScroll(self._text, id="review-scroll")
        self._file = Lines(id="review-file")

    def compose(self) -> ComposeResult:
        """Why the last attempt failed, then the list beside what it shows."""
        yield self._failed
        yield self._busy
        with Horizontal(id="review-body"):
            yield self._list
            with Vertical(id="review-room"):
                yield self._scroll
                yield self._file

    def on_mount(self) -> None:
        """Make the plan."""
        self._failed.display = self._failure is not None
        if self._failure is not None:
            self._failed.update(_failure(self._failure))
        self._file.display = False
        self._list.add_option(Option("Plan", id=_PLAN))
        self._list.highlighted = 0
        self.action_plan()

    def on_unmount(self) -> None:
        """A plan that nobody waits for is not needed."""
        if self._job is not None and self._job.running:
            self._job.cancel.cancel()

    def begin(self) -> None:
        """Start at the list."""
        self._list.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Going to the fault needs a fault."""
        return self._fault is not None if action == "mend" else True

    def action_plan(self) -> None:
        """Make the plan, in a thread."""
        if self._job is not None and self._job.running:
            return
        self.plan, self._fault = None, None
        self._text.show([Row(None, Content.styled("Working out what a deploy would do …", "$quiet"))])
        name = self.draft.name.strip()

        def look(ctx: Context, _: Cancel) -> str:
            service = ctx.store.services.find(name)
            return service.source.location if service is not None else ""

        self._bridge.call("look for a service of that name", look, on_end=self._known)
        self._job = self._bridge.run(
            "service.deploy",
            self.draft.request(self._location, dry_run=True),
            label="Planning",
            subject="",
            quiet=True,
            on_end=self._ended,
        )
        self._busy.follow(self._job)

    def action_mend(self) -> None:
        """Go to the step that the plan failed at."""
        if self._fault is not None:
            self.post_message(GoTo(self._fault))

    def _known(self, job: Job) -> None:
        if self.is_attached and isinstance(job.value, str):
            self._existing = job.value
            if self.plan is not None:
                self._text.show(plan_rows(self.plan, self._existing))

    def _ended(self, job: Job) -> None:
        if not self.is_attached or job is not self._job:
            return
        if isinstance(job.value, Plan):
            self.plan = job.value
            self._text.show(plan_rows(job.value, self._existing))
            self._list_files(job.value)
        elif job.error is not None:
            self._fault = step_of(job.error)
            self._text.show(_no_plan(job.error, self._fault))
        self.refresh_bindings()
        self.post_message(self.Planned(self.plan))

    def _list_files(self, plan: Plan) -> None:
        self._list.clear_options()
        self._list.add_option(Option(Content.styled("Plan", "bold"), id=_PLAN))
        for file in plan.files:
            self._list.add_option(Option(clean(file.path), id=file.path))
        self._list.highlighted = 0

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        key = event.option.id
        file = next((f for f in self.plan.files if f.path == key), None) if self.plan else None
        self._scroll.display = file is None
        self._file.display = file is not None
        if file is not None:
            lines = file_lines(file.path, file.text)
            wide = len(str(len(lines)))
            self._file.set_lines(
                [Line(text.expandtabs(4), "", f"{n:>{wide}} ") for n, text in enumerate(lines, 1)]
            )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        (self._file if self._file.display else self._scroll).focus()

    @on(ReviewList.Turned)
    def _turned(self, event: ReviewList.Turned) -> None:
        if self._file.display:
            self._file.action_page(event.by)
        elif event.by > 0:
            self._scroll.scroll_page_down(animate=False)
        else:
            self._scroll.scroll_page_up(animate=False)


@dataclass
class GoTo(Message):
    """The wizard is to go to this step."""

    step: int


def _failure(error: MacheteError) -> Content:
    lines = [
        Content.styled(f"✗ {error.title}: ", "bold $error") + Content(clean(error.what)),
        Content(f"→ {clean(error.mend)}") if error.mend else Content(""),
        Content.styled("Everything entered is kept: change it with Ctrl+O, Ctrl+N deploys again.", "$quiet"),
    ]
    return Content("\n").join([line for line in lines if line.plain])


def _no_plan(error: MacheteError, fault: int | None) -> list[Row]:
    lines = [Content.styled(f"✗ {error.title}", "bold $error"), Content(""), Content(clean(error.what))]
    if error.mend:
        lines.append(Content(f"→ {clean(error.mend)}"))
    lines.append(Content(""))
    if fault is not None:
        lines.append(Content.styled(f"Ctrl+G goes to {STEPS[fault].title}, where it was entered", "$quiet"))
    lines.append(Content.styled("Ctrl+R makes the plan again", "$quiet"))
    lines += [Content(""), *(Content.styled(f"  {clean(line)}", "$quiet") for line in error.log[-12:])]
    return [Row(None, line) for line in lines]
