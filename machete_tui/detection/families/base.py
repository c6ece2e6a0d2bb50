"""What every stack family is made of, and the last steps that all of them share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from machete_tui.core.frozen import dataclass
from machete_tui.detection import environment, routes, versions
from machete_tui.detection.backing import need_url
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.folder import Folder
from machete_tui.detection.ports import find_port

_HOST = re.compile(r"\b(?:https?|tcp|grpc|ws)://([a-z][a-z0-9-]*)(?::(\d+))?(?=[/\"'`\s])")


@dataclass(frozen=True, slots=True)
class Family:
    """A stack.

    Attributes:
        stack: its name in :class:`~machete_tui.core.source.Component`.
        manifests: names, or patterns, of files that make a folder worth a look.
        loose: likewise, but only for the root, or where nothing else speaks: a plain script says little
            of a sub-folder.
        describe: drafts a component of the folder, given the root of the workspace it is a member of
            (None when it is no member); None when the folder is not of this stack.
    """

    stack: str
    manifests: tuple[str, ...]
    loose: tuple[str, ...]
    describe: Callable[[Folder, Folder | None], Draft | None]


def finish(draft: Draft, code: Code, default_port: int = 0, why: str = "") -> None:
    """Fill in what is found the same way for every stack: port, health route, environment names."""
    environment.read(draft, code)
    if draft.kind == "web":
        if not draft.port:
            find_port(draft, code)
        if not draft.port and default_port:
            draft.listen(default_port, why or f"default of {draft.framework or draft.stack}")
        if draft.port and "port_env" not in draft.facts and "PORT" in draft.env:
            draft.fact("port_env", "PORT")
        if not draft.health_path:
            routes.find_health(draft, code)
    for hit in code.all(_HOST, "://"):
        draft.mentions.add(f"{hit.match[1]}:{hit.match[2] or ''}")
    for name, value in environment.example(code.folder).items():
        if name.upper().endswith(("URL", "URI", "DSN", "CONNECTION", "ENGINE")):
            file = code.folder.first(*environment.EXAMPLES)
            need_url(draft, f"{value}:", code.folder.evidence(file, f"{name} in the example", f"{name}="))


def version(draft: Draft, folder: Folder, found: list[tuple[str, str, Any]]) -> None:
    """Set the runtime version from the first usable of (file, text, needle of the evidence's line)."""
    for file, asked, needle in found:
        chosen = versions.choose(draft.stack, asked) if asked else ""
        if chosen:
            draft.runtime_version = chosen
            draft.shows(
                folder.evidence(file, f"{draft.stack} {asked.strip()}", needle or asked.strip()), 0.05
            )
            return
        if asked.strip():
            draft.doubt(folder.evidence(file, f"version {asked.strip()[:40]!r} is not known", needle), 0.97)
    draft.runtime_version = versions.DEFAULTS.get(draft.stack, "")
