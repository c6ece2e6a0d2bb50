"""A component's own source files, read once and searched: for routes, ports, names, imports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Evidence
from machete_tui.detection.folder import Folder

MAX_FILES = 400
"""Source files of one component that are read, the nearest to its root first."""

MAX_BYTES = 256 * 1024
"""Bytes of one of them; a larger one is generated."""

MAX_TOTAL = 8 << 20
"""Characters of all of them."""

TEST_FOLDERS = frozenset(
    {
        *("test", "tests", "__tests__", "spec", "specs", "e2e", "cypress", "fixtures", "testdata"),
        *("__mocks__", "mocks", "docs", "doc", "examples", "example", "samples", "benchmarks", "bench"),
        *("migrations", "locales", "locale", "scripts"),
    }
)
"""Folders whose files are not the application."""

_SOURCE_ROOT = re.compile(r"/src/main/(?:java|kotlin|scala|resources)/")
"""Below these, folders are named after packages (``com/example``)."""

_TEST_FILE = re.compile(
    r"(^|[._-])(test|tests|spec|stories|mock)\.[a-z]+$|^test_|_test\.(go|py|rb)$|(Tests?|IT)\.(java|kt|cs)$"
    r"|_spec\.rb$|\.min\.js$|\.d\.ts$|^conftest\.py$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern was found: file relative to the component's folder, line from 1, the match."""

    file: str
    line: int
    match: re.Match[str]


class Code:
    """The source files with given suffixes below a folder, tests and nested components left out.

    Args:
        folder: the component's.
        suffixes: with the dot (``.py``).
    """

    def __init__(self, folder: Folder, suffixes: tuple[str, ...]) -> None:
        self.folder = folder
        self.suffixes = suffixes

    @cached_property
    def names(self) -> list[str]:
        """Paths relative to the folder, nearest first."""
        found: list[str] = []
        for path, names in self.folder.below():
            if path and not TEST_FOLDERS.isdisjoint(_SOURCE_ROOT.split(f"/{path}/")[0].split("/")):
                continue
            for name in sorted(names):
                if name.endswith(self.suffixes) and not _TEST_FILE.search(name):
                    found.append(f"{path}/{name}" if path else name)
            if len(found) > MAX_FILES:
                break
        return found[:MAX_FILES]

    @cached_property
    def files(self) -> list[tuple[str, str]]:
        """(path, text) of each of them."""
        read: list[tuple[str, str]] = []
        total = 0
        for name in self.names:
            text = self.folder.tree.read(self.folder.where(name), limit=MAX_BYTES)
            if text:
                read.append((name, text))
                total += len(text)
            if total > MAX_TOTAL:
                break
        return read

    def all(self, pattern: re.Pattern[str], hint: str = "") -> Iterator[Hit]:
        """Yield every match, file by file; only files that contain ``hint`` are searched."""
        for name, text in self.files:
            if hint and hint not in text:
                continue
            for match in pattern.finditer(text):
                yield Hit(name, text.count("\n", 0, match.start()) + 1, match)

    def find(self, pattern: re.Pattern[str], hint: str = "") -> Hit | None:
        """Return the first match; ``hint`` as in :meth:`all`."""
        return next(self.all(pattern, hint), None)

    def where(self, pattern: re.Pattern[str]) -> Code:
        """Return a view of the files in which a cheap pattern is found, for the costly ones."""
        view = Code(self.folder, self.suffixes)
        view.__dict__["files"] = [(name, text) for name, text in self.files if pattern.search(text)]
        return view

    def evidence(self, hit: Hit, shows: str) -> Evidence:
        """Return a match as evidence."""
        return Evidence(self.folder.where(hit.file), hit.line, shows)
