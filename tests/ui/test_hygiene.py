"""Rules that hold for all of the app: keys have ids and say what they do; nothing heavy is loaded early."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode

import machete_tui.screens
import machete_tui.ui
from machete_tui.app import MacheteApp
from machete_tui.context import in_memory
from machete_tui.core.clock import FrozenClock
from machete_tui.core.settings import Settings
from machete_tui.ui.sections import _ALL, sections

HEAVY = {"docker", "python_on_whales", "git", "sqlite_utils", "jinja2", "pydantic", "yaml"}

FIRST_PAINT = """
import asyncio, json, sys
from pathlib import Path
from machete_tui.ui.prefetch import start
before = sorted(m for m in sys.modules if m.split(".")[0] == "textual")
from machete_tui import context
from machete_tui.core.settings import Settings
folder = Path(sys.argv[1])
settings = Settings(state_dir=folder / "s", cache_dir=folder / "c", docker_host=f"unix://{folder}/none.sock")
waiting = start(lambda: context.live(settings))
waiting.first()
from machete_tui.app import MacheteApp

async def main():
    app = MacheteApp(waiting)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert app.fleet.loaded
        print(json.dumps([before, sorted(sys.modules)]))

asyncio.run(main())
"""


def classes() -> Iterator[type[DOMNode]]:
    """Yield every node class of the app that has keys of its own."""
    yield MacheteApp
    seen = set()
    for package in (machete_tui.ui, machete_tui.screens):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            module = importlib.import_module(found.name)
            for value in vars(module).values():
                if isinstance(value, type) and value.__module__ == module.__name__ and value not in seen:
                    seen.add(value)
                    if "BINDINGS" in vars(value):
                        yield value


def bindings() -> list[tuple[type[Any], Binding]]:
    return [
        (owner, binding)
        for owner in classes()
        for binding in owner.BINDINGS
        if isinstance(binding, Binding) and not binding.system
    ]


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    assert len(bindings()) > 50
    for owner, binding in bindings():
        assert binding.id, f"{owner.__name__}: {binding.key} has no id"
        assert binding.tooltip, f"{owner.__name__}: {binding.id} has no tooltip"


def test_an_id_means_one_thing() -> None:
    meaning: dict[str, set[str]] = defaultdict(set)
    for _, binding in bindings():
        meaning[binding.id or ""].add(binding.action)
    assert {i: actions for i, actions in meaning.items() if len(actions) > 1} == {}


def test_section_keys_are_their_numbers() -> None:
    assert [s.key for s in _ALL] == [str(i + 1) for i in range(len(_ALL))]
    assert set(sections()) <= set(_ALL)


def test_nothing_heavy_before_the_first_paint(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "s", cache_dir=tmp_path / "c")
    assert in_memory(settings, FrozenClock()).store.services.all() == []  # makes the database
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout.splitlines()[-1])
    assert before == []
    assert sorted(HEAVY.intersection(after)) == []
    assert not [m for m in after if m.startswith("screens")]
