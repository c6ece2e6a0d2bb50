"""The demo's services, or a few of them, with time standing still."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from machete_tui import context
from machete_tui.app import MacheteApp
from machete_tui.core.clock import FrozenClock
from machete_tui.engines.memory import MemoryEngine
from machete_tui.operations.inputs import Inputs
from machete_tui.ui.prefetch import Prefetch


class World:
    """The demo in a folder of its own.

    Args:
        folder: for its state.
        keep: names of the services that are there; all when None.
        foreign: whether what others made is there too; default: when all services are.

    Attributes:
        ctx: the context; ``engine``, ``clock`` and ``settings`` are its own.
    """

    def __init__(
        self, folder: Path, keep: Iterable[str] | None = None, *, foreign: bool | None = None
    ) -> None:
        self.clock = FrozenClock()
        self.ctx = context.demo(folder, self.clock)
        self.settings = self.ctx.settings
        engine = self.ctx.engine
        assert isinstance(engine, MemoryEngine)
        self.engine = engine
        wanted = None if keep is None else set(keep)
        if not (keep is None if foreign is None else foreign):
            for container in engine.containers():
                if not container.service:
                    engine.remove(container.id)
        for service in self.ctx.store.services.all():
            if wanted is not None and service.name not in wanted:
                for container in engine.containers(service=service.name):
                    engine.remove(container.id)
                self.ctx.store.services.remove(service.id)
            elif service.release:
                inputs = Inputs(environment={"LOG_LEVEL": "info", "SESSION_SECRET": "hunter22"})
                inputs.save(self.settings.release_dir(service.name, service.release) / "inputs.json")

    def app(self) -> MacheteApp:
        """Return the app on this world, not running yet."""
        return MacheteApp(Prefetch(lambda: self.ctx), demo=True)
