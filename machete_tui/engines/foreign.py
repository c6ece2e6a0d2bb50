"""Compose projects made elsewhere: whether their files can be used, and what these say now."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from machete_tui.core.engine import ComposeProject
from machete_tui.core.verbs import Composed
from machete_tui.engines.compose import Compose

ALL = ("--profile", "*")
"""So that what a profile starts is known too."""


def missing(project: ComposeProject) -> str:
    """Return why the files cannot be used on this machine; empty when they can."""
    if not project.files or not project.folder:
        return "its containers do not say where its files are"
    folder = Path(project.folder)
    try:
        if not folder.is_dir():
            return f"its folder {project.folder} is not on this machine"
        for name in project.files:
            path = folder / name
            if not path.is_file():
                return f"its file {path} is gone"
            if not os.access(path, os.R_OK):
                return f"its file {path} may not be read by this user"
    except OSError as error:
        return f"its folder {project.folder} cannot be read: {(error.strerror or str(error)).lower()}"
    return ""


def composed(compose: Compose, project: ComposeProject) -> dict[str, Composed]:
    """Return the project's services as its files say now."""
    hashes: dict[str, str] = {}
    for line in compose.output(project, *ALL, "config", "--hash", "*").splitlines():
        name, _, digest = line.partition(" ")
        hashes[name] = digest.strip()
    raw = json.loads(compose.output(project, *ALL, "config", "--format", "json"))
    services: Mapping[str, Any] = raw.get("services") or {}
    return {name: _service(name, services.get(name) or {}, digest) for name, digest in hashes.items()}


def _service(name: str, raw: Mapping[str, Any], digest: str) -> Composed:
    return Composed(
        name=name,
        hash=digest,
        image=str(raw.get("image") or ""),
        environment={k: "" if v is None else str(v) for k, v in (raw.get("environment") or {}).items()},
        ports=tuple(
            (_first(p.get("published")), int(p["target"]), str(p.get("protocol", "tcp")))
            for p in raw.get("ports") or ()
        ),
        optional=bool(raw.get("profiles")),
    )


def _first(published: Any) -> int:
    text = str(published or "0").partition("-")[0]
    return int(text) if text.isdecimal() else 0
