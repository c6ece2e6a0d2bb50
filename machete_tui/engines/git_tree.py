"""What lies in a checkout: links that lead out of it, and the state of a folder that is a work tree."""

from __future__ import annotations

import os
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.engines import git_access, git_process

SHOWN = 5
"""How many links a message names."""


@dataclass(frozen=True, slots=True)
class State:
    """Of a work tree: full SHA, branch (empty when detached), and whether files differ from the commit."""

    commit: str = ""
    branch: str = ""
    dirty: bool = False


def refuse_links(root: Path) -> None:
    """Raise InvalidInput when a symbolic link below ``root`` leads out of it, or into its ``.git``."""
    top = Path(os.path.realpath(root))
    bad: list[str] = []
    for folder, names, files in os.walk(top, followlinks=False):
        if Path(folder) == top and ".git" in names:
            names.remove(".git")
        for name in (*names, *files):
            path = Path(folder, name)
            if path.is_symlink() and not _stays(path, top):
                bad.append(f"{path.relative_to(top)} -> {path.readlink()}")
    if bad:
        more = f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        raise InvalidInput(
            f"the source has links that lead out of it: {', '.join(sorted(bad)[:SHOWN])}{more}",
            "replace them by the files that they point to",
            field="SOURCE",
        )


def _stays(link: Path, top: Path) -> bool:
    if link.readlink().is_absolute():
        return False
    target = Path(os.path.realpath(link))
    return target.is_relative_to(top) and not target.is_relative_to(top / ".git")


def state_of(folder: Path, cancel: Cancel) -> State:
    """Return the Git state of a folder; an empty one when it is in no work tree.

    HEAD is read from its files, so that nothing of a repository that belongs to another user runs. Whether
    the folder differs from it is asked of Git, which refuses such a repository: then it counts as dirty.
    """
    try:
        import git
    except ImportError:  # GitPython looks for the git program when it is imported
        return State()
    try:
        repository = git.Repo(folder, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError, OSError, ValueError):
        return State()
    with repository:
        if repository.bare or repository.working_tree_dir is None:
            return State()
        try:
            commit = str(git.SymbolicReference.dereference_recursive(repository, "HEAD"))
            branch = "" if repository.head.is_detached else str(repository.active_branch.name)
        except (ValueError, OSError, TypeError):  # no commit yet, or no repository that is whole
            return State(dirty=True)
    words = ["status", "--porcelain", "-unormal", "--", "."]
    finished = git_process.git(words, git_access.local(), cancel, cwd=folder)
    return State(commit, branch, finished.code != 0 or bool(finished.out.strip()))
