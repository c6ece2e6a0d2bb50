"""Shows exactly what a prune takes and how many bytes come back, before it takes it."""

from __future__ import annotations

from typing import Any, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from machete_tui.operations.resource_views import PrunePlan, measured
from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice
from machete_tui.ui.jobs import Job, JobEnded
from machete_tui.ui.shell import Shell
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.tick import Tick

WORDS = {
    "image": ("images", "Images with a name too, where nothing uses or keeps them"),
    "volume": ("volumes", "Volumes with a name too, where nothing uses or keeps them: their data is lost"),
    "network": ("networks", ""),
    "cache": ("records of the build cache", "What was used within the last week too"),
}


class PruneDialog(Dialog[PrunePlan]):
    """Returns the plan that a person agreed to, or None.

    Args:
        kind: ``image``, ``volume``, ``network`` or ``cache``.
    """

    DEFAULT_CSS = """
    PruneDialog > .dialog { width: 96; }
    PruneDialog Lines { height: 12; max-height: 12; background: $surface; padding: 0; }
    PruneDialog.-low Lines { height: 5; }
    PruneDialog #said { text-style: bold; margin-bottom: 1; }
    PruneDialog.-low #said { margin-bottom: 0; }
    PruneDialog #warned { color: $warning; height: auto; }
    PruneDialog .dialog-quiet { margin-top: 1; max-height: 5; }
    PruneDialog.-low .dialog-quiet { display: none; }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-high")]  # noqa: RUF012 - Textual declares it on instances

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._nouns, self._more = WORDS[kind]
        self._job: Job | None = None
        self._plan: PrunePlan | None = None
        self._lines = Lines(id="going")

    def compose(self) -> ComposeResult:
        """The box: the sum, the list, what stays, whether more is meant, the buttons."""
        with Vertical(classes="dialog -danger") as box:
            box.border_title = f"Prune {self._nouns}"
            yield Static(id="said", markup=False)
            yield self._lines
            yield Static(id="kept", classes="dialog-quiet", markup=False)
            yield Static(id="warned", markup=False)
            if self._more:
                yield Tick(self._more, id="more")
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Cancel", id="no")
                yield Choice("Remove", danger=True, id="yes")

    def on_mount(self) -> None:
        """Cancel has the focus; ask what would go."""
        self.query_one("#no").focus()
        self._ask()

    @on(Tick.Changed)
    def _ask(self) -> None:
        """Ask what would go; nothing can be agreed to until it is there."""
        self._plan = None
        self.query_one("#yes").disabled = True
        self._say("Looking at what nothing needs…", "")
        self._lines.set_lines(())
        self._lines.say(Notice("Measuring…", "The engine walks all its disk for it."))
        if self._job is not None:
            self._job.unwatch(self)
        shell = cast(Shell, self.app)
        self._job = shell.bridge.run(f"{self.kind}.prune", self._request(), to=self, subject="", label="")

    def _request(self) -> Any:
        from machete_tui.operations.prune import PruneCache, PruneNamed, PruneNetworks

        more = bool(self._more) and self.query_one("#more", Tick).value
        if self.kind == "cache":
            return PruneCache(unused_for=0.0) if more else PruneCache()
        return PruneNetworks() if self.kind == "network" else PruneNamed(all=more)

    def request_for(self, plan: PrunePlan) -> Any:
        """Return the request that removes what was shown, and nothing else."""
        from dataclasses import replace

        return replace(self._request(), yes=True, only=tuple(item.id for item in plan.items))

    def on_job_ended(self, message: JobEnded) -> None:
        """Show the plan, or why there is none."""
        job = message.job
        if job is not self._job:
            return
        if job.error is not None:
            self._say(f"✗ {job.error.what}", job.error.mend)
            self._lines.say(Notice.of(job.error, "Esc goes back"))
            return
        self._plan = plan = job.value.data
        count = len(plan.items)
        if not count:
            self._say(f"No {self._nouns} to remove", "")
            self._lines.say(Notice("Nothing to remove", "Everything is in use or kept."))
        else:
            back = "" if self.kind == "network" else f"; {measured(plan.back)} come back"
            one = count == 1
            noun = self._nouns.removesuffix("s") if one and self.kind != "cache" else self._nouns
            self._say(f"{count} {noun} would go{back}", plan.warning)
            self._lines.set_lines([self._line(item.size, item.name, item.why) for item in plan.items])
        self._kept(plan)
        self.query_one("#yes").disabled = not count or bool(plan.warning)

    def _line(self, size: int | None, name: str, why: str) -> Line:
        shown = name if len(name) < 52 else name[:51] + "…"
        head = "" if self.kind == "network" else f"{measured(size):>9}  "
        return Line(f"{head}{shown:<34}  {why}")

    def _kept(self, plan: PrunePlan) -> None:
        text = f"{plan.kept} stay: {', '.join(plan.reasons)}" if plan.kept else ""
        self.query_one("#kept", Static).update(text)

    def _say(self, text: str, warned: str) -> None:
        self.query_one("#said", Static).update(text)
        line = self.query_one("#warned", Static)
        line.update(f"! {warned}" if warned else "")
        line.display = bool(warned)

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        agreed = event.choice.id == "yes" and self._plan is not None
        self.dismiss(self._plan if agreed else None)


def prune(shell: Shell, kind: str, then: Any = None) -> None:
    """Open the dialog; after a yes remove exactly what it showed and tell what came back."""
    dialog = PruneDialog(kind)

    def ended(job: Job) -> None:
        if job.error is not None and job.state == "failed":
            shell.show_error(job.error)
        elif job.state == "done":
            done: PrunePlan = job.value.data
            back = "" if kind == "network" else f", {measured(done.back)} came back"
            shell.notify(f"{len(done.items)} {WORDS[kind][0]} removed{back}", timeout=6)
            if done.failed:
                left = "; ".join(f"{name}: {why}" for name, why in done.failed[:3])
                shell.notify(f"{len(done.failed)} left: {left}", severity="warning", timeout=8)
        if then is not None:
            then()

    def decided(plan: PrunePlan | None) -> None:
        if plan is not None:
            request = dialog.request_for(plan)
            shell.bridge.run(
                f"{kind}.prune",
                request,
                label=f"prune {WORDS[kind][0]}",
                subject="",
                quiet=True,
                on_end=ended,
            )

    shell.push_screen(dialog, decided)
