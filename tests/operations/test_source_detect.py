from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from machete_tui.context import live
from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import InvalidInput, MacheteError
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.results import Document, jsonable
from machete_tui.core.settings import Settings
from machete_tui.core.source import SourceRef
from machete_tui.operations import registry
from machete_tui.operations.sources import DetectSource, parse_source

SHAPE = {
    *("path", "name", "kind", "stack", "framework", "package_manager", "runtime_version", "build_command"),
    *(
        "start_command",
        "port",
        "health_path",
        "confidence",
        "evidence",
        "runner_up",
        "env",
        "system_packages",
    ),
}
"""Keys of a component that the documented shape promises."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def run(state: Path, request: DetectSource) -> list[Event]:
    ctx = live(Settings(state_dir=state, cache_dir=state / "cache"))
    return list(registry.find("source.detect").run(ctx, request, Cancel()))


def document(events: list[Event]) -> Document:
    last = events[-1]
    assert isinstance(last, Result)
    assert isinstance(last.value, Document)
    return last.value


def application(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "requirements.txt").write_text("flask\ngunicorn\npsycopg2-binary\n")
    (folder / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    return folder


def repository(folder: Path) -> str:
    application(folder / "apps" / "web")
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@example.test", "commit", "-qm", "first"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return f"file://{folder}"


def test_a_folder(tmp_path: Path, state: Path) -> None:
    folder = application(tmp_path / "shop")
    shown = document(run(state, DetectSource(str(folder))))
    data = json.loads(json.dumps(jsonable(shown)))
    (component,) = data["components"]
    assert component.keys() >= SHAPE
    assert data["source"] == str(folder)
    assert data["strategy"] == "compose"
    assert data["edges"] == [["web", "db"]]
    assert data["backing_services"][0]["kind"] == "postgres"
    assert {"file": "requirements.txt", "line": 1, "shows": "requires flask"} in component["evidence"]
    assert "requirements.txt:1  requires flask" in shown.text
    assert "python/flask" in shown.text
    assert f"{component['confidence']} % sure" in shown.text
    assert not state.exists()


def test_the_runner_up_is_shown(tmp_path: Path, state: Path) -> None:
    folder = application(tmp_path / "shop")
    (folder / "index.html").write_text("<p>")
    shown = document(run(state, DetectSource(str(folder))))
    assert shown.data["components"][0]["runner_up"]["stack"] == "static"
    assert "or else     static" in shown.text


def test_a_git_url_is_fetched_and_its_copy_removed(tmp_path: Path, state: Path) -> None:
    url = repository(tmp_path / "origin")
    events = run(state, DetectSource(url, branch="main", path="apps/web"))
    shown = document(events)
    assert shown.data["components"][0]["framework"] == "flask"
    assert (shown.data["name"], shown.data["source"]) == ("origin", url)
    assert any(isinstance(e, Note) and e.text.startswith("commit ") for e in events)
    assert [p for p in state.iterdir() if p.name.startswith("detect-")] == []


@pytest.mark.parametrize("branch", ["", "gone"])
def test_the_copy_is_removed_after_a_failure_too(tmp_path: Path, state: Path, branch: str) -> None:
    url = repository(tmp_path / "origin")
    with pytest.raises(MacheteError):
        run(state, DetectSource(url, branch=branch, path="nowhere"))
    assert [p for p in state.iterdir() if p.name.startswith("detect-")] == []


def test_a_sub_folder_of_a_folder(tmp_path: Path, state: Path) -> None:
    application(tmp_path / "shop" / "apps" / "web")
    shown = document(run(state, DetectSource(str(tmp_path / "shop"), path="apps/web")))
    assert shown.data["components"][0]["path"] == "."
    (tmp_path / "shop" / "out").symlink_to(tmp_path)
    for path, said in (("gone", "no folder 'gone'"), ("out", "leads out of the source")):
        with pytest.raises(InvalidInput) as caught:
            run(state, DetectSource(str(tmp_path / "shop"), path=path))
        assert said in caught.value.what
        assert caught.value.field == "--path"


def test_warnings_are_told_while_it_runs(tmp_path: Path, state: Path) -> None:
    folder = application(tmp_path / "shop")
    (folder / "package.json").write_bytes(b"\0\1")
    events = run(state, DetectSource(str(folder)))
    assert Note("package.json: binary, not text", "warning") in events


def test_the_schema_is_printed(state: Path) -> None:
    operation = registry.find("manifest.schema")
    events = list(operation.run(live(Settings(state_dir=state)), operation.request(), Cancel()))
    shown = document(events)
    assert json.loads(shown.text) == shown.data
    assert "components" in shown.data["properties"]


def test_a_relative_folder_and_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a:b").mkdir()
    assert parse_source("./shop/../x") == SourceRef("folder", str(tmp_path / "x"))
    assert parse_source("~/shop", path="apps//web/").location == str(tmp_path / "shop")
    assert parse_source("~/shop", path="./apps//web/").subpath == "apps/web"
    assert parse_source("a:b").kind == "folder"


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.org/team/shop.git",
        "http://git.example.org:8080/shop",
        "ssh://git@git.example.org:2222/shop.git",
        "git@git.example.org:team/shop.git",
        "git.example.org:shop",
        "git://git.example.org/shop",
        "file:///srv/git/shop.git",
        "https://ana@git.example.org/shop.git",
    ],
)
def test_git_urls(url: str) -> None:
    assert parse_source(url, branch="v1") == SourceRef("git", url, ref="v1")


def test_keys_and_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    named = parse_source("https://git.example.org/x", token_env="GIT_TOKEN")
    assert (named.token_env, named.token_file) == ("GIT_TOKEN", "")
    assert parse_source("https://git.example.org/x", token_file="t").token_file == str(tmp_path / "t")
    assert parse_source("git@git.example.org:x", ssh_key="k").ssh_key == str(tmp_path / "k")


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("", "SOURCE", "no source"),
        ("  ", "SOURCE", "no source"),
        ("--upload-pack=touch /tmp/x", "SOURCE", "read as an option"),
        ("-oProxyCommand=x", "SOURCE", "read as an option"),
        ("ext::sh -c touch% x", "SOURCE", "ext:: runs a command"),
        ("fd::17/foo", "SOURCE", "fd:: runs a command"),
        ("ftp://git.example.org/x", "SOURCE", "ftp:// is not accepted"),
        ("rsync://git.example.org/x", "SOURCE", "rsync:// is not accepted"),
        ("https://ana:hunter2@git.example.org/x", "SOURCE", "password or token"),
        ("https://ghp_0123456789abcdef@git.example.org/x", "SOURCE", "password or token"),
        ("ssh://git:pw@git.example.org/x", "SOURCE", "password or token"),
        ("https://git.example.org/a b", "SOURCE", "no spaces"),
        ("git.example.org/team/shop", "SOURCE", "there is no folder"),
        ("a\nb", "SOURCE", "control characters"),
    ],
)
def test_what_is_refused(text: str, field: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_source(text)
    assert caught.value.field == field
    assert said in caught.value.what
    assert "hunter2" not in str(caught.value) + caught.value.mend


@pytest.mark.parametrize(
    ("source", "options", "field"),
    [
        ("https://git.example.org/x", {"path": "../up"}, "--path"),
        ("https://git.example.org/x", {"path": "/abs"}, "--path"),
        ("https://git.example.org/x", {"token_env": "A", "token_file": "b"}, "--token-file"),
        ("https://git.example.org/x", {"token_env": "ghp_secret-value"}, "--token-env"),
        ("git@git.example.org:x", {"token_env": "A"}, "--token-env"),
        ("./folder", {"branch": "main"}, "--branch"),
    ],
)
def test_options_that_do_not_fit(source: str, options: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_source(source, **options)
    assert caught.value.field == field


def test_a_password_in_a_url_is_told_where_to_go() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_source("https://ana:pw@git.example.org/x")
    assert "--token-env" in caught.value.mend
    assert "--token-file" in caught.value.mend
