"""``system.quickstart``: from a fresh machine to a running service and its address, in one command."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError, NotFound, Unhealthy
from machete_tui.core.events import Event, Lines, Note, Result, StepFinished, StepOutcome, StepStarted
from machete_tui.core.frozen import dataclass
from machete_tui.core.models import Service
from machete_tui.core.plan import Plan
from machete_tui.core.results import Done
from machete_tui.operations import registry
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.releases import address, live_release, main_component
from machete_tui.operations.system import Findings, examine
from machete_tui.operations.system_setup import make_ready

EXAMPLE = "guestbook"
STEPS = 5
_NOT_SOURCE = {".git", "__pycache__", "node_modules"}

Step = Generator[Event, None, tuple[StepOutcome, str]]


@dataclass(frozen=True, slots=True)
class Quickstart:
    """What to deploy, and whether to ask first."""

    yes: bool = arg("go on unasked", default=False)
    path: str = arg("folder to deploy instead of the guestbook", default="", kind="path", metavar="DIR")


@operation(
    "system.quickstart",
    "from a fresh machine to a running service: check, install, make base images, deploy, verify",
    role="admin",
    changes=True,
)
def quickstart(ctx: Context, request: Quickstart, cancel: Cancel) -> Iterator[Event]:
    """Do each step that is not done yet; run again, it changes nothing that is right."""
    run = _Run(ctx, request, cancel)
    yield from run.step(1, "check", "Check this machine", run.check())
    yield from run.step(2, "setup", "Install what is missing", run.setup())
    yield from run.step(3, "images", "Have the base images", run.images())
    yield from run.step(4, "deploy", f"Deploy {run.label}", run.deploy())
    yield from run.step(5, "verify", "Verify that it answers", run.verify())
    name, url = run.service.name, address(run.service.port)
    for line in (
        f"{name} runs{f' at {url}' if url else ''}. What to type next:",
        "  machete-tui                                  the console",
        f"  machete-tui --run service.show {name}    its containers and releases",
        f"  machete-tui --run service.logs {name}    what they print",
        "  machete-tui --run service.deploy FOLDER      a service of your own",
    ):
        yield Note(line)
    yield Result(Done(f"{name} is live and answers", name, url, run.service.release))


class _Run:
    """One run: what each step learned for the next."""

    def __init__(self, ctx: Context, request: Quickstart, cancel: Cancel) -> None:
        self._ctx = ctx
        self._request = request
        self._cancel = cancel
        self._findings: Findings | None = None
        self._source = ""
        self._live: Service | None = None
        self.label = Path(request.path).resolve().name if request.path else f"the example {EXAMPLE}"

    @property
    def service(self) -> Service:
        """The service that runs; only after the deploy step."""
        assert self._live is not None
        return self._live

    def step(self, index: int, key: str, title: str, body: Step) -> Iterator[Event]:
        """Run one step with its time; what it printed line by line is left to its error and its log."""
        ctx = self._ctx
        begun = ctx.clock.monotonic()
        yield StepStarted(f"quickstart:{key}", title, index, STEPS, ctx.clock.now())
        try:
            outcome, detail = yield from body
        except MacheteError as error:
            yield StepFinished(f"quickstart:{key}", "failed", ctx.clock.monotonic() - begun, error.what)
            raise
        yield StepFinished(f"quickstart:{key}", outcome, ctx.clock.monotonic() - begun, detail)

    def check(self) -> Step:
        """Look at everything; what is wrong is only said, as the next step may mend it."""
        self._source = self._request.path or self._ctx.machine.example(EXAMPLE)
        if not Path(self._source).is_dir():
            raise NotFound(f"there is no folder {self._source}", "name an existing one", field="--path")
        found = self._findings = examine(self._ctx)
        for check in found.checks:
            if check.state != "ok":
                yield Note(f"{check.name}: {check.found}", "warning" if check.state == "fail" else "info")
        wrong = sum(check.state != "ok" for check in found.checks)
        return "done", f"{len(found.checks) - wrong} of {len(found.checks)} are right"

    def setup(self) -> Step:
        """Install what is missing. What could stay missing is not insisted on without root.

        Where the Engine did not answer before, what a crash left is put right before anything is deployed.
        """
        found = self._findings
        assert found is not None
        enough = not found.failed and (found.registry or "mmdebstrap" in found.facts.tools)
        if enough and not found.facts.root:
            return "skipped", "everything that is needed is there"
        done = yield from _without_lines(make_ready(self._ctx, self._cancel, yes=self._request.yes))
        if found.failed:
            yield from self._perform("system.reconcile")
            self._findings = examine(self._ctx)
            for check in self._findings.failed:
                raise MacheteError(f"{check.name}: {check.found}", check.mend)
        return "done", str(done)

    def images(self) -> Step:
        """Make the base images that the plan needs and that cannot be pulled."""
        from machete_tui.operations.images import ensure

        self._live = self._running_already()
        if self._live:
            return "skipped", "the service runs already"
        plan: Plan = yield from self._perform("service.deploy", source=self._source, dry_run=True)
        wanted = [base.ref for base in plan.bases if base.available == "stand-in"]
        if not wanted:
            return "skipped", "all are here, or a registry has them"
        yield from _without_lines(_as_generator(ensure(self._ctx, wanted, self._cancel)))
        return "done", ", ".join(wanted)

    def deploy(self) -> Step:
        """Deploy, unless the same source is live and healthy."""
        if self._live:
            return "skipped", f"{self._live.name} #{self._live.release} is live, from the same files"
        done: Done = yield from self._perform("service.deploy", source=self._source)
        self._live = self._ctx.store.services.find(done.service)
        return "done", done.message

    def verify(self) -> Step:
        """Ask its address, and look at every container."""
        said = self._trouble(self.service)
        if said:
            raise Unhealthy(said, f"machete-tui --run service.health {self.service.name}")
        count = len(self._ctx.engine.containers(service=self.service.name, every=False))
        yield from ()
        return "done", f"{count} container{'' if count == 1 else 's'} running, its address answers"

    def _running_already(self) -> Service | None:
        """Return the service of the same source if it is live, healthy, and no file changed since."""
        location = str(Path(self._source).resolve())
        for service in self._ctx.store.services.all():
            if service.source.kind != "folder" or str(Path(service.source.location).resolve()) != location:
                continue
            release = live_release(self._ctx, service)
            if release and _newest(location) <= release.created and not self._trouble(service):
                return service
        return None

    def _trouble(self, service: Service) -> str:
        """Return in one line what is wrong with a service; empty when it answers."""
        ctx = self._ctx
        containers = ctx.engine.containers(service=service.name)
        release = live_release(ctx, service)
        if release is None or not containers:
            return f"{service.name} has no containers"
        for container in containers:
            if container.state != "running" or container.health == "unhealthy":
                return f"{container.name} is {container.health or container.state}: {container.status}"
        main = main_component(release.detection.components)
        if service.port:
            probe = ctx.host.probe(service.port, main.health_path if main else "")
            if not probe.ok:
                return f"{address(service.port)}: {probe.said}"
        return ""

    def _perform(self, action: str, **fields: Any) -> Generator[Event, None, Any]:
        """Run another verb, passing its steps on; return its result."""
        verb = registry.find(action)
        return (yield from _result(verb.run(self._ctx, verb.request(**fields), self._cancel)))


def _result(events: Iterator[Event]) -> Generator[Event, None, Any]:
    value: Any = None
    for event in events:
        if isinstance(event, Result):
            value = event.value
        elif not isinstance(event, Lines):
            yield event
    return value


def _as_generator(events: Iterator[Event]) -> Generator[Event, None, None]:
    yield from events


def _without_lines(events: Generator[Event, None, Any]) -> Generator[Event, None, Any]:
    """Pass on everything but output, and return what it returns."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            return end.value
        if not isinstance(event, Lines):
            yield event


def _newest(folder: str) -> float:
    """Return when the youngest file of a source was written, in Unix seconds."""
    newest = 0.0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_SOURCE]
        for name in files:
            newest = max(newest, (Path(place) / name).lstat().st_mtime)
    return newest
