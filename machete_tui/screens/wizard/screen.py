"""The wizard: holds the draft, goes from step to step, reads the source, deploys at the end."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from machete_tui.core.errors import MacheteError
from machete_tui.core.results import Done
from machete_tui.core.source import Detection
from machete_tui.screens.wizard.backing import BackingStep
from machete_tui.screens.wizard.bar import StepBar
from machete_tui.screens.wizard.busy import Busy
from machete_tui.screens.wizard.detected import DetectedStep
from machete_tui.screens.wizard.environment import EnvironmentStep
from machete_tui.screens.wizard.fields import Edited
from machete_tui.screens.wizard.resources import ResourcesStep
from machete_tui.screens.wizard.review import GoTo, ReviewStep
from machete_tui.screens.wizard.source import SourceStep
from machete_tui.screens.wizard.step import StepPane
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard import reader
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.places import source_problem
from machete_tui.ui.wizard.problems import Problem, errors
from machete_tui.ui.wizard.source import SourceDraft
from machete_tui.ui.wizard.steps import REVIEW, STEPS, check, first_fault, marks

SOURCE, ENVIRONMENT = 0, 3
_PANES: tuple[type[StepPane], ...] = (SourceStep, DetectedStep, ResourcesStep, EnvironmentStep, BackingStep)


class WizardScreen(MacheteScreen):
    """Makes a service of a source. Nothing exists before the last step; the draft lives here only."""

    CSS_PATH = "wizard.tcss"
    section = "deploy"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it on instances
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+n,f8",
            "next",
            "Next",
            priority=True,
            id="wizard.next",
            tooltip="check this step and go to the next",
        ),
        Binding(
            "ctrl+n,f8",
            "deploy",
            "Deploy",
            priority=True,
            id="wizard.deploy",
            tooltip="do what the plan says, or show how it goes",
        ),
        Binding(
            "ctrl+o,f7",
            "previous",
            "Back",
            priority=True,
            id="wizard.back",
            tooltip="to the step before; nothing entered is lost",
        ),
        Binding(
            "escape",
            "cancel",
            "Cancel",
            id="wizard.cancel",
            tooltip="stop what runs, else leave the wizard",
        ),
        Binding("q", "cancel", "Cancel", show=False, id="wizard.quit", tooltip="leave the wizard"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._blank = Draft(source=SourceDraft(folder=str(Path.cwd())))
        self.draft = self._blank
        self.step = SOURCE
        self._reached = SOURCE
        self._tried = False
        self._told: tuple[str, ...] = ()
        self._pane: StepPane = StepPane(self.draft)
        self._pending: tuple[Problem, ...] = ()
        self._failure: MacheteError | None = None
        self._deployment: Job | None = None
        self._busy = Busy("Esc stops it", id="wizard-busy")

    # Life

    def compose_body(self) -> ComposeResult:
        """Where one stands, the step, what runs or is wrong."""
        with Horizontal(id="wizard-top"):
            yield StepBar()
        yield Static("", id="wizard-question")
        yield Container(id="wizard-room")
        yield self._busy
        yield Static("", id="wizard-said", markup=False)

    def on_mount(self) -> None:
        """Begin with the source."""
        self._show(SOURCE)

    def on_screen_resume(self) -> None:
        """Go on to the service when its deploy went well meanwhile."""
        self._next_after_success()

    def _next_after_success(self) -> None:
        """After a deploy that went well, the service comes next, and the wizard begins anew."""
        job = self._deployment
        if job is not None and not job.running and job.error is None:
            self._reset()
            if self.app.screen is self:
                name = job.value.service if isinstance(job.value, Done) else job.subject
                self.shell.go("services")
                self.shell.open_service(name)

    # Keys

    def action_next(self) -> None:
        """Check the step; read the source, go on, or deploy."""
        if self._busy.job is not None:
            return
        self._collect()
        self._tried = True
        problems = check(self.draft, self.step, reader.parse_url)
        if errors(problems) and not self._accepts(problems):
            self._tell(problems)
            self._pane.go_to(errors(problems)[0].field)
        elif self.step == SOURCE and not self.draft.fresh:
            self._read()
        else:
            self._show(self.step + 1)

    def action_deploy(self) -> None:
        """Do what was planned."""
        if self._busy.job is None:
            self._deploy()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The last step has no next one; the first none before it."""
        if action == "next":
            return self.step != REVIEW
        if action == "deploy":
            return isinstance(self._pane, ReviewStep) and self._pane.plan is not None
        return self.step > SOURCE if action == "previous" else True

    def action_previous(self) -> None:
        """Go back, keeping whatever stands in the fields, right or wrong."""
        if self._busy.job is not None:
            self._busy.job.cancel.cancel()
        if self.step > SOURCE:
            self._collect()
            self._show(self.step - 1)

    def action_cancel(self) -> None:
        """Stop what runs; else leave, after a question when something would be lost."""
        if self._busy.job is not None:
            self._busy.job.cancel.cancel()
            self._say("Stopped.")
            return
        if isinstance(self._pane, SourceStep) and self._pane.stop():
            return
        self._collect()
        if self.draft == self._blank:
            self._leave()
            return
        going = self._deployment is not None and self._deployment.running
        lines = [
            "The deploy goes on." if going else "Nothing was deployed.",
            "What was entered is forgotten.",
        ]
        self.shell.confirm(Confirm("Leave the wizard?", lines, yes="Leave", no="Stay"), self._leave)

    # Steps

    def _show(self, step: int, problems: tuple[Problem, ...] = ()) -> None:
        """Put the pane of a step on the screen, made from the draft; ``problems`` are told there."""
        self.step, self._tried, self._pending = step, bool(problems), problems
        self._reached = max(self._reached, step)
        bridge = self.shell.bridge
        if step == REVIEW:
            location = reader.location(self.draft)
            self._pane = ReviewStep(self.draft, bridge, location, self._failure)
        else:
            self._pane = _PANES[step](self.draft, bridge)  # type: ignore[call-arg]
        room = self.query_one("#wizard-room", Container)
        room.remove_children()
        room.mount(self._pane)
        question = Content.styled(STEPS[step].question, "bold")
        about = self.draft.name or self.draft.source.label
        if step > SOURCE:
            question += Content.styled(f"  {clean(about)}", "$quiet")
        self.query_one("#wizard-question", Static).update(question)
        self._say("")
        self._mark()
        self.refresh_bindings()

    @on(StepPane.Shown)
    def _shown(self, event: StepPane.Shown) -> None:
        """Put the cursor where one begins, or at what is wrong."""
        if event.pane is not self._pane:
            return
        self._pane.begin()
        if self._pending:
            self._refuse(self._pending)

    def _collect(self) -> None:
        self.draft = self._pane.collect(self.draft)

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        self._collect()
        problems = check(self.draft, self.step, reader.parse_url)
        self._pane.tell(problems, every=self._tried)
        if self._tried and not errors(problems) and not self._pane.refused:
            self._say("")
        self._mark()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Enter goes to the next field, from the last one to the next step."""
        if self._pane.is_last(event.input):
            self.action_next()
        else:
            self.focus_next()

    @on(StepBar.Chosen)
    def _jumped(self, event: StepBar.Chosen) -> None:
        self._go(event.step)

    @on(ReviewStep.Planned)
    def _planned(self) -> None:
        self.refresh_bindings()

    @on(GoTo)
    def _sent(self, event: GoTo) -> None:
        self._go(event.step)

    def _go(self, step: int) -> None:
        """Go to a step that was reached, forward only over steps that are right."""
        self._collect()
        fault = first_fault(self.draft, reader.parse_url)
        if step <= self._reached and (step <= fault) and (step == SOURCE or self.draft.fresh):
            self._show(step)

    def _mark(self) -> None:
        self.query_one(StepBar).show(marks(self.draft, self.step, self._reached))

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        """Show what an operation said of fields of this step."""
        for problem in problems:
            self._pane.refuse(problem)
        self._tell(problems)
        self._pane.go_to(problems[0].field)

    def _tell(self, problems: tuple[Problem, ...]) -> None:
        self._pane.tell(problems, every=True)
        wrong = errors(problems)
        count = len(wrong)
        text = wrong[0].text if count == 1 else f"{count} things to mend here; the first: {wrong[0].text}"
        plain = count == 1 and self._pane.shows(wrong[0].field)
        self._say("" if plain else f"✗ {text}", wrong=True)

    def _accepts(self, problems: tuple[Problem, ...]) -> bool:
        """Whether the operator, told once that values are missing, goes on all the same."""
        wrong = errors(problems)
        if self.step != ENVIRONMENT or not all(p.field.startswith("wanted.") for p in wrong):
            return False
        lacking = self.draft.missing()
        if lacking == self._told:
            self.draft = dataclasses.replace(self.draft, accepted=frozenset(lacking))
            return True
        self._told = lacking
        return False

    # The source

    def _read(self) -> None:
        """Fetch and detect in a thread; nothing of it stays."""
        source = self.draft.source
        job = self.shell.bridge.call(
            f"Reading {source.label}",
            lambda ctx, cancel: reader.read(ctx, source, cancel),
            on_end=lambda job: self._was_read(job, source),
        )
        self._busy.follow(job)
        self._say("")

    def _was_read(self, job: Job, source: SourceDraft) -> None:
        self._busy.done()
        if job.state == "cancelled" or source.key != self.draft.source.key or self.step != SOURCE:
            return
        if job.error is not None:
            self._refuse((source_problem(job.error, source),))
        elif isinstance(job.value, Detection):
            self.draft = self.draft.with_detection(job.value)
            self._show(SOURCE + 1)

    # Deploying

    def _deploy(self) -> None:
        """Deploy what was planned, on the progress screen; a template is copied first."""
        if self._deployment is not None and self._deployment.running:
            self.shell.open_progress(self._deployment)
            return
        if self.draft.source.choice == "template" and not self.draft.copied:
            self._copy_template()
            return
        request = self.draft.request(reader.location(self.draft))
        self._deployment = self.shell.deploy("service.deploy", request, f"deploy {request.name}")
        self._deployment.watch(self)

    def _copy_template(self) -> None:
        from machete_tui.operations.templates import CreateFromTemplate

        source = self.draft.source
        job = self.shell.bridge.run(
            "template.create",
            CreateFromTemplate(source.template, reader.expanded(source.into)),
            label=f"Copying {source.template}",
            subject="",
            quiet=True,
            on_end=self._was_copied,
        )
        self._busy.follow(job)

    def _was_copied(self, job: Job) -> None:
        self._busy.done()
        if job.error is not None:
            self._show(SOURCE, (Problem("into", job.error.what, job.error.mend),))
        else:
            self.draft = dataclasses.replace(self.draft, copied=reader.expanded(self.draft.source.into))
            self._deploy()

    def on_job_ended(self, message: JobEnded) -> None:
        """A deploy that failed comes back here with everything kept; one that went well is over."""
        if message.job is not self._deployment:
            return
        error = message.job.error
        if error is None:
            if self.app.screen is self:  # its progress was left before the end
                self._next_after_success()
            return
        self._failure, self._deployment = error, None
        if self.step == REVIEW:
            self._show(REVIEW)

    # Leaving

    def _leave(self) -> None:
        if self._deployment is not None:
            self._deployment.unwatch(self)
            self._deployment.quiet = False
        self._reset()
        self.go_back()

    def _reset(self) -> None:
        """Forget everything."""
        self.draft, self._failure, self._deployment = self._blank, None, None
        self._reached, self._told = SOURCE, ()
        self._show(SOURCE)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        said = self.query_one("#wizard-said", Static)
        said.set_class(wrong, "-wrong")
        said.update(clean(text))
