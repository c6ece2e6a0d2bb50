"""A cheap read-only view of one folder of a source: what the stack families look at."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from machete_tui.core.errors import InvalidInput
from machete_tui.core.source import Evidence
from machete_tui.detection.scan import Tree

Table = dict[str, Any]

_DOCUMENT = re.compile(r"^---\s*$", re.MULTILINE)
_COMMENTS = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)


class Folder:
    """One folder of a tree.

    Args:
        tree: the walked source.
        path: the folder relative to the tree's root; ``.`` or empty is the root.
        nested: folders below it that belong to other components, left out of :meth:`below`.
    """

    def __init__(self, tree: Tree, path: str = "", nested: Iterable[str] = ()) -> None:
        self.tree = tree
        self.path = "" if path == "." else path
        self.nested = tuple(f"{n}/" for n in nested if n != self.path)
        self._prefix = f"{self.path}/" if self.path else ""
        self._parsed: dict[str, Table] = {}

    @property
    def shown(self) -> str:
        """The path as a component has it: ``.`` for the root."""
        return self.path or "."

    @property
    def names(self) -> set[str]:
        """Names of the files directly in it."""
        return self.tree.folders.get(self.path, set())

    def where(self, name: str) -> str:
        """Return a file's path from the tree's root."""
        return f"{self._prefix}{name}"

    def has(self, name: str) -> bool:
        """Return whether there is a file of that path, relative to this folder."""
        return name in self.names if "/" not in name else self.tree.has(self.where(name))

    def has_folder(self, name: str) -> bool:
        """Return whether there is a folder of that path, entered or not."""
        return self.tree.has_folder(self.where(name))

    def first(self, *names: str) -> str:
        """Return the first of the names that is there, or an empty text."""
        return next((name for name in names if self.has(name)), "")

    def text(self, name: str) -> str:
        """Return a file's text; empty when it is not there or unusable, which is kept as a warning."""
        return self.tree.read(self.where(name), told=True) or ""

    def json(self, name: str) -> Table:
        """Return a JSON object; comments and trailing commas are accepted. Malformed gives a warning."""
        return self._parse(name, _json)

    def toml(self, name: str) -> Table:
        """Return a TOML document; malformed gives a warning."""
        return self._parse(name, tomllib.loads)

    def yaml(self, name: str) -> Table:
        """Return the first YAML document of a file; malformed gives a warning."""
        return self._parse(name, _yaml)

    def _parse(self, name: str, parse: Any) -> Table:
        if name in self._parsed:
            return self._parsed[name]
        data: Any = {}
        text = self.text(name)
        if text.strip():
            try:
                data = parse(text)
            except InvalidInput as error:
                self.tree.warn(f"{self.where(name)}: {error.what.removeprefix('it ')}")
            except (ValueError, RecursionError) as error:
                self.tree.warn(f"{self.where(name)}: malformed ({str(error).splitlines()[0]})")
        self._parsed[name] = data if isinstance(data, dict) else {}
        return self._parsed[name]

    def is_broken(self, name: str) -> bool:
        """Return whether the file is there and a warning was kept about it."""
        start = f"{self.where(name)}: "
        return self.has(name) and any(w.startswith(start) for w in self.tree.warnings)

    def sub(self, name: str) -> Folder:
        """Return the view of a folder below it."""
        return Folder(self.tree, self.where(name) if name not in {"", "."} else self.path)

    def below(self, depth: int = 8) -> Iterator[tuple[str, set[str]]]:
        """Yield (folder relative to this one, its files), nearest first, without nested components."""
        level = self.path.count("/") + 1 if self.path else 0
        for path, names in self.tree.folders.items():
            if path == self.path:
                yield "", names
            elif path.startswith(self._prefix):
                if path.count("/") + 1 - level > depth:
                    continue
                if self.nested and f"{path}/".startswith(self.nested):
                    continue
                yield path[len(self._prefix) :], names

    def glob(self, *patterns: str, depth: int = 8) -> list[str]:
        """Return files below it, nearest first, whose name (or path, if the pattern has ``/``) matches."""
        found = []
        for folder, names in self.below(depth):
            for name in sorted(names):
                path = f"{folder}/{name}" if folder else name
                if any(fnmatchcase(path if "/" in p else name, p) for p in patterns):
                    found.append(path)
        return found

    def line(self, name: str, needle: str | re.Pattern[str]) -> int:
        """Return the line, from 1, of the first occurrence in a file; 0 when it is not there."""
        text = self.text(name)
        if isinstance(needle, str):
            at = text.find(needle)
        else:
            match = needle.search(text)
            at = match.start() if match else -1
        return text.count("\n", 0, at) + 1 if at >= 0 else 0

    def evidence(self, name: str, shows: str, needle: str | re.Pattern[str] = "") -> Evidence:
        """Return evidence in a file, at the line of ``needle`` when one is given."""
        return Evidence(self.where(name), self.line(name, needle) if needle else 0, shows)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        if "//" not in text and "/*" not in text and not re.search(r",\s*[}\]]", text):
            raise
    bare = _COMMENTS.sub(lambda m: m[0] if m[0].startswith('"') else "", text)
    return json.loads(_TRAILING_COMMA.sub(lambda m: m[1] or "", bare))


def _yaml(text: str) -> Any:
    from machete_tui.core import yamlsafe

    documents = [part for part in _DOCUMENT.split(text) if part.strip()]
    return yamlsafe.load(documents[0] if documents else "", "it", limit=1 << 20).data


def table(data: object, *path: str) -> Table:
    """Return the mapping at a path of keys; an empty one where something else stands."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def words(data: object, *path: str) -> str:
    """Return the text or number at a path of keys as text; empty where something else stands."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    if isinstance(data, bool) or not isinstance(data, (str, int, float)):
        return ""
    return str(data).strip()


def items(data: object, *path: str) -> list[Any]:
    """Return the list at a path of keys; an empty one where something else stands."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, list) else []
