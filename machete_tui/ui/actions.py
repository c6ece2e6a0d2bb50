"""What can be done to rows from any screen that shows some: one set of keys, one way to ask first.

A row is a service, a compose project made elsewhere, or a container; each key means the verb of its kind.
What the keys need is imported when one is pressed: this module is on the way to the first paint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from machete_tui.core.results import Done
from machete_tui.operations.service_row import ServiceRow
from machete_tui.ui.adopting import Adopting
from machete_tui.ui.jobs import Job
from machete_tui.ui.shell import CONTAINER

if TYPE_CHECKING:
    from machete_tui.ui.screen import MacheteScreen
    from machete_tui.ui.verbs import Act

MEANS = {
    "restart": ("It does not answer while it restarts.", "They do not answer while they restart."),
    "stop": (
        "Its containers stop: nothing answers until it is started again.",
        "Their containers stop: nothing answers until they are started.",
    ),
    "pause": (
        "Its processes are frozen: they keep their memory and ports, and answer nothing.",
        "Their processes are frozen: they keep their memory and ports, and answer nothing.",
    ),
    "kill": (
        "Its processes end at once, without a chance to finish what they do.",
        "Their processes end at once, without a chance to finish what they do.",
    ),
}
"""What a verb means for one object and for several."""

ON_TARGETS = frozenset(
    (
        *("logs", "history", "restart", "stop", "start", "pause", "kill", "rebuild", "compose"),
        *("down", "remove", "inspect", "copy", "shell"),
    )
)
"""Actions that need a service to work on."""


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
            "p",
            "pause",
            "Pause",
            show=False,
            id="service.pause",
            tooltip="freeze its processes, or let them go on",
        ),
        Binding(
            "e",
            "shell",
            "Shell",
            show=False,
            id="container.shell",
            tooltip="a shell in one of its containers",
        ),
        Binding(
            "b",
            "rebuild",
            "Rebuild",
            show=False,
            id="service.rebuild",
            tooltip="build its source again and put the result live",
        ),
        Binding(
            "U",
            "compose",
            "Compose",
            show=False,
            id="project.compose",
            tooltip="up, pull, recreate, rebuild a project made elsewhere",
        ),
        Binding(
            "K",
            "kill",
            "Kill",
            show=False,
            id="container.kill",
            tooltip="end its processes at once; asks first",
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what works on services where there is one."""
        return action not in ON_TARGETS or bool(self.targets)

    def actions_done(self) -> None:
        """Called when an action on the targets began."""

    @property
    def _shell(self) -> Adopting:
        return cast(Adopting, cast("MacheteScreen", self).app)

    def _one(self, kind: str = "") -> ServiceRow | None:
        """Return the one row to work on; say why there is none, or why it is not of the ``kind`` needed."""
        targets = self.targets
        if len(targets) > 1:
            self._say("this works on one service: unmark the others with Esc")
            return None
        if targets and kind and targets[0].kind != kind:
            self._say(f"{targets[0].name} is a {targets[0].kind}: this works on a {kind}")
            return None
        return targets[0] if targets else None

    def _say(self, text: str) -> None:
        self._shell.notify(text, severity="warning", timeout=3)

    def action_logs(self) -> None:
        """Open the log; the logs of several in one view."""
        targets = [target for row in self.targets for target in self._log_targets(row)]
        if targets:
            self._shell.open_logs(*targets)

    def _log_targets(self, row: ServiceRow) -> list[str]:
        if row.kind == "service":
            return [row.name]
        return [CONTAINER + container.name for container in self._shell.fleet.members(row)]

    def action_history(self) -> None:
        """Open the deployments."""
        row = self._one("service")
        if row is not None:
            self._shell.open_history(row.name)

    def action_metrics(self) -> None:
        """Open the charts."""
        row = self._one()
        if row is not None:
            self._shell.open_metrics("service", row.name)

    def action_inspect(self) -> None:
        """Open all that is known of it as text."""
        from machete_tui.operations.queries import Name

        row = self._one()
        if row is not None and row.kind == "service":
            self._shell.open_answer("service.show", Name(row.name), row.name)
        elif row is not None and row.kind == "project":
            self._shell.open_config(row)
        elif row is not None:
            self._shell.inspect_container(row)

    def action_copy(self) -> None:
        """Copy the addresses over OSC 52."""
        text = "\n".join(row.address or row.name for row in self.targets)
        if text:
            self._shell.copy_to_clipboard(text)
            self._shell.notify(f"copied {text}" if "\n" not in text else "copied", timeout=2)

    def action_shell(self) -> None:
        """Open a shell in a container, giving it the terminal."""
        row = self._one()
        if row is not None:
            self._shell.open_shell(row)

    def action_restart(self) -> None:
        """Restart; several only after a question."""
        self._ask("restart", several_only=True)

    def action_start(self) -> None:
        """Start."""
        from machete_tui.ui.verbs import acts

        self._each("start", acts("start", self.targets, self._shell.fleet))

    def action_stop(self) -> None:
        """Stop, after a question."""
        self._ask("stop")

    def action_pause(self) -> None:
        """Pause, or let go on; several only after a question."""
        self._ask("pause", several_only=True)

    def action_kill(self) -> None:
        """Kill, after a question."""
        self._ask("kill")

    def action_rebuild(self) -> None:
        """Build the source again and put the result live."""
        from machete_tui.operations.requests import Rebuild

        row = self._one()
        if row is not None and row.kind == "service":
            self._shell.deploy("service.rebuild", Rebuild(row.name), f"rebuild {row.name}")
        elif row is not None and row.kind == "project":
            self._shell.compose_project(row, "rebuild")
        elif row is not None:
            self._one("service")

    def action_compose(self) -> None:
        """Choose what compose does with a project made elsewhere."""
        row = self._one("project")
        if row is not None:
            self._shell.choose_compose(row)

    def action_down(self) -> None:
        """Remove without volumes, after a question."""
        self._remove(volumes=False)

    def action_remove(self) -> None:
        """Remove, with volumes if told so, after a question."""
        self._remove(volumes=True)

    def _ask(self, verb: str, *, several_only: bool = False) -> None:
        from machete_tui.ui.dialogs.confirm import Confirm
        from machete_tui.ui.verbs import acts, called, listed

        chosen = acts(verb, self.targets, self._shell.fleet)
        rows = [act.row for act in chosen]
        if not chosen:
            if self.targets:
                self._say(f"nothing to {verb} there: it does not run")
            return
        if several_only and len(rows) == 1:
            self._each(verb, chosen)
            return
        question = Confirm(
            f"{verb.capitalize()} {called(rows)}?",
            [MEANS[verb][len(rows) > 1]],
            yes=verb.capitalize(),
            danger=verb in ("stop", "kill"),
            names=listed(rows) if len(rows) > 1 else (),
        )
        self._shell.confirm(question, lambda: self._each(verb, chosen))

    def _remove(self, *, volumes: bool) -> None:
        from machete_tui.ui.dialogs.remove import RemoveDialog
        from machete_tui.ui.verbs import acts, called, listed

        rows = self.targets
        if not rows:
            return
        offer = volumes and any(row.kind != "container" for row in rows)

        def decided(answer: str | None) -> None:
            if answer:
                gone = acts("remove", rows, self._shell.fleet, volumes=answer == "volumes")
                self._each("remove", gone)

        dialog = RemoveDialog(
            listed(rows), offer_volumes=offer, called=called(rows), kinds={row.kind for row in rows}
        )
        self._shell.push_screen(dialog, decided)

    def _each(self, verb: str, chosen: Sequence[Act]) -> None:
        """Run one job a row at the same time, and report once when all have ended."""
        from machete_tui.ui.verbs import PAST, called

        shell = self._shell
        ended: list[Job] = []
        rows = [act.row for act in chosen]
        names = {act.subject: act.row.name for act in chosen}

        def on_end(job: Job) -> None:
            ended.append(job)
            if len(ended) < len(chosen):
                return
            for failed in ended:
                if failed.error is not None and failed.state == "failed":
                    shell.show_error(failed.error, names[failed.subject])
            good = [j for j in ended if j.state == "done"]
            if len(good) == 1 and isinstance(good[0].value, Done):
                done = good[0].value
                shell.notify(done.message, title=done.command, timeout=4)
            elif good:
                what = called(rows) if len(good) == len(rows) else f"{len(good)} of {called(rows)}"
                shell.notify(f"{PAST[verb]} {what}", timeout=4)

        for act in chosen:
            shell.bridge.run(
                act.operation, act.request, label=act.label, subject=act.subject, quiet=True, on_end=on_end
            )
        self.actions_done()
