"""Python's package managers and frameworks."""

from __future__ import annotations

from machete_tui.core.models import Limits
from machete_tui.core.source import BackingService, Component
from tests.unit.generation.case import APPS, Case, web

PYTHON: tuple[Case, ...] = (
    Case(
        "python-flask",
        (
            web(
                "python",
                "gunicorn --bind 0.0.0.0:8000 app:app",
                8000,
                framework="flask",
                package_manager="pip",
                runtime_version="3.13",
                facts={"requirements": "requirements.txt", "server": "gunicorn", "interface": "wsgi"},
            ),
        ),
        APPS / "python-flask",
        folder=True,
    ),
    Case(
        "django-postgres",
        (
            web(
                "python",
                "gunicorn --bind 0.0.0.0:8000 shop.wsgi:application",
                8000,
                framework="django",
                package_manager="pip",
                runtime_version="3.12",
                build_command="python manage.py collectstatic --noinput",
                required_env=("SECRET_KEY", "DATABASE_URL"),
                env=("SECRET_KEY", "DATABASE_URL"),
                system_packages=("gcc", "libpq-dev", "libpq5"),
                facts={
                    "requirements": "requirements/production.txt",
                    "server": "gunicorn",
                    "settings": "shop.settings",
                    "extra_packages": "gunicorn",
                    "compiles": "1",
                },
            ),
            Component(
                name="worker",
                kind="worker",
                stack="python",
                start_command="celery -A shop worker --loglevel ${LEVEL:-info}",
                facts={"image_of": "web"},
            ),
        ),
        files={
            "manage.py": "\n",
            "requirements/production.txt": "-r base.txt\npsycopg2\n",
            "requirements/base.txt": "django\ngit+https://git.example/x.git\n",
        },
        backing=(
            BackingService(
                "postgres", "db", variables=("DATABASE_URL", "POSTGRES_HOST", "POSTGRES_PASSWORD")
            ),
            BackingService("redis", "redis", variables=("CELERY_BROKER_URL",)),
        ),
        edges=(("web", "db"), ("worker", "db"), ("worker", "redis"), ("web", "redis")),
        strategy="compose",
        order={
            "environment": {"SECRET_KEY": "it's $ecret", "LEVEL": "debug"},
            "component_environment": {"worker": {"LEVEL": "info"}},
            "limits": {"web": Limits(0.5, 256 << 20), "db": Limits(0.0, 512 << 20)},
            "replicas": {"web": 3},
            "ports": {"web": (20080, 20081, 20082)},
        },
        folder=True,
    ),
    Case(
        "fastapi-uv",
        (
            web(
                "python",
                "uvicorn shop.main:app --host 0.0.0.0 --port 8000",
                8000,
                framework="fastapi",
                package_manager="uv",
                runtime_version="3.14",
                facts={
                    "requirements": "pyproject.toml",
                    "lock": "uv.lock",
                    "installable": "1",
                    "server": "uvicorn",
                },
            ),
        ),
        files={"pyproject.toml": "\n", "uv.lock": "\n", ".python-version": "3.14\n"},
    ),
    Case(
        "python-poetry",
        (
            web(
                "python",
                "hypercorn --bind 0.0.0.0:8000 app:app",
                8000,
                package_manager="poetry",
                facts={"requirements": "pyproject.toml", "lock": "poetry.lock"},
            ),
        ),
        files={"pyproject.toml": "\n", "poetry.lock": "\n"},
    ),
    Case(
        "python-pyproject",
        (
            web(
                "python",
                "python -m shop",
                8000,
                package_manager="pip",
                facts={"requirements": "pyproject.toml", "installable": "1"},
            ),
        ),
        files={"pyproject.toml": "\n", "README.md": "\n"},
    ),
)
