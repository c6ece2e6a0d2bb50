from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.detection.trees import Files, found, only

FLASK = (
    "from flask import Flask\napp = Flask(__name__)\n\n"
    "@app.route('/health')\ndef health():\n    return 'ok'\n"
)


def test_flask_behind_gunicorn(tmp_path: Path) -> None:
    web = only(tmp_path, {"requirements.txt": "flask==3.0\ngunicorn\n", "app.py": FLASK})
    assert (web.stack, web.framework, web.kind, web.package_manager) == ("python", "flask", "web", "pip")
    assert web.start_command == "gunicorn --bind 0.0.0.0:8000 app:app"
    assert (web.port, web.health_path, web.entry) == (8000, "/health", "app.py")
    assert web.facts == {
        "requirements": "requirements.txt",
        "interface": "wsgi",
        "app": "app:app",
        "server": "gunicorn",
    }


def test_a_server_is_added_when_none_is_required(tmp_path: Path) -> None:
    detection = found(tmp_path, {"requirements.txt": "flask\n", "app.py": FLASK})
    (web,) = detection.components
    assert web.facts["extra_packages"] == "gunicorn"
    assert web.start_command.startswith("gunicorn ")
    assert any("gunicorn is added" in line for line in detection.recommendations)


def test_fastapi_in_a_package(tmp_path: Path) -> None:
    files: Files = {
        "pyproject.toml": '[project]\nname = "shop-api"\nrequires-python = ">=3.10,<3.13"\n'
        'dependencies = ["fastapi[standard]>=0.110", "asyncpg"]\n',
        "uv.lock": "version = 1\n",
        "app/__init__.py": "",
        "app/main.py": "import os\nfrom fastapi import FastAPI\nfrom app import db\napp = FastAPI()\n"
        "KEY = os.environ['API_KEY']\nTITLE = os.getenv('TITLE', 'x')\n",
        "app/db.py": "",
    }
    detection = found(tmp_path, files)
    (web,) = detection.components
    assert (web.framework, web.package_manager, web.runtime_version) == ("fastapi", "uv", "3.12")
    assert web.start_command == "uvicorn app.main:app --host 0.0.0.0 --port 8000"
    assert (web.facts["lock"], web.facts["requirements"]) == ("uv.lock", "pyproject.toml")
    assert "extra_packages" not in web.facts
    assert web.required_env == ("API_KEY",)
    assert "TITLE" in web.env
    assert [s.kind for s in detection.backing_services] == ["postgres"]
    assert detection.name == "shop-api"


def test_imports_among_siblings_move_the_folder_to_import_from(tmp_path: Path) -> None:
    files: Files = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "src/main.py": "from fastapi import FastAPI\nimport database\napp = FastAPI()\n",
        "src/database.py": "",
    }
    web = only(tmp_path, files)
    assert web.start_command == "uvicorn main:app --host 0.0.0.0 --port 8000 --app-dir src"


def test_an_application_factory(tmp_path: Path) -> None:
    files: Files = {
        "requirements.txt": "flask\ngunicorn\n",
        "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
    }
    web = only(tmp_path, files)
    assert web.start_command == "gunicorn --bind 0.0.0.0:8000 'shop:create_app()'"


DJANGO: Files = {
    "requirements.txt": "Django>=5\ngunicorn\nmysqlclient\n",
    "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/settings.py": "STATIC_ROOT = 'static'\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql'}}\n",
    "shop/wsgi.py": "application = get_wsgi_application()\n",
    "shop/urls.py": "urlpatterns = [path('healthz/', health)]\n",
}


def test_django(tmp_path: Path) -> None:
    detection = found(tmp_path, DJANGO)
    (web,) = detection.components
    assert web.framework == "django"
    assert web.start_command == "gunicorn --bind 0.0.0.0:8000 shop.wsgi:application"
    assert web.build_command == "python manage.py collectstatic --noinput"
    assert web.facts["settings"] == "shop.settings"
    assert web.facts["migrate"] == "python manage.py migrate --noinput"
    assert web.health_path == "/healthz/"
    assert web.system_packages == ("libmariadb3", "libmariadb-dev", "gcc", "pkg-config")
    assert web.facts["compiles"] == "1"
    assert [s.kind for s in detection.backing_services] == ["mysql"]


def test_django_in_a_folder_below_its_requirements(tmp_path: Path) -> None:
    files = {n if n == "requirements.txt" else f"site/{n}": text for n, text in DJANGO.items()}
    web = only(tmp_path, files)
    assert web.path == "."
    assert web.start_command == "gunicorn --bind 0.0.0.0:8000 shop.wsgi:application --chdir site"


def test_celery_worker_and_streamlit(tmp_path: Path) -> None:
    detection = found(
        tmp_path,
        {"requirements.txt": "celery[redis]\n", "tasks.py": "from celery import Celery\napp = Celery('t')\n"},
    )
    (worker,) = detection.components
    assert (worker.kind, worker.start_command) == ("worker", "celery -A tasks worker --loglevel=info")
    assert [s.kind for s in detection.backing_services] == ["redis"]
    other = tmp_path / "other"
    other.mkdir()
    page = only(other, {"requirements.txt": "streamlit\n", "app.py": "import streamlit as st\n"})
    assert (page.port, page.health_path) == (8501, "/_stcore/health")
    assert page.start_command.startswith("streamlit run app.py --server.port=8501")


@pytest.mark.parametrize(
    ("files", "manager", "facts"),
    [
        (
            {
                "pyproject.toml": '[tool.poetry]\nname="x"\n'
                '[tool.poetry.dependencies]\npython="^3.11"\nflask="*"\n'
            },
            "poetry",
            {"requirements": "pyproject.toml"},
        ),
        ({"Pipfile": '[packages]\nflask="*"\n', "Pipfile.lock": "{}"}, "pipenv", {"lock": "Pipfile.lock"}),
        ({"setup.py": "setup(install_requires=['flask>=3'])"}, "pip", {"installable": "1"}),
        ({"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "flask\n"}, "pip", {}),
    ],
)
def test_package_managers(tmp_path: Path, files: Files, manager: str, facts: dict[str, str]) -> None:
    web = only(tmp_path, {**files, "app.py": FLASK})
    assert (web.framework, web.package_manager) == ("flask", manager)
    assert facts.items() <= web.facts.items()


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({".python-version": "3.11.4\n"}, "3.11"),
        ({"runtime.txt": "python-3.10.2\n"}, "3.10"),
        ({".tool-versions": "python 3.12.1\n"}, "3.12"),
        ({}, "3.13"),
    ],
)
def test_runtime_version(tmp_path: Path, files: Files, version: str) -> None:
    files = {"requirements.txt": "flask\n", "app.py": FLASK, **files}
    assert only(tmp_path, files).runtime_version == version


def test_a_plain_script_and_a_plain_server(tmp_path: Path) -> None:
    cli = only(tmp_path, {"main.py": "print('hello')\n"})
    assert (cli.kind, cli.start_command) == ("cli", "python main.py")
    other = tmp_path / "other"
    other.mkdir()
    code = (
        "import os\nfrom http.server import HTTPServer\n"
        "HTTPServer(('127.0.0.1', int(os.environ.get('PORT', '9000'))), H).serve_forever()\n"
    )
    web = only(other, {"server.py": code})
    assert (web.kind, web.port, web.facts["port_env"]) == ("web", 9000, "PORT")
    assert web.facts["bind"] == "loopback"
