"""Orders made in one line, for tests of single rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from machete_tui.core.source import BackingService, Component, Detection
from machete_tui.generation import render, required_passwords
from machete_tui.generation.order import Order

WEB = Component(name="web", stack="python", start_command="python app.py", port=8000)
WORKER = Component(name="worker", kind="worker", stack="python", start_command="python w.py")


def tree(root: Path, files: dict[str, str]) -> Path:
    """Write a source: path -> text."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root


def order(
    root: Path,
    *components: Component,
    backing: tuple[BackingService, ...] = (),
    edges: tuple[tuple[str, str], ...] = (),
    strategy: Any = "single",
    compose_files: tuple[str, ...] = (),
    **more: Any,
) -> Order:
    """Return an order for a service named shop, its passwords generated."""
    detection = Detection(
        source=str(root),
        name="shop",
        components=components,
        backing_services=backing,
        edges=edges,
        strategy=strategy,
        compose_files=compose_files,
    )
    usual: dict[str, Any] = {
        "service": "shop",
        "release": 1,
        "root": str(root),
        "detection": detection,
        "data_dir": "/srv/shop",
        "passwords": {name: f"generated-{name}" for name in required_passwords(detection)},
    }
    return Order(**(usual | more))


def services(made: Order) -> dict[str, Any]:
    """Return the services of the rendered compose file."""
    found: dict[str, Any] = yaml.safe_load(render(made).compose)["services"]
    return found


def env(made: Order) -> str:
    """Return the text of the rendered ``.env``."""
    return next(f.text for f in render(made).files if f.path == ".env")
