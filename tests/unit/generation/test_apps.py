"""The test applications and the example, from detection to files that compose reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from machete_tui.detection import detect
from machete_tui.generation import published, render, required_passwords
from machete_tui.generation.order import Order
from tests.unit.generation.cases import APPS, EXAMPLES
from tests.unit.generation.conftest import Config, hadolint, write

SOURCES = sorted(p for p in (*APPS.iterdir(), EXAMPLES / "guestbook") if p.is_dir())
COMPONENTS = {
    "compose-app": {"web"},
    "guestbook": {"web", "worker"},
    "monorepo": {"api", "web", "worker"},
    "worker-only": {"worker"},
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.name)
def test_from_folder_to_release(source: Path, tmp_path: Path, compose_config: Config) -> None:
    detection = detect(source, source=str(source))
    assert {c.name for c in detection.components} == COMPONENTS.get(source.name, {"web"})
    ports: dict[str, tuple[int, ...]] = {}
    for number, (name, count) in enumerate(published(detection, str(source)).items()):
        ports[name] = tuple(range(20000 + 10 * number, 20000 + 10 * number + count))
    order = Order(
        service=source.name,
        release=1,
        root=str(source),
        detection=detection,
        ports=ports,
        passwords=dict.fromkeys(required_passwords(detection), "generated"),
        data_dir=str(tmp_path / "data"),
    )
    rendered = render(order)
    found = compose_config(write(tmp_path / "release", rendered.files))
    assert {image.tag for image in rendered.images} <= {s["image"] for s in found["services"].values()}
    for image in rendered.images:
        assert (tmp_path / "release" / image.dockerfile).is_file()
        assert Path(image.context).is_dir()
    program = hadolint()
    assert program
    files = [str(p) for p in (tmp_path / "release").glob("*.Dockerfile")]
    done = subprocess.run([program, "--no-color", *files], capture_output=True, text=True)
    assert done.stdout == ""
