"""What a hostile remote, or a careless operator, cannot bring about."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import InvalidInput, MacheteError, NotPermitted
from machete_tui.core.settings import Settings
from machete_tui.core.source import SourceRef
from machete_tui.engines.git import GitSources
from tests.engine import gitservers
from tests.engine.gitservers import TOKEN, Repository, Web


@pytest.fixture
def sources(tmp_path: Path) -> GitSources:
    return GitSources(Settings(state_dir=tmp_path / "state", disk_reserve=0))


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    return gitservers.shop(tmp_path)


@pytest.fixture
def web(tmp_path: Path, shop: Repository) -> Iterator[Web]:
    with gitservers.web(tmp_path) as server:
        yield server


def refused(sources: GitSources, source: SourceRef, into: Path) -> MacheteError:
    with pytest.raises((InvalidInput, NotPermitted)) as caught:
        sources.fetch(source, str(into), Cancel())
    assert not into.exists()
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c 'touch {mark}'",
        "ext::touch%20{mark}",
        "fd::17/foo",
        "file::{repo}",
        "--upload-pack=touch {mark}",
        "-u",
        "ssh://-oProxyCommand=touch${{IFS}}{mark}/x",
        "ssh://user@-oProxyCommand=x/y",
        "-oProxyCommand=x:y",
        "user@-host:path",
        "host:-path",
        "ssh://host/-path",
        "ssh://host:99999/x",
        "http://host:x/y",
        "http:///x",
        "http://host",
        "ftp://host/x",
        "javascript://host/x",
        "https://ana:pass@host/x.git",
        "https://ghp_0123456789@host/x.git",
        "https://host/a%0ahost=evil/x",
        "https://host/a b",
        "https://host/a\nb",
        "https://host/x.git#main",
        "file://host/x",
        "file:///srv/../etc",
        "relative/path",
        "",
        "x" * 5000,
    ],
)
def test_urls_that_are_not_accepted(url: str, sources: GitSources, tmp_path: Path, shop: Repository) -> None:
    mark = tmp_path / "mark"
    location = url.format(mark=mark, repo=shop.bare)
    for attempt in (
        lambda: sources.fetch(SourceRef("git", location), str(tmp_path / "into"), Cancel()),
        lambda: sources.branches(SourceRef("git", location), Cancel()),
    ):
        with pytest.raises(InvalidInput) as caught:
            attempt()
        assert caught.value.field == "SOURCE"
        assert "pass@" not in caught.value.what
    assert not mark.exists()
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize(
    "name",
    [
        *("--upload-pack=x", "-b", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "a@{1}"),
        *("a.lock", "/a", "a/", "a//b", "a.", "a\n", "@", "x" * 300, "refs/heads/a:refs/heads/b", "+main"),
    ],
)
def test_names_of_branches_that_are_not_accepted(
    name: str, sources: GitSources, tmp_path: Path, shop: Repository
) -> None:
    if name == "+main":  # a plus is a letter like any other: no such branch, and no forced refspec
        with pytest.raises(MacheteError, match="has no branch"):
            sources.fetch(SourceRef("git", str(shop.bare), ref=name), str(tmp_path / "into"), Cancel())
        return
    error = refused(sources, SourceRef("git", str(shop.bare), ref=name), tmp_path / "into")
    assert error.field == "--branch"


@pytest.mark.parametrize(
    "path", ["..", "apps/../../x", "/etc", "-x", "~", ".git", "apps/.GIT/x", "a\\b", "a\nb"]
)
def test_sub_folders_that_are_not_accepted(
    path: str, sources: GitSources, tmp_path: Path, shop: Repository
) -> None:
    error = refused(sources, SourceRef("git", str(shop.bare), subpath=path), tmp_path / "into")
    assert error.field == "--path"


def test_links_that_leave_the_tree_are_named(tmp_path: Path, sources: GitSources) -> None:
    made = gitservers.repository(tmp_path, "links")
    made.commit("files", src__app_py="x")
    (made.work / "src" / "good").symlink_to("app.py")
    (made.work / "up").symlink_to("src/../src")
    (made.work / "loop").symlink_to("loop")
    made.commit("good links")
    made.push()
    sources.fetch(SourceRef("git", str(made.bare)), str(tmp_path / "good"), Cancel())
    (made.work / "src" / "passwd").symlink_to("/etc/passwd")
    (made.work / "parent").symlink_to("../..")
    (made.work / "hidden").symlink_to(".git/config")
    (made.work / "folder").symlink_to("src/../../other")
    made.commit("bad links")
    made.push()
    error = refused(sources, SourceRef("git", str(made.bare)), tmp_path / "into")
    for name in (
        "src/passwd -> /etc/passwd",
        "parent -> ../..",
        "hidden -> .git/config",
        "folder -> src/../../",
    ):
        assert name in error.what
    assert "good" not in error.what


def test_a_sub_folder_that_is_a_link_out_of_the_tree(tmp_path: Path, sources: GitSources) -> None:
    made = gitservers.repository(tmp_path, "linked")
    (made.work / "apps").symlink_to("/etc")
    made.commit("link")
    made.push()
    refused(sources, SourceRef("git", str(made.bare), subpath="apps"), tmp_path / "into")


def test_no_hook_runs(
    tmp_path: Path, sources: GitSources, shop: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    for place in (tmp_path / "templates" / "hooks", tmp_path / "hooks"):
        place.mkdir(parents=True)
        for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor"):
            hook = place / name
            hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
            hook.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f"[init]\n templateDir = {tmp_path}/templates\n[core]\n hooksPath = {tmp_path}/hooks\n"
        f" fsmonitor = {tmp_path}/hooks/fsmonitor\n[safe]\n directory = *\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "templates"))
    probe = tmp_path / "probe"
    subprocess.run(["git", "clone", "-q", str(shop.bare), str(probe)], check=True)
    assert mark.exists()  # plain Git runs them
    mark.unlink()
    sources.fetch(SourceRef("git", str(shop.bare)), str(tmp_path / "into"), Cancel())
    found = sources.fetch(SourceRef("folder", str(probe)), "", Cancel())
    assert found.commit == shop.commits["third"]
    assert not mark.exists()
    assert not (tmp_path / "into" / ".git" / "hooks").exists()


@pytest.mark.parametrize(
    "setting",
    [
        "url = ext::touch {mark}",
        "url = {repo}",
        "url = file://{repo}",
        "url = --upload-pack=touch{mark}",
        "url = -oProxyCommand=touch",
        "url = ../shop.git\n path = ../outside",
        "url = ../shop.git\n path = .git/hooks",
        "url = ../shop.git\n update = !touch {mark}",
    ],
)
def test_submodules_that_are_not_accepted(
    setting: str, tmp_path: Path, sources: GitSources, shop: Repository, web: Web
) -> None:
    mark = tmp_path / "mark"
    evil = gitservers.repository(tmp_path, "evil")
    (evil.work / ".gitmodules").write_text(
        f'[submodule "lib"]\n path = lib\n {setting.format(mark=mark, repo=shop.bare)}\n'
    )
    evil.commit("evil")
    add_gitlink(evil, shop.commits["third"])
    error = refused(sources, SourceRef("git", f"{web.url}/public/evil.git"), tmp_path / "into")
    assert "the submodule 'lib' is not accepted" in error.what
    assert not mark.exists()
    assert not (tmp_path / "outside").exists()


def test_git_itself_gets_no_file_of_this_machine_for_a_nested_submodule(
    tmp_path: Path, sources: GitSources, shop: Repository, web: Web
) -> None:
    inner = shop.commits["third"]
    for name, url in (("middle", str(shop.bare)), ("outer", "../middle.git")):
        made = gitservers.repository(tmp_path, name)
        (made.work / ".gitmodules").write_text(f'[submodule "lib"]\n path = lib\n url = {url}\n')
        made.commit(name)
        inner = add_gitlink(made, inner)
    error = refused(sources, SourceRef("git", f"{web.url}/public/outer.git"), tmp_path / "into")
    assert "a submodule uses a transport that is not accepted" in error.what


def add_gitlink(made: Repository, commit: str) -> str:
    """Commit ``lib`` as a submodule at that commit, whatever its settings are; return the new commit."""
    gitservers.git(made.work, "update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
    gitservers.git(made.work, "commit", "-q", "-m", "lib")
    made.push()
    return gitservers.git(made.work, "rev-parse", "HEAD")


def token_traces(token: str) -> list[str]:
    """Return where a token stands in the command line or environment of any process."""
    needle, found = token.encode(), []
    for entry in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                if needle in (entry / name).read_bytes():
                    found.append(str(entry / name))
            except OSError:
                continue
    return found


@pytest.mark.parametrize("way", ["env", "file"])
def test_a_token_is_seen_by_its_host_and_nobody_else(
    way: str, tmp_path: Path, sources: GitSources, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces: list[str] = []
    running: list[bool] = []

    def look() -> None:
        traces.extend(token_traces(TOKEN))
        lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        running.append("git-remote-http" in lines or "git remote-http" in lines)

    web.meanwhile = look
    if way == "env":
        monkeypatch.setenv("SHOP_TOKEN", TOKEN)
        source = SourceRef("git", f"{web.url}/private/shop.git", token_env="SHOP_TOKEN")
    else:
        file = tmp_path / "token"
        file.write_text(f"{TOKEN}\n")
        file.chmod(0o600)
        source = SourceRef("git", f"{web.url}/private/shop.git", token_file=str(file))
    helper = tmp_path / "home"
    helper.mkdir()
    (helper / ".gitconfig").write_text("[credential]\n helper = store\n[safe]\n directory = *\n")
    monkeypatch.setenv("HOME", str(helper))
    sources.fetch(source, str(tmp_path / "into"), Cancel())
    assert web.credentials == [f"x-access-token:{TOKEN}"]
    assert all(running)
    assert traces == []
    for folder in ("into", "state", "home"):
        for path in (tmp_path / folder).rglob("*"):
            if path.is_file():
                assert TOKEN.encode() not in path.read_bytes(), path
    monkeypatch.delenv("SHOP_TOKEN", raising=False)
    assert TOKEN not in " ".join(os.environ.values())


def test_the_user_of_the_url_goes_with_the_token(
    tmp_path: Path, sources: GitSources, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    url = web.url.replace("://", "://ana@")
    sources.branches(SourceRef("git", f"{url}/private/shop.git", token_env="SHOP_TOKEN"), Cancel())
    assert web.credentials == ["ana:", f"ana:{TOKEN}"]  # first without a password, as the URL has none


def test_a_redirect_does_not_carry_the_token_to_another_host(
    tmp_path: Path, sources: GitSources, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    with gitservers.web(tmp_path) as abroad:
        away, web.url = web.url, abroad.url  # where `moved` leads to
        source = SourceRef("git", f"{away}/moved/private/shop.git", token_env="SHOP_TOKEN")
        refused(sources, source, tmp_path / "into")
        assert abroad.requests
        assert abroad.credentials == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"token_env": "NOT_SET_ANYWHERE"}, "--token-env"),
        ({"token_file": "/no/such/file"}, "--token-file"),
        ({"token_file": "{folder}/empty"}, "--token-file"),
        ({"token_file": "{folder}/lines"}, "--token-file"),
        ({"ssh_key": "/no/such/key"}, "--ssh-key"),
        ({"ssh_key": "{folder}/lines"}, "--ssh-key"),
        ({"ssh_key": "{folder}/open"}, "--ssh-key"),
    ],
)
def test_keys_and_tokens_that_cannot_be_used(
    more: dict[str, str], field: str, tmp_path: Path, sources: GitSources
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "lines").write_text("one\ntwo\n")
    gitservers.make_key(tmp_path / "open")
    (tmp_path / "open").chmod(0o644)
    given = {name: value.format(folder=tmp_path) for name, value in more.items()}
    source = SourceRef("git", "https://host.invalid/x.git", **given)
    error = refused(sources, source, tmp_path / "into")
    assert error.field == field


def test_a_token_for_a_remote_that_is_not_http(
    tmp_path: Path, sources: GitSources, shop: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    error = refused(sources, SourceRef("git", str(shop.bare), token_env="SHOP_TOKEN"), tmp_path / "into")
    assert error.what == "a token is for http(s), not for file"


def test_what_a_remote_says_cannot_reach_the_terminal_or_hold_the_token(
    tmp_path: Path, sources: GitSources, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    web.error = f"evil \x1b[2J\x1b]0;title\x07 {TOKEN} end"
    with pytest.raises(MacheteError) as caught:
        sources.branches(SourceRef("git", f"{web.url}/private/x.git", token_env="SHOP_TOKEN"), Cancel())
    said = "\n".join((caught.value.what, *caught.value.log))
    assert "evil" in said
    assert TOKEN not in said
    assert said.replace("\n", "").isprintable()


def test_the_environment_of_a_surrounding_git_does_not_reach_ours(
    tmp_path: Path, sources: GitSources, shop: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", "/")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_SSH_COMMAND", "touch /tmp/never")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.hooksPath'='/tmp'")
    found = sources.fetch(SourceRef("git", str(shop.bare)), str(tmp_path / "into"), Cancel())
    assert found.commit == shop.commits["third"]
    again = sources.fetch(SourceRef("folder", found.root), "", Cancel())
    assert (again.commit, again.dirty) == (shop.commits["third"], False)


def test_only_the_owner_can_read_what_was_cloned(
    tmp_path: Path, sources: GitSources, shop: Repository
) -> None:
    sources.fetch(SourceRef("git", str(shop.bare)), str(tmp_path / "into"), Cancel())
    assert stat.S_IMODE((tmp_path / "into").stat().st_mode) == 0o700
