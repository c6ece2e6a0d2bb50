"""Sources written for a test, and looking at what they are found to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from machete_tui.core.source import Component, Detection
from machete_tui.detection import detect

Files = Mapping[str, "str | bytes | dict[str, Any]"]


def write(root: Path, files: Files) -> Path:
    """Write files below ``root``: text, bytes, or a mapping as JSON."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return root


def found(root: Path, files: Files, name: str = "shop") -> Detection:
    """Return the detection of a source made of these files, in a folder called ``shop``."""
    folder = root / name
    folder.mkdir(exist_ok=True)
    return detect(write(folder, files), source=str(folder))


def only(root: Path, files: Files) -> Component:
    """Return the one component of a source made of these files."""
    (component,) = found(root, files).components
    return component


def named(detection: Detection) -> dict[str, Component]:
    """Return the components by name."""
    return {c.name: c for c in detection.components}
