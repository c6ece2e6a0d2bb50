"""Takes a compose project down by the labels of its objects, so that its files need not be there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from machete_tui.core.engine import Container, Volume
from machete_tui.core.stopping import waves

_AT_ONCE = 8


class _Engine(Protocol):
    def containers(self, *, service: str = "", project: str = "", every: bool = True) -> list[Container]: ...

    def stop(self, container: str, grace: float = 10.0) -> None: ...

    def remove(self, container: str) -> None: ...

    def networks(self, *, project: str = "") -> list[str]: ...

    def remove_network(self, name: str) -> None: ...

    def volumes(self, *, project: str = "") -> list[Volume]: ...

    def remove_volume(self, name: str) -> None: ...


def down(engine: _Engine, project: str, *, volumes: bool) -> None:
    """Stop and remove containers, dependants first, then networks, then volumes if told."""
    from machete_tui.core.errors import NotFound

    def end(container: Container) -> None:
        try:
            if container.state in ("running", "restarting", "paused"):
                engine.stop(container.id)
        except NotFound:
            return
        engine.remove(container.id)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for wave in waves(engine.containers(project=project)):
            list(pool.map(end, wave))
    for network in engine.networks(project=project):
        engine.remove_network(network)
    if volumes:
        for volume in engine.volumes(project=project):
            engine.remove_volume(volume.name)
