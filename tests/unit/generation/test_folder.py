"""Files for the user's own folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from machete_tui.core.source import BackingService
from machete_tui.generation import render_folder
from machete_tui.generation.dotenv import parse
from tests.unit.generation.conftest import Config, write
from tests.unit.generation.sources import WEB, WORKER, order, tree

DB = BackingService("postgres", "db", variables=("DATABASE_URL",))


def test_secrets_stand_in_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    made = order(tmp_path, WEB, backing=(DB,), environment={"API_KEY": "hunter2", "PLAIN": "visible"})
    files = {f.path: f for f in render_folder(made)}
    assert set(files) == {"Dockerfile", ".dockerignore", "compose.yml", ".env", ".env.example"}
    assert files[".env"].mode == 0o600
    for path, file in files.items():
        for value in ("hunter2", "visible", "generated-"):
            assert (value in file.text) == (path == ".env"), path
    assert parse(files[".env.example"].text) == dict.fromkeys(("POSTGRES_PASSWORD", "API_KEY", "PLAIN"), "")
    assert parse(files[".env"].text)["POSTGRES_PASSWORD"] == "generated-POSTGRES_PASSWORD"


def test_without_values_there_is_no_environment_file(tmp_path: Path) -> None:
    assert {f.path for f in render_folder(order(tmp_path, WEB))} == {
        "Dockerfile",
        ".dockerignore",
        "compose.yml",
    }


def test_a_commit_or_release_leaves_no_trace(tmp_path: Path) -> None:
    made = order(tmp_path, WEB, commit="a" * 40, source="https://git.example/x.git")
    later = replace(made, commit="b" * 40, release=9)
    assert render_folder(made) == render_folder(later)
    assert "io.machete" not in "".join(f.text for f in render_folder(made))


def test_every_component_finds_its_dockerfile(tmp_path: Path, compose_config: Config) -> None:
    tree(tmp_path, {"api/requirements.txt": "\n", "api/.dockerignore": "own\n", "package.json": "{}"})
    api = replace(WEB, name="api", path="api", facts={"requirements": "requirements.txt"})
    jobs = replace(WORKER, name="jobs", path="api", facts={"image_of": "api"})
    other = replace(WORKER, name="other", path="api")
    shop = replace(WEB, name="shop", path="web", stack="node", facts={"context": "."})
    files = render_folder(order(tmp_path, api, jobs, other, shop))
    assert [f.path for f in files] == [
        "api/Dockerfile",
        "api/other.Dockerfile",
        "web/Dockerfile",
        ".dockerignore",
        "compose.yml",
    ]
    found = compose_config(write(tmp_path, files))["services"]
    builds = {name: (Path(s["build"]["context"]), s["build"]["dockerfile"]) for name, s in found.items()}
    assert builds == {
        "api": (tmp_path / "api", "Dockerfile"),
        "jobs": (tmp_path / "api", "Dockerfile"),
        "other": (tmp_path / "api", "other.Dockerfile"),
        "shop": (tmp_path, "web/Dockerfile"),
    }
    assert found["jobs"]["command"] == ["python", "w.py"]


def test_an_existing_dockerfile_is_built_where_it_is(tmp_path: Path, compose_config: Config) -> None:
    tree(tmp_path, {"docker/web.Dockerfile": "FROM a AS one\nFROM b AS two\n"})
    component = replace(
        WEB, dockerfile="docker/web.Dockerfile", start_command="", facts={"context": ".", "target": "one"}
    )
    files = render_folder(order(tmp_path, component, strategy="existing-dockerfile"))
    assert [f.path for f in files] == ["compose.yml"]
    build = compose_config(write(tmp_path, files))["services"]["web"]["build"]
    assert (build["context"], build["dockerfile"], build["target"]) == (
        str(tmp_path),
        "docker/web.Dockerfile",
        "one",
    )


def test_paths_of_mounts_stay_relative(tmp_path: Path, compose_config: Config) -> None:
    component = replace(WEB, volumes=("./data:/data", "cache:/cache"))
    found = compose_config(write(tmp_path, render_folder(order(tmp_path, component))))
    bind, volume = found["services"]["web"]["volumes"]
    assert (bind["source"], volume["source"]) == (str(tmp_path / "data"), "cache")
    assert found["volumes"]["cache"]["name"] == "shop_cache"


def test_arguments_of_bundlers_are_given(tmp_path: Path, compose_config: Config) -> None:
    component = replace(WEB, stack="node", build_command="npm run build", env=("VITE_API",))
    made = order(tmp_path, component, environment={"VITE_API": "https://x/?a=$b"})
    build = compose_config(write(tmp_path, render_folder(made)))["services"]["web"]["build"]
    assert build["args"]["VITE_API"].replace("$$", "$") == "https://x/?a=$b"
