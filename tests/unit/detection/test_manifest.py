"""``machete.yml``: what it may say, what it overrides, and every way of being wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.core.source import Detection, Evidence
from machete_tui.detection.manifest import schema
from tests.unit.detection.trees import Files, found, named

ROOT = Path(__file__).parents[3]
FLASK: Files = {
    "requirements.txt": "flask\ngunicorn\nredis\n",
    "app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nos.environ['API_KEY']\n",
}
FULL = """\
name: corner-shop
components:
  web:
    stack: python
    version: 3.10
    build: python make.py
    start: gunicorn --bind 0.0.0.0:9000 app:app
    port: 9000
    health: /up
    env:
      MODE: production
      COUNT: 3
      FLAG: yes
      API_KEY:
    volumes: ["uploads:/data", "/srv/shop:/srv:ro"]
    cpus: 0.5
    memory: 256m
    replicas: 2
    pre_deploy: python migrate.py
    post_deploy: python warm.py
  worker:
    start: rq worker
services:
  postgres: {version: 16, env: [PG_URL]}
  redis:
"""


def with_manifest(
    root: Path, text: str | bytes, files: Files = FLASK, name: str = "machete.yml"
) -> Detection:
    return found(root, {**files, name: text})


def wrong(root: Path, text: str | bytes, files: Files = FLASK) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        with_manifest(root, text, files)
    return caught.value


@pytest.mark.parametrize("name", ["machete.yml", "machete.yaml"])
def test_everything_that_it_may_say(tmp_path: Path, name: str) -> None:
    detection = with_manifest(tmp_path, FULL, name=name)
    assert (detection.name, detection.has_manifest, detection.strategy) == ("corner-shop", True, "compose")
    parts = named(detection)
    web, worker = parts["web"], parts["worker"]
    assert (web.stack, web.framework, web.runtime_version) == ("python", "flask", "3.10")
    assert (web.build_command, web.start_command) == (
        "python make.py",
        "gunicorn --bind 0.0.0.0:9000 app:app",
    )
    assert (web.port, web.port_from, web.health_path) == (9000, f"{name} line 8", "/up")
    assert web.environment == {"MODE": "production", "COUNT": "3", "FLAG": "yes"}
    assert web.required_env == ("API_KEY",)
    assert web.volumes == ("uploads:/data", "/srv/shop:/srv:ro")
    assert (web.cpus, web.memory, web.replicas) == (0.5, 256 << 20, 2)
    assert (web.pre_deploy, web.post_deploy) == ("python migrate.py", "python warm.py")
    assert web.confidence == 100
    assert web.evidence[:2] == (Evidence(name, 3, "component web"), Evidence(name, 5, "version: 3.10"))
    assert (worker.kind, worker.start_command, worker.port) == ("worker", "rq worker", 0)
    assert "image_of" not in worker.facts
    db, redis = detection.backing_services
    assert (db.kind, db.name, db.version, db.variables) == ("postgres", "db", "16", ("PG_URL",))
    assert db.evidence == (Evidence(name, 24, "services: postgres"),)
    assert (redis.kind, redis.variables) == ("redis", ("REDIS_URL",))
    assert ("web", "redis") in detection.edges


def test_components_of_one_build_share_an_image(tmp_path: Path) -> None:
    text = "components:\n  web: {port: 8000}\n  worker: {start: rq worker}\n"
    parts = named(with_manifest(tmp_path, text))
    assert parts["worker"].facts["image_of"] == "web"
    assert parts["web"].start_command == "gunicorn --bind 0.0.0.0:8000 app:app"


def test_components_that_it_does_not_list_are_not_added(tmp_path: Path) -> None:
    files: Files = {
        **{f"a/{n}": t for n, t in FLASK.items()},
        **{f"b/{n}": t for n, t in FLASK.items()},
    }
    assert set(named(found(tmp_path, files))) == {"a", "b"}
    assert set(named(with_manifest(tmp_path, "components: {x: {path: b/}}", files))) == {"x"}


def test_without_components_the_top_level_goes_to_the_main_one(tmp_path: Path) -> None:
    text = "volumes: ['data:/data']\npre_deploy: python up.py\nservices: []\n"
    detection = with_manifest(tmp_path, text)
    (web,) = detection.components
    assert (web.volumes, web.pre_deploy) == (("data:/data",), "python up.py")
    assert Evidence("machete.yml", 2, "pre_deploy: python up.py") in web.evidence
    assert detection.backing_services == ()
    assert detection.strategy == "single"


def test_a_stack_that_nothing_shows_and_a_static_folder(tmp_path: Path) -> None:
    text = (
        "components:\n"
        "  api: {path: api, stack: elixir, start: mix phx.server, port: 4000}\n"
        "  site: {path: site, stack: static, output: pages}\n"
    )
    parts = named(with_manifest(tmp_path, text, {"api/mix.exs": "", "site/pages/index.html": ""}))
    assert (parts["api"].stack, parts["api"].port, parts["api"].confidence) == ("elixir", 4000, 100)
    assert (parts["site"].kind, parts["site"].output_dir, parts["site"].port) == ("static", "pages", 8080)


def test_a_dockerfile_that_it_names(tmp_path: Path) -> None:
    files: Files = {"srv/deploy/Web.Dockerfile": "FROM x\nEXPOSE 81\n", "srv/a.txt": ""}
    text = "components:\n  web: {path: srv, dockerfile: deploy/Web.Dockerfile, start: run --fast}\n"
    (web,) = with_manifest(tmp_path, text, files).components
    assert (web.dockerfile, web.port, web.start_command) == ("srv/deploy/Web.Dockerfile", 81, "run --fast")


def test_secrets_in_it_are_advised_against(tmp_path: Path) -> None:
    detection = with_manifest(tmp_path, "components: {web: {env: {DB_PASSWORD: hunter22}}}")
    (line,) = [r for r in detection.recommendations if "DB_PASSWORD" in r]
    assert "hunter22" not in line
    assert "--env-file" in line


@pytest.mark.parametrize(
    ("text", "line", "field", "rest"),
    [
        (
            "components:\n  web:\n    prot: 80\n",
            3,
            "components.web.prot",
            "unknown key 'prot'; did you mean 'port'?",
        ),
        ("nmae: x\n", 1, "nmae", "unknown key 'nmae'; did you mean 'name'?"),
        (
            "components:\n  web:\n    port: eighty\n",
            3,
            "components.web.port",
            "expected a number from 1 to 65535, found 'eighty'",
        ),
        (
            "components:\n  web:\n\n    port: 99999\n",
            4,
            "components.web.port",
            "expected a number from 1 to 65535, found 99999",
        ),
        (
            "components:\n  web: {port: true}\n",
            2,
            "components.web.port",
            "expected a number from 1 to 65535, found true",
        ),
        (
            "components:\n  web:\n    health: healthz\n",
            3,
            "components.web.health",
            "expected a path that begins with /, like /healthz, found 'healthz'",
        ),
        (
            "components:\n  web:\n    memory: lots\n",
            3,
            "components.web.memory",
            "expected a size of at least 6m, like 256m or 1g, found 'lots'",
        ),
        (
            "components:\n  web:\n    memory: 1m\n",
            3,
            "components.web.memory",
            "expected a size of at least 6m, like 256m or 1g, found '1m'",
        ),
        (
            "components:\n  web:\n    cpus: 0\n",
            3,
            "components.web.cpus",
            "expected a number of cores above 0, like 0.5, found 0",
        ),
        (
            "components:\n  web:\n    volumes:\n      - a:/a\n      - ../x:/y\n",
            5,
            "components.web.volumes[1]",
            "expected a list of NAME:/path or /host/path:/path, found '../x:/y'",
        ),
        (
            "components:\n  web:\n    env:\n      2X: y\n",
            3,
            "components.web.env",
            "expected a mapping of NAME: value, or a list of NAME=value ('2X' is not a variable's name), "
            "found a mapping",
        ),
        (
            "components:\n  web:\n    kind: server\n",
            3,
            "components.web.kind",
            "expected web, static, worker, job or cli, found 'server'",
        ),
        (
            "components:\n  web:\n    path: ../other\n",
            3,
            "components.web.path",
            "expected a folder inside the source, like services/api, found '../other'",
        ),
        (
            "components:\n  web:\n    path: nowhere\n",
            3,
            "components.web.path",
            "expected a folder of the source, found 'nowhere'",
        ),
        (
            "components:\n  web:\n    dockerfile: Gone\n",
            3,
            "components.web.dockerfile",
            "expected a Dockerfile in the component's folder, found 'Gone'",
        ),
        (
            "components:\n  Web App: {}\n",
            2,
            "components.Web App",
            "expected a name of lower-case letters, digits and hyphens, at most 40, found 'Web App'",
        ),
        (
            "components:\n- web\n",
            1,
            "components",
            "expected a mapping of component names to their settings, found a list",
        ),
        ("components:\n  web: 5\n", 2, "components.web", "expected a mapping of settings, found 5"),
        (
            "services: [postgres, oracle]\n",
            1,
            "services.oracle",
            "unknown key 'oracle'; known are postgres, postgresql, mysql, mariadb, mongodb, mongo, redis,"
            " valkey",
        ),
        ("services: postgres\n", 1, "services", None),
        (
            "services:\n  redis: {verison: 7}\n",
            2,
            "services.redis.verison",
            "unknown key 'verison'; did you mean 'version'?",
        ),
        ("pre_deploy: [a, b]\n", 1, "pre_deploy", "expected a command on one line, found a list"),
    ],
)
def test_errors_name_line_field_expected_and_found(
    tmp_path: Path, text: str, line: int, field: str, rest: str | None
) -> None:
    error = wrong(tmp_path, text)
    assert error.field == field
    assert error.what.startswith(f"machete.yml line {line}: {field}: ")
    if rest is not None:
        assert error.what == f"machete.yml line {line}: {field}: {rest}"


def test_several_errors_are_counted_and_all_are_told(tmp_path: Path) -> None:
    error = wrong(tmp_path, "components:\n  web:\n    port: x\n    replicas: 0\n    memory: y\n")
    assert error.what.endswith("found 'x' (and 2 more)")
    assert [line.split(": ")[0] for line in error.log] == [f"machete.yml line {n}" for n in (3, 4, 5)]


def test_a_component_that_needs_more_says_what(tmp_path: Path) -> None:
    error = wrong(tmp_path, "components:\n  x:\n    path: empty\n", {"empty/notes.txt": ""})
    assert error.what == (
        "machete.yml line 3: components.x.path: expected a folder whose stack is known, or stack and start,"
        " or dockerfile, found 'empty'"
    )
    error = wrong(tmp_path, "components:\n  x:\n    stack: elixir\n    start: mix run\n", {"a.txt": ""})
    assert error.what == (
        "machete.yml line 2: components.x.port: expected the port that it listens on, or kind: worker,"
        " found none"
    )


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "values once its aliases are written out"),
        ("components: &a\n  web: *a\n", "an anchor that contains itself"),
        ("[" * 50_000, "nested deeper"),
        ("name: !!python/object/apply:os.system [id]\n", "tag"),
        ("name: a\nname: b\n", "line 2: the key 'name' stands there twice"),
        ("name: [\n", "line 2"),
        ("name: a\n---\nname: b\n", "document"),
        (b"name: \xff\n", "line 1: not UTF-8 text"),
        ("# " + "x" * (10 << 20), "machete.yml is larger than 256 kB"),
    ],
    ids=["bomb", "loop", "deep", "tag", "twice", "syntax", "documents", "bytes", "10 MB"],
)
def test_harmful_and_broken_yaml_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    error = wrong(tmp_path, text)
    assert said in error.what
    assert error.what.startswith("machete.yml")
    assert error.field == "machete.yml"


def test_an_empty_manifest_changes_nothing(tmp_path: Path) -> None:
    detection = with_manifest(tmp_path, "# nothing yet\n")
    assert detection.has_manifest
    assert detection.components[0].framework == "flask"


def test_a_manifest_that_is_a_link_out_of_the_source_is_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yml"
    outside.write_text("name: stolen\n")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "machete.yml").symlink_to(outside)
    detection = found(tmp_path, FLASK)
    assert (detection.name, detection.has_manifest) == ("shop", False)


def test_the_committed_schema_is_what_the_code_prints() -> None:
    text = (ROOT / "docs" / "manifest.schema.json").read_text()
    assert json.loads(text) == schema()


def test_the_schema_tells_every_key_with_a_description() -> None:
    made = schema()
    assert set(made["properties"]) == {
        "name",
        "components",
        "services",
        "volumes",
        "pre_deploy",
        "post_deploy",
    }
    for part in (made["properties"], made["$defs"]["ComponentModel"]["properties"]):
        assert all(p.get("description") for p in part.values())
    assert made["additionalProperties"] is False
