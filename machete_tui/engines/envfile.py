"""The ``.env`` file of a compose project: its names and values."""

from __future__ import annotations

from pathlib import Path

from machete_tui.generation.dotenv import parse


def variables(path: Path) -> dict[str, str]:
    """Return what the file says; one that is not there says nothing. Raises InvalidInput for a bad line."""
    return parse(path.read_text(), field=path.name) if path.is_file() else {}
