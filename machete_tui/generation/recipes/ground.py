"""What every recipe starts from: one component, where it lies, and careful looks at its files."""

from __future__ import annotations

import posixpath
import re
from dataclasses import field
from pathlib import Path

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Component
from machete_tui.generation import commands

_READ = 256 * 1024


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a component's Dockerfile is made.

    Attributes:
        template: file name in ``templates/dockerfile``.
        values: what the template asks for beyond the common ones.
        ignore: lines for the ignore file beyond the common ones.
        keep: patterns that the build needs although the common lines leave them out.
        args: names of build arguments whose values come from the environment; never secrets.
        start: command where detection gave none; empty when the template has one or none is known.
    """

    template: str
    values: dict[str, object] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    start: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """One component and the folder that its image is built from.

    Attributes:
        service: the operated service's name.
        root: absolute folder of the source.
        component: what to build.
        environment: names that will be set at run time.
    """

    service: str
    root: str
    component: Component
    environment: frozenset[str] = frozenset()

    @property
    def context(self) -> str:
        """The build context's folder relative to the source's root; ``.`` is the root."""
        return folder(self.component.facts.get("context") or self.component.path)

    @property
    def inside(self) -> str:
        """The component's folder relative to the context; empty when they are the same."""
        path = posixpath.relpath(folder(self.component.path), self.context)
        if path.startswith(".."):
            raise InvalidInput(
                f"{self.component.name}: {self.component.path} lies outside its context {self.context}",
                "Correct the component's path.",
                field="path",
            )
        return "" if path == "." else path

    @property
    def workdir(self) -> str:
        """The component's folder in the build stage and the image."""
        return posixpath.join("/app", self.inside) if self.inside else "/app"

    @property
    def prefix(self) -> str:
        """What to put before a path of the component to get one of the context."""
        return f"{self.inside}/" if self.inside else ""

    def fact(self, key: str) -> str:
        """Return a fact of the component, empty when it is not known."""
        return self.component.facts.get(key, "")

    def words(self, key: str) -> list[str]:
        """Return a fact that is a list."""
        return self.fact(key).split()

    def run(self) -> str:
        """Return what follows RUN to build it, empty when nothing is to be built."""
        return commands.run_line(self.component.build_command) if self.component.build_command else ""

    def first_build_word(self) -> str:
        """Return the program that the build command runs."""
        words = self.component.build_command.split()
        return words[0] if words else ""

    def first_word(self) -> str:
        """Return the program that the start command runs."""
        words = self.component.start_command.split()
        return words[0] if words else ""

    def file(self, path: str) -> Path | None:
        """Return a regular file of the context, or None; a link that leaves the source is none."""
        found = Path(self.root, self.context, path)
        try:
            inside = found.resolve().is_relative_to(Path(self.root).resolve())
            return found if inside and found.is_file() else None
        except (OSError, ValueError):
            return None

    def has(self, path: str) -> bool:
        """Return whether the context has this file or folder."""
        try:
            return Path(self.root, self.context, path).exists()
        except (OSError, ValueError):
            return False

    def read(self, path: str) -> str:
        """Return the first 256 kB of a file of the context, empty when there is none."""
        found = self.file(path)
        if found is None:
            return ""
        try:
            with found.open("rb") as stream:
                return stream.read(_READ).decode("utf-8", "replace")
        except OSError:
            return ""

    def present(self, paths: list[str]) -> list[str]:
        """Return those paths of the context that are there, each once."""
        return [path for path in dict.fromkeys(paths) if self.has(path)]

    def members(self, names: tuple[str, ...], depth: int = 4) -> list[str]:
        """Return files of these names in the context's folders, dependency folders left out, sorted."""
        base = Path(self.root, self.context)
        found: list[str] = []
        level = [base]
        for _ in range(depth):
            following: list[Path] = []
            for here in level:
                for entry in _entries(here):
                    if entry.is_symlink():
                        continue
                    if entry.is_dir() and entry.name not in _SKIPPED and not entry.name.startswith("."):
                        following.append(entry)
                    elif entry.is_file() and entry.name in names:
                        found.append(entry.relative_to(base).as_posix())
            level = following
        return sorted(found)


_SKIPPED = frozenset({"node_modules", "vendor", "target", "dist", "build", "venv", "__pycache__"})


def folder(path: str) -> str:
    """Return a relative folder in its normal form.

    Raises:
        InvalidInput: when it is absolute or leaves its root.
    """
    normal = posixpath.normpath(path or ".")
    if normal.startswith(("/", "..")) or re.search(r"[\x00-\x1f]", normal):
        raise InvalidInput(
            f"{path[:60]!r} leaves the source", "Give a folder relative to its root.", field="path"
        )
    return normal


def _entries(path: Path) -> list[Path]:
    try:
        return sorted(path.iterdir())[:500]
    except OSError:
        return []
