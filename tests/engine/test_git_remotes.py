"""Cloning from real servers: what arrives, and what is said when it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import (
    Cancelled,
    Conflict,
    InvalidInput,
    MacheteError,
    NoCapacity,
    NotFound,
    NotPermitted,
)
from machete_tui.core.settings import Settings
from machete_tui.core.source import Checkout, SourceRef
from machete_tui.engines import git_access, git_process
from machete_tui.engines.git import GitSources
from tests.engine import gitservers
from tests.engine.gitservers import TOKEN, Repository, Ssh, Web


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("git")


@pytest.fixture(scope="module")
def shop(root: Path) -> Repository:
    return gitservers.shop(root)


@pytest.fixture(scope="module")
def daemon(root: Path, shop: Repository) -> Iterator[str]:
    with gitservers.daemon(root) as url:
        yield url


@pytest.fixture(scope="module")
def ssh(root: Path, shop: Repository) -> Iterator[Ssh]:
    with gitservers.sshd(root) as server:
        yield server


@pytest.fixture
def web(root: Path, shop: Repository) -> Iterator[Web]:
    with gitservers.web(root) as server:
        yield server


@pytest.fixture
def sources(tmp_path: Path) -> GitSources:
    return GitSources(Settings(state_dir=tmp_path / "state", disk_reserve=0))


def ref(url: str, **more: str) -> SourceRef:
    return SourceRef("git", url, **more)


def fetch(sources: GitSources, tmp_path: Path, source: SourceRef) -> Checkout:
    return sources.fetch(source, str(tmp_path / "into"), Cancel())


def failed(sources: GitSources, tmp_path: Path, source: SourceRef, kind: type[MacheteError]) -> MacheteError:
    """Return the error of a fetch, which must leave nothing behind."""
    with pytest.raises(kind) as caught:
        fetch(sources, tmp_path, source)
    assert not (tmp_path / "into").exists()
    assert "\n" not in caught.value.what
    return caught.value


def is_shallow(checkout: Checkout) -> bool:
    return (Path(checkout.root) / ".git" / "shallow").exists()


@pytest.mark.parametrize("way", ["file", "path", "daemon", "ssh", "http", "token"])
def test_every_way_brings_the_default_branch(
    way: str,
    sources: GitSources,
    tmp_path: Path,
    shop: Repository,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    more: dict[str, str] = {}
    if way in ("file", "path"):
        url = str(shop.bare) if way == "path" else f"file://{shop.bare}"
    elif way == "ssh":
        server: Ssh = request.getfixturevalue("ssh")
        url, more = f"{server.url}/shop.git", {"ssh_key": str(server.key)}
    elif way == "daemon":
        url = f"{request.getfixturevalue('daemon')}/shop.git"
    else:
        base = request.getfixturevalue("web").url
        url = f"{base}/{'private' if way == 'token' else 'public'}/shop.git"
        if way == "token":
            monkeypatch.setenv("SHOP_TOKEN", TOKEN)
            more = {"token_env": "SHOP_TOKEN"}
    found = fetch(sources, tmp_path, ref(url, **more))
    assert found == Checkout(str(tmp_path / "into"), shop.commits["third"], "main", dirty=False, owned=True)
    assert (tmp_path / "into" / "app.py").read_text() == "three"
    assert is_shallow(found)
    assert sources.branches(ref(url, **more), Cancel()) == ("main", "feature/fast", "tag:v1.10", "tag:v1.9")


@pytest.mark.parametrize(
    ("asked", "commit", "name"),
    [
        ("feature/fast", "fast", "feature/fast"),
        ("v1.9", "first", "v1.9"),
        ("tag:v1.10", "second", "v1.10"),
        ("HEAD", "third", "main"),
    ],
)
def test_branches_and_tags(
    asked: str, commit: str, name: str, sources: GitSources, tmp_path: Path, shop: Repository, web: Web
) -> None:
    found = fetch(sources, tmp_path, ref(f"{web.url}/public/shop.git", ref=asked))
    assert (found.commit, found.branch) == (shop.commits[commit], name)
    assert is_shallow(found)


@pytest.mark.parametrize("modern", [True, False])
@pytest.mark.parametrize("commit", ["third", "fast", "first"])
@pytest.mark.parametrize("length", [40, 9])
def test_commits_whole_and_abbreviated(
    length: int, commit: str, modern: bool, sources: GitSources, tmp_path: Path, shop: Repository, web: Web
) -> None:
    web.modern = modern  # an old server refuses commits that are no tips
    wanted = shop.commits[commit]
    found = fetch(sources, tmp_path, ref(f"{web.url}/public/shop.git", ref=wanted[:length]))
    assert (found.commit, found.branch) == (wanted, "")
    texts = {"third": "three", "fast": "fast", "first": "one"}
    assert (Path(found.root) / "app.py").read_text() == texts[commit]


def test_a_sub_folder_is_the_root(sources: GitSources, tmp_path: Path, shop: Repository) -> None:
    found = fetch(sources, tmp_path, ref(str(shop.bare), subpath="apps/web/"))
    assert found.root == str(tmp_path / "into" / "apps" / "web")
    assert (Path(found.root) / "index.html").exists()


def test_a_sub_folder_that_is_not_there(sources: GitSources, tmp_path: Path, shop: Repository) -> None:
    error = failed(sources, tmp_path, ref(str(shop.bare), subpath="app"), InvalidInput)
    assert error.field == "--path"
    assert "its folders are apps" in error.mend


def test_submodules_come_shallow_and_at_their_commit(root: Path, sources: GitSources, tmp_path: Path) -> None:
    inner = gitservers.repository(root, "inner")
    old = inner.commit("old", lib_py="old")
    inner.commit("new", lib_py="new")
    inner.push()
    outer = gitservers.repository(root, "outer")
    gitservers.git(outer.work, "submodule", "--quiet", "add", str(inner.bare), "vendor/lib")
    gitservers.git(outer.work / "vendor" / "lib", "checkout", "-q", old)
    gitservers.git(outer.work, "config", "-f", ".gitmodules", "submodule.vendor/lib.url", "../inner.git")
    outer.commit("with submodule")
    outer.push()
    with gitservers.web(root) as server:
        for modern in (True, False):
            server.modern = modern
            into = tmp_path / f"modern-{modern}"
            sources.fetch(ref(f"{server.url}/public/outer.git"), str(into), Cancel())
            assert (into / "vendor" / "lib" / "lib.py").read_text() == "old"


def test_a_private_submodule_of_the_same_host_gets_the_token_and_another_host_never(
    root: Path, sources: GitSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    inner = gitservers.repository(root, "inner-private")
    inner.commit("one", lib_py="one")
    inner.push()
    with gitservers.web(root) as home, gitservers.web(root) as abroad:
        for name, url in (
            ("near", "../inner-private.git"),
            ("far", f"{abroad.url}/private/inner-private.git"),
        ):
            outer = gitservers.repository(root, name)
            gitservers.git(outer.work, "submodule", "--quiet", "add", str(inner.bare), "lib")
            gitservers.git(outer.work, "config", "-f", ".gitmodules", "submodule.lib.url", url)
            outer.commit("with submodule")
            outer.push()
        near = ref(f"{home.url}/private/near.git", token_env="SHOP_TOKEN")
        sources.fetch(near, str(tmp_path / "near"), Cancel())
        assert (tmp_path / "near" / "lib" / "lib.py").read_text() == "one"
        far = ref(f"{home.url}/private/far.git", token_env="SHOP_TOKEN")
        error = failed(sources, tmp_path, far, NotPermitted)
        assert "submodule" in error.what
        assert abroad.requests
        assert abroad.credentials == []


def test_no_such_branch_names_near_ones(sources: GitSources, tmp_path: Path, shop: Repository) -> None:
    error = failed(sources, tmp_path, ref(str(shop.bare), ref="feature/fats"), NotFound)
    assert error.field == "--branch"
    assert "did you mean feature/fast?" in error.mend
    error = failed(sources, tmp_path, ref(str(shop.bare), ref="zzzz"), NotFound)
    assert "it has main, feature/fast, v1.10" in error.mend
    for commit in ("abcdef1", "a" * 40):
        error = failed(sources, tmp_path, ref(str(shop.bare), ref=commit), NotFound)
        assert commit in error.what


def test_a_repository_without_commits(root: Path, sources: GitSources, tmp_path: Path) -> None:
    empty = gitservers.repository(root, "empty")
    error = failed(sources, tmp_path, ref(str(empty.bare)), NotFound)
    assert "has no commits yet" in error.what
    assert sources.branches(ref(str(empty.bare)), Cancel()) == ()


def test_a_default_branch_that_does_not_exist(root: Path, sources: GitSources, tmp_path: Path) -> None:
    odd = gitservers.repository(root, "odd")
    odd.commit("one", app_py="one")
    odd.push()
    gitservers.git(odd.bare, "symbolic-ref", "HEAD", "refs/heads/gone")
    error = failed(sources, tmp_path, ref(str(odd.bare)), NotFound)
    assert error.mend == "choose one with --branch: main"


@pytest.mark.parametrize("way", ["file", "daemon", "ssh", "http"])
def test_no_such_repository(
    way: str, sources: GitSources, tmp_path: Path, root: Path, request: pytest.FixtureRequest
) -> None:
    more: dict[str, str] = {}
    if way == "file":
        url = f"file://{root}/served/gone.git"
    elif way == "daemon":
        url = f"{request.getfixturevalue('daemon')}/gone.git"
    elif way == "ssh":
        server: Ssh = request.getfixturevalue("ssh")
        url, more = f"{server.url}/gone.git", {"ssh_key": str(server.key)}
    else:
        url = f"{request.getfixturevalue('web').url}/public/gone.git"
    error = failed(sources, tmp_path, ref(url, **more), NotFound)
    assert error.what == f"there is no Git repository at {url}"
    assert error.field == "SOURCE"


def test_a_remote_that_asks_for_a_password(
    sources: GitSources, tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{web.url}/private/shop.git"
    error = failed(sources, tmp_path, ref(url), NotPermitted)
    assert "asks for a password" in error.what
    assert "--token-env" in error.mend
    assert "--ssh-key" in error.mend
    monkeypatch.setenv("SHOP_TOKEN", "not-the-right-one")
    error = failed(sources, tmp_path, ref(url, token_env="SHOP_TOKEN"), NotPermitted)
    assert "refuses what was given" in error.what
    assert "not-the-right-one" not in repr((error.what, error.mend, error.log))


def test_a_key_that_is_not_known(sources: GitSources, tmp_path: Path, ssh: Ssh) -> None:
    error = failed(sources, tmp_path, ref(f"{ssh.url}/shop.git", ssh_key=str(ssh.stranger)), NotPermitted)
    assert "does not let the key in" in error.what
    assert "--ssh-key" in error.mend


def test_a_host_key_that_changed(sources: GitSources, tmp_path: Path, ssh: Ssh, shop: Repository) -> None:
    source = ref(f"{ssh.url}/shop.git", ssh_key=str(ssh.key))
    sources.branches(source, Cancel())
    known = tmp_path / "state" / "known_hosts"
    assert f"[127.0.0.1]:{ssh.port}" in known.read_text()
    gitservers.make_key(tmp_path / "other")
    kind, key, _ = (tmp_path / "other.pub").read_text().split(" ", 2)
    known.write_text(f"[127.0.0.1]:{ssh.port} {kind} {key}\n")
    error = failed(sources, tmp_path, source, NotPermitted)
    assert "another host key" in error.what
    assert error.mend.endswith(f"ssh-keygen -f {known} -R '[127.0.0.1]:{ssh.port}'")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:{port}/shop.git", "does not answer"),
        ("git://127.0.0.1:{port}/shop.git", "does not answer"),
        ("ssh://git@127.0.0.1:{port}/shop.git", "does not answer"),
        ("https://no-such-host.invalid/shop.git", "no such host name"),
        ("git://no-such-host.invalid/shop.git", "no such host name"),
        ("git@no-such-host.invalid:shop.git", "no such host name"),
    ],
)
def test_a_host_that_does_not_answer(
    url: str, said: str, sources: GitSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    error = failed(sources, tmp_path, ref(url.format(port=gitservers.free_port())), NotFound)
    assert said in error.what
    assert error.mend


def test_a_host_that_accepts_and_says_nothing_ends_in_time(tmp_path: Path) -> None:
    sources = GitSources(Settings(state_dir=tmp_path / "state", disk_reserve=0), ask_seconds=1.0)
    with gitservers.silent() as port:
        error = failed(sources, tmp_path, ref(f"git://127.0.0.1:{port}/shop.git"), NotFound)
    assert "within 1 s" in error.what


@pytest.mark.parametrize("when", ["asking", "fetching"])
def test_cancelling_kills_all_of_it_at_once(when: str, sources: GitSources, tmp_path: Path, web: Web) -> None:
    cancel, begun, release = Cancel(), threading.Event(), threading.Event()
    wanted = "info/refs" if when == "asking" else "git-upload-pack"

    def hang() -> None:
        if web.requests[-1][0].endswith(wanted) and (when == "asking" or len(web.requests) > 3):
            begun.set()
            release.wait(60)

    web.meanwhile = hang
    begin = 0.0

    def stop() -> None:
        nonlocal begin
        begun.wait(60)
        begin = time.monotonic()
        cancel.cancel()

    thread = threading.Thread(target=stop)
    thread.start()
    try:
        with pytest.raises(Cancelled):
            sources.fetch(ref(f"{web.url}/public/shop.git"), str(tmp_path / "into"), cancel)
        assert time.monotonic() - begin < 40
    finally:
        release.set()
        thread.join()
    assert not (tmp_path / "into").exists()
    assert _children() == []


def test_a_clone_that_is_too_large_is_refused(tmp_path: Path, shop: Repository) -> None:
    sources = GitSources(Settings(state_dir=tmp_path / "state", disk_reserve=0), limit=50_000)
    error = failed(sources, tmp_path, ref(str(shop.bare)), NoCapacity)
    assert "larger than" in error.what


def test_a_clone_that_grows_too_large_is_stopped_in_the_middle(tmp_path: Path) -> None:
    program = "for i in 1 2 3 4 5; do head -c 100000 /dev/zero >file$i; done; exec sleep 600"
    (tmp_path / "into").mkdir()
    watch = git_process.Watch(tmp_path / "into", 300_000, 0)
    words = ["-c", f"alias.fill=!cd {tmp_path}/into && {program}", "fill"]
    with pytest.raises(NoCapacity, match="larger than"):
        git_process.git(words, git_access.local(), Cancel(), cwd=tmp_path, watch=watch)


def test_a_disk_without_room_is_told(tmp_path: Path, shop: Repository) -> None:
    sources = GitSources(Settings(state_dir=tmp_path / "state", disk_reserve=1 << 60))
    error = failed(sources, tmp_path, ref(str(shop.bare)), NoCapacity)
    assert "free" in error.what


def test_a_folder_that_is_not_empty_is_not_touched(
    sources: GitSources, tmp_path: Path, shop: Repository
) -> None:
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / "mine").write_text("x")
    with pytest.raises(Conflict):
        fetch(sources, tmp_path, ref(str(shop.bare)))
    assert (tmp_path / "into" / "mine").read_text() == "x"


def test_an_empty_folder_is_used_and_stays_when_it_fails(
    sources: GitSources, tmp_path: Path, shop: Repository
) -> None:
    (tmp_path / "into").mkdir()
    with pytest.raises(NotFound):
        fetch(sources, tmp_path, ref(str(shop.bare), ref="gone"))
    assert list((tmp_path / "into").iterdir()) == []
    fetch(sources, tmp_path, ref(str(shop.bare)))


def _children() -> list[str]:
    """Return the Git processes that this test's process started and that still run."""
    here = Path("/proc/self").resolve().name
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if fields[1] == here and words.startswith(("git ls-remote", "git fetch")):
            found.append(words)
    return found
