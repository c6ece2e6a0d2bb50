"""What a Tab offers of the engine: containers and the projects of others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from machete_tui.core.settings import Settings
from machete_tui.engines.docker import DockerEngine
from tests.engine.contract.lab import BASE, Lab
from tests.rig import Rig


@pytest.fixture
def lab(rig: Rig, tmp_path: Path) -> Iterator[Lab]:
    engine = DockerEngine(Settings(docker_host=rig.main.host))
    lab = Lab(engine, tmp_path)
    yield lab
    lab.clear()
    engine.close()


def offered(kind: str, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "machete_tui", "--complete", kind],
        env={**os.environ, "MACHETE_STATE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.engine
def test_containers_and_projects_are_offered(lab: Lab, tmp_path: Path) -> None:
    lab.up(lab.project(f"services: {{web: {{image: '{BASE}', command: sleep 1000, init: true}}}}"))
    (box,) = lab.all()
    assert box.name in offered("container", tmp_path)
    assert lab.name in offered("project", tmp_path)
    assert offered("service", tmp_path) == []
    assert offered("nothing-of-the-kind", tmp_path) == []
