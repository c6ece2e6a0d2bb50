"""One bounded walk over a source: which files there are, and reading them without harm.

Nothing is executed, no link is followed out of the tree, and every read has a limit. What could not be
read or parsed is kept as a warning, never an error: detection goes on with the rest.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

from machete_tui.core.errors import InvalidInput, NotPermitted
from machete_tui.detection.ignore import Ignore, is_ignored

MAX_FILES = 150_000
"""Files after which the walk stops."""

MAX_DEPTH = 16
"""Folders below the root that are entered."""

MAX_BYTES = 1 << 20
"""Bytes of one file that are read; a larger one is not a manifest."""

SKIPPED = frozenset(
    {
        *(".git", ".hg", ".svn", "node_modules", "bower_components", "jspm_packages", "vendor"),
        *("venv", ".venv", "virtualenv", "__pycache__", ".tox", ".nox", "site-packages", "htmlcov"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".eggs", ".next", ".nuxt", ".output", ".svelte-kit"),
        *(".angular", ".astro", ".cache", ".parcel-cache", ".turbo", ".nx", ".yarn", ".pnpm-store"),
        *(".gradle", ".mvn", ".idea", ".vscode", ".vs", ".bundle", ".terraform", ".serverless", "Pods"),
    }
)
"""Folders of tools and of other people's code: never entered."""

BUILT = frozenset({"dist", "build", "out", "target", "obj", "coverage", "_site"})
"""Folders that are build output when a manifest stands beside them."""

MANIFESTS = frozenset(
    {
        *("package.json", "pyproject.toml", "setup.py", "pom.xml", "build.gradle", "build.gradle.kts"),
        *("Cargo.toml", "go.mod", "Gemfile", "composer.json", "_config.yml"),
    }
)
"""Files that make a :data:`BUILT` folder beside them output."""


class Tree:
    """The files of a source.

    Args:
        root: the folder; a link to one is resolved first.

    Raises:
        InvalidInput: there is no such folder, or it is empty.
        NotPermitted: it cannot be read.

    Attributes:
        root: its real path.
        folders: folder relative to the root (``""`` is the root) -> names of the files in it.
        skipped: folders that were seen and not entered.
        warnings: one line for each file that could not be read or parsed.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = _real(root)
        self.folders: dict[str, set[str]] = {}
        self.skipped: set[str] = set()
        self.warnings: list[str] = []
        self.count = 0
        self._links: dict[str, str] = {}
        self._texts: dict[str, str | None] = {}
        self._walk()

    def warn(self, text: str) -> None:
        """Keep one line about what could not be used; the same line only once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def has(self, path: str) -> bool:
        """Return whether there is a file of that path from the root."""
        folder, _, name = path.rpartition("/")
        return name in self.folders.get(folder, ())

    def has_folder(self, path: str) -> bool:
        """Return whether there is a folder of that path, entered or not."""
        return path in self.folders or path in self.skipped

    def read(self, path: str, *, limit: int = MAX_BYTES, told: bool = False) -> str | None:
        """Return a file's text, or None when it is not there, too large, binary or unreadable.

        Args:
            path: from the root.
            limit: bytes; a larger file gives None.
            told: keep a warning when it is there and cannot be read as text.
        """
        if path in self._texts:
            return self._texts[path]
        if not self.has(path):
            return None
        text, problem = self._load(path, limit)
        if problem and told:
            self.warn(f"{path}: {problem}")
        if told or text is None:
            self._texts[path] = text
        return text

    def head(self, path: str, size: int = 4096) -> str:
        """Return the first characters of a file of any size; empty when it is not there or binary."""
        if not self.has(path):
            return ""
        return (self._load(path, size, cut=True)[0] or "")[:size]

    def _load(self, path: str, limit: int, *, cut: bool = False) -> tuple[str | None, str]:
        target = self._links.get(path) or os.path.join(self.root, path)  # noqa: PTH118 - hot loop
        try:
            handle = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            return None, f"cannot be read ({error.strerror})"
        try:
            data = os.read(handle, limit + 1)
            while 0 < len(data) <= limit and (more := os.read(handle, limit + 1 - len(data))):
                data += more
        except OSError as error:
            return None, f"cannot be read ({error.strerror})"
        finally:
            os.close(handle)
        if len(data) > limit and not cut:
            return None, f"larger than {limit // 1024} kB, not read"
        return decode(data)

    def _walk(self) -> None:
        queue: deque[tuple[str, int, tuple[Ignore, ...]]] = deque([("", 0, ())])
        while queue:
            folder, depth, rules = queue.popleft()
            entries = self._entries(folder)
            if ".gitignore" in entries and entries[".gitignore"].is_file(follow_symlinks=False):
                self.folders[folder] = {".gitignore"}
                text = self.read(f"{folder}/.gitignore" if folder else ".gitignore") or ""
                rules = (*rules, Ignore(text, folder))
            built = not MANIFESTS.isdisjoint(entries)
            names: set[str] = set()
            self.folders[folder] = names
            for name, entry in entries.items():
                path = f"{folder}/{name}" if folder else name
                if entry.is_dir(follow_symlinks=False):
                    passed_over = (
                        name in SKIPPED
                        or (built and name in BUILT)
                        or depth >= MAX_DEPTH
                        or is_ignored(rules, path, name, True)
                        or _is_virtualenv(entry.path, name)
                    )
                    if passed_over:
                        self.skipped.add(path)
                    else:
                        queue.append((path, depth + 1, rules))
                elif rules and is_ignored(rules, path, name, False):
                    continue
                elif entry.is_file(follow_symlinks=False) or self._inside(entry, path):
                    names.add(name)
                    self.count += 1
            if self.count >= MAX_FILES:
                self.warn(f"more than {MAX_FILES} files: the rest was not looked at")
                return

    def _entries(self, folder: str) -> dict[str, os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self.root, folder)) as found:  # noqa: PTH118 - hot loop
                entries = list(found)
        except OSError as error:
            if not folder:
                raise NotPermitted(f"the folder {self.root} cannot be read: {error.strerror}") from error
            self.warn(f"{folder}: cannot be read ({error.strerror})")
            return {}
        if not folder and not any(e.name != ".git" for e in entries):
            raise InvalidInput(
                f"the folder {self.root} is empty", "name the folder that holds the code", field="SOURCE"
            )
        kept = {}
        for entry in sorted(entries, key=lambda e: e.name):
            if entry.name.isprintable():
                kept[entry.name] = entry
            else:
                self.warn(f"{folder or '.'}: a file whose name is not printable text is passed over")
        return kept

    def _inside(self, entry: os.DirEntry[str], path: str) -> bool:
        """Return whether a link leads to a file of the tree, remembering where; others are not followed."""
        if not entry.is_symlink():
            return False
        target = os.path.realpath(entry.path)
        if not f"{target}/".startswith(f"{self.root}/"):
            self.warn(f"{path}: a link that leaves the source; not followed")
            return False
        if not os.path.isfile(target):  # noqa: PTH113 - hot loop
            return False
        self._links[path] = target
        return True


def decode(data: bytes) -> tuple[str | None, str]:
    """Return (text, what is odd about it): UTF-8 or UTF-16 with or without BOM, else Latin-1; no binary."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), ""
            except UnicodeDecodeError:
                return None, f"not valid {encoding.upper()} text"
    if b"\0" in data:
        return None, "binary, not text"
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        return data.decode("latin-1"), "not UTF-8; read as Latin-1"


def _is_virtualenv(path: str, name: str) -> bool:
    return name in {"env", ".env", "ENV"} and os.path.exists(os.path.join(path, "pyvenv.cfg"))  # noqa: PTH110, PTH118


def _real(root: str | Path) -> str:
    folder = Path(root)
    try:
        if not folder.exists():
            raise InvalidInput(
                f"there is no folder {root}", "check the path, or give a Git URL", field="SOURCE"
            )
        if not folder.is_dir():
            raise InvalidInput(
                f"{root} is a file, not a folder", "name the folder that holds it", field="SOURCE"
            )
        return str(folder.resolve())
    except OSError as error:
        raise NotPermitted(f"{root} cannot be read: {error.strerror}", field="SOURCE") from error
