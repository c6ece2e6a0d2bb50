"""What a folder holds, for the picker: its sub-folders and the files that tell what it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from machete_tui.core.frozen import dataclass

TELLING = (
    "machete.yml",
    "Dockerfile",
    "compose.yml",
    "compose.yaml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "Procfile",
    "package.json",
    "deno.json",
    "pyproject.toml",
    "requirements.txt",
    "Pipfile",
    "manage.py",
    "composer.json",
    "go.mod",
    "Gemfile",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "build.sbt",
    "mix.exs",
    "Cargo.toml",
    "index.html",
)
"""Names that say what a folder is, the most telling first."""

_SUFFIXES = (".csproj", ".fsproj", ".sln", ".slnx")
_DIGEST = 400
"""How many sub-folders are looked into; a folder of mailboxes has thousands."""

_ENTRIES = 5000
"""How many entries of one folder are read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A sub-folder: its name and the telling files in it."""

    name: str
    tells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A folder seen once.

    Attributes:
        path: absolute.
        folders: its sub-folders by name, hidden ones last if they are wanted at all.
        tells: telling files in it.
        files: how many files there are beside folders.
        git: whether it is the root of a Git work tree.
        error: why it could not be read; empty otherwise.
        cut: whether there are more entries than were read.
    """

    path: str
    folders: tuple[Entry, ...] = ()
    tells: tuple[str, ...] = ()
    files: int = 0
    git: bool = False
    error: str = ""
    cut: bool = False

    @property
    def summary(self) -> str:
        """One line about what is in it."""
        if self.error:
            return self.error
        if not self.files and not self.folders and not self.git:
            return "empty"
        files = f"{self.files} file{'' if self.files == 1 else 's'}"
        if not self.tells and self.folders:
            files = f"{len(self.folders)} folder{'' if len(self.folders) == 1 else 's'}, {files}"
        said = [", ".join(self.tells)] if self.tells else []
        return " · ".join([*said, *(["Git"] if self.git else []), files])


def expand(text: str) -> str:
    """Return the absolute path that was typed: ``~`` and ``..`` resolved, links kept; empty for nothing."""
    if not text.strip():
        return ""
    return os.path.normpath(os.path.join(os.getcwd(), os.path.expanduser(text.strip())))  # noqa: PTH109, PTH111, PTH118


def parent(path: str) -> str:
    """Return the folder above; the root is its own."""
    return str(Path(path).parent)


def look(path: str, *, hidden: bool = False) -> Look:
    """Read a folder; what cannot be read is said in ``error``, never raised."""
    try:
        names, folders, git, cut = _scan(path)
    except OSError as error:
        return Look(path, error=_reason(error))
    shown = [f for f in folders if hidden or not f.startswith(".")]
    shown.sort(key=lambda n: (n.startswith("."), n.casefold()))
    entries = tuple(
        Entry(name, _tells_of(Path(path) / name) if place < _DIGEST else ())
        for place, name in enumerate(shown)
    )
    return Look(path, entries, _telling(names), len(names), git, "", cut)


def nearest(text: str) -> tuple[str, str]:
    """Return the folder to list for a path that is being typed, and the beginning of the name in it."""
    path = expand(text)
    if not path:
        return str(Path.cwd()), ""
    if text.rstrip().endswith("/") or Path(path).is_dir():
        return path, ""
    above = Path(path).parent
    return (str(above), Path(path).name) if above.is_dir() else (path, "")


def complete(text: str, hidden: bool = False) -> str | None:
    """Return the typed path grown to the first sub-folder that begins like it, or None."""
    if not text.strip() or text.endswith("/"):
        return None
    folder, begun = nearest(text)
    if not begun:
        return None
    try:
        found = sorted(e.name for e in _folders(folder) if e.name.startswith(begun))
    except OSError:
        return None
    hit = next((n for n in found if hidden or begun.startswith(".") or not n.startswith(".")), None)
    return text + hit[len(begun) :] + "/" if hit else None


def _scan(path: str) -> tuple[list[str], list[str], bool, bool]:
    names: list[str] = []
    folders: list[str] = []
    git = False
    with os.scandir(path) as entries:
        for count, entry in enumerate(entries):
            if count >= _ENTRIES:
                return names, folders, git, True
            if entry.name == ".git":
                git = True
            elif _is_folder(entry):
                folders.append(entry.name)
            else:
                names.append(entry.name)
    return names, folders, git, False


def _folders(path: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        yield from (e for e in entries if _is_folder(e))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _tells_of(path: Path) -> tuple[str, ...]:
    try:
        names, _, git, _ = _scan(str(path))
    except OSError:
        return ()
    return (*_telling(names), *(("Git",) if git else ()))


def _telling(names: list[str]) -> tuple[str, ...]:
    there = set(names)
    found = [n for n in TELLING if n in there]
    found += sorted(n for n in names if n.endswith(_SUFFIXES))[:2]
    return tuple(found)


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such folder"
    if isinstance(error, NotADirectoryError):
        return "this is a file, not a folder"
    if isinstance(error, PermissionError):
        return "this folder may not be read"
    return error.strerror or str(error)
