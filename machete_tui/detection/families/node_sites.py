"""Node: frameworks whose output decides between a served site and a running server."""

from __future__ import annotations

import posixpath
import re

from machete_tui.detection.draft import Draft
from machete_tui.detection.families.node_rules import LIBRARIES, Framework
from machete_tui.detection.folder import Folder, Table, table, words
from machete_tui.detection.routes import NAMES

_NEXT_OUTPUT = re.compile(r"""\boutput\s*:\s*["'](standalone|export)["']""")
_OUT_DIR = re.compile(r"""\b(?:outDir|buildDirectory|distDir|build\.outDir)["']?\s*:\s*["']([^"']+)["']""")
FILE_ROUTES: dict[str, tuple[tuple[str, str], ...]] = {
    "next": (
        ("app/api/{}/route", "/api/{}"),
        ("src/app/api/{}/route", "/api/{}"),
        ("app/{}/route", "/{}"),
        ("src/app/{}/route", "/{}"),
        ("pages/api/{}", "/api/{}"),
        ("src/pages/api/{}", "/api/{}"),
    ),
    "nuxt": (("server/api/{}", "/api/{}"), ("server/api/{}.get", "/api/{}"), ("server/routes/{}", "/{}")),
    "sveltekit": (("src/routes/{}/+server", "/{}"), ("src/routes/api/{}/+server", "/api/{}")),
    "astro": (("src/pages/{}", "/{}"), ("src/pages/api/{}", "/api/{}")),
    "remix": (("app/routes/{}", "/{}"), ("app/routes/resources.{}", "/resources/{}")),
    "react-router": (("app/routes/{}", "/{}"),),
}
"""Framework -> (file without its ending, the route that it makes)."""

_CONFIG_ENDINGS = ("js", "mjs", "ts", "cjs", "mts")


def config(folder: Folder, stem: str) -> str:
    """Return the name of a tool's configuration file (``next.config.mjs``), or an empty text."""
    return folder.first(*(f"{stem}.config.{ending}" for ending in _CONFIG_ENDINGS))


def file_route(folder: Folder, framework: str) -> str:
    """Return the health route that a file makes by its place, or an empty text."""
    for stem, route in FILE_ROUTES.get(framework, ()):
        for name in NAMES:
            if any(folder.has(f"{stem.format(name)}.{ending}") for ending in ("ts", "js", "tsx", "mjs")):
                return route.format(name)
    return ""


def settle(draft: Draft, folder: Folder, deps: Table, framework: Framework) -> None:
    """Set kind, output and start command of a framework that builds a site or a server."""
    draft.kind = framework.kind
    draft.output_dir = framework.output
    draft.start_command = framework.start
    special = _SPECIAL.get(framework.name)
    if special:
        special(draft, folder, deps)
    if draft.kind == "static":
        draft.start_command = ""
        draft.listen(8080, "the static web server of the image")
        draft.health_path = "/"
        name = config(folder, framework.name) or config(folder, "vite")
        found = _OUT_DIR.search(folder.text(name)) if name and framework.name != "next" else None
        if found:
            draft.output_dir = posixpath.normpath(found[1])
    else:
        draft.output_dir = ""


def _next(draft: Draft, folder: Folder, deps: Table) -> None:
    name = config(folder, "next")
    found = _NEXT_OUTPUT.search(folder.text(name)) if name else None
    if not found:
        return
    draft.fact("next_output", found[1])
    draft.shows(folder.evidence(name, f"output {found[1]}", found[0]))
    if found[1] == "export":
        draft.kind, draft.output_dir = "static", "out"


def _nuxt(draft: Draft, folder: Folder, deps: Table) -> None:
    draft.fact("output", ".output")


def _sveltekit(draft: Draft, folder: Folder, deps: Table) -> None:
    if "@sveltejs/adapter-static" in deps:
        draft.kind, draft.output_dir = "static", "build"
    elif "@sveltejs/adapter-node" not in deps:
        draft.doubt(folder.evidence("package.json", "no adapter that runs in a container", "@sveltejs/"), 0.7)
        draft.recommendations.append("SvelteKit without adapter-node builds nothing that a container can run")


def _astro(draft: Draft, folder: Folder, deps: Table) -> None:
    if "@astrojs/node" in deps:
        draft.kind = "web"


def _angular(draft: Draft, folder: Folder, deps: Table) -> None:
    workspace = folder.json("angular.json")
    projects = table(workspace, "projects")
    apps = [n for n, p in projects.items() if table(p).get("projectType", "application") == "application"]
    name = words(workspace, "defaultProject") or next(iter(apps), words(folder.json("package.json"), "name"))
    build = table(projects, name, "architect", "build") or table(projects, name, "targets", "build")
    options = table(build, "options")
    path = options.get("outputPath")
    by_browser = "application" in words(build, "builder").rpartition(":")[2]
    if isinstance(path, dict):
        base, browser = words(path, "base") or f"dist/{name}", words(path, "browser")
        draft.output_dir = posixpath.join(base, browser if "browser" in path else "browser")
    else:
        base = path if isinstance(path, str) else f"dist/{name}"
        draft.output_dir = f"{base}/browser" if by_browser else base
    draft.fact("spa", True)
    if "@angular/ssr" in deps and options.get("ssr") and options.get("outputMode") != "static":
        draft.kind = "web"
        draft.port = 0
        draft.start_command = f"node {base}/server/server.mjs"


_SPECIAL = {
    "next": _next,
    "nuxt": _nuxt,
    "sveltekit": _sveltekit,
    "astro": _astro,
    "angular": _angular,
}


def bundled(draft: Draft, folder: Folder, deps: Table, framework: Framework) -> bool:
    """Settle a bundled site; False when it is a library or there is no page to show."""
    pages = folder.first(
        "index.html", "public/index.html", "src/index.html", "app/index.html", "static/index.html"
    )
    if not pages:
        return False
    settle(draft, folder, deps, framework)
    draft.framework = next((lib for lib in LIBRARIES if lib in deps), framework.name).rpartition("/")[2]
    draft.fact("spa", True)
    draft.shows(folder.evidence(pages, "page of the site"), 0.4)
    return True
