"""Whatever stands in a manifest, detection answers or says that there is nothing; it never breaks."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.detection import detect
from tests.unit.detection.trees import Files, write

NAMES = (
    *("package.json", "angular.json", "tsconfig.json", "composer.json", "appsettings.json", "turbo.json"),
    *("pnpm-workspace.yaml", "pnpm-lock.yaml", "yarn.lock", "pyproject.toml", "Pipfile", "requirements.txt"),
    *("setup.py", "setup.cfg", "go.mod", "go.work", "Gemfile", "Gemfile.lock", "config/database.yml"),
    *("pom.xml", "build.gradle", "settings.gradle", "Shop.csproj", "Cargo.toml", "rust-toolchain.toml"),
    *("mkdocs.yml", "_config.yml", "hugo.toml", ".eleventy.js", "Dockerfile", "compose.yml", "Procfile"),
    *(".gitignore", ".env", ".env.example", ".nvmrc", ".python-version", ".tool-versions", "next.config.js"),
)
APPLICATION: Files = {"main.py": "while True: pass\n", "index.html": "<p>"}
WRONG = (
    "",
    "\n",
    "[]",
    "null",
    "5",
    '"text"',
    "{",
    "<",
    "---\n",
    "a: b: c",
    "\t",
    "=",
    "%%%\\\n$",
    "[[[[",
    "FROM",
    "FROM x AS\nCOPY\nEXPOSE x y\nENV\nCMD [\nHEALTHCHECK\nUSER\n",
    "services: []\n",
    "services:\n  a:\n  b: 5\n  c: {build: [], ports: {}, depends_on: 3, image: [], environment: 1}\n",
    '{"scripts": [], "dependencies": "x", "engines": 5, "workspaces": {"packages": 3}}',
    '{"name": {}, "bin": [1], "module": 1}',
    '{"scripts": {"start": 5, "build": null}, "dependencies": [], "packageManager": 1, "main": ["x"]}',
    '{"projects": {"a": 1}, "require": 7, "config": [], "prisma": "x", "volta": 1}',
    '{"devDependencies": {"vite": 3}, "dependencies": {"next": []}}',
    "[project]\ndependencies = 5\nrequires-python = 3\n[tool]\npoetry = 1\nuv = []\n",
    '[package]\nname = 5\n[workspace]\nmembers = "x"\n[[bin]]\nname = 1\n[dependencies]\nsqlx = 1\n',
    "packages: 5\n",
)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_contents(tmp_path: Path, name: str) -> None:
    for text in (*WRONG, b"\0\1\2", b"\xff\xfe\xfd", b"\xef\xbb\xbf{}"):
        write(tmp_path, {**APPLICATION, name: text})
        detection = detect(tmp_path, source="x")
        assert detection.components


def test_random_mixtures(tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(60):
        root = tmp_path / str(number)
        root.mkdir()
        places = ("", "web/", "apps/api/", "packages/a/")
        files = {f"{chance.choice(places)}{chance.choice(NAMES)}": chance.choice(WRONG) for _ in range(8)}
        write(root, files)
        names: list[str] = []
        with suppress(InvalidInput):
            names = [c.name for c in detect(root, source="x").components]
        assert len({*names}) == len(names)
