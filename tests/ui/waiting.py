"""Waiting for what happens, never for a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from machete_tui.ui.adopting import Adopting
from machete_tui.ui.shell import Shell

PATIENCE = 10.0


async def until(pilot: Pilot[Any], true: Callable[[], object], what: str = "") -> None:
    """Let the app work until something is true; fail after ten seconds."""
    end = time.monotonic() + PATIENCE
    while True:
        await pilot.pause()
        if true():
            return
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} seconds for {what or 'it'}"
        await asyncio.sleep(0.01)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until the services are listed, the engine was asked, and no job runs but following ones."""
    app = pilot.app
    assert isinstance(app, Shell)
    await until(pilot, lambda: app.fleet.loaded, "the first list")
    await until(pilot, lambda: app.fleet.info or app.fleet.trouble, "the engine's name or its absence")
    await app.bridge.settled()
    await pilot.pause()


def compared(app: Adopting) -> bool:
    """Return whether all that can be compared with its files was."""
    rows = [row for row in app.fleet.rows if app.fleet.members(row)]
    with_files = {row.key for row in rows if row.kind == "service" or row.key == "project:monitoring"}
    return with_files <= set(app.facts.drift)


def screen_text(pilot: Pilot[Any]) -> str:
    """Return what is on the screen, line by line, without colours."""
    screen = pilot.app.screen
    lines = screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in lines)
