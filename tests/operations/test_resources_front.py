"""The verbs of images, volumes, networks and cache from the command line, on the demo's engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MACHETE_STATE_DIR": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "machete_tui", "--run", "--demo", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, timeout=60, check=False
    )


def data(tmp_path: Path, *words: str) -> Any:
    done = run(tmp_path, "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_prune_without_yes_is_a_preview_that_nobody_has_to_agree_to(tmp_path: Path) -> None:
    for action in ("image.prune", "volume.prune", "network.prune", "cache.prune"):
        done = run(tmp_path, action)
        assert done.returncode == 0, done.stderr
        assert "would be removed" in done.stdout
        assert "add --yes to remove exactly what is listed" in done.stdout


def test_with_yes_it_is_done_and_told_as_data(tmp_path: Path) -> None:
    plan = data(tmp_path, "volume.prune")
    assert not plan["done"]
    assert plan["back"] == sum(item["size"] for item in plan["items"])
    done = data(tmp_path, "--yes", "volume.prune")
    assert done["done"]
    assert {item["name"] for item in done["items"]} == {item["name"] for item in plan["items"]}
    assert data(tmp_path, "--yes", "volume.prune", "--dry-run")["done"] is False


def test_a_removal_is_refused_where_nobody_can_be_asked(tmp_path: Path) -> None:
    for words in (("image.remove", "golang:1.24"), ("volume.remove", "x"), ("network.remove", "x")):
        done = run(tmp_path, *words)
        assert done.returncode == 2
        assert "--yes" in done.stderr
    assert run(tmp_path, "--yes", "image.remove", "golang:1.24").returncode == 0
    assert run(tmp_path, "--yes", "volume.remove", "shop_data").returncode == 4
    assert run(tmp_path, "--yes", "volume.remove", "no-such").returncode == 3


def test_lists_are_tables_for_people_and_arrays_for_programs(tmp_path: Path) -> None:
    text = run(tmp_path, "image.list").stdout
    assert text.splitlines()[0].split() == ["NAME", "SIZE", "SHARED", "CREATED", "USED", "BY", "ID"]
    rows = data(tmp_path, "image.list", "--measure")
    assert {"name", "tags", "size", "shared", "used_by", "kept_for", "id"} <= set(rows[0])
    assert [row["kind"] for row in data(tmp_path, "system.df")] == [
        "images",
        "containers",
        "volumes",
        "build cache",
    ]


def test_the_engines_events_are_json_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "machete_tui", "--run", "--demo", "--json"]
    env = {**os.environ, "MACHETE_STATE_DIR": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path)}
    words = ["engine.events", "--follow", "--since", "1h", "--kind", "container"]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, env=env, text=True) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.terminate()
        process.stdout.read()
        process.wait(20)
    assert first["kind"] == "container"
    assert {"at", "action", "name", "id", "detail"} <= set(first)
    assert process.returncode == 130
