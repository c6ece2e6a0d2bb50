"""What the in-memory engine does with single containers and with compose projects made elsewhere."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import iso
from machete_tui.core.engine import ComposeProject, RunResult
from machete_tui.core.errors import Conflict, InvalidInput, NotFound
from machete_tui.core.verbs import Composed, Terminal
from machete_tui.engines import memory_compose, memory_shell, memory_up
from machete_tui.engines.memory_model import Box
from machete_tui.engines.memory_world import World

_KILLS = ("KILL", "SIGKILL", "TERM", "SIGTERM", "INT", "SIGINT", "QUIT", "SIGQUIT", "9", "15")
_BUILTIN = ("echo", "sleep", "exit", "true", "false", "printenv", "sh", "test", "cat", "ls")


class MemoryVerbs:
    """Mixed into :class:`~machete_tui.engines.memory.MemoryEngine`."""

    world: World

    def pause(self, container: str) -> None:
        """Freeze its processes."""
        with self.world.use() as now:
            box = self.world.box(container)
            if box.state != "running":
                raise Conflict(f"Container {box.name} is {_how(box)}", "look at its state")
            self.world.tell(box, box.pause(now))

    def unpause(self, container: str) -> None:
        """Let them go on."""
        with self.world.use() as now:
            box = self.world.box(container)
            if box.state != "paused":
                raise Conflict(f"Container {box.name} is not paused", "look at its state")
            self.world.tell(box, box.unpause(now))

    def kill(self, container: str, signal: str = "KILL") -> None:
        """Send its first process a signal: those that end it do, others are taken."""
        with self.world.use() as now:
            box = self.world.box(container)
            if box.state not in ("running", "paused"):
                raise Conflict(f"Cannot kill container: {box.name} is not running", "look at its state")
            if signal.upper() in _KILLS:
                code = 137 if "K" in signal.upper() or signal == "9" else 143
                self.world.tell(box, box.kill(now, code))

    def inspect(self, container: str) -> dict[str, Any]:
        """Return the parts of Docker's JSON that say something here."""
        with self.world.use() as now:
            box = self.world.box(container)
            detail = box.detail(now)
        ports = {
            f"{p.container}/{p.protocol}": [{"HostIp": p.address, "HostPort": str(p.host)}]
            for p in detail.container.ports
        }
        health: dict[str, Any] | None = (
            {"Status": box.health, "FailingStreak": 0, "Log": []} if box.health else None
        )
        return {
            "Id": box.id,
            "Created": iso(box.created),
            "Name": f"/{box.name}",
            "Image": box.image.id,
            "RestartCount": box.restarts,
            "State": {
                "Status": box.state,
                "Running": box.state in ("running", "paused"),
                "Paused": box.state == "paused",
                "OOMKilled": box.oom,
                "Pid": detail.pid,
                "ExitCode": box.exit_code,
                "Error": box.error,
                "StartedAt": iso(box.started),
                "FinishedAt": iso(box.finished),
                **({"Health": health} if health else {}),
            },
            "Config": {
                "Image": box.spec.image,
                "Cmd": list(box.spec.command),
                "Env": [f"{k}={v}" for k, v in box.spec.environment.items()],
                "Labels": dict(box.labels),
            },
            "HostConfig": {
                "RestartPolicy": {"Name": box.spec.restart.partition(":")[0]},
                "Memory": box.spec.memory,
                "NanoCpus": int(box.spec.cpus * 1e9),
            },
            "Mounts": [{"Source": s, "Destination": t} for s, t in box.spec.mounts],
            "NetworkSettings": {
                "Ports": ports,
                "Networks": {n: {"IPAddress": a} for n, a in detail.networks.items()},
            },
        }

    def exec(
        self, container: str, command: Sequence[str], cancel: Cancel, *, user: str = "", folder: str = ""
    ) -> RunResult:
        """Run what :mod:`~machete_tui.engines.memory_shell` understands."""
        cancel.check()
        with self.world.use():
            box = self.world.box(container)
            if box.state != "running":
                raise Conflict(f"{container} does not run", "start it first")
            program = command[0].rpartition("/")[2] if command else ""
            if program not in _BUILTIN or (program == "sh" and not box.behaviour.shell):
                raise NotFound(f"{container} has no program {program}", "its image does not bring one")
            script = memory_shell.script(command, box.spec.environment)
        return RunResult(script.code, tuple(line.text for line in script.lines))

    def terminal(
        self, container: str, command: Sequence[str], *, user: str = "", folder: str = ""
    ) -> Terminal:
        """Return a pretended shell: it knows ``echo``, ``printenv`` and ``exit``."""
        with self.world.use():
            box = self.world.box(container)
        words = [sys.executable, "-m", "machete_tui.engines.memory_prompt", box.name]
        return Terminal((*words, shlex.join(command)), dict(box.spec.environment))

    def compose_missing(self, project: ComposeProject) -> str:
        """Return why the project's files cannot be used."""
        from machete_tui.engines import foreign

        if project.files and all(self._pretended(project, name) for name in project.files):
            return ""
        return foreign.missing(project)

    def compose(
        self, project: ComposeProject, words: Sequence[str], cancel: Cancel
    ) -> Iterator[tuple[str, ...]]:
        """Run one compose command on the project."""
        with self.world.use():
            composed = memory_compose.read(project, self.world.files)
        verb = words[0] if words else ""
        if verb == "pull":
            yield tuple(f" {spec.name} Pulled" for spec in composed.services)
        elif verb == "restart":
            yield from self._restart(project)
        elif verb == "up":
            if "--force-recreate" in words or "--build" in words:
                with self.world.use():
                    for box in memory_up.boxes_of(self.world, project.name):
                        self.world.stop_box(box)
                        self.world.remove_box(box)
            yield from memory_up.up(self.world, project, composed, cancel, {}, orphans=False)
        else:
            raise InvalidInput(f"the in-memory engine knows no compose {verb}")

    def compose_config(self, project: ComposeProject) -> str:
        """Return the effective compose file."""
        with self.world.use():
            return memory_compose.effective(project, self.world.files)

    def composed(self, project: ComposeProject) -> dict[str, Composed]:
        """Return the project's services as its files say now."""
        with self.world.use():
            found = memory_compose.read(project, self.world.files)
        return {
            spec.name: Composed(
                spec.name,
                spec.hash,
                spec.image,
                dict(spec.environment),
                tuple((p.low, p.container, p.protocol) for p in spec.ports),
            )
            for spec in found.services
        }

    def _restart(self, project: ComposeProject) -> Iterator[tuple[str, ...]]:
        with self.world.use() as now:
            boxes = memory_up.boxes_of(self.world, project.name)
            for box in boxes:
                self.world.stop_box(box)
                self.world.start_box(box)
                self.world.tell(box, [(now, "restart")])
        yield tuple(f" Container {box.name}  Started" for box in boxes)

    def _pretended(self, project: ComposeProject, name: str) -> bool:
        path = name if name.startswith("/") else f"{project.folder}/{name}"
        return path in self.world.files


def _how(box: Box) -> str:
    return "already paused" if box.state == "paused" else "not running"
