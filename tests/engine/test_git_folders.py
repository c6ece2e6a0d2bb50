"""Folders as sources: taken as they are, with what Git knows of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import InvalidInput, MacheteError, NotFound, NotPermitted
from machete_tui.core.settings import Settings
from machete_tui.core.source import Checkout, SourceRef
from machete_tui.engines.git import GitSources
from tests.engine import gitservers


@pytest.fixture
def sources(tmp_path: Path) -> GitSources:
    return GitSources(Settings(state_dir=tmp_path / "state"))


def take(sources: GitSources, folder: Path, subpath: str = "") -> Checkout:
    return sources.fetch(SourceRef("folder", str(folder), subpath=subpath), "", Cancel())


def test_a_plain_folder(sources: GitSources, tmp_path: Path) -> None:
    (tmp_path / "app" / "web").mkdir(parents=True)
    assert take(sources, tmp_path / "app") == Checkout(str(tmp_path / "app"))
    assert take(sources, tmp_path / "app", "web") == Checkout(str(tmp_path / "app" / "web"))
    assert sources.branches(SourceRef("folder", str(tmp_path)), Cancel()) == ()
    assert not (tmp_path / "state").exists()


def test_a_work_tree_has_its_commit_branch_and_whether_it_is_dirty(
    sources: GitSources, tmp_path: Path
) -> None:
    made = gitservers.shop(tmp_path)
    commit = made.commits["third"]
    assert take(sources, made.work) == Checkout(str(made.work), commit, "main")
    sub = take(sources, made.work, "apps/web")
    assert sub == Checkout(str(made.work / "apps" / "web"), commit, "main")
    (made.work / "app.py").write_text("changed")
    assert take(sources, made.work).dirty
    assert not take(sources, made.work, "apps/web").dirty  # only what is deployed counts
    gitservers.git(made.work, "checkout", "-q", "--force", "v1.9")
    assert take(sources, made.work) == Checkout(str(made.work), made.commits["first"], "")
    (made.work / "new.txt").touch()
    assert take(sources, made.work).dirty
    (made.work / ".gitignore").write_text("new.txt\n.gitignore\n")
    assert not take(sources, made.work).dirty


def test_packed_refs_and_linked_work_trees(sources: GitSources, tmp_path: Path) -> None:
    made = gitservers.shop(tmp_path)
    gitservers.git(made.work, "pack-refs", "--all")
    assert take(sources, made.work).commit == made.commits["third"]
    gitservers.git(made.work, "worktree", "add", "-q", str(tmp_path / "linked"), "feature/fast")
    found = take(sources, tmp_path / "linked")
    assert found == Checkout(str(tmp_path / "linked"), made.commits["fast"], "feature/fast")


def test_a_work_tree_without_commits_or_broken(sources: GitSources, tmp_path: Path) -> None:
    empty = gitservers.repository(tmp_path, "empty").work
    assert take(sources, empty) == Checkout(str(empty), dirty=True)
    broken = tmp_path / "broken"
    (broken / ".git").mkdir(parents=True)
    assert take(sources, broken).commit == ""
    (broken / ".git").rmdir()
    (broken / ".git").write_text("gitdir: /nowhere\n")
    assert take(sources, broken).commit == ""


def test_a_repository_of_another_user_runs_nothing(sources: GitSources, tmp_path: Path) -> None:
    made = gitservers.shop(tmp_path)
    mark = tmp_path / "mark"
    gitservers.git(made.work, "config", "filter.evil.clean", f"touch {mark}; cat")
    (made.work / ".gitattributes").write_text("* filter=evil\n")
    (made.work / "app.py").write_text("changed")
    if os.geteuid() == 0:
        for path in (made.work, *made.work.rglob("*")):
            os.chown(path, 12345, 12345, follow_symlinks=False)
    found = take(sources, made.work)
    assert (found.commit, found.branch, found.dirty) == (made.commits["third"], "main", True)
    assert mark.exists() == (os.geteuid() != 0)  # the own user's filters are his own


@pytest.mark.parametrize(
    ("location", "kind", "said"),
    [
        ("{folder}/gone", NotFound, "there is no folder"),
        ("{folder}/file", InvalidInput, "is a file, not a folder"),
        ("relative", InvalidInput, "is no absolute path"),
    ],
)
def test_what_is_no_folder(
    location: str, kind: type[MacheteError], said: str, sources: GitSources, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(kind, match=said) as caught:
        take(sources, Path(location.format(folder=tmp_path)))
    assert caught.value.field == "SOURCE"


def test_a_sub_folder_stays_inside(sources: GitSources, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "out").symlink_to("/etc")
    for path, said in (("..", "is no folder inside"), ("out", "leads out of"), ("gone", "has no folder")):
        with pytest.raises(InvalidInput, match=said) as caught:
            take(sources, tmp_path / "app", path)
        assert caught.value.field == "--path"


def test_a_folder_that_may_not_be_read(sources: GitSources, tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir(mode=0o000)
    if os.geteuid():
        with pytest.raises(NotPermitted, match="may not be read"):
            take(sources, folder)
        return
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_mode & 0o011 != 0o011:
            path.chmod(path.stat().st_mode | 0o011)  # so that the mode of the last one decides
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            take(sources, folder)
        except NotPermitted as error:
            code = 0 if "may not be read" in error.what else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_without_git_a_folder_is_still_a_folder_and_a_remote_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: GitSources
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotFound, match="git is not installed") as caught:
        sources.branches(SourceRef("git", "https://host.invalid/x.git"), Cancel())
    assert "system.setup" in caught.value.mend
    program = (
        "import sys; from pathlib import Path; from machete_tui.engines.git_tree import state_of\n"
        "from machete_tui.core.cancel import Cancel; print(state_of(Path(sys.argv[1]), Cancel()))"
    )
    made = tmp_path / "app"
    (made / ".git").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", program, str(made)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "State(commit='', branch='', dirty=False)\n"
