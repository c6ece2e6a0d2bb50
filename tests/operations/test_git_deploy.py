"""From a Git URL to a running service: new commits become new releases, other commits can be named."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from machete_tui.core.errors import NotFound
from tests.operations.bench import APPS, Bench

IDENTITY = {
    "GIT_AUTHOR_NAME": "dev", "GIT_AUTHOR_EMAIL": "dev@example.com",
    "GIT_COMMITTER_NAME": "dev", "GIT_COMMITTER_EMAIL": "dev@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | IDENTITY,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with an app in a sub-folder."""
    folder = tmp_path / "repository"
    shutil.copytree(APPS / "dockerfile-app", folder / "apps" / "shop")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    commit(folder, "1.0")
    return folder


def commit(folder: Path, version: str) -> str:
    (folder / "apps" / "shop" / "VERSION").write_text(version + "\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", f"version {version}")
    return git(folder, "rev-parse", "HEAD")


def test_new_commits_become_releases(bench: Bench, repository: Path) -> None:
    url, name = f"file://{repository}", bench.name("shop")
    first = git(repository, "rev-parse", "HEAD")
    bench.do("service.deploy", source=url, path="apps/shop", name=name, watch=0.0)
    second = commit(repository, "2.0")
    done = bench.do("service.deploy", source=url, path="apps/shop", watch=0.0)
    assert (done.service, done.release) == (name, 2)
    shown = bench.do("service.show", name=name)
    assert [r.commit for r in shown.releases] == [second, first]
    assert shown.commit == second
    third = commit(repository, "3.0")
    assert bench.do("service.rebuild", name=name, watch=0.0).release == 3
    assert bench.do("service.show", name=name).commit == third
    diff = bench.do("deployment.diff", name=name)
    assert f"commit {second[:8]} -> {third[:8]}" in diff.summary
    bench.do("deployment.rollback", name=name, release=1, watch=0.0)
    assert bench.do("service.show", name=name).commit == first
    pinned = bench.do("service.deploy", source=url, path="apps/shop", branch=second, name=name, watch=0.0)
    assert pinned.release == 4
    assert bench.do("service.show", name=name).commit == second
    assert list((bench.ctx.settings.state_dir / "incoming").iterdir()) == []


def test_a_branch_that_is_not_there_is_named(bench: Bench, repository: Path) -> None:
    with pytest.raises(NotFound) as caught:
        bench.do("service.deploy", source=f"file://{repository}", branch="mian", name=bench.name("shop"))
    assert "mian" in caught.value.what
    assert "main" in caught.value.mend
    assert bench.ctx.store.services.all() == []
