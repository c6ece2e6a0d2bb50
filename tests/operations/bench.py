"""A place to run operations in: one context on either engine, test apps, and short ways to call verbs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from machete_tui.context import LazyContext
from machete_tui.core.cancel import Cancel
from machete_tui.core.events import Event, Result, StepStarted
from machete_tui.engines.memory import Behaviour, MemoryEngine
from machete_tui.operations import registry

APPS = Path(__file__).parent.parent / "apps"

BEHAVIOURS = {
    "never-answers": Behaviour(hangs=True),
    "crash-at-once": Behaviour(crash_after=0.05, exit_code=1, log=("about to crash",)),
    "crash-after-10s": Behaviour(crash_after=10.0, exit_code=3, log=("crashing in ten seconds",)),
    "wrong-port": Behaviour(listens=("0.0.0.0", 9999)),
    "loopback-only": Behaviour(listens=("127.0.0.1", 3000)),
    "build-fails": Behaviour(build_error="error: this will never build"),
    "missing-env": Behaviour(crash_after=0.05, log=("SECRET_TOKEN is not set",)),
}
"""How the in-memory engine plays the faulty apps of ``tests/apps``."""


GOOD = Behaviour(log=("listening on port 3000",))


class Bench:
    """One context, the apps deployed in it, and the verbs."""

    def __init__(self, ctx: LazyContext, folder: Path, prefix: str) -> None:
        self.ctx = ctx
        self.folder = folder
        self.prefix = prefix
        self.made: set[str] = set()

    @property
    def memory(self) -> bool:
        """Whether this is the in-memory engine."""
        return isinstance(self.ctx.engine, MemoryEngine)

    def name(self, short: str) -> str:
        """Return a service name of this test alone."""
        name = f"{self.prefix}-{short}"
        self.made.add(name)
        return name

    def app(self, name: str, short: str = "") -> Path:
        """Copy a test app, so that a test can change it; the in-memory engine learns how it behaves."""
        target = self.folder / (short or name)
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(APPS / name, target)
        return target

    def behave(self, service: str, app: str) -> None:
        """Make the in-memory engine play a faulty app from its next start on; the real one runs it."""
        if isinstance(self.ctx.engine, MemoryEngine):
            self.ctx.engine.behave(service, BEHAVIOURS.get(app, GOOD))

    def stream(self, action: str, cancel: Cancel | None = None, **fields: Any) -> Iterator[Event]:
        """Start an operation."""
        operation = registry.find(action)
        return operation.run(self.ctx, operation.request(**fields), cancel or Cancel())

    def do(self, action: str, **fields: Any) -> Any:
        """Run an operation to its end and return its result's value."""
        value: Any = None
        for event in self.stream(action, **fields):
            if isinstance(event, Result):
                value = event.value
        return value

    def drain(self, stream: Iterator[Event], step: str, then: Callable[[], None]) -> None:
        """Read a stream to its end; ``then`` is called when the step begins."""
        for event in stream:
            if isinstance(event, StepStarted) and event.step == step:
                then()

    def deploy(self, source: Path, name: str, **fields: Any) -> Any:
        """Deploy a folder without watching it afterwards, unless told."""
        return self.do("service.deploy", source=str(source), name=name, **({"watch": 0.0} | fields))

    def row(self, name: str) -> Any:
        """Return a service's row of the list."""
        return next(row for row in self.do("service.list").rows if row.name == name)

    def leftovers(self, name: str) -> dict[str, list[str]]:
        """Return everything that the engine and the store hold of a service but its history."""
        engine = self.ctx.engine
        found = {
            "containers": [c.name for c in engine.containers(project=name)],
            "networks": engine.networks(project=name),
            "images": [t for i in engine.images(prefix=f"machete/{name}-") for t in i.tags],
            "ports": [str(p.port) for p in self.ctx.store.ports.all() if p.service == name],
            "claims": [c.source for c in self.ctx.store.claims.all() if c.service == name],
        }
        return {kind: names for kind, names in found.items() if names}

    def clean(self) -> None:
        """Remove what the test made, volumes too."""
        for name in self.made:
            if self.ctx.store.services.find(name):
                self.do("service.remove", name=name, volumes=True)
            for container in self.ctx.engine.containers(project=name):
                self.ctx.engine.remove(container.id)
            for network in self.ctx.engine.networks(project=name):
                self.ctx.engine.remove_network(network)
            for volume in self.ctx.engine.volumes(project=name):
                self.ctx.engine.remove_volume(volume.name)
            for image in self.ctx.engine.images(prefix=f"machete/{name}-"):
                for tag in image.tags:
                    self.ctx.engine.remove_image(tag)
