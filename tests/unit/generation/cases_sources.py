"""Sites, existing files, and sources of several parts."""

from __future__ import annotations

from machete_tui.core.models import Limits
from machete_tui.core.source import Component
from tests.unit.generation.case import APPS, EXAMPLES, NODE_LOCK, POSTGRES, REDIS, Case, site, web

SOURCES: tuple[Case, ...] = (
    Case("static-site", (site("static", output="."),), APPS / "static-site", folder=True),
    Case(
        "mkdocs",
        (
            site(
                "static",
                "mkdocs build",
                "site",
                facts={"generator": "mkdocs", "extra_packages": "mkdocs-material"},
            ),
        ),
        files={"mkdocs.yml": "\n"},
    ),
    Case(
        "hugo",
        (site("static", "hugo --minify", "public", facts={"generator": "hugo"}),),
        files={"hugo.toml": "\n"},
    ),
    Case(
        "jekyll",
        (site("static", "bundle exec jekyll build", "_site", facts={"generator": "jekyll"}),),
        files={"Gemfile": "\n", "Gemfile.lock": "\n", "_config.yml": "\n"},
    ),
    Case(
        "eleventy",
        (
            site(
                "static",
                "npm run build",
                "_site",
                facts={"generator": "eleventy", "lock": "package-lock.json"},
            ),
        ),
        files=NODE_LOCK,
    ),
    Case(
        "dockerfile-app",
        (
            web(
                "python",
                port=8000,
                dockerfile="Dockerfile",
                facts={"port_env": "PORT", "user": "10001:10001"},
            ),
        ),
        APPS / "dockerfile-app",
        strategy="existing-dockerfile",
        order={"stand_ins": {"python:3.13-slim": "machete.local/python:3.13-slim"}},
        folder=True,
    ),
    Case(
        "compose-app",
        (
            web(
                "docker", port=8000, path="web", dockerfile="web/Dockerfile", facts={"compose_service": "web"}
            ),
        ),
        APPS / "compose-app",
        strategy="existing-compose",
        compose_files=("docker-compose.yml",),
        order={"environment": {"GREETING": "good day"}},
    ),
    Case(
        "monorepo",
        (
            web(
                "python",
                "gunicorn --bind 0.0.0.0:8000 app:app",
                8000,
                name="api",
                path="api",
                facts={"requirements": "requirements.txt", "server": "gunicorn"},
            ),
            web(
                "node",
                "node server.js",
                3000,
                path="web",
                env=("API_URL", "PORT"),
                facts={"port_env": "PORT"},
            ),
            Component(
                name="worker",
                path="worker",
                kind="worker",
                stack="python",
                start_command="python worker.py",
                facts={"requirements": "requirements.txt"},
            ),
        ),
        APPS / "monorepo",
        edges=(("web", "api"),),
        strategy="compose",
        folder=True,
    ),
    Case(
        "worker-only",
        (
            Component(
                name="worker",
                kind="worker",
                stack="python",
                start_command="python worker.py",
                facts={"requirements": "requirements.txt"},
            ),
        ),
        APPS / "worker-only",
    ),
    Case(
        "guestbook",
        (
            web(
                "python",
                "gunicorn --bind 0.0.0.0:8000 --workers 2 --threads 4 guestbook.web:app",
                8000,
                environment={"TITLE": "Guestbook"},
                facts={"requirements": "requirements.txt", "server": "gunicorn"},
            ),
            Component(
                name="worker",
                kind="worker",
                stack="python",
                start_command="python -m guestbook.worker",
                facts={"requirements": "requirements.txt", "image_of": "web"},
            ),
        ),
        EXAMPLES / "guestbook",
        backing=(POSTGRES, REDIS),
        strategy="compose",
        order={"limits": {"web": Limits(memory=256 << 20), "worker": Limits(memory=128 << 20)}},
        folder=True,
    ),
)
