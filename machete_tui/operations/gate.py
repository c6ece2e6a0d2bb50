"""The gate: proof that a release runs and answers, seen from the host, and the watch that follows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, ContainerDetail
from machete_tui.core.errors import MacheteError, NotFound, Unhealthy
from machete_tui.core.events import Event, Note
from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Component
from machete_tui.operations import diagnosis
from machete_tui.operations.diagnosis import Verdict

LOG_TAIL = 200
"""Last lines that are kept of a container that failed."""

WRONG_PORT_SECONDS = 8.0
"""How long a component may listen only on ports that were not expected before the gate gives up."""

ENDS = ("job", "cli")
"""Kinds of components that may end, with exit code 0."""


class GateFailed(Unhealthy):
    """A release did not pass; carries what was seen."""


@dataclass(frozen=True, slots=True)
class Passed:
    """How the gate went: seconds until the first answer, and what each component answered."""

    seconds: float
    answers: tuple[str, ...]


@dataclass(slots=True)
class _Progress:
    """What is known of one component's port while the gate waits."""

    in_row: int = 0
    said: str = "no answer"
    wrong_since: float | None = None


class Gate:
    """Checks the containers of one release of one service.

    Args:
        ctx: engine, host, clock.
        service: name.
        components: what the release consists of.
        ports: host ports of each published component.
        limit: seconds until it gives up.
        since: Unix time from which on containers are the release's own: any restart of theirs is a fault.
    """

    def __init__(
        self,
        ctx: Context,
        service: str,
        components: Sequence[Component],
        ports: dict[str, tuple[int, ...]],
        limit: float,
        since: float,
    ) -> None:
        self._since = int(since)
        self._ctx = ctx
        self._service = service
        self._components = {c.name: c for c in components}
        self._ports = ports
        self._limit = limit
        self._restarts: dict[str, int] = {}

    def wait(self, cancel: Cancel) -> Generator[Event, None, Passed]:
        """Wait until every component runs and answers; raises GateFailed with the reason."""
        clock, settings = self._ctx.clock, self._ctx.settings
        begun = clock.monotonic()
        first_answer: float | None = None
        progress = {(n, p): _Progress() for n, ports in self._ports.items() for p in ports}
        said_at = begun
        while True:
            cancel.check()
            details = self._details()
            self._check_alive(details)
            answering = {n for n, _ in progress if self._answers(n, progress)}
            ready = self._ready(details, answering)
            for (name, port), state in progress.items():
                if state.in_row < settings.gate_successes:
                    self._probe(name, port, state)
            if first_answer is None and progress and any(s.in_row for s in progress.values()):
                first_answer = clock.monotonic() - begun
            if ready and all(s.in_row >= settings.gate_successes for s in progress.values()):
                answers = tuple(f"{n} on {p}: {s.said}" for (n, p), s in progress.items())
                return Passed(first_answer or 0.0, answers)
            spent = clock.monotonic() - begun
            self._check_wrong_port(details, progress, spent)
            if spent >= self._limit:
                raise self._late(details, progress)
            if clock.monotonic() - said_at >= 5:
                said_at = clock.monotonic()
                waiting = [f"{n}: {s.said}" for (n, _), s in progress.items() if not s.in_row]
                yield Note(f"waiting {spent:.0f}s of {self._limit:.0f}s; {'; '.join(waiting) or 'starting'}")
            clock.sleep(settings.gate_interval)

    def watch(self, seconds: float, cancel: Cancel) -> Generator[Event, None, None]:
        """Watch what passed the gate for crashes and restarts; raises GateFailed."""
        clock = self._ctx.clock
        end = clock.monotonic() + seconds
        while clock.monotonic() < end:
            cancel.check()
            details = self._details()
            self._check_alive(details)
            for detail in details:
                if detail.container.health == "unhealthy":
                    raise self._failure(
                        detail, Verdict(f"{_name(detail)} became unhealthy", "see its last lines")
                    )
            clock.sleep(min(0.5, max(end - clock.monotonic(), 0.05)))
        yield from ()

    def why_not_up(self, error: Unhealthy) -> Unhealthy:
        """Return what a failed dependency of compose means: which one, why, and its last lines."""
        for detail in self._details(every=True):
            ended = detail.container.state in ("exited", "dead", "restarting") and (
                detail.exit_code or detail.oom_killed
            )
            if ended or detail.container.health == "unhealthy":
                lines = self.tail(detail.container)
                return self._failure(detail, diagnosis.of_sickness(detail, lines, self._disk_free()), lines)
        return error

    def _details(self, *, every: bool = False) -> list[ContainerDetail]:
        found = []
        for container in self._ctx.engine.containers(service=self._service):
            if every or container.component in self._components or not self._components:
                with suppress(NotFound):
                    found.append(self._ctx.engine.container(container.id))
        return found

    def _check_alive(self, details: list[ContainerDetail]) -> None:
        for detail in details:
            fresh = detail.container.created >= self._since
            known = self._restarts.setdefault(detail.container.id, 0 if fresh else detail.restarts)
            state = detail.container.state
            component = self._components.get(detail.container.component)
            may_end = component is not None and component.kind in ENDS and detail.exit_code == 0
            ended = state in ("exited", "dead") and not may_end
            if ended or (detail.restarts > known and not may_end) or (state == "restarting" and not may_end):
                lines = self.tail(detail.container)
                if detail.container.state == "running":
                    ends = self._ctx.engine.exits(detail.container.id, self._since)
                    detail = replace(detail, exit_code=ends[-1] if ends else detail.exit_code)
                verdict = diagnosis.of_exit(detail, lines, self._disk_free())
                raise self._failure(detail, verdict, lines)

    def _answers(self, name: str, progress: dict[tuple[str, int], _Progress]) -> bool:
        wanted = self._ctx.settings.gate_successes
        return all(s.in_row >= wanted for (n, _), s in progress.items() if n == name)

    def _ready(self, details: list[ContainerDetail], answering: set[str]) -> bool:
        """Return whether all run and are healthy; answers from the host stand for a check still to come."""
        seen: dict[str, int] = {}
        for detail in details:
            component = self._components.get(detail.container.component)
            may_end = component is not None and component.kind in ENDS
            if detail.container.state != "running" and not (may_end and detail.container.state == "exited"):
                return False
            passing = (
                ("", "healthy", "starting") if detail.container.component in answering else ("", "healthy")
            )
            if detail.container.health not in passing:
                return False
            seen[detail.container.component] = seen.get(detail.container.component, 0) + 1
        return all(seen.get(name) for name in self._components)

    def _probe(self, name: str, port: int, state: _Progress) -> None:
        component = self._components.get(name)
        probe = self._ctx.host.probe(port, component.health_path if component else "")
        state.said = probe.said
        state.in_row = state.in_row + 1 if probe.ok else 0

    def _check_wrong_port(
        self, details: list[ContainerDetail], progress: dict[tuple[str, int], _Progress], spent: float
    ) -> None:
        """Give up early on a component that listens, but where nobody will ever reach it."""
        for detail in details:
            component = self._components.get(detail.container.component)
            states = [s for (n, _), s in progress.items() if component and n == component.name]
            if component is None or not component.port or not states or any(s.in_row for s in states):
                continue
            listeners = self._ctx.engine.listeners(detail.container.id)
            reachable = any(
                x.port == component.port and x.address not in ("127.0.0.1", "::1") for x in listeners
            )
            for state in states:
                if not listeners or reachable:
                    state.wrong_since = None
                elif state.wrong_since is None:
                    state.wrong_since = spent
                elif spent - state.wrong_since >= WRONG_PORT_SECONDS:
                    raise self._silence(detail, component, state.said, spent)

    def _late(self, details: list[ContainerDetail], progress: dict[tuple[str, int], _Progress]) -> GateFailed:
        for detail in details:
            component = self._components.get(detail.container.component)
            for (name, _), state in progress.items():
                short = state.in_row < self._ctx.settings.gate_successes
                if component is not None and component.name == name and short:
                    return self._silence(detail, component, state.said, self._limit)
        for detail in details:
            if detail.container.state != "running" or detail.container.health not in ("", "healthy"):
                state_now = detail.container.health or detail.container.state
                verdict = Verdict(
                    f"{_name(detail)} was still {state_now} after {self._limit:.0f}s",
                    "its last lines say why; --gate gives it longer",
                )
                return self._failure(detail, verdict)
        missing = set(self._components) - {d.container.component for d in details}
        return GateFailed(
            f"no container of {', '.join(sorted(missing)) or self._service} was started",
            "see `machete-tui --run deployment.log`",
        )

    def _silence(self, detail: ContainerDetail, component: Component, said: str, spent: float) -> GateFailed:
        lines = self.tail(detail.container)
        listeners = self._ctx.engine.listeners(detail.container.id)
        verdict = diagnosis.of_silence(component, listeners, said, spent, lines)
        return self._failure(detail, verdict, lines)

    def _failure(
        self, detail: ContainerDetail, verdict: Verdict, lines: tuple[str, ...] | None = None
    ) -> GateFailed:
        tail = self.tail(detail.container) if lines is None else lines
        return GateFailed(verdict.reason, verdict.suggestion, log=tail)

    def tail(self, container: Container) -> tuple[str, ...]:
        """Return the last lines of a container, oldest first; nothing when it is gone already."""
        try:
            stream = self._ctx.engine.logs(container.id, tail=LOG_TAIL)
            return tuple(line.text for batch in stream for line in batch)[-LOG_TAIL:]
        except MacheteError:
            return ()

    def _disk_free(self) -> int | None:
        root = self._ctx.engine.info().root
        return self._ctx.host.disk_free(root) if root else None


def _name(detail: ContainerDetail) -> str:
    return detail.container.component or detail.container.name
