"""All stack families, and which of them a folder is: the best answer with its runner-up."""

from __future__ import annotations

from fnmatch import fnmatchcase

from machete_tui.core.source import RunnerUp
from machete_tui.detection.draft import Draft
from machete_tui.detection.families import dotnet, go, java, node, php, python, ruby, rust, static
from machete_tui.detection.families.base import Family
from machete_tui.detection.folder import Folder

FAMILIES: tuple[Family, ...] = (
    node.FAMILY,
    python.FAMILY,
    php.FAMILY,
    go.FAMILY,
    ruby.FAMILY,
    java.FAMILY,
    dotnet.FAMILY,
    rust.FAMILY,
    static.FAMILY,
)
"""Every family; a tie goes to the earlier one."""

LEAST = 25
"""Confidence under which an answer is no answer."""


def manifests(folder: Folder) -> list[Family]:
    """Return the families of whose manifests the folder has one."""
    return [f for f in FAMILIES if _has(folder, f.manifests)]


def _has(folder: Folder, patterns: tuple[str, ...]) -> bool:
    for pattern in patterns:
        if "*" in pattern:
            if any(fnmatchcase(n, pattern) for n in folder.names):
                return True
        elif folder.has(pattern):
            return True
    return False


def best(folder: Folder, root: Folder | None, *, alone: bool) -> Draft | None:
    """Return the draft of the folder's most likely stack, or None.

    Args:
        folder: to look at.
        root: root of the workspace that it is a member of.
        alone: whether loose signs (a lone script, an index.html) count too.
    """
    drafts = []
    for family in FAMILIES:
        if _has(folder, family.manifests) or (alone and _has(folder, family.loose)):
            draft = family.describe(folder, root)
            if draft is not None and draft.total >= LEAST:
                drafts.append(draft)
    if not drafts:
        return None
    drafts.sort(key=lambda d: (d.deployable, d.total), reverse=True)
    first, *others = drafts
    rival = max(others, key=lambda d: d.total, default=None)
    if rival is not None:
        first.runner_up = RunnerUp(rival.stack, min(rival.total, first.total))
        if rival.deployable and rival.total > first.total - 10:
            first.doubts.append(0.9)
    return first
