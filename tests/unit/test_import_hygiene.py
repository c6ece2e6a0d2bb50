"""What must not be loaded, looked up in ``sys.modules`` of a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "docker",
    "python_on_whales",
    "git",
    "sqlite_utils",
    "jinja2",
    "pydantic",
    "textual",
    "rich",
    "asyncio",
    "yaml",
    "http.client",
    "importlib.metadata",
}
SCREENS = ("screens", "styles", "templates")

_PROGRAM = """
import contextlib, io, json, sys
from machete_tui.cli import main
said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules), said.getvalue()]))
"""


def loaded(state: Path, *words: str) -> tuple[int, set[str]]:
    """Return the exit code of ``machete-tui WORDS`` and the modules that it loaded."""
    env = {**os.environ, "MACHETE_STATE_DIR": str(state), "DOCKER_HOST": f"unix://{state}/no-engine.sock"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words],
        capture_output=True,
        text=True,
        check=True,
        env=env,
        timeout=60,
    )
    code, modules, said = json.loads(done.stdout)
    assert "Traceback" not in said
    return code, set(modules)


def test_the_service_list_loads_nothing_heavy(tmp_path: Path) -> None:
    code, _ = loaded(tmp_path, "--run", "service.list")  # makes the database
    for words in (("service.list",), ("service.list", "--json"), ("service.list", "--help")):
        code, modules = loaded(tmp_path, "--run", *words)
        assert code in (0, 7)
        assert not modules & HEAVY
        assert "machete_tui.operations.deploy" not in modules


def test_wrong_words_and_the_version_load_nothing_heavy(tmp_path: Path) -> None:
    for words in (("--version",), ("--what",), ("--run", "service.list", "--what")):
        _, modules = loaded(tmp_path, *words)
        assert not modules & HEAVY
    assert not (tmp_path / "machete.db").exists()


@pytest.mark.parametrize("words", [("--run",), ("--completion", "bash"), ("--run", "event.list")])
def test_headless_never_loads_textual(tmp_path: Path, words: tuple[str, ...]) -> None:
    _, modules = loaded(tmp_path, *words)
    assert not {m for m in modules if m.partition(".")[0] in ("textual", "rich", *SCREENS)}
    assert not {m for m in modules if m.startswith(("machete_tui.screens", "machete_tui.ui"))}


def test_no_module_is_loaded_under_the_name_of_a_root_link() -> None:
    program = """
import importlib, json, pkgutil, sys
import machete_tui
for found in pkgutil.walk_packages(machete_tui.__path__, "machete_tui."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    roots = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not roots & set(SCREENS)
