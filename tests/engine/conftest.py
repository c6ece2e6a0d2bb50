"""The Docker engine of the test rig."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from machete_tui.core.settings import Settings
from machete_tui.engines.docker import DockerEngine
from tests.engine.contract.lab import Lab


@pytest.fixture(scope="session")
def docker_engine(rig: object) -> Iterator[DockerEngine]:
    """The engine that ``DOCKER_HOST`` names once the rig is up."""
    engine = DockerEngine(Settings(docker_host=os.environ["DOCKER_HOST"]))
    yield engine
    engine.close()


@pytest.fixture
def docker_lab(docker_engine: DockerEngine, tmp_path: Path) -> Iterator[Lab]:
    """A corner of the Docker engine that is empty again afterwards."""
    lab = Lab(docker_engine, tmp_path)
    yield lab
    lab.clear()
