"""Folder to Detection: reads files, never runs anything of the source."""

from __future__ import annotations

from pathlib import Path

from machete_tui.core.source import Detection


def detect(root: str | Path, *, source: str, name: str = "") -> Detection:
    """Return what a folder is: its components, what they need, how sure that is and why.

    Args:
        root: the folder to read.
        source: the source as the operator named it.
        name: suggested service name where no manifest gives one (a repository's name); empty for the
            folder's own.

    Raises:
        InvalidInput: the folder does not exist, is empty or matches no stack; or its ``machete.yml`` is
            wrong, with the line, the field and what was expected.
        NotPermitted: the folder cannot be read.
    """
    from machete_tui.detection.pipeline import run

    return run(root, source=source, name=name)
