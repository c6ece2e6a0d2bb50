"""Django: settings, the WSGI or ASGI module, static files, the database engine."""

from __future__ import annotations

import re

from machete_tui.detection.backing import SCHEMES
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.folder import Folder

_SETTINGS = re.compile(r"DJANGO_SETTINGS_MODULE[\"']\s*,\s*[\"']([\w.]+)[\"']")
_STATIC_ROOT = re.compile(r"^\s*STATIC_ROOT\s*=", re.MULTILINE)
_ENGINE = re.compile(r"[\"']ENGINE[\"']\s*:\s*[\"'][\w.]*\.(postgresql|postgis|mysql|sqlite3|oracle)\w*[\"']")
_ASGI = re.compile(r"^\s*ASGI_APPLICATION\s*=\s*[\"']([\w.]+)[\"']", re.MULTILINE)


def django(draft: Draft, folder: Folder, code: Code) -> str | None:
    """Fill in what Django's own files say; return its folder, or None when there is no project of it."""
    manage = next(iter(folder.glob("manage.py", depth=2)), "")
    base = manage.rpartition("/")[0]
    wsgi = next((n for n in code.names if n.endswith("wsgi.py")), "")
    if not manage and not wsgi:
        return None
    if manage:
        draft.entry = manage
        draft.shows(folder.evidence(manage, "Django's manage.py"), 0.5)
    settings = code.find(_SETTINGS)
    named = settings.match[1] if settings else ""
    draft.fact("settings", named)
    package = named.split(".")[0] if named else ""
    wsgi = next((n for n in code.names if n.endswith("wsgi.py") and (not package or package in n)), "")
    wsgi = wsgi.removeprefix(f"{base}/") if base else wsgi
    asgi = code.find(_ASGI)
    if asgi is not None:
        draft.fact("interface", "asgi")
        target = asgi.match[1].rpartition(".")
        draft.fact("app", f"{target[0]}:{target[2]}")
    else:
        dotted = wsgi.removesuffix(".py").replace("/", ".") if wsgi else f"{package or 'config'}.wsgi"
        draft.fact("interface", "wsgi")
        draft.fact("app", f"{dotted}:application")
    static = code.find(_STATIC_ROOT)
    if static is not None:
        draft.fact("collectstatic", True)
        draft.build_command = f"python {manage or '-m django'} collectstatic --noinput"
        draft.shows(code.evidence(static, "collects static files"), 0.1)
    if manage:
        draft.fact("migrate", f"python {manage} migrate --noinput")
    for hit in code.all(_ENGINE):
        engine = {"postgis": "postgresql"}.get(hit.match[1], hit.match[1])
        if engine in SCHEMES:
            draft.needs(SCHEMES[engine], code.evidence(hit, f"Django database engine {engine}"))
        elif engine == "sqlite3" and not draft.drivers:
            draft.recommendations.append(
                "the database is SQLite: give it a volume, or its data goes with the container"
            )
        break
    return base
