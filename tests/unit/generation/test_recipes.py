"""Single rules of the recipes, each seen in the Dockerfile that comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.core.source import Component
from machete_tui.generation import bases
from machete_tui.generation.dockerfiles import Dockerfile, dockerfile
from machete_tui.generation.references import base_images
from tests.unit.generation.sources import tree


def made(root: Path, stack: str, files: dict[str, str] | None = None, **more: Any) -> Dockerfile:
    tree(root, files or {})
    fields: dict[str, Any] = {"name": "web", "port": 3000, "start_command": "run it"}
    return dockerfile(Component(stack=stack, **(fields | more)), str(root), "shop")


@pytest.mark.parametrize(
    ("stack", "version", "images"),
    [
        ("node", "", ("node:22-slim",)),
        ("node", "24", ("node:24-slim",)),
        ("node", "18", ("node:18-slim",)),
        ("python", "", ("python:3.13-slim",)),
        ("python", "3.11", ("python:3.11-slim",)),
        ("go", "", ("golang:1.24", "debian:trixie-slim")),
        ("go", "1.21", ("golang:1.24", "debian:trixie-slim")),
        ("go", "1.25", ("golang:1.25", "debian:trixie-slim")),
        ("rust", "1.70", ("rust:1-slim", "debian:trixie-slim")),
        ("ruby", "3.4", ("ruby:3.4-slim",)),
        ("php", "8.2", ("php:8.2-apache",)),
        ("java", "17", ("maven:3.9-eclipse-temurin-17", "eclipse-temurin:17-jre")),
        ("dotnet", "9.0", ("mcr.microsoft.com/dotnet/sdk:9.0", "mcr.microsoft.com/dotnet/aspnet:9.0")),
        ("dotnet", "8", ("mcr.microsoft.com/dotnet/sdk:8.0", "mcr.microsoft.com/dotnet/aspnet:8.0")),
    ],
)
def test_the_version_chooses_the_image(
    tmp_path: Path, stack: str, version: str, images: tuple[str, ...]
) -> None:
    assert base_images(made(tmp_path, stack, runtime_version=version).text) == images


@pytest.mark.parametrize("version", ["22 AS x", "latest", "22\nRUN x", "../22", "22;id"])
def test_a_version_that_is_none_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(InvalidInput):
        made(tmp_path, "node", runtime_version=version)


def test_every_base_is_a_reference() -> None:
    for role in bases.BASES:
        assert bases.image(role).count(":") == 1


@pytest.mark.parametrize(
    ("manager", "facts", "lines"),
    [
        ("npm", {"lock": "package-lock.json"}, ["npm ci --no-audit", "npm prune --omit=dev"]),
        ("npm", {}, ["npm install --no-audit"]),
        (
            "pnpm",
            {"lock": "pnpm-lock.yaml", "package_manager_version": "9.5.0"},
            ["pnpm@9.5.0", "pnpm install --frozen-lockfile", "pnpm prune --prod"],
        ),
        (
            "yarn",
            {"lock": "yarn.lock"},
            ["yarn@1.22.22", "yarn install --frozen-lockfile", "--production --ignore-scripts"],
        ),
        (
            "yarn",
            {"lock": "yarn.lock", "yarn_berry": "1", "package_manager_version": "4.5.1"},
            ["@yarnpkg/cli-dist@4.5.1", "yarn install --immutable", "YARN_NODE_LINKER=node-modules"],
        ),
        ("bun", {"lock": "bun.lock"}, ["bun@1", "bun install --frozen-lockfile", "bun install --production"]),
    ],
)
def test_package_managers_of_node(
    tmp_path: Path, manager: str, facts: dict[str, str], lines: list[str]
) -> None:
    files = {"package.json": "{}", facts.get("lock", "x"): ""}
    text = made(tmp_path, "node", files, package_manager=manager, facts=facts, build_command="build it").text
    for line in lines:
        assert line in text
    assert text.index("COPY package.json") < text.index("COPY . /app/") < text.index("RUN build it")


def test_node_keeps_development_tools_that_start_it(tmp_path: Path) -> None:
    files = {"package.json": "{}", "package-lock.json": "{}"}
    facts = {"lock": "package-lock.json"}
    kept = made(tmp_path, "node", files, facts=facts | {"keep_dev": "1"}, start_command="tsx server.ts").text
    assert "--omit=dev" not in kept
    assert "PATH=/app/node_modules/.bin:$PATH" in kept.rpartition("\nFROM ")[2]
    assert "--omit=dev" in made(tmp_path, "node", files, facts=facts).text


def test_a_site_may_read_its_committed_settings(tmp_path: Path) -> None:
    site = made(tmp_path, "node", {"package.json": "{}"}, kind="static", build_command="b", output_dir="dist")
    assert site.ignore.endswith("!**/.env.production\n")
    assert "!**/.env.production" not in made(tmp_path, "node", build_command="b").ignore


def test_the_sources_own_ignore_file_comes_first_and_ours_last(tmp_path: Path) -> None:
    ignore = made(tmp_path, "go", {".dockerignore": "# theirs\ndocs\n\n!.env\n"}).ignore.splitlines()
    assert ignore[:3] == ["# theirs", "docs", "!.env"]
    assert ignore.index("**/.env") > ignore.index("!.env")
    assert "**/.git" in ignore


def test_requirements_that_include_others_are_copied_with_them(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r deps/base.txt\n-c constraints.txt\n-r ../outside.txt\nflask\n",
        "deps/base.txt": "--requirement more.txt\n",
        "deps/more.txt": "redis\n",
        "constraints.txt": "\n",
    }
    text = made(tmp_path, "python", files, facts={"requirements": "requirements.txt"}).text
    assert "COPY requirements.txt constraints.txt /app/\n" in text
    assert "COPY deps/base.txt deps/more.txt /app/deps/\n" in text
    assert "outside" not in text


def test_requirements_that_name_the_source_itself_wait_for_it(tmp_path: Path) -> None:
    files = {"requirements.txt": "-e .\nflask\n"}
    text = made(tmp_path, "python", files, facts={"requirements": "requirements.txt"}).text
    assert text.index("COPY . /app/") < text.index("pip install --requirement requirements.txt")


def test_required_names_have_placeholders_in_the_build_alone(tmp_path: Path) -> None:
    text = made(
        tmp_path, "python", build_command="collect 'it'", required_env=("SECRET_KEY", "bad name")
    ).text
    assert "RUN SECRET_KEY=placeholder sh -c 'collect '\"'\"'it'\"'\"''" in text
    assert text.count("SECRET_KEY") == 1


def test_compilers_stay_out_of_the_final_image(tmp_path: Path) -> None:
    for stack in ("python", "ruby", "go", "rust", "node", "php", "java"):
        text = made(
            tmp_path, stack, {"package.json": "{}"}, system_packages=("libpq-dev", "libpq5", "gcc")
        ).text
        last = text.rpartition("\nFROM ")[2]
        assert "recommends libpq5 " in last, stack
        assert "gcc" not in last, stack


def test_a_workspaces_image_is_built_from_its_root(tmp_path: Path) -> None:
    component = {"path": "apps/web", "facts": {"context": ".", "work": "1"}}
    found = made(tmp_path, "go", {"go.work": "", "apps/web/go.mod": "", "lib/go.mod": ""}, **component)
    assert found.context == "."
    assert "WORKDIR /app/apps/web" in found.text
    with pytest.raises(InvalidInput, match="outside its context"):
        made(tmp_path, "go", path="apps/web", facts={"context": "lib"})


@pytest.mark.parametrize(
    "more",
    [
        {"path": "../up"},
        {"path": "/etc"},
        {"facts": {"context": "../.."}},
        {"system_packages": ("curl; id",)},
        {"system_packages": ("-o=x",)},
        {"volumes": ("a:/x\ny",)},
        {"output_dir": "a\nRUN id", "kind": "static"},
        {"start_command": "a\x00b"},
        {"build_command": "a\x1bb"},
        {"facts": {"extra_packages": "x$(id)"}},
        {"facts": {"requirements": "a\nb"}},
        {"facts": {"server": "x"}, "name": "a\nb"},
    ],
)
def test_nothing_slips_into_a_dockerfile(tmp_path: Path, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        made(tmp_path, "python", build_command=more.pop("build_command", "b"), **more)


def test_values_stay_values(tmp_path: Path) -> None:
    component = Component(name="web", stack="go", port=1, start_command="./x")
    text = dockerfile(component, str(tmp_path), "shop", source='https://x/"$(id)\\', commit="c").text
    assert 'image.source="https://x/\\"\\$(id)\\\\" \\\n' in text


def test_paths_with_blanks_take_the_json_form(tmp_path: Path) -> None:
    files = {"go.mod": "", "my assets/x": "", "[id]/x": ""}
    facts = {"assets": "[id]", "binary": "bin/my app"}
    text = made(tmp_path, "go", files, facts=facts).text
    assert 'COPY --from=build --chown=10001:10001 ["/app/[[]id]", "/app/[id]"]' in text
    assert 'COPY --from=build ["/app/bin/my app", "./my app"]' in text


def test_a_link_out_of_the_source_is_not_read(tmp_path: Path) -> None:
    tree(tmp_path, {"secret/requirements.txt": "-r hidden.txt\n", "secret/hidden.txt": "\n"})
    source = tree(tmp_path / "source", {"app.py": ""})
    (source / "requirements.txt").symlink_to(tmp_path / "secret" / "requirements.txt")
    (source / "hidden.txt").write_text("")
    text = made(source, "python", facts={"requirements": "requirements.txt"}).text
    assert "hidden" not in text


@pytest.mark.parametrize(
    ("platforms", "frozen"),
    [
        ("", True),
        ("PLATFORMS\n  ruby\n", True),
        ("PLATFORMS\n  arm64-darwin-22\n", False),
        ("PLATFORMS\n  arm64-darwin\n  x86_64-linux\n", True),
    ],
)
def test_a_lock_made_on_a_mac_is_followed_where_it_can_be(
    tmp_path: Path, platforms: str, frozen: bool
) -> None:
    files = {"Gemfile": "", "Gemfile.lock": f"GEM\n  specs:\n\n{platforms}"}
    assert ("BUNDLE_FROZEN" in made(tmp_path, "ruby", files, facts={"lock": "Gemfile.lock"}).text) is frozen


def test_php_extensions_of_either_kind_of_base(tmp_path: Path) -> None:
    text = made(tmp_path, "php", facts={"extensions": "pdo_pgsql redis"}).text
    assert 'docker-php-ext-install -j"$(nproc)" pdo_pgsql;' in text
    assert "pecl install redis" in text
    assert "--no-install-recommends php-pgsql php-redis;" in text
    with pytest.raises(InvalidInput):
        made(tmp_path, "php", facts={"extensions": "gd;id"})


@pytest.mark.parametrize(
    ("stack", "facts", "command"),
    [
        ("go", {"binary": "bin/api"}, '["./api"]'),
        ("rust", {"binary": "target/release/api"}, '["./api"]'),
        ("java", {}, '["java", "-jar", "app.jar"]'),
        ("java", {"layout": "quarkus-fast-jar"}, '["java", "-jar", "quarkus-run.jar"]'),
        ("dotnet", {"project": "src/Shop.csproj"}, '["dotnet", "Shop.dll"]'),
    ],
)
def test_what_was_compiled_is_started(
    tmp_path: Path, stack: str, facts: dict[str, str], command: str
) -> None:
    assert f"CMD {command}\n" in made(tmp_path, stack, facts=facts, start_command="").text


@pytest.mark.parametrize("stack", ["node", "python", "ruby"])
def test_a_command_that_nobody_knows_is_asked_for(tmp_path: Path, stack: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        made(tmp_path, stack, start_command="")
    assert caught.value.field == "components.web.start"


def test_php_without_a_web_server_runs_its_command(tmp_path: Path) -> None:
    text = made(tmp_path, "php", kind="worker", start_command="php artisan queue:work").text
    assert 'CMD ["php", "artisan", "queue:work"]' in text
    assert "apache2" not in text
