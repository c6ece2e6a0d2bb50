"""The app around the wizard with an outside world of its own: folders, a remote, plans and deploys.

Only what lies beyond the operations is pretended; bridge, screens, store and the in-memory engine are
the real ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from machete_tui import context
from machete_tui.app import MacheteApp
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError
from machete_tui.core.events import Event, Lines, Note, Result, StepFinished, StepStarted
from machete_tui.core.models import Limits
from machete_tui.core.plan import BaseImage, Plan, PlannedFile, PlannedImage, PlannedMount
from machete_tui.core.results import Done, Listing
from machete_tui.core.settings import Settings
from machete_tui.core.source import Checkout, Detection, SourceRef
from machete_tui.operations import reading, registry
from machete_tui.operations.reading import RefRow
from machete_tui.operations.registry import Operation
from machete_tui.operations.requests import Deploy
from machete_tui.screens.wizard import WizardScreen
from machete_tui.screens.wizard.folder import FolderPicker
from machete_tui.ui.prefetch import Prefetch
from machete_tui.ui.wizard import folders, reader
from machete_tui.ui.wizard.folders import Entry, Look
from machete_tui.ui.wizard.source import SourceDraft
from tests.unit.wizard.sample import SHOP

FOLDERS = {
    "/srv": Look(
        "/srv",
        (
            Entry("api", ("go.mod", "Git")),
            Entry("docs", ("index.html",)),
            Entry("notes"),
            Entry("shop", ("Dockerfile", "package.json", "Git")),
        ),
        (),
        0,
    ),
    "/srv/shop": Look(
        "/srv/shop", (Entry("web", ("package.json",)), Entry("worker", ("pyproject.toml",))), (), 3, True
    ),
    "/srv/notes": Look("/srv/notes"),
}


@dataclass
class Stage:
    """What happens when the wizard asks, and what it asked for.

    Attributes:
        detection: what reading the source gives, or the error that it ends with.
        refs: what the remote has, or the error.
        plan_error: why planning fails; None when it does not.
        outcomes: how the deploys end, in order; None is success.
        gate: reading, planning and asking the remote wait for it.
        requests: every request of ``service.deploy``, dry runs too.
        read: every source that was read.
    """

    detection: Detection | MacheteError = SHOP
    refs: tuple[RefRow, ...] | MacheteError = ()
    plan_error: MacheteError | None = None
    outcomes: list[MacheteError | None] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    requests: list[Deploy] = field(default_factory=list)
    read: list[SourceDraft] = field(default_factory=list)

    @property
    def deploys(self) -> list[Deploy]:
        """Requests that were not dry runs."""
        return [r for r in self.requests if not r.dry_run]

    def wait(self, cancel: Cancel) -> None:
        """Hold the operation until the gate opens or it is cancelled."""
        while not self.gate.wait(0.01):
            cancel.check()


def app(state: Path) -> MacheteApp:
    """Return the app on the in-memory engine."""
    settings = Settings(state_dir=state / "state", cache_dir=state / "cache")
    return MacheteApp(Prefetch(lambda: context.in_memory(settings, FrozenClock())))


def build(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Put a stage up: the gate is open."""
    stage = Stage()
    stage.gate.set()

    def read(ctx: Context, source: SourceDraft, cancel: Cancel) -> Detection:
        stage.read.append(source)
        stage.wait(cancel)
        if isinstance(stage.detection, MacheteError):
            raise stage.detection
        return stage.detection

    def branches(ctx: Context, request: reading.Branches, cancel: Cancel) -> Iterator[Event]:
        stage.wait(cancel)
        if isinstance(stage.refs, MacheteError):
            raise stage.refs
        yield Result(Listing(stage.refs))

    def deploy(ctx: Context, request: Deploy, cancel: Cancel) -> Iterator[Event]:
        stage.requests.append(request)
        if request.dry_run:
            stage.wait(cancel)
            if stage.plan_error is not None:
                raise stage.plan_error
            yield Result(plan_of(request))
            return
        yield StepStarted("build", "Build", 1, 2, ctx.clock.now())
        yield Lines(("#1 FROM node:22-slim",), "build")
        stage.wait(cancel)
        outcome = stage.outcomes.pop(0) if stage.outcomes else None
        yield StepFinished("build", "done" if outcome is None else "failed", 1.0)
        if outcome is not None:
            yield Note("the old release still runs")
            raise outcome
        yield Result(Done(f"{request.name} #1 is live", request.name, "http://127.0.0.1:20000", 1))

    monkeypatch.setattr(reader, "read", read)
    monkeypatch.setattr(reader, "parse_url", lambda url: SourceRef("git", url))
    monkeypatch.setattr(folders, "look", look)
    monkeypatch.setattr(folders, "nearest", nearest)
    monkeypatch.setattr(folders, "complete", lambda text, hidden=False: None)
    fakes = (
        Operation("source.branches", "", reading.Branches, branches, "viewer", False, False, False),
        Operation("service.deploy", "", Deploy, deploy, "operator", True, False, False),
    )
    for fake in fakes:
        monkeypatch.setitem(registry._operations, fake.name, fake)
    return stage


def look(path: str, *, hidden: bool = False) -> Look:
    """Read a pretended folder."""
    found = FOLDERS.get(path)
    return found if found is not None else Look(path, error="there is no such folder")


def nearest(text: str) -> tuple[str, str]:
    """As :func:`machete_tui.ui.wizard.folders.nearest`, in the pretended tree."""
    path = text.rstrip("/") or "/"
    above, _, name = path.rpartition("/")
    return (above, name) if path not in FOLDERS and above in FOLDERS else (path, "")


def plan_of(request: Deploy) -> Plan:
    """Return a believable plan of what was asked for."""
    detection = request.detection
    assert detection is not None
    compose = "services:\n  web:\n    image: machete/shop-web:1\n    ports:\n      - 20000:3000\n"
    return Plan(
        service=request.name,
        source=SourceRef("folder", request.source),
        checkout=Checkout(request.source, "1a2b3c4d5e6f", "main", dirty=True),
        detection=detection,
        release=1,
        images=tuple(
            PlannedImage(c.name, f"machete/{request.name}-{c.name}:1", request.source, f"{c.name}.Dockerfile")
            for c in detection.components
        ),
        files=(
            PlannedFile("compose.yml", compose),
            PlannedFile("web.Dockerfile", 'FROM node:22-slim\nWORKDIR /app\nCMD ["node", "server.js"]\n'),
            PlannedFile(".env", "POSTGRES_PASSWORD=do-not-show-me\n", 0o600),
        ),
        compose=compose,
        ports={"web": (request.port or 20000,)},
        mounts=(PlannedMount("worker", "spool", "/spool"),),
        limits={name: Limits(cpus, memory) for name, cpus, memory in request.limits},
        replicas=dict(request.component_replicas),
        bases=(
            BaseImage("node:22-slim", ("web",), "local"),
            BaseImage("python:3.13-slim", ("worker",), "stand-in", "machete.local/python:3.13-slim"),
        ),
        environment=dict(pair.split("=", 1) for pair in request.env),
        downtime_why="nothing is live yet",
        warnings=("no image registry answers: python:3.13-slim is stood in for",),
    )


def wizard(pilot: Pilot[Any]) -> WizardScreen:
    """Return the wizard, which is on the screen."""
    screen = pilot.app.screen
    assert isinstance(screen, WizardScreen)
    return screen


async def until(pilot: Pilot[Any], true: Callable[[], bool], what: str = "it") -> None:
    """Let the app work until something is true; fails after five seconds."""
    import asyncio

    for _ in range(500):
        if true():
            await pilot.pause()
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until no job runs and everything that they brought is on the screen."""
    app = pilot.app
    assert isinstance(app, MacheteApp)
    await pilot.pause()
    await app.bridge.settled()
    await pilot.pause()
    await pilot.pause()


async def open_wizard(pilot: Pilot[Any], folder: str = "/srv/shop") -> WizardScreen:
    """Go to the wizard with a folder chosen."""
    app = pilot.app
    assert isinstance(app, MacheteApp)
    await until(pilot, lambda: hasattr(app, "bridge") and app.current_mode == "services", "the app")
    app.go("deploy")
    await until(pilot, lambda: isinstance(app.screen, WizardScreen), "the wizard")
    screen = wizard(pilot)
    await until(pilot, lambda: app.fleet.loaded, "the first list, for the header")
    await settle(pilot)
    if folder != screen.draft.source.folder:
        await type_into(pilot, "folder", folder)
    picker = screen.query_one(FolderPicker)
    await until(pilot, lambda: picker.shown == nearest(folder)[0], "the list of folders")
    return screen


async def type_into(pilot: Pilot[Any], key: str, text: str) -> None:
    """Replace what stands in a field, as an operator at its end would."""
    from machete_tui.screens.wizard.fields import Field

    await pilot.pause()
    field = next(f for f in pilot.app.screen.query(Field) if f.key == key)
    field.input.focus()
    await pilot.pause()
    await pilot.press("end", "ctrl+u")
    field.input.post_message(Paste(text))
    await pilot.pause()


async def go_to(pilot: Pilot[Any], step: int) -> WizardScreen:
    """Press Next until the step is there; missing variables are left out."""
    screen = wizard(pilot)
    for _ in range(2 * step + 1):
        if screen.step == step:
            break
        await pilot.press("ctrl+n")
        await settle(pilot)
    assert screen.step == step
    return screen
