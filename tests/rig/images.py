"""The rig's base images: made by the program's own `image.bootstrap`, under the official names too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from machete_tui.context import live
from machete_tui.core.cancel import Cancel
from machete_tui.core.events import StepFinished, StepStarted
from machete_tui.core.settings import Settings
from machete_tui.operations.image_table import BASES
from machete_tui.operations.images import Bootstrap, bootstrap
from tests.rig.daemon import Daemon


def missing(daemon: Daemon) -> list[str]:
    """Return the names of the common base images that the engine lacks under an official name."""
    listed = daemon.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    have = set(listed)
    return [base.name for base in BASES if base.common and not have.issuperset(base.tags)]


def make(daemon: Daemon, state: str, say: Callable[[str], None]) -> None:
    """Make those that are missing, telling each step's time."""
    names = missing(daemon)
    if not names:
        return
    settings = Settings(docker_host=daemon.host, state_dir=Path(state))
    ctx = live(settings)
    title = ""
    try:
        for event in bootstrap(ctx, Bootstrap(names=tuple(names), as_official=True), Cancel()):
            if isinstance(event, StepStarted):
                title = event.title
            if isinstance(event, StepFinished):
                say(f"{title}: {event.seconds:.1f} s, {event.detail}")
    finally:
        ctx.close()
