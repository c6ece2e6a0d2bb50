"""Workspaces: folders whose manifest joins several packages, and which of them a folder is a member of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from machete_tui.detection.folder import Folder, items, table

_MAVEN = re.compile(r"<module>\s*([\w./-]+)\s*</module>")
_GRADLE_INCLUDE = re.compile(r"\binclude\s*\(?\s*((?:[\"'][^\"']+[\"']\s*,?\s*)+)")
_GO_USE = re.compile(r"^\s*(?:use\s+)?(\.{1,2}(?:/[\w./-]*)?)\s*$", re.MULTILINE)


def _node(folder: Folder) -> list[str]:
    listed = folder.json("package.json").get("workspaces") if folder.has("package.json") else None
    patterns = items(listed, "packages") if isinstance(listed, dict) else listed
    found = [p for p in patterns if isinstance(p, str)] if isinstance(patterns, list) else []
    if folder.has("pnpm-workspace.yaml"):
        found += [p for p in items(folder.yaml("pnpm-workspace.yaml"), "packages") if isinstance(p, str)]
    return found


def _cargo(folder: Folder) -> list[str]:
    return (
        [str(m) for m in items(folder.toml("Cargo.toml"), "workspace", "members")]
        if folder.has("Cargo.toml")
        else []
    )


def _go(folder: Folder) -> list[str]:
    return _GO_USE.findall(folder.text("go.work")) if folder.has("go.work") else []


def _maven(folder: Folder) -> list[str]:
    return _MAVEN.findall(folder.text("pom.xml")) if folder.has("pom.xml") else []


def _gradle(folder: Folder) -> list[str]:
    name = folder.first("settings.gradle", "settings.gradle.kts")
    blocks = _GRADLE_INCLUDE.findall(folder.text(name)) if name else []
    names = [n for block in blocks for n in re.findall(r"[\"']([^\"']+)[\"']", block)]
    return [n.strip(":").replace(":", "/") for n in names]


def _python(folder: Folder) -> list[str]:
    if not folder.has("pyproject.toml"):
        return []
    return [str(m) for m in items(table(folder.toml("pyproject.toml"), "tool", "uv", "workspace"), "members")]


READERS: dict[str, Callable[[Folder], list[str]]] = {
    "package.json": _node,
    "Cargo.toml": _cargo,
    "go.mod": _go,
    "pom.xml": _maven,
    "build.gradle": _gradle,
    "build.gradle.kts": _gradle,
    "pyproject.toml": _python,
}
"""Manifest of a member -> what reads the members' patterns from a root."""


class Workspaces:
    """Finds the workspace's root of any folder of a tree, reading each root once."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        self._members: dict[tuple[str, str], list[str]] = {}

    def root_of(self, folder: Folder) -> Folder | None:
        """Return the view of the workspace's root that ``folder`` is a member of, or None."""
        for manifest, reader in READERS.items():
            if not folder.has(manifest):
                continue
            parts = folder.path.split("/") if folder.path else []
            top: Folder | None = None
            for size in range(len(parts)):
                parent = "/".join(parts[:size])
                inner = folder.path[len(parent) + 1 :] if parent else folder.path
                if self._covers(parent, manifest, reader, inner) and top is None:
                    top = Folder(self._root.tree, parent)
            if top is not None:
                return top
        return None

    def is_root(self, folder: Folder) -> bool:
        """Return whether the folder joins others to a workspace."""
        return any(self._patterns(folder.path, m, r) for m, r in READERS.items())

    def _patterns(self, path: str, manifest: str, reader: Callable[[Folder], list[str]]) -> list[str]:
        key = (path, manifest)
        if key not in self._members:
            self._members[key] = reader(Folder(self._root.tree, path))
        return self._members[key]

    def _covers(self, parent: str, manifest: str, reader: Callable[[Folder], list[str]], inner: str) -> bool:
        covered = False
        for pattern in self._patterns(parent, manifest, reader):
            if pattern.startswith("!"):
                if _matches(inner, pattern[1:]):
                    return False
            elif _matches(inner, pattern):
                covered = True
            elif manifest == "pom.xml" and inner.startswith(f"{posixpath.normpath(pattern)}/"):
                rest = inner[len(posixpath.normpath(pattern)) + 1 :]
                below = posixpath.join(parent, posixpath.normpath(pattern))
                covered = covered or self._covers(below, manifest, reader, rest)
        return covered


def _matches(path: str, pattern: str) -> bool:
    pattern = posixpath.normpath(pattern)
    if "**" in pattern:
        return fnmatchcase(path, pattern.replace("**", "*"))
    return path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)
