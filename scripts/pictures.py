"""Exports a picture of each screen, from the demo, into docs/pictures: python scripts/pictures.py [NAME…].

The app draws them itself, with time standing still, so that running this again changes only what changed.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from machete_tui import context
from machete_tui.app import MacheteApp
from machete_tui.core.clock import FrozenClock
from machete_tui.operations.requests import Deploy
from machete_tui.ui.prefetch import start
from machete_tui.ui.widgets import header

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
STAGE = Path("/tmp/machete")
"""Where the demo's state and the folders of the wizard are while pictures are taken."""

UNTIL = "until:"
"""What stands, among keys, before something to wait for."""

PATIENCE = 60.0


@dataclass(frozen=True)
class Picture:
    """A picture: its file's name, the keys that lead to it, what must be on it, its size.

    With ``deploys`` the guestbook is deployed on the demo's engine first.
    """

    name: str
    keys: tuple[str, ...] = ()
    shows: str = ""
    size: tuple[int, int] = (120, 30)
    deploys: bool = False


def service(name: str) -> tuple[str, ...]:
    """Return the keys that put the cursor on a service."""
    return ("slash", *name, "enter")


DETECTED = ("2", *"/guestbook", "enter")
"""Keys from the services to what the wizard detected in the guestbook."""

PICTURES: Sequence[Picture] = (
    Picture("services", shows="GiB|MiB"),
    Picture("services-narrow", size=(80, 24), shows="shop"),
    Picture("service", (*service("shop"), "enter"), "shop-web-1"),
    Picture("environment", (*service("shop"), "enter", "tab"), "Environment"),
    Picture("logs", (*service("gateway"), "l"), "request"),
    Picture("metrics", ("4",), "search-web-1"),
    Picture("metric", ("4", f"{UNTIL}search-web-1", "enter"), "-2m30s"),
    Picture("history", ("5",), "succeeded"),
    Picture("deployment", (*service("shop"), "h", "enter"), "Build the image"),
    Picture("diff", (*service("shop"), "h", "tab", "j", "ctrl+l"), "compose.yml"),
    Picture("rollback", (*service("shop"), "h", "tab", "j", "ctrl+l", "ctrl+l"), "Roll shop back"),
    Picture("progress", shows="it answers at", deploys=True),
    Picture("events", ("6",), "service.deploy"),
    Picture("system", ("8",), "buildx"),
    Picture("containers", ("v",), "auth-redis-1"),
    Picture("project", (*service("monitoring"), "enter"), "grafana"),
    Picture("engine", ("7",), "rollback"),
    Picture("disk", ("7", *("tab",) * 4), "reclaimable|free|Disk"),
    Picture("palette", ("colon", *"service"), "service.restart"),
    Picture("help", ("question_mark",), "restart its containers"),
    Picture("wizard-source", ("2",), "Where is the code"),
    Picture("wizard", DETECTED, "Is this what it is"),
    Picture("wizard-review", (*DETECTED, *("ctrl+n",) * 4), "Deploy it|#1"),
)


def text_of(app: MacheteApp) -> str:
    """Return what is on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def until(pilot: Pilot[int], app: MacheteApp, pattern: str) -> None:
    """Wait until something is on the screen."""
    async with asyncio.timeout(PATIENCE):
        while not re.search(pattern, text_of(app)):
            await pilot.pause(0.05)


async def take(picture: Picture, folder: Path) -> None:
    """Take one picture."""
    shutil.rmtree(STAGE, ignore_errors=True)
    shutil.copytree(FOLDER.parent.parent / "examples", STAGE / "srv")
    os.chdir(STAGE / "srv")
    app = MacheteApp(start(lambda: context.demo(STAGE, FrozenClock())), demo=True)
    async with app.run_test(size=picture.size) as pilot:
        await until(pilot, app, "running")
        async with asyncio.timeout(PATIENCE):
            while app.fleet.info is None:
                await pilot.pause(0.05)
        if picture.deploys:
            app.deploy("service.deploy", Deploy("guestbook", name="guestbook"), "deploy guestbook")
        for key in picture.keys:
            if key.startswith(UNTIL):
                await until(pilot, app, key.removeprefix(UNTIL))
                continue
            await pilot.press(key)
            await app.bridge.settled()
            await pilot.pause()
        await until(pilot, app, picture.shows)
        await app.bridge.settled()
        await pilot.pause()
        svg = app.export_screenshot(title="machete-tui", simplify=True)
    (folder / f"{picture.name}.svg").write_text(steady(svg), encoding="utf-8")
    shutil.rmtree(STAGE)


def steady(svg: str) -> str:
    """Return the picture without the number that is another one each time."""
    return re.sub(r"terminal-\d+", "terminal", svg)


async def main(names: Sequence[str]) -> None:
    """Take all pictures, or those named."""
    header.host = lambda: "box"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        if not names or picture.name in names:
            await take(picture, FOLDER)
            print(f"docs/pictures/{picture.name}.svg")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
