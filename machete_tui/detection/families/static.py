"""Static sites: plain files, and the generators Hugo, Jekyll, Eleventy and MkDocs."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family
from machete_tui.detection.families.node_manager import find_manager, run_script
from machete_tui.detection.folder import Folder, table, words
from machete_tui.detection.versions import DEFAULTS, choose

ROOTS = (".", "public", "site", "www", "html", "dist", "build", "docs", "src", "static", "htdocs", "_site")
"""Folders that may hold index.html, in order."""

HUGO = ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config.toml", "config.yaml", "config.yml")
ELEVENTY = (
    ".eleventy.js",
    "eleventy.config.js",
    "eleventy.config.mjs",
    "eleventy.config.cjs",
    "eleventy.config.ts",
)

_ELEVENTY_OUTPUT = re.compile(r"\boutput\s*:\s*[\"']([^\"']+)[\"']")
_SITE_DIR = re.compile(r"^site_dir:\s*(\S+)", re.MULTILINE)
_DESTINATION = re.compile(r"^destination:\s*(\S+)", re.MULTILINE)
_PUBLISH = re.compile(r"^\s*publishDir\s*[:=]\s*[\"']?([\w./-]+)", re.MULTILINE | re.IGNORECASE)


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the site of a folder with a generator's configuration, or with an index.html."""
    draft = Draft("static", folder.shown, kind="static")
    if not any(step(draft, folder) for step in (_hugo, _jekyll, _eleventy, _mkdocs, _plain)):
        return None
    draft.fact("generator", draft.framework)
    draft.listen(8080, "the static web server of the image")
    draft.health_path = "/"
    return draft


def _hugo(draft: Draft, folder: Folder) -> bool:
    name = folder.first(*HUGO)
    own = name.startswith("hugo.")
    if not name or not (own or folder.has_folder("content") or folder.has_folder("archetypes")):
        return False
    if not own and not re.search(r"baseURL|theme|languageCode", folder.text(name), re.IGNORECASE):
        return False
    draft.framework = "hugo"
    draft.shows(folder.evidence(name, "configuration of Hugo"), 0.9)
    if folder.has_folder("content"):
        draft.shows(Evidence(folder.where("content"), 0, "Hugo's content"), 0.3)
    published = _PUBLISH.search(folder.text(name))
    draft.output_dir = published[1].strip("\"'") if published else "public"
    draft.build_command = "hugo --minify"
    return True


def _jekyll(draft: Draft, folder: Folder) -> bool:
    gemfile = folder.text("Gemfile") if folder.has("Gemfile") else ""
    gem = re.search(r"gem\s+[\"'](jekyll|github-pages)[\"']", gemfile)
    if not folder.has("_config.yml") or not (
        gem or folder.has_folder("_posts") or folder.has_folder("_layouts")
    ):
        return False
    draft.framework = "jekyll"
    draft.shows(folder.evidence("_config.yml", "configuration of Jekyll"), 0.7)
    if gem:
        draft.package_manager = "bundler"
        draft.fact("lock", "Gemfile.lock" if folder.has("Gemfile.lock") else "")
        draft.shows(folder.evidence("Gemfile", f"gem {gem[1]}", gem[0]), 0.7)
    else:
        draft.fact("extra_packages", "jekyll")
    asked = folder.text(".ruby-version").strip() if folder.has(".ruby-version") else ""
    draft.runtime_version = choose("ruby", asked.removeprefix("ruby-")) or DEFAULTS["ruby"]
    found = _DESTINATION.search(folder.text("_config.yml"))
    draft.output_dir = found[1].strip("\"'./") if found else "_site"
    draft.build_command = "bundle exec jekyll build" if gem else "jekyll build"
    return True


def _eleventy(draft: Draft, folder: Folder) -> bool:
    pkg = folder.json("package.json") if folder.has("package.json") else {}
    deps = {**table(pkg, "dependencies"), **table(pkg, "devDependencies")}
    name = folder.first(*ELEVENTY)
    if not name and "@11ty/eleventy" not in deps:
        return False
    draft.framework = "eleventy"
    if name:
        draft.shows(folder.evidence(name, "configuration of Eleventy"), 0.7)
    if deps:
        draft.shows(folder.evidence("package.json", "depends on @11ty/eleventy", '"@11ty/eleventy"'), 0.8)
    find_manager(draft, folder, None)
    draft.suggested = words(pkg, "name").rpartition("/")[2]
    draft.runtime_version = choose("node", words(pkg, "engines", "node")) or DEFAULTS["node"]
    found = _ELEVENTY_OUTPUT.search(folder.text(name)) if name else None
    draft.output_dir = found[1].strip("./") if found else "_site"
    has_script = "build" in table(pkg, "scripts")
    draft.build_command = run_script(draft.package_manager, "build") if has_script else "eleventy"
    return True


def _mkdocs(draft: Draft, folder: Folder) -> bool:
    name = folder.first("mkdocs.yml", "mkdocs.yaml")
    if not name:
        return False
    text = folder.text(name)
    draft.framework = "mkdocs"
    draft.package_manager = "pip"
    draft.shows(folder.evidence(name, "configuration of MkDocs"), 0.9 if folder.has_folder("docs") else 0.6)
    if folder.first("pyproject.toml", "setup.py"):
        draft.doubt(folder.evidence(name, "documentation beside a Python project"), 0.6)
    listed = folder.first("requirements.txt", "docs/requirements.txt", "requirements-docs.txt")
    draft.fact("requirements", listed)
    if not re.search(r"^mkdocs", folder.text(listed) if listed else "", re.MULTILINE):
        material = re.search(r"name:\s*[\"']?material", text)
        draft.fact("extra_packages", "mkdocs-material" if material else "mkdocs")
    draft.runtime_version = DEFAULTS["python"]
    found = _SITE_DIR.search(text)
    draft.output_dir = found[1].strip("\"'./") if found else "site"
    draft.build_command = "mkdocs build"
    return True


def _plain(draft: Draft, folder: Folder) -> bool:
    named = ""
    if folder.has("Staticfile"):
        found = re.search(r"^root:\s*(\S+)", folder.text("Staticfile"), re.MULTILINE)
        named = found[1].strip("./") if found else "."
        draft.shows(folder.evidence("Staticfile", f"root {named}", "root:"), 0.8)
    places = (named,) if named else ROOTS
    for place in places:
        page = "index.html" if place == "." else f"{place}/index.html"
        if folder.has(page) or named:
            draft.shows(Evidence(folder.where(page), 0, "page of the site"), 0.75 if place == "." else 0.55)
            assets = folder.glob("*.css", "*.js", depth=2)
            if assets:
                draft.shows(Evidence(folder.where(assets[0]), 0, "styles or scripts beside it"), 0.2)
            draft.output_dir = place
            return True
    return False


_PAGES = tuple(f"{r}/index.html" for r in ROOTS[1:])

FAMILY = Family(
    "static",
    (
        *(n for n in HUGO if n.startswith("hugo.")),
        *ELEVENTY,
        "mkdocs.yml",
        "mkdocs.yaml",
        "_config.yml",
        "Staticfile",
    ),
    ("index.html", "package.json", "config.toml", "config.yaml", "config.yml", *_PAGES),
    describe,
)
