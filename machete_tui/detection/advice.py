"""What an expert would mend in a source, one line each."""

from __future__ import annotations

from machete_tui.core.source import BackingService
from machete_tui.detection import environment
from machete_tui.detection.draft import Draft
from machete_tui.detection.folder import Folder
from machete_tui.detection.scan import Tree


def recommendations(tree: Tree, drafts: list[Draft], services: list[BackingService]) -> list[str]:
    """Return the drafts' own recommendations and those about the source as a whole, each once."""
    found: list[str] = []
    for draft in drafts:
        folder = Folder(tree, draft.path)
        found += draft.recommendations
        secrets = environment.committed_secrets(folder)
        if secrets:
            found.append(
                f"{folder.where('.env')} stands in the source with {', '.join(secrets[:3])}:"
                " give secrets with --env-file instead"
            )
        if draft.kind == "web" and not draft.health_path and "image" not in draft.facts:
            found.append(f"{draft.name} has no health route: any answer below 500 on / counts as healthy")
        if draft.kind == "web" and draft.port and draft.port < 1024 and not draft.dockerfile:
            found.append(f"{draft.name} listens on {draft.port}, which an ordinary user may not bind")
    if not services and any(d.facts.get("migrate") for d in drafts):
        found.append("no database driver was found although it migrates one: SQLite needs a volume")
    return list(dict.fromkeys(found))
