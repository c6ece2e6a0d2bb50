"""Sources: a folder is taken as it is, a Git remote is cloned shallowly with its submodules.

Git itself is run as a child whose environment, protocols and time are bounded (:mod:`git_access`,
:mod:`git_process`); GitPython reads the work trees of folders.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from machete_tui.core.settings import Settings
from machete_tui.core.source import Checkout, SourceRef
from machete_tui.engines import git_access, git_failures, git_process, git_remote, git_tree, git_url

LIMIT = 4 << 30
"""Bytes that a clone may have."""

ASK_SECONDS = 45.0
"""How long a remote may take to list its branches."""

FETCH_SECONDS = 900.0
"""How long one fetch may take."""


class GitSources:
    """Fulfils :class:`machete_tui.core.ports.Sources`.

    Args:
        settings: the state directory (for ssh's known hosts) and the disk reserve.
        limit: bytes that a clone may have.
        ask_seconds: how long a remote may take to list its branches.
        fetch_seconds: how long one fetch may take.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        limit: int = LIMIT,
        ask_seconds: float = ASK_SECONDS,
        fetch_seconds: float = FETCH_SECONDS,
    ) -> None:
        self._settings = settings
        self._limit = limit
        self._ask_seconds = ask_seconds
        self._fetch_seconds = fetch_seconds

    def branches(self, source: SourceRef, cancel: Cancel) -> tuple[str, ...]:
        """Return the remote's branches, the default one first, then tags as ``tag:NAME``; () for a folder.

        Raises:
            InvalidInput: the URL, key or token is not acceptable.
            NotFound: no such repository, or its host does not answer.
            NotPermitted: it asks for a password, or refuses what was given.
        """
        if source.kind == "folder":
            return ()
        remote = git_url.remote(source.location)
        with git_access.access(self._settings, source, remote) as access:
            return self._ask(access, cancel).names

    def fetch(self, source: SourceRef, into: str, cancel: Cancel) -> Checkout:
        """Take the folder, or clone the remote into ``into``, which must be empty or missing.

        When it fails or is cancelled, ``into`` is as it was before. Errors: as :meth:`branches`, and
        NotFound for a branch, tag or commit that is not there, NoCapacity when it is too large.
        """
        if source.kind == "folder":
            return self._folder(source, cancel)
        git_url.check_ref(source.ref)
        git_url.check_subpath(source.subpath)
        remote = git_url.remote(source.location)
        with git_access.access(self._settings, source, remote) as access, _emptied_on_failure(Path(into)):
            clone = _Clone(self, access, Path(into), cancel)
            return clone.make(source)

    def _folder(self, source: SourceRef, cancel: Cancel) -> Checkout:
        path = Path(source.location)
        if not path.is_absolute():
            raise InvalidInput(f"{source.location!r} is no absolute path", field="SOURCE")
        if not path.exists():
            raise NotFound(f"there is no folder {path}", "look at its spelling", field="SOURCE")
        if not path.is_dir():
            raise InvalidInput(
                f"{path} is a file, not a folder", "give the folder that it is in", field="SOURCE"
            )
        if not os.access(path, os.R_OK | os.X_OK):
            raise NotPermitted(
                f"the folder {path} may not be read", "look at its owner and mode", field="SOURCE"
            )
        root = git_url.inside(path, source.subpath) if source.subpath else Path(os.path.realpath(path))
        state = git_tree.state_of(root, cancel)
        return Checkout(str(root), state.commit, state.branch, state.dirty, owned=False)

    def _ask(self, access: git_access.Access, cancel: Cancel) -> git_remote.Listing:
        words = ["ls-remote", "--symref", "--", access.remote.url]
        finished = git_process.git(words, access, cancel, seconds=self._ask_seconds)
        if finished.code:
            raise git_failures.failure(finished, access.remote, self._known_hosts)
        return git_remote.listed(finished.out)

    @property
    def _known_hosts(self) -> str:
        return str(self._settings.state_dir / "known_hosts")


class _Clone:
    """One remote being brought here."""

    def __init__(self, sources: GitSources, access: git_access.Access, root: Path, cancel: Cancel) -> None:
        self._sources = sources
        self._access = access
        self._root = root
        self._cancel = cancel
        self._watch = git_process.Watch(root, sources._limit, sources._settings.disk_reserve)

    def make(self, source: SourceRef) -> Checkout:
        """Ask, fetch, check out, bring the submodules, and look at what came."""
        url = self._access.remote.url
        listing = self._sources._ask(self._access, self._cancel)
        wanted = git_remote.choose(listing, source.ref, url)
        self._run("init", "-q", "--template=", doing="the clone cannot be begun")
        self._run("remote", "add", "origin", url, doing="the clone cannot be begun")
        commit = self._fetch(wanted, listing, source.ref)
        self._run("checkout", "-q", "--detach", commit, doing="the commit cannot be checked out")
        self._submodules()
        git_tree.refuse_links(self._root)
        folder = git_url.inside(self._root, source.subpath)
        return Checkout(str(folder), commit, wanted.name, dirty=False, owned=True)

    def _fetch(self, wanted: git_remote.Wanted, listing: git_remote.Listing, ref: str) -> str:
        """Bring the objects here; return the full commit."""
        if wanted.ref:
            self._run("fetch", "-q", "--depth=1", "--no-tags", "origin", wanted.ref)
            return self._commit("FETCH_HEAD", listing, ref)
        if wanted.whole:
            # A server may refuse a commit that is no branch's or tag's tip; then all of it is fetched.
            got = self._try("fetch", "-q", "--depth=1", "--no-tags", "origin", wanted.commit)
            if got.code == 0:
                return self._commit(wanted.commit, listing, ref)
        self._run("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        return self._commit(wanted.commit, listing, ref)

    def _commit(self, name: str, listing: git_remote.Listing, ref: str) -> str:
        found = self._try("rev-parse", "--verify", "-q", f"{name}^{{commit}}")
        commit = found.out.strip()
        if found.code or len(commit) < 40:
            raise git_remote.unknown(listing, ref, self._access.remote.url)
        return commit

    def _submodules(self) -> None:
        if not (self._root / ".gitmodules").is_file():
            return
        words = ("config", "-f", ".gitmodules", "-z", "--get-regexp", r"^submodule\..*\.(url|path|update)$")
        git_url.check_submodules(self._try(*words).out, self._access.remote)
        update = ["submodule", "--quiet", "update", "--init", "--recursive", "--jobs=2"]
        if self._try(*update, "--depth=1").code:
            # A server may refuse a commit that is no tip; what was begun shallow would stay so.
            self._try("submodule", "--quiet", "deinit", "--force", "--all")
            shutil.rmtree(self._root / ".git" / "modules", ignore_errors=True)
            self._run(*update, doing="a submodule cannot be fetched")

    def _run(self, *words: str, doing: str = "") -> git_process.Finished:
        finished = self._try(*words)
        if finished.code:
            raise git_failures.failure(finished, self._access.remote, self._sources._known_hosts, doing=doing)
        return finished

    def _try(self, *words: str) -> git_process.Finished:
        seconds = self._sources._fetch_seconds
        return git_process.git(
            words, self._access, self._cancel, cwd=self._root, seconds=seconds, watch=self._watch
        )


@contextmanager
def _emptied_on_failure(folder: Path) -> Iterator[None]:
    """Make the folder for the body; when that fails, put back what was there: nothing, or an empty folder."""
    there = folder.exists()
    if there and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not empty", "a clone needs a folder of its own")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        raise
