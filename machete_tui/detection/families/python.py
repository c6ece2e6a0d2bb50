"""Python: pip, uv, poetry, pipenv, pdm; web frameworks, workers, plain scripts."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection.code import Code, Hit
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family, finish
from machete_tui.detection.families.python_deps import python_version, requirements
from machete_tui.detection.families.python_django import django
from machete_tui.detection.families.python_rules import (
    ENTRIES,
    FACTORY,
    FRAMEWORKS,
    SERVERS,
    STARTS,
    WORKERS,
    Framework,
)
from machete_tui.detection.folder import Folder, table
from machete_tui.detection.ports import find_port

MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "manage.py")

_MAIN = re.compile(r"^if\s+__name__\s*==\s*[\"']__main__[\"']", re.MULTILINE)
_IMPORTS = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_SERVES = re.compile(
    r"\b(HTTPServer|ThreadingHTTPServer|serve_forever|make_server|socketserver|run_app)\b\s*\("
)
_STAYS = re.compile(
    r"\bwhile\s+(True|1)\b|\.start_consuming\(|\.run_forever\(|\.run_polling\(|\.listen\(\)|BlockingScheduler"
)


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a folder with Python's manifests, or with nothing but a main script."""
    draft = Draft("python", folder.shown)
    code = Code(folder, (".py",))
    manifests = [m for m in (*MANIFESTS, "setup.cfg", "requirements.in") if folder.has(m)]
    if not manifests and not folder.first(*ENTRIES) and not folder.has("requirements/production.txt"):
        return None
    for manifest in manifests[:1]:
        weight = 0.5 if manifest != "pyproject.toml" or code.names else 0.2
        draft.shows(folder.evidence(manifest, "manifest of Python"), weight)
    needed = requirements(draft, folder, root)
    if folder.is_broken("pyproject.toml"):
        draft.doubt(folder.evidence("pyproject.toml", "could not be read"), 0.6)
    if root is not None:
        draft.fact("context", root.shown)
        draft.fact("workspace", draft.suggested)
    python_version(draft, folder, root)
    if not manifests:
        entry = folder.first(*ENTRIES)
        draft.shows(Evidence(folder.where(entry), 0, "Python file with a main file's name"), 0.45)
    _application(draft, folder, code, needed)
    default = next((f.port for f in FRAMEWORKS if f.name == draft.framework), 8000)
    finish(draft, code, default)
    if not manifests:
        draft.package_manager = ""
    if not needed and not manifests and draft.kind == "cli":
        draft.doubt(Evidence(folder.where(draft.entry), 0, "no manifest lists what it requires"), 0.9)
    return draft


def _application(draft: Draft, folder: Folder, code: Code, needed: dict[str, Evidence]) -> None:
    framework, why = _framework(code, needed)
    if framework is not None and why is not None:
        draft.framework = framework.name
        weighed = len(draft.weights)
        draft.shows(why, 0.55)
        if framework.name == "django":
            project = django(draft, folder, code)
            if project is not None:
                _serve(draft, needed, "wsgi", "", project)
                return
        elif framework.interface:
            app = _app(framework, code)
            if app is not None:
                hit, base, target = app
                draft.entry = hit.file
                draft.shows(code.evidence(hit, f"{framework.name} application {target}"), 0.5)
                draft.port = 0
                find_port(draft, code)
                if not draft.port or draft.port == framework.port:
                    draft.listen(8000, f"the one that {SERVERS[framework.interface][0]} is told to use")
                _serve(draft, needed, framework.interface, target, base)
                return
        else:
            _self_served(draft, folder, code, framework)
            return
        draft.framework = ""
        del draft.weights[weighed:]
    _worker(draft, folder, code, needed) or _script(draft, folder, code)


def _framework(code: Code, needed: dict[str, Evidence]) -> tuple[Framework | None, Evidence | None]:
    for framework in FRAMEWORKS:
        package = next((p for p in framework.packages if p in needed), "")
        if package:
            if framework.name in {"aiohttp", "tornado"} and not code.find(_SERVES_ITSELF):
                continue
            return framework, needed[package]
    if needed:
        return None, None
    for framework in FRAMEWORKS:
        for package in framework.packages:
            hit = code.find(re.compile(rf"^\s*(?:from|import)\s+{re.escape(package)}\b", re.MULTILINE))
            if hit is not None:
                return framework, code.evidence(hit, f"imports {package}")
    return None, None


_SERVES_ITSELF = re.compile(r"\bweb\.run_app\(|\bweb\.Application\(|\bIOLoop\b|\btornado\.web\b|\bTCPSite\(")


def _app(framework: Framework, code: Code) -> tuple[Hit, str, str] | None:
    """Return where the application object is, the folder to import it from, and its import path."""
    hits = list(code.all(framework.application)) if framework.application else []
    if hits:
        hit = min(hits, key=lambda h: (h.file.count("/"), _rank(h.file)))
        base = import_base(code, hit.file)
        return hit, base, f"{module(hit.file, base)}:{hit.match['name']}"
    factory = code.find(FACTORY)
    if factory is None:
        return None
    name = factory.match["name"]
    for file, text in code.files:
        match = re.search(rf"^(\w+)\s*=\s*{name}\(", text, re.MULTILINE)
        if match:
            base = import_base(code, file)
            return factory, base, f"{module(file, base)}:{match[1]}"
    call = "()" if framework.interface == "wsgi" else ""
    base = import_base(code, factory.file)
    return factory, base, f"{module(factory.file, base)}:{name}{call}"


def _rank(file: str) -> int:
    names = ["wsgi.py", "asgi.py", "main.py", "app.py", "server.py", "application.py"]
    base = file.rpartition("/")[2]
    return names.index(base) if base in names else len(names)


def module(file: str, base: str = "") -> str:
    """Return a file's import path from a folder (``shop.main`` for ``src/shop/main.py`` from ``src``)."""
    inner = file.removeprefix(f"{base}/") if base else file
    return inner.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def import_base(code: Code, file: str) -> str:
    """Return the folder that a file's own imports count from: the one where most of them are found."""
    parts = file.split("/")[:-1]
    text = dict(code.files).get(file, "")
    names = {m[1] for m in _IMPORTS.finditer(text)}
    bases = ["/".join(parts[:n]) for n in range(len(parts) + 1)]
    folder = code.folder

    def found(base: str) -> int:
        head = f"{base}/" if base else ""
        return sum(folder.has(f"{head}{n}.py") or folder.has_folder(f"{head}{n}") for n in names)

    best = max(bases, key=found)
    if not found(best) and "src" in bases and not folder.has("src/__init__.py"):
        return "src"
    return best


def _serve(draft: Draft, needed: dict[str, Evidence], interface: str, app: str, base: str = "") -> None:
    """Set the start command of a WSGI or ASGI application, adding a server where none is required."""
    app = app or draft.facts.get("app", "")
    interface = draft.facts.get("interface", interface)
    server = next((s for s in SERVERS[interface] if s in needed and (interface, s) in STARTS), "")
    if interface == "asgi" and "fastapi[standard]" in needed:
        server = server or "uvicorn"
    if not server:
        server = SERVERS[interface][0]
        draft.fact("extra_packages", server)
        draft.recommendations.append(f"no production server is among the requirements: {server} is added")
    draft.kind = "web"
    draft.fact("interface", interface)
    draft.fact("app", app)
    draft.fact("server", server)
    port = draft.port or 8000
    if not draft.port:
        draft.listen(port, f"the one that {server} is told to use")
    quoted = f"'{app}'" if app.endswith("()") else app
    draft.start_command = STARTS[interface, server].format(app=quoted, port=port)
    if base:
        option = {"uvicorn": "--app-dir", "gunicorn": "--chdir"}.get(server, "--working-dir")
        draft.start_command += f" {option} {base}"
    if server == "uvicorn" and FACTORY.match(f"def {app.rpartition(':')[2]}("):
        draft.start_command += " --factory"


def _self_served(draft: Draft, folder: Folder, code: Code, framework: Framework) -> None:
    imports = re.compile(rf"^\s*(?:from|import)\s+{framework.packages[0]}\b", re.MULTILINE)
    users = [h.file for h in code.all(imports)]
    draft.entry = next((e for e in ENTRIES if e in users), users[0] if users else folder.first(*ENTRIES))
    draft.kind = framework.kind
    if not draft.entry:
        draft.deployable = False
        return
    draft.shows(Evidence(folder.where(draft.entry), 0, "main file"), 0.4)
    find_port(draft, code)
    if not draft.port:
        draft.listen(framework.port, f"default of {framework.name}")
    draft.start_command = framework.start.format(entry=draft.entry, port=draft.port)
    if framework.name == "streamlit":
        draft.health_path = "/_stcore/health"


def _worker(draft: Draft, folder: Folder, code: Code, needed: dict[str, Evidence]) -> bool:
    for package, command, pattern in WORKERS:
        if package not in needed:
            continue
        hit = code.find(pattern)
        if hit is not None:
            draft.kind, draft.framework, draft.entry = "worker", package, hit.file
            draft.start_command = command.format(module=module(hit.file), name=hit.match["name"])
            draft.shows(code.evidence(hit, f"{package} worker"), 0.5)
            return True
    return False


def _script(draft: Draft, folder: Folder, code: Code) -> bool:
    scripts = (
        table(folder.toml("pyproject.toml"), "project", "scripts") if folder.has("pyproject.toml") else {}
    )
    entry = next((e for e in ENTRIES if folder.has(e)), "")
    if not entry:
        guarded = [h.file for h in code.all(_MAIN) if "/" not in h.file]
        entry = guarded[0] if len(guarded) == 1 else ""
    serves, stays = code.find(_SERVES), code.find(_STAYS)
    draft.kind = "web" if serves else "worker" if stays else "cli"
    if entry:
        draft.entry = entry
        package = entry.endswith("/__main__.py")
        draft.start_command = f"python -m {module(entry[:-12])}" if package else f"python {entry}"
        draft.shows(Evidence(folder.where(entry), 0, "main file"), 0.4)
        if serves:
            draft.shows(code.evidence(serves, "serves HTTP"), 0.4)
        return True
    if scripts and "installable" in draft.facts:
        name = next(iter(scripts))
        draft.start_command = name
        draft.shows(folder.evidence("pyproject.toml", f"script {name}", name), 0.3)
        return True
    draft.deployable = False
    draft.doubt(Evidence(folder.shown, 0, "no main file"), 0.5)
    return False


FAMILY = Family("python", MANIFESTS, ENTRIES, describe)
