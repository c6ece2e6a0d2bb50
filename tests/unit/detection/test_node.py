from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.source import Evidence
from tests.unit.detection.trees import Files, found, only

SERVER = """
const express = require('express')
const app = express()
app.get('/healthz', (req, res) => res.send('ok'))
const secret = process.env.SESSION_SECRET
const level = process.env.LEVEL || 'info'
app.listen(process.env.PORT || 4000)
"""
EXPRESS: Files = {
    "package.json": {
        "name": "shop-web",
        "scripts": {"start": "node server.js"},
        "engines": {"node": ">=18"},
        "dependencies": {"express": "^4", "pg": "^8"},
    },
    "package-lock.json": "{}",
    "server.js": SERVER,
}


def test_express_has_all_that_a_dockerfile_needs(tmp_path: Path) -> None:
    detection = found(tmp_path, EXPRESS)
    (web,) = detection.components
    assert (web.name, web.kind, web.stack, web.framework) == ("web", "web", "node", "express")
    assert (web.package_manager, web.runtime_version, web.build_command) == ("npm", "22", "")
    assert web.start_command == "node server.js"
    assert (web.port, web.port_from) == (4000, "server.js line 7")
    assert (web.health_path, web.entry) == ("/healthz", "server.js")
    assert web.required_env == ("SESSION_SECRET",)
    assert set(web.env) == {"SESSION_SECRET", "LEVEL", "PORT"}
    assert web.facts == {
        "lock": "package-lock.json",
        "has_dependencies": "1",
        "script": "start",
        "port_env": "PORT",
    }
    assert web.confidence >= 90
    assert Evidence("server.js", 4, "health route /healthz") in web.evidence
    assert Evidence("package.json", 10, "depends on express") in web.evidence
    (db,) = detection.backing_services
    assert (db.kind, db.name, db.variables) == ("postgres", "db", ("DATABASE_URL",))
    assert detection.edges == (("web", "db"),)
    assert (detection.name, detection.strategy) == ("shop-web", "compose")


@pytest.mark.parametrize(
    ("lock", "text", "manager", "facts"),
    [
        ("package-lock.json", "{}", "npm", {}),
        ("npm-shrinkwrap.json", "{}", "npm", {}),
        ("yarn.lock", "# yarn lockfile v1\n", "yarn", {}),
        ("yarn.lock", "__metadata:\n  version: 8\n", "yarn", {"yarn_berry": "1"}),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", "pnpm", {"package_manager_version": "9"}),
        ("pnpm-lock.yaml", "lockfileVersion: '6.0'\n", "pnpm", {"package_manager_version": "8"}),
        ("bun.lock", "{}", "bun", {}),
        ("bun.lockb", b"\0\1", "bun", {}),
    ],
)
def test_the_lock_file_tells_the_package_manager(
    tmp_path: Path, lock: str, text: str | bytes, manager: str, facts: dict[str, str]
) -> None:
    files = {**EXPRESS, lock: text}
    if lock != "package-lock.json":
        files.pop("package-lock.json")
    web = only(tmp_path, files)
    assert web.package_manager == manager
    assert web.facts["lock"] == lock
    assert facts.items() <= web.facts.items()


def test_two_lock_files_are_said_and_lower_the_confidence(tmp_path: Path) -> None:
    one = only(tmp_path, EXPRESS)
    detection = found(tmp_path, {"yarn.lock": "# yarn lockfile v1\n"})
    (two,) = detection.components
    assert (two.package_manager, two.facts["lock"]) == ("npm", "package-lock.json")
    assert two.confidence < one.confidence
    assert any("npm and yarn" in line for line in detection.recommendations)


def test_package_manager_field_decides_between_two_lock_files(tmp_path: Path) -> None:
    package = {**dict(EXPRESS)["package.json"], "packageManager": "yarn@4.5.0+sha512.abc"}  # type: ignore[dict-item]
    web = only(tmp_path, {**EXPRESS, "package.json": package, "yarn.lock": "__metadata:\n"})
    assert (web.package_manager, web.facts["lock"]) == ("yarn", "yarn.lock")
    assert (web.facts["package_manager_version"], web.facts["yarn_berry"]) == ("4.5.0", "1")


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({".nvmrc": "v20.11.1\n"}, "20"),
        ({".nvmrc": "lts/iron\n"}, "20"),
        ({".nvmrc": "lts/*\n"}, "22"),
        ({".nvmrc": "lts/unheard-of\n"}, "22"),
        ({".node-version": "18\n"}, "18"),
        ({".tool-versions": "ruby 3.3.0\nnodejs 24.1.0\n"}, "24"),
        ({}, "22"),
    ],
)
def test_runtime_version(tmp_path: Path, files: Files, version: str) -> None:
    assert only(tmp_path, {**EXPRESS, **files}).runtime_version == version


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ("node server.js", "node server.js"),
        ("NODE_ENV=production node server.js", "node server.js"),
        ("cross-env NODE_ENV=production node ./server.js", "node ./server.js"),
        ("node .", "node server.js"),
        ("npm run serve:prod", "node server.js"),
        ("node migrate.js && node server.js", "npm run start"),
        ("PORT=5000 node server.js", "npm run start"),
        ("nodemon server.js", "node server.js"),
        ("node --watch server.js", "node server.js"),
        ("concurrently 'node server.js' 'vite'", "node server.js"),
    ],
)
def test_start_command_is_for_production_and_direct(tmp_path: Path, script: str, command: str) -> None:
    scripts = {"start": script}
    if "serve:prod" in script:
        scripts["serve:prod"] = "node server.js"
    package = {"main": "server.js", "scripts": scripts, "dependencies": {"express": "4"}}
    web = only(tmp_path, {"package.json": package, "server.js": SERVER})
    assert web.start_command == command


def test_nest_prefers_start_prod_and_builds(tmp_path: Path) -> None:
    package = {
        "scripts": {"build": "nest build", "start": "nest start", "start:prod": "node dist/main"},
        "dependencies": {"@nestjs/core": "^11"},
        "devDependencies": {"typescript": "^5"},
    }
    web = only(
        tmp_path, {"package.json": package, "src/main.ts": "await app.listen(process.env.PORT ?? 3000)"}
    )
    assert (web.framework, web.build_command, web.start_command) == (
        "nestjs",
        "npm run build",
        "node dist/main",
    )
    assert (web.port, web.facts["port_env"], web.facts["has_build"]) == (3000, "PORT", "1")


@pytest.mark.parametrize(
    ("config", "kind", "output", "start", "fact"),
    [
        ("export default {}", "web", "", "next start", ""),
        ("export default { output: 'standalone' }", "web", "", "next start", "standalone"),
        ('module.exports = { output: "export" }', "static", "out", "", "export"),
    ],
)
def test_next(tmp_path: Path, config: str, kind: str, output: str, start: str, fact: str) -> None:
    package = {
        "scripts": {"dev": "next dev", "build": "next build", "start": "next start"},
        "dependencies": {"next": "15", "react": "19"},
    }
    files: Files = {
        "package.json": package,
        "next.config.mjs": config,
        "app/api/health/route.ts": "export const GET = () => Response.json({})",
    }
    component = only(tmp_path, files)
    assert (component.framework, component.kind, component.output_dir) == ("next", kind, output)
    assert component.start_command == start
    assert component.facts.get("next_output", "") == fact
    if kind == "web":
        assert (component.port, component.health_path) == (3000, "/api/health")


@pytest.mark.parametrize(
    ("dependencies", "page", "framework", "output"),
    [
        ({"vite": "6", "react": "19"}, "index.html", "react", "dist"),
        ({"vite": "6", "vue": "3"}, "index.html", "vue", "dist"),
        ({"vite": "6", "svelte": "5"}, "index.html", "svelte", "dist"),
        ({"react-scripts": "5", "react": "18"}, "public/index.html", "react", "build"),
        ({"astro": "5"}, "src/pages/index.html", "astro", "dist"),
    ],
)
def test_bundled_sites_are_static(
    tmp_path: Path, dependencies: dict[str, str], page: str, framework: str, output: str
) -> None:
    package = {"scripts": {"start": "vite", "build": "vite build"}, "devDependencies": dependencies}
    site = only(tmp_path, {"package.json": package, page: "<html></html>"})
    assert (site.kind, site.stack, site.framework) == ("static", "node", framework)
    assert (site.output_dir, site.start_command, site.build_command) == (output, "", "npm run build")
    assert (site.port, site.health_path) == (8080, "/")


def test_angular_output_from_its_workspace_file(tmp_path: Path) -> None:
    build = {"builder": "@angular/build:application", "options": {"outputPath": {"base": "dist/x"}}}
    files: Files = {
        "package.json": {
            "scripts": {"start": "ng serve", "build": "ng build"},
            "dependencies": {"@angular/core": "20"},
        },
        "angular.json": {"projects": {"x": {"projectType": "application", "architect": {"build": build}}}},
    }
    site = only(tmp_path, files)
    assert (site.framework, site.kind, site.output_dir) == ("angular", "static", "dist/x/browser")


def test_sveltekit_with_the_node_adapter_is_a_server_although_vite_is_there(tmp_path: Path) -> None:
    package = {
        "scripts": {"build": "vite build", "start": "node build/index.js"},
        "devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-node": "5", "vite": "6"},
    }
    web = only(tmp_path, {"package.json": package, "src/app.html": "<html></html>"})
    assert (web.kind, web.framework, web.start_command) == ("web", "sveltekit", "node build/index.js")


def test_fastify_that_binds_to_localhost_is_told(tmp_path: Path) -> None:
    files: Files = {
        "package.json": {"dependencies": {"fastify": "5"}},
        "index.js": "const app = require('fastify')()\napp.listen({ port: 3000 })\n",
    }
    detection = found(tmp_path, files)
    (web,) = detection.components
    assert (web.port, web.facts["bind"]) == (3000, "loopback")
    assert any("index.js line 2" in line and "0.0.0.0" in line for line in detection.recommendations)


def test_typescript_without_a_build_script_is_compiled(tmp_path: Path) -> None:
    files: Files = {
        "package.json": {"dependencies": {"koa": "2"}, "devDependencies": {"typescript": "5"}},
        "tsconfig.json": '{ // settings\n "compilerOptions": {"outDir": "./lib",} }',
        "src/server.ts": "app.listen(3100)",
    }
    web = only(tmp_path, files)
    assert (web.build_command, web.start_command, web.port) == ("tsc", "node lib/server.js", 3100)


def test_a_queue_consumer_is_a_worker_and_a_script_a_cli(tmp_path: Path) -> None:
    worker = only(
        tmp_path,
        {
            "package.json": {"scripts": {"start": "node w.js"}, "dependencies": {"bullmq": "5"}},
            "w.js": "new Worker('q', f)",
        },
    )
    assert (worker.kind, worker.port, worker.name) == ("worker", 0, "worker")
    other = tmp_path / "other"
    other.mkdir()
    cli = only(other, {"package.json": {"scripts": {"start": "node c.js"}}, "c.js": "console.log(1)"})
    assert (cli.kind, cli.name) == ("cli", "app")


def test_prisma_tells_its_database(tmp_path: Path) -> None:
    schema = 'datasource db {\n  provider = "mysql"\n  url = env("DATABASE_URL")\n}\n'
    files: Files = {
        **EXPRESS,
        "package.json": {
            "scripts": {"start": "node server.js"},
            "dependencies": {"express": "4", "@prisma/client": "6"},
        },
        "prisma/schema.prisma": schema,
    }
    detection = found(tmp_path, files)
    assert [s.kind for s in detection.backing_services] == ["mysql"]
    assert detection.components[0].facts["prisma"] == "prisma"
    assert detection.components[0].system_packages == ("openssl",)
