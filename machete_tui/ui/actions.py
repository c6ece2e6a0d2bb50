"""What can be done to services from any screen that shows some: one set of keys, one way to ask first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from machete_tui.core.results import Done
from machete_tui.operations.requests import Name, Rebuild, Remove
from machete_tui.operations.views import ServiceRow
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.dialogs.remove import RemoveDialog
from machete_tui.ui.jobs import Job
from machete_tui.ui.shell import Shell

if TYPE_CHECKING:
    from machete_tui.ui.screen import MacheteScreen

PAST = {"start": "started", "stop": "stopped", "restart": "restarted", "remove": "removed"}


class ServiceActions:
    """Mixed into a :class:`MacheteScreen` that has ``targets``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "logs", "Logs", id="service.logs", tooltip="what it writes, as it comes"),
        Binding("h", "history", "History", id="service.history", tooltip="deployments, diff, rollback"),
        Binding(
            "m", "metrics", "Metrics", show=False, id="service.metrics", tooltip="charts of what it uses"
        ),
        Binding("r", "restart", "Restart", id="service.restart", tooltip="restart its containers"),
        Binding("s", "stop", "Stop", id="service.stop", tooltip="stop its containers; asks first"),
        Binding("S", "start", "Start", id="service.start", tooltip="start its containers"),
        Binding(
            "b", "rebuild", "Rebuild", show=False, id="service.rebuild", tooltip="build its source again"
        ),
        Binding(
            "D",
            "down",
            "Down",
            show=False,
            id="service.down",
            tooltip="remove it, keeping volumes; asks first",
        ),
        Binding(
            "delete",
            "remove",
            "Remove",
            show=False,
            id="service.remove",
            tooltip="remove it, volumes too if told",
        ),
        Binding(
            "i", "inspect", "Inspect", show=False, id="service.inspect", tooltip="all that is known, as text"
        ),
        Binding("y", "copy", "Copy", show=False, id="service.copy", tooltip="copy its address"),
    ]

    @property
    def targets(self) -> tuple[ServiceRow, ...]:
        """What an action works on."""
        raise NotImplementedError

    def actions_done(self) -> None:
        """Called when an action on the targets began."""

    @property
    def _shell(self) -> Shell:
        return cast(Shell, cast("MacheteScreen", self).app)

    def _one(self) -> ServiceRow | None:
        targets = self.targets
        if len(targets) > 1:
            self._shell.notify(
                "this works on one service: unmark the others with Esc", severity="warning", timeout=3
            )
            return None
        return targets[0] if targets else None

    def action_logs(self) -> None:
        """Open the log."""
        row = self._one()
        if row is not None:
            self._shell.open_logs(row.name)

    def action_history(self) -> None:
        """Open the deployments."""
        row = self._one()
        if row is not None:
            self._shell.open_history(row.name)

    def action_metrics(self) -> None:
        """Open the charts."""
        row = self._one()
        if row is not None:
            self._shell.open_metrics("service", row.name)

    def action_inspect(self) -> None:
        """Open all that is known of the service as text."""
        row = self._one()
        if row is None:
            return

        def on_end(job: Job) -> None:
            if job.error is not None:
                self._shell.show_error(job.error, row.name)
            else:
                self._shell.open_result(row.name, job.value)

        self._shell.bridge.run("service.show", Name(row.name), quiet=True, on_end=on_end)

    def action_copy(self) -> None:
        """Copy the addresses over OSC 52."""
        text = "\n".join(row.address or row.name for row in self.targets)
        if text:
            self._shell.copy_to_clipboard(text)
            self._shell.notify(f"copied {text}" if "\n" not in text else "copied", timeout=2)

    def action_restart(self) -> None:
        """Restart; several only after a question."""
        self._ask("restart", "They do not answer while they restart.", several_only=True)

    def action_start(self) -> None:
        """Start."""
        self._each("start", self._names())

    def action_stop(self) -> None:
        """Stop, after a question."""
        self._ask("stop", "Its containers stop: nothing answers until it is started again.")

    def action_rebuild(self) -> None:
        """Build the source again and put the result live."""
        row = self._one()
        if row is not None:
            self._shell.deploy("service.rebuild", Rebuild(row.name), f"rebuild {row.name}")

    def action_down(self) -> None:
        """Remove without volumes, after a question."""
        self._remove(volumes=False)

    def action_remove(self) -> None:
        """Remove, with volumes if told so, after a question."""
        self._remove(volumes=True)

    def _names(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.targets)

    def _ask(self, verb: str, means: str, *, several_only: bool = False) -> None:
        names = self._names()
        if not names:
            return
        if several_only and len(names) == 1:
            self._each(verb, names)
            return
        what = names[0] if len(names) == 1 else f"{len(names)} services"
        question = Confirm(
            f"{verb.capitalize()} {what}?",
            [means],
            yes=verb.capitalize(),
            danger=verb == "stop",
            names=names if len(names) > 1 else (),
        )
        self._shell.confirm(question, lambda: self._each(verb, names))

    def _remove(self, *, volumes: bool) -> None:
        names = self._names()
        if not names:
            return

        def decided(answer: str | None) -> None:
            if answer:
                self._each("remove", names, lambda name: Remove(name, volumes=answer == "volumes"))

        self._shell.push_screen(RemoveDialog(names, offer_volumes=volumes), decided)

    def _each(self, verb: str, names: tuple[str, ...], request: Callable[[str], object] = Name) -> None:
        """Run one job a service at the same time, and report once when all have ended."""
        shell = self._shell
        ended: list[Job] = []

        def on_end(job: Job) -> None:
            ended.append(job)
            if len(ended) < len(names):
                return
            for failed in ended:
                if failed.error is not None and failed.state == "failed":
                    shell.show_error(failed.error, failed.subject)
            good = [j for j in ended if j.state == "done"]
            if len(good) == 1 and isinstance(good[0].value, Done):
                shell.notify(good[0].value.message, timeout=4)
            elif good:
                shell.notify(f"{PAST[verb]} {len(good)} services", timeout=4)

        for name in names:
            shell.bridge.run(
                f"service.{verb}", request(name), label=f"{verb} {name}", quiet=True, on_end=on_end
            )
        self.actions_done()
