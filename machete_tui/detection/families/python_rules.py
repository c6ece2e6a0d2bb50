"""Python: its frameworks, servers, dependency files and native modules, as tables."""

from __future__ import annotations

import re

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import ComponentKind


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of Python.

    Attributes:
        name: as shown.
        packages: any of these among the requirements means it.
        interface: ``wsgi``, ``asgi`` or empty when it serves itself.
        application: its application object in the code; group ``name`` is the variable.
        start: command when it serves itself; ``{entry}`` is the main file, ``{port}`` the port.
        port: its default, as people know it.
        kind: what it makes.
    """

    name: str
    packages: tuple[str, ...]
    interface: str = ""
    application: re.Pattern[str] | None = None
    start: str = ""
    port: int = 8000
    kind: ComponentKind = "web"


def _app(*classes: str) -> re.Pattern[str]:
    return re.compile(rf"^(?P<name>\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)*(?:{'|'.join(classes)})\(", re.MULTILINE)


FRAMEWORKS: tuple[Framework, ...] = (
    Framework("django", ("django",), "wsgi"),
    Framework(
        "streamlit",
        ("streamlit",),
        start="streamlit run {entry} --server.port={port} --server.address=0.0.0.0 --server.headless=true",
        port=8501,
    ),
    Framework("gradio", ("gradio",), start="python {entry}", port=7860),
    Framework("fastapi", ("fastapi",), "asgi", _app("FastAPI")),
    Framework("litestar", ("litestar",), "asgi", _app("Litestar")),
    Framework("quart", ("quart",), "asgi", _app("Quart")),
    Framework("sanic", ("sanic",), "asgi", _app("Sanic")),
    Framework("starlette", ("starlette",), "asgi", _app("Starlette")),
    Framework("flask", ("flask",), "wsgi", _app("Flask"), port=5000),
    Framework("falcon", ("falcon",), "wsgi", _app("App", "API")),
    Framework("bottle", ("bottle",), "wsgi", _app("Bottle", "default_app"), port=8080),
    Framework("pyramid", ("pyramid",), "wsgi", _app("make_wsgi_app"), port=6543),
    Framework(
        "dash", ("dash",), "wsgi", re.compile(r"^(?P<name>server)\s*=\s*\w+\.server", re.MULTILINE), port=8050
    ),
    Framework("aiohttp", ("aiohttp",), start="python {entry}", port=8080),
    Framework("tornado", ("tornado",), start="python {entry}", port=8888),
)
"""In order: the first whose package is required, or imported where nothing is required, is it."""

FACTORY = re.compile(r"^def\s+(?P<name>create_app|make_app|get_app|build_app)\s*\(", re.MULTILINE)
"""A function that returns the application."""

SERVERS: dict[str, tuple[str, ...]] = {
    "wsgi": ("gunicorn", "uwsgi", "waitress", "gevent", "granian"),
    "asgi": ("uvicorn", "gunicorn", "hypercorn", "granian", "daphne"),
}
"""Interface -> servers, the first of them that is required is used; the very first is added when none is."""

STARTS: dict[tuple[str, str], str] = {
    ("wsgi", "gunicorn"): "gunicorn --bind 0.0.0.0:{port} {app}",
    ("wsgi", "waitress"): "waitress-serve --listen=0.0.0.0:{port} {app}",
    ("wsgi", "granian"): "granian --interface wsgi --host 0.0.0.0 --port {port} {app}",
    ("asgi", "uvicorn"): "uvicorn {app} --host 0.0.0.0 --port {port}",
    ("asgi", "hypercorn"): "hypercorn --bind 0.0.0.0:{port} {app}",
    ("asgi", "granian"): "granian --interface asgi --host 0.0.0.0 --port {port} {app}",
    ("asgi", "daphne"): "daphne -b 0.0.0.0 -p {port} {app}",
}
"""(interface, server) -> command."""

WORKERS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "celery",
        "celery -A {module} worker --loglevel=info",
        re.compile(r"^(?P<name>\w+)\s*=\s*Celery\(", re.MULTILINE),
    ),
    ("dramatiq", "dramatiq {module}", re.compile(r"^@(?P<name>dramatiq)\.actor", re.MULTILINE)),
    ("huey", "huey_consumer {module}.{name}", re.compile(r"^(?P<name>\w+)\s*=\s*\w*Huey\(", re.MULTILINE)),
    ("arq", "arq {module}.WorkerSettings", re.compile(r"^class (?P<name>WorkerSettings)\b", re.MULTILINE)),
)
"""(package, command, its object in the code) of background workers."""

ENTRIES = tuple(
    f"{folder}{name}.py"
    for folder in ("", "src/", "app/")
    for name in (
        "main",
        "app",
        "server",
        "wsgi",
        "asgi",
        "run",
        "application",
        "worker",
        "bot",
        "index",
        "__main__",
    )
)
"""Usual names of the main file, in order."""

REQUIREMENTS = (
    "requirements.txt",
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements/base.txt",
    "requirements-prod.txt",
    "requirements.in",
)
"""Files of requirements, in order."""

LOCKS: dict[str, str] = {
    "uv.lock": "uv",
    "poetry.lock": "poetry",
    "Pipfile.lock": "pipenv",
    "pdm.lock": "pdm",
}
"""Lock file -> package manager."""

SYSTEM_PACKAGES: dict[str, tuple[str, ...]] = {
    "psycopg2": ("libpq5", "libpq-dev", "gcc"),
    "psycopg": ("libpq5",),
    "mysqlclient": ("libmariadb3", "libmariadb-dev", "gcc", "pkg-config"),
    "pydub": ("ffmpeg",),
    "moviepy": ("ffmpeg",),
    "ffmpeg-python": ("ffmpeg",),
    "pdf2image": ("poppler-utils",),
    "pytesseract": ("tesseract-ocr",),
    "weasyprint": ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    "opencv-python": ("libgl1", "libglib2.0-0"),
    "python-magic": ("libmagic1",),
    "pyodbc": ("unixodbc", "unixodbc-dev", "g++"),
    "uwsgi": ("gcc", "libc6-dev"),
    "python-ldap": ("libldap-2.5-0", "libldap2-dev", "libsasl2-dev", "gcc"),
    "gdal": ("gdal-bin", "libgdal-dev", "g++"),
    "pycairo": ("libcairo2", "libcairo2-dev", "gcc", "pkg-config"),
    "xmlsec": ("libxmlsec1-openssl", "libxmlsec1-dev", "gcc", "pkg-config"),
}
"""Requirement -> Debian packages."""

DEVELOPMENT = re.compile(
    r"\b(runserver|flask run|--reload|--debug|uvicorn.*--reload|fastapi dev|watchmedo)\b|--reload"
)
"""Commands for development."""
