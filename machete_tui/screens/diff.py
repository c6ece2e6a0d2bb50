"""What differs between two releases; from here, and only from here, the way back to the second one."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from machete_tui.operations.requests import Diff, Rollback
from machete_tui.operations.views import ReleaseDiff
from machete_tui.screens.viewer import ViewerScreen
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.jobs import JobEnded
from machete_tui.ui.widgets.notice import Notice


class DiffScreen(ViewerScreen):
    """The diff of two releases of a service.

    Args:
        name: the service.
        before: the release to begin with: when rolling back, the live one.
        after: the release to end with.
        rollback: whether ``after`` can be put live from here.
    """

    CSS_PATH = "viewer.tcss"
    section = "history"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+l", "rollback", "Roll back", id="diff.rollback", tooltip="put the release live; asks first"
        ),
    ]

    def __init__(self, name: str, before: int, after: int, *, rollback: bool = False) -> None:
        verb = "roll back" if rollback else "diff"
        super().__init__(f"{name} › {verb} #{before} → #{after}", "", "diff")
        self._service, self._before, self._after, self._rollback = name, before, after, rollback
        self._known = False

    def on_mount(self) -> None:
        """Ask for the diff."""
        self._lines.say(Notice("Comparing…"))
        self._lines.focus()
        request = Diff(self._service, before=self._before, after=self._after)
        self.shell.bridge.run("deployment.diff", request, to=self)

    def on_job_ended(self, message: JobEnded) -> None:
        """Show it, or why there is none."""
        job = message.job
        if isinstance(job.value, ReleaseDiff):
            self._lines.say(Notice("Nothing differs", f"#{self._before} and #{self._after} are the same."))
            self.set_text(diff_text(job.value))
            self._known = True
            changes = len(job.value.summary)
            tail = "   Ctrl+L puts it live" if self._rollback else ""
            self.say(f"#{self._before} → #{self._after}: {changes} change{'s' * (changes != 1)}{tail}")
        elif job.error is not None:
            self._lines.say(Notice.of(job.error))
            self.say(job.error.what)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the rollback only once the diff was shown."""
        return self._rollback and self._known if action == "rollback" else True

    def action_rollback(self) -> None:
        """Put the second release live, after a question."""
        name, number = self._service, self._after
        question = Confirm(
            f"Roll {name} back to #{number}?",
            [
                f"Images, compose file and environment of #{number} replace those of #{self._before}.",
                "Data in volumes is not rolled back. If it does not answer, the release of now stays live.",
            ],
            yes=f"Roll back to #{number}",
        )

        def go() -> None:
            self.app.pop_screen()
            self.shell.deploy("deployment.rollback", Rollback(name, number), f"roll back {name} to #{number}")

        self.shell.confirm(question, go)


def diff_text(diff: ReleaseDiff) -> str:
    """Return the summary and the parts as one text."""
    lines = [f"  {line}" for line in diff.summary]
    for name, text in diff.parts:
        lines += ["", f"# {name}", *text.rstrip().splitlines()]
    return "\n".join(lines)
