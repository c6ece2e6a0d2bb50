"""Steps of a deployment: timed, shown, logged, and committed before and after each acts."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, MacheteError
from machete_tui.core.events import Event, Lines, Note, StepFinished, StepOutcome, StepStarted
from machete_tui.core.models import Deployment, StepStatus
from machete_tui.core.secrets import Redactor

T = TypeVar("T")


class Journal:
    """Runs the steps of one deployment.

    Until :meth:`attach` the steps are held back, because what a new service is called is only known
    when its source was read; from then on each is in SQLite before it acts.
    """

    def __init__(self, ctx: Context, total: int) -> None:
        self._ctx = ctx
        self._total = total
        self._index = 0
        self._deployment: Deployment | None = None
        self._held: list[tuple[str, str, StepStatus, str]] = []
        self._lines: list[str] = []
        self._log: Path | None = None
        self._detail = ""
        self._data: dict[str, str] = {}
        self.redact = Redactor()

    @property
    def deployment(self) -> Deployment:
        """The deployment that it is attached to."""
        assert self._deployment is not None, "no deployment yet"
        return self._deployment

    def attach(self, deployment: Deployment) -> None:
        """Write what was held back, and from now on everything, to this deployment."""
        self._deployment = deployment
        self._ctx.log.about(deployment=deployment.id)
        self._log = self._ctx.settings.deployment_log(deployment.id)
        self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, title, status, detail in self._held:
            self._write(name, title, status, detail)
        held, self._lines = self._lines, []
        self._append(held)

    def detail(self, text: str, **data: str) -> None:
        """Say, within a step, one line about how it went, and what undoing it would need."""
        self._detail = self.redact(text)
        self._data |= data

    def step(self, name: str, title: str, body: Generator[Event, None, T]) -> Generator[Event, None, T]:
        """Run ``body`` as one step; what it returns is returned, what it raises is raised."""
        self._index += 1
        self._detail, self._data = "", {}
        clock = self._ctx.clock
        begun = clock.monotonic()
        self._write(name, title, "running")
        self._append([f"== {title}"])
        yield StepStarted(name, title, self._index, self._total, clock.now())
        try:
            value = yield from self._logged(name, body)
        except GeneratorExit:
            self._write(name, title, "undone", "the front went away")
            raise
        except Exception as error:
            if isinstance(error, MacheteError):
                error.redact(self.redact)
            text = self.redact(str(error))
            status: StepOutcome = "undone" if isinstance(error, Cancelled) else "failed"
            self._write(name, title, status, text)
            self._append([f"-- {status}: {text}"])
            yield StepFinished(name, status, clock.monotonic() - begun, text)
            raise
        self._write(name, title, "done", self._detail, self._data)
        yield StepFinished(name, "done", clock.monotonic() - begun, self._detail)
        return value

    def _logged(self, name: str, body: Generator[Event, None, T]) -> Generator[Event, None, T]:
        while True:
            try:
                event = next(body)
            except StopIteration as end:
                value: T = end.value
                return value
            if isinstance(event, Lines):
                event = Lines(tuple(self.redact(line) for line in event.lines), event.step or name)
                self._append(event.lines)
            elif isinstance(event, Note):
                event = Note(self.redact(event.text), event.level)
                self._append([f"-- {event.text}"])
            try:
                yield event
            except GeneratorExit:
                body.close()
                raise

    def _write(
        self, name: str, title: str, status: StepStatus, detail: str = "", data: dict[str, str] | None = None
    ) -> None:
        if self._deployment is None:
            if status != "running":
                self._held.append((name, title, status, detail))
            return
        self._ctx.store.deployments.step(self._deployment.id, name, title, status, detail, data)
        self._ctx.log.write(
            "info",
            f"step {name} {status}",
            service=self._deployment.service,
            detail=detail,
        )

    def _append(self, lines: list[str] | tuple[str, ...]) -> None:
        if self._log is None:
            self._lines.extend(lines)
        elif lines:
            with self._log.open("a", encoding="utf-8", errors="replace") as file:
                file.write("\n".join(lines) + "\n")


@contextmanager
def audited(ctx: Context, action: str, service: str = "") -> Iterator[Audit]:
    """Write one row of the audit trail when the body ends, however it ends."""
    audit = Audit(service)
    begun = ctx.clock.monotonic()
    outcome, detail = "ok", ""
    try:
        yield audit
    except GeneratorExit:
        outcome = "cancelled"
        raise
    except Cancelled:
        outcome = "cancelled"
        raise
    except MacheteError as error:
        outcome, detail = "failed", f"{error.title}: {error.what}"
        raise
    except Exception as error:
        outcome, detail = "failed", type(error).__name__
        raise
    finally:
        text = audit.redact("; ".join(filter(None, (audit.detail, detail))))
        ctx.store.events.add(ctx.actor, action, audit.service, outcome, ctx.clock.monotonic() - begun, text)
        ctx.log.write(
            "info" if outcome == "ok" else "warning",
            f"{action} {outcome}",
            service=audit.service,
            detail=text,
        )


class Audit:
    """What the audit row will say of its object."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.detail = ""
        self.redact = Redactor()
