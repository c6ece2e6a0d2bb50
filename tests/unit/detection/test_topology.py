"""Several components, Procfiles, names, edges, order."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from tests.unit.detection.trees import Files, found, named

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
API: Files = {"api/requirements.txt": "flask\ngunicorn\npsycopg2-binary\n", "api/app.py": FLASK}


def test_a_site_beside_its_api(tmp_path: Path) -> None:
    files: Files = {
        **API,
        "web/package.json": {
            "scripts": {"build": "vite build"},
            "devDependencies": {"vite": "6", "react": "19"},
        },
        "web/index.html": "<p>",
        "web/src/main.ts": "fetch(import.meta.env.VITE_API_URL)",
    }
    detection = found(tmp_path, files)
    parts = named(detection)
    assert list(parts) == ["api", "web"]
    assert (parts["api"].kind, parts["web"].kind, parts["web"].path) == ("web", "static", "web")
    assert set(detection.edges) == {("api", "db"), ("web", "api")}
    assert (detection.strategy, detection.name) == ("compose", "shop")


def test_npm_workspaces_leave_libraries_out(tmp_path: Path) -> None:
    files: Files = {
        "package.json": {"name": "mono", "private": True, "workspaces": ["apps/*", "packages/*"]},
        "package-lock.json": "{}",
        "turbo.json": "{}",
        "apps/site/package.json": {
            "name": "@x/site",
            "scripts": {"build": "next build", "start": "next start"},
            "dependencies": {"next": "15"},
        },
        "apps/server/package.json": {
            "name": "@x/server",
            "scripts": {"start": "node index.js"},
            "dependencies": {"fastify": "5"},
        },
        "apps/server/index.js": "app.listen({ port: 3001, host: '0.0.0.0' })",
        "packages/ui/package.json": {"name": "@x/ui", "main": "index.js"},
        "packages/ui/index.js": "module.exports = {}",
    }
    detection = found(tmp_path, files)
    parts = named(detection)
    assert set(parts) == {"site", "server"}
    site = parts["site"]
    assert (site.package_manager, site.facts["lock"]) == ("npm", "package-lock.json")
    assert (site.facts["context"], site.facts["workspace"]) == (".", "@x/site")
    assert site.build_command == "turbo run build --filter=@x/site"
    assert parts["server"].port == 3001


def test_pnpm_workspace(tmp_path: Path) -> None:
    files: Files = {
        "package.json": {"private": True},
        "pnpm-workspace.yaml": "packages:\n  - 'services/**'\n  - '!services/old'\n",
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
        "services/a/package.json": {"name": "a", "scripts": {"start": "node a.js"}},
        "services/a/a.js": "http.createServer(f).listen(3000)",
        "services/old/package.json": {"name": "old", "scripts": {"start": "node a.js"}},
        "services/old/a.js": "http.createServer(f).listen(3000)",
    }
    parts = named(found(tmp_path, files))
    assert parts["a"].package_manager == "pnpm"
    assert parts["a"].facts["context"] == "."
    assert "context" not in parts["old"].facts


def test_a_front_end_that_the_server_serves_is_part_of_it(tmp_path: Path) -> None:
    files: Files = {
        "package.json": {"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}},
        "server.js": "app.use(express.static(path.join(__dirname, 'client', 'dist')))\napp.listen(5000)",
        "client/package.json": {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "6"}},
        "client/index.html": "<p>",
    }
    detection = found(tmp_path, files)
    (web,) = detection.components
    assert web.path == "."
    assert web.build_command == "npm install --prefix client && npm run build --prefix client"


def test_samples_tests_and_tools_are_not_components(tmp_path: Path) -> None:
    aside = {f"{name}/{file}": text for name in ("examples/x", "tests", "docs") for file, text in API.items()}
    parts = named(found(tmp_path, {**API, **aside}))
    assert list(parts) == ["api"]


def test_a_catalogue_of_samples_asks_which(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        found(tmp_path, {f"examples/{name}": text for name, text in API.items()})
    assert "--path examples/api" in caught.value.mend
    assert caught.value.field == "SOURCE"


def test_procfile(tmp_path: Path) -> None:
    files: Files = {
        "requirements.txt": "flask\ngunicorn\nredis\n",
        "app.py": FLASK,
        "Procfile": "web: gunicorn app:app --bind 0.0.0.0:$PORT\n"
        "worker: python work.py\nclock: python clock.py\n"
        "release: python migrate.py\n",
    }
    detection = found(tmp_path, files)
    parts = named(detection)
    assert set(parts) == {"web", "worker", "clock"}
    web, worker = parts["web"], parts["worker"]
    assert web.start_command == "gunicorn app:app --bind 0.0.0.0:$PORT"
    assert (web.port, web.facts["port_env"], web.pre_deploy) == (8000, "PORT", "python migrate.py")
    assert (worker.kind, worker.start_command, worker.port) == ("worker", "python work.py", 0)
    assert (worker.facts["image_of"], worker.pre_deploy) == ("web", "")
    assert set(detection.edges) == {("web", "redis"), ("worker", "redis"), ("clock", "redis")}


def test_a_procfile_for_development_is_not_followed(tmp_path: Path) -> None:
    detection = found(
        tmp_path,
        {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK, "Procfile": "web: flask run --debug\n"},
    )
    assert detection.components[0].start_command == "gunicorn --bind 0.0.0.0:8000 app:app"
    assert any("Procfile line 1" in line for line in detection.recommendations)


def test_a_procfile_with_a_worker_alone(tmp_path: Path) -> None:
    (worker,) = found(
        tmp_path, {"requirements.txt": "", "w.py": "", "Procfile": "worker: python w.py\n"}
    ).components
    assert (worker.name, worker.kind, worker.start_command) == ("worker", "worker", "python w.py")


def test_names_are_unique_labels(tmp_path: Path) -> None:
    files: Files = {}
    for folder in ("one/API Server", "two/API Server", "Größe"):
        files = {**files, f"{folder}/requirements.txt": "flask\n", f"{folder}/app.py": FLASK}
    assert sorted(named(found(tmp_path, files))) == ["api-server", "grosse", "two-api-server"]


def test_start_order_follows_the_edges_and_survives_a_circle(tmp_path: Path) -> None:
    def service(name: str, other: str) -> Files:
        code = f"import os\n{FLASK}OTHER = os.environ['{other}_URL']\n"
        return {f"{name}/requirements.txt": "flask\n", f"{name}/app.py": code}

    chain = found(tmp_path, {**service("a", "B"), **service("b", "C"), **service("c", "DATABASE")})
    assert [c.name for c in chain.components] == ["c", "b", "a"]
    other = tmp_path / "other"
    other.mkdir()
    circle = found(other, {**service("a", "B"), **service("b", "A")})
    assert set(circle.edges) == {("a", "b"), ("b", "a")}
    assert {c.name for c in circle.components} == {"a", "b"}


def test_a_phone_application_is_not_deployable(tmp_path: Path) -> None:
    files: Files = {
        **API,
        "phone/package.json": {
            "main": "index.js",
            "scripts": {"start": "expo start"},
            "dependencies": {"expo": "52"},
        },
        "phone/index.js": "",
    }
    assert list(named(found(tmp_path, files))) == ["api"]
