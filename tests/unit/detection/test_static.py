from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.detection.trees import Files, only


@pytest.mark.parametrize(
    ("files", "generator", "build", "output"),
    [
        ({"index.html": "<p>", "style.css": ""}, "", "", "."),
        ({"public/index.html": "<p>"}, "", "", "public"),
        ({"Staticfile": "root: pages\n", "pages/index.html": "<p>"}, "", "", "pages"),
        ({"hugo.toml": 'baseURL = "x"', "content/a.md": "a"}, "hugo", "hugo --minify", "public"),
        ({"config.toml": 'baseURL = "x"', "content/a.md": "a"}, "hugo", "hugo --minify", "public"),
        (
            {"_config.yml": "title: x", "Gemfile": 'gem "jekyll"\n', "index.md": "x"},
            "jekyll",
            "bundle exec jekyll build",
            "_site",
        ),
        (
            {"package.json": {"devDependencies": {"@11ty/eleventy": "3"}}, "index.md": "x"},
            "eleventy",
            "eleventy",
            "_site",
        ),
        (
            {"mkdocs.yml": "site_name: x\nsite_dir: out\n", "docs/index.md": "x"},
            "mkdocs",
            "mkdocs build",
            "out",
        ),
    ],
)
def test_sites(tmp_path: Path, files: Files, generator: str, build: str, output: str) -> None:
    site = only(tmp_path, files)
    assert (site.stack, site.kind, site.framework) == ("static", "static", generator)
    assert (site.build_command, site.output_dir, site.start_command) == (build, output, "")
    assert (site.port, site.health_path) == (8080, "/")


def test_documentation_beside_an_application_is_not_the_application(tmp_path: Path) -> None:
    web = only(
        tmp_path,
        {
            "mkdocs.yml": "site_name: x\n",
            "docs/index.md": "x",
            "pyproject.toml": '[project]\nname = "x"\ndependencies = ["flask"]\n',
            "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        },
    )
    assert (web.stack, web.framework) == ("python", "flask")
    assert web.runner_up is not None
    assert web.runner_up.stack == "static"
