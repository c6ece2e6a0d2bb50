"""What the in-memory engine is made of: how a container behaves, and one container over time."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Literal

from machete_tui.core.engine import Container, ContainerDetail, ContainerState, Health, Image, LogLine, Sample
from machete_tui.core.engine import Published as Port
from machete_tui.core.frozen import dataclass
from machete_tui.engines.memory_shell import Script, script
from machete_tui.engines.sanitize import clean

KEPT_LINES = 20_000
_PAST = 300  # lines that are told of a time before anybody looked
_LONG = 10.0  # a run of this many seconds sets the restart delay back, as in Docker


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the containers, images and one-off runs that a name matches behave. Times in seconds.

    Attributes:
        build_error: the line that a build fails with; empty for one that succeeds.
        build_seconds: how long a build takes.
        answers_after: from its start until it listens and answers; None for never.
        status: HTTP status of every path, but those of ``paths``.
        paths: path -> status, where it differs.
        hangs: accepts a connection and never answers.
        crash_after: from its start until it ends by itself; None for never.
        exit_code: what it ends with then.
        oom: whether it ends for lack of memory (exit code 137).
        listens: address and port inside; None for 0.0.0.0 and the port that it should have.
        health: what its health check finds, for good; empty for what follows from the rest.
        health_said: what the check prints.
        log: lines that it prints at each start.
        talk: the text of its n-th line afterwards (from 0), one every ``talk_every`` seconds.
        talk_every: seconds between them.
        usage: seconds since its start -> CPU and memory.
        stop_seconds: how long it takes to stop.
        run_exit: exit code of a one-off run.
        run_log: its output; empty for what its command prints.
        shell: whether its image brings one.
    """

    build_error: str = ""
    build_seconds: float = 0.0
    answers_after: float | None = 0.2
    status: int = 200
    paths: Mapping[str, int] = field(default_factory=dict)
    hangs: bool = False
    crash_after: float | None = None
    exit_code: int = 1
    oom: bool = False
    listens: tuple[str, int] | None = None
    health: Health = ""
    health_said: str = ""
    log: tuple[str, ...] = ()
    talk: Callable[[int], str] | None = None
    talk_every: float = 1.0
    usage: Callable[[float], Sample] | None = None
    stop_seconds: float = 0.0
    run_exit: int | None = None
    run_log: tuple[str, ...] = ()
    shell: bool = True


@dataclass(frozen=True, slots=True)
class Mapped:
    """A port to publish: host address, a range of host ports (0 to pick one), the container's own port."""

    address: str
    low: int
    high: int
    container: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Spec:
    """One service of a compose file, as read.

    ``hash`` tells whether its containers are to be made anew, ``pulled`` whether its image may be pulled.
    """

    name: str
    image: str
    hash: str = ""
    container_name: str = ""
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[Mapped, ...] = ()
    expose: tuple[int, ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()
    networks: tuple[str, ...] = ()
    depends: Mapping[str, str] = field(default_factory=dict)
    healthcheck: bool = False
    pulled: bool = True
    restart: str = "no"
    replicas: int = 1
    cpus: float = 0.0
    memory: int = 0


Happened = tuple[float, str]
"""When, and Docker's word for it."""


class Box:
    """One container of the in-memory engine; its state at any time follows from what was done to it.

    Not thread-safe: the engine holds its own lock.
    """

    def __init__(
        self, ident: str, name: str, spec: Spec, image: Image, labels: Mapping[str, str], behaviour: Behaviour
    ) -> None:
        self.id = ident
        self.name = name
        self.spec = spec
        self.image = image
        self.labels = labels
        self.behaviour = behaviour
        self.created = 0.0
        self.state: ContainerState = "created"
        self.health: Health = ""
        self.started = 0.0
        self.finished = 0.0
        self.exit_code = 0
        self.ends: deque[tuple[float, int]] = deque(maxlen=256)
        self.oom = False
        self.restarts = 0
        self.error = ""
        self.pid = 0
        self.published: tuple[Port, ...] = ()
        self.lines: deque[LogLine] = deque(maxlen=KEPT_LINES)
        self.said = 0  # lines ever, also those that ``lines`` has dropped
        self._again = 0.0
        self._delay = 0.0
        self._talked = 0
        self._script = Script()
        self._printed = 0

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self.state == "running"

    @property
    def occupies(self) -> tuple[int, ...]:
        """Host TCP ports that it holds now."""
        if self.state not in ("running", "restarting", "paused"):
            return ()
        return tuple(p.host for p in self.published if p.protocol == "tcp")

    def start(self, at: float) -> list[Happened]:
        """Start it by hand."""
        self._delay = 0.0
        return self._begin(at)

    def stop(self, at: float, code: int = 0, *, oom: bool = False) -> list[Happened]:
        """End it for good: no restart policy brings it back."""
        events = self._end(at, code, oom=oom)
        self.state = "exited"
        return [*events, (at, "stop")]

    def pause(self, at: float) -> list[Happened]:
        """Freeze it: it neither prints nor ends by itself until it goes on."""
        self.state = "paused"
        return [(at, "pause")]

    def unpause(self, at: float) -> list[Happened]:
        """Let it go on where it was."""
        self.state = "running"
        self._talked = max(self._talked, self._due(at))
        return [(at, "unpause")]

    def kill(self, at: float, code: int) -> list[Happened]:
        """End it by a signal of the operator: no restart policy brings it back."""
        events = self._end(at, code, oom=False)
        self.state = "exited"
        return [(at, "kill"), *events]

    def crash(self, at: float, code: int, *, oom: bool = False) -> list[Happened]:
        """End it as if by itself: its restart policy decides what comes then."""
        events = self._end(at, code, oom=oom)
        if self._comes_back(code):
            ran = at - self.started
            self._delay = 0.1 if ran > _LONG or not self._delay else min(self._delay * 2, 60.0)
            self.state, self._again = "restarting", at + self._delay
        return events

    def advance(self, now: float) -> list[Happened]:
        """Let time pass up to ``now`` and return what happened in it."""
        events: list[Happened] = []
        while True:
            if self.state == "running":
                end, code, oom = self._own_end()
                self._speak(min(now, end))
                self._check(min(now, end), events)
                if end > now:
                    return events
                events += self.crash(end, code, oom=oom)
            elif self.state == "restarting" and self._again <= now:
                self.restarts += 1
                events += self._begin(self._again)
            else:
                return events

    def say(self, at: float, text: str, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        """Print a line."""
        self.lines.append(LogLine(at, self.name, stream, clean(text)))
        self.said += 1

    def listening(self, now: float) -> tuple[str, int] | None:
        """Return the address and port that it listens on now, or None."""
        after = self.behaviour.answers_after
        if not self.running or after is None or now < self.started + after:
            return None
        port = self.own_port
        return self.behaviour.listens or (("0.0.0.0", port) if port else None)

    @property
    def own_port(self) -> int:
        """The port that it should listen on: published, exposed, ``PORT``; 0 for none."""
        if self.spec.ports:
            return self.spec.ports[0].container
        text = self.spec.environment.get("PORT", "")
        if text.isdecimal():
            return int(text)
        return self.spec.expose[0] if self.spec.expose else 0

    def sample(self, now: float) -> Sample:
        """Return its usage now."""
        if self.behaviour.usage is not None:
            return self.behaviour.usage(now - self.started)
        return Sample(cpu=1.0, memory=32 << 20)

    def container(self, now: float) -> Container:
        """Return its line in the list."""
        return Container(
            id=self.id,
            name=self.name,
            image=self.spec.image,
            image_id=self.image.id,
            state=self.state,
            status=self._sentence(now),
            health=self.health if self.running else "",
            created=self.created,
            labels=self.labels,
            ports=self.published if self.state in ("running", "paused") else (),
        )

    def detail(self, now: float) -> ContainerDetail:
        """Return what inspecting it tells."""
        return ContainerDetail(
            container=self.container(now),
            pid=self.pid if self.state in ("running", "paused") else 0,
            exit_code=self.exit_code,
            oom_killed=self.oom,
            restarts=self.restarts,
            started=self.started,
            finished=self.finished,
            error=self.error,
            health_said=self.behaviour.health_said if self.spec.healthcheck else "",
            environment=self.spec.environment,
            mounts=self.spec.mounts,
            networks={
                n: f"172.18.0.{self.pid % 250 + 2}" if self.running else "" for n in self.spec.networks
            },
            command=self.spec.command,
            limits_cpus=self.spec.cpus,
            limits_memory=self.spec.memory,
        )

    def _begin(self, at: float) -> list[Happened]:
        self.state, self.started = "running", at
        self.exit_code, self.oom, self.error = 0, False, ""
        self.health = "starting" if self.spec.healthcheck else ""
        self._talked = self._printed = 0
        self._script = script(self.spec.command, self.spec.environment)
        for line in self.behaviour.log:
            self.say(at, line)
        return [(at, "start")]

    def _end(self, at: float, code: int, *, oom: bool) -> list[Happened]:
        self.state, self.finished = "exited", at
        self.exit_code, self.oom = (137, True) if oom else (code, False)
        self.ends.append((at, self.exit_code))
        self.health = "unhealthy" if self.health else ""
        return [(at, "oom"), (at, "die")] if oom else [(at, "die")]

    def _comes_back(self, code: int) -> bool:
        policy, _, most = self.spec.restart.partition(":")
        if policy == "on-failure":
            return code != 0 and (not most or self.restarts < int(most))
        return policy in ("always", "unless-stopped")

    def _own_end(self) -> tuple[float, int, bool]:
        told = self.behaviour
        if told.crash_after is not None:
            return self.started + told.crash_after, told.exit_code, told.oom
        if self._script.ends is not None:
            return self.started + self._script.ends, self._script.code, False
        return math.inf, 0, False

    def _speak(self, until: float) -> None:
        for printed in self._script.lines[self._printed :]:
            if self.started + printed.after > until:
                break
            self.say(self.started + printed.after, printed.text, printed.stream)
            self._printed += 1
        talk, every = self.behaviour.talk, self.behaviour.talk_every
        if talk is None or every <= 0:
            return
        due = self._due(until)
        self._talked = max(self._talked, due - _PAST)  # a long past is not told from its beginning
        for n in range(self._talked, due):
            self.say(self.started + (n + 1) * every, talk(n))
        self._talked = max(self._talked, due)

    def _due(self, until: float) -> int:
        every = self.behaviour.talk_every
        return int((until - self.started) / every) if every > 0 else 0

    def _check(self, until: float, events: list[Happened]) -> None:
        if not self.spec.healthcheck:
            return
        told = self.behaviour
        first = self.started + (told.answers_after if told.answers_after is not None else 1.0)
        if until < first:
            return
        good = told.answers_after is not None and told.status < 400 and not told.hangs
        verdict: Health = told.health or ("healthy" if good else "unhealthy")
        if verdict != self.health:
            self.health = verdict
            events.append((first, f"health_status: {verdict}"))

    def _sentence(self, now: float) -> str:
        if self.state == "running":
            health = {"": "", "starting": " (health: starting)"}.get(self.health, f" ({self.health})")
            return f"Up {spoken(now - self.started)}{health}"
        if self.state == "paused":
            return f"Up {spoken(now - self.started)} (Paused)"
        if self.state in ("exited", "restarting"):
            return f"{self.state.capitalize()} ({self.exit_code}) {spoken(now - self.finished)} ago"
        return self.state.capitalize()


def spoken(seconds: float) -> str:
    """Return a span as the Engine says it (``3 minutes``, ``About an hour``)."""
    whole = int(max(seconds, 0))
    if whole < 1:
        return "Less than a second"
    for limit, size, name in ((60, 1, "second"), (3600, 60, "minute"), (86400, 3600, "hour")):
        if whole < limit:
            count = whole // size
            return f"{count} {name}{'s' * (count != 1)}"
    return f"{whole // 86400} day{'s' * (whole // 86400 != 1)}"
