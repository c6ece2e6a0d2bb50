"""The applications of this project, and what holds of every component."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.source import Detection
from machete_tui.detection import detect
from machete_tui.detection.facts import known
from machete_tui.detection.naming import is_label
from machete_tui.detection.report import detection_json, detection_text

ROOT = Path(__file__).parents[3]
APPS = sorted(p for p in (ROOT / "tests" / "apps").iterdir() if p.is_dir())
EXPECTED = {
    "node-express-less": ("node", "node server.js", 3000),
    "python-flask": ("python", "gunicorn --bind 0.0.0.0:8000 app:app", 8000),
    "php-plain": ("php", "", 8080),
    "go-http": ("go", "./go-http", 8080),
    "ruby-sinatra": ("ruby", "bundle exec puma -b tcp://0.0.0.0:4567", 4567),
    "java-maven": ("java", "java -jar app.jar", 8080),
    "dotnet-web": ("dotnet", "dotnet DotnetWeb.dll", 8080),
    "rust-http": ("rust", "./rust-http", 8080),
    "static-site": ("static", "", 8080),
}


def of(folder: Path) -> Detection:
    return detect(folder, source=str(folder))


@pytest.mark.parametrize("folder", [*APPS, ROOT / "examples" / "guestbook"], ids=lambda p: p.name)
def test_every_application_is_understood(folder: Path) -> None:
    detection = of(folder)
    names = [c.name for c in detection.components]
    assert len({*names}) == len(names)
    for component in detection.components:
        assert is_label(component.name)
        assert {*component.facts} <= known(component.stack)
        assert component.confidence >= 70
        assert bool(component.port) == (component.kind in {"web", "static"})
        assert bool(component.port_from) == bool(component.port)
        assert component.evidence
        assert all((folder / e.file).exists() for e in component.evidence)
    assert detection.warnings == ()
    text = detection_text(detection)
    assert all(name in text for name in names)
    assert len(detection_json(detection)["components"]) == len(names)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_nine_stacks(name: str) -> None:
    (web,) = of(ROOT / "tests" / "apps" / name).components
    assert (web.stack, web.start_command, web.port) == EXPECTED[name]
    assert web.health_path in {"/health", "/"}


def test_the_monorepo() -> None:
    detection = of(ROOT / "tests" / "apps" / "monorepo")
    assert {c.name: (c.stack, c.kind) for c in detection.components} == {
        "api": ("python", "web"),
        "web": ("node", "web"),
        "worker": ("python", "worker"),
    }
    assert detection.edges == (("web", "api"),)
    assert [c.name for c in detection.components].index("api") < 1


def test_the_guestbook() -> None:
    detection = of(ROOT / "examples" / "guestbook")
    assert [(c.name, c.kind) for c in detection.components] == [("web", "web"), ("worker", "worker")]
    assert detection.components[1].facts["image_of"] == "web"
    assert [(s.kind, s.variables) for s in detection.backing_services] == [
        ("postgres", ("DATABASE_URL",)),
        ("redis", ("REDIS_URL",)),
    ]
    assert len(detection.edges) == 4
