"""Ruby: bundler; Rails, Sinatra and the rest upon Rack, plain scripts."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection import backing, versions
from machete_tui.detection.backing import SCHEMES
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family, finish, version
from machete_tui.detection.families.node_manager import LOCKS
from machete_tui.detection.folder import Folder, words
from machete_tui.detection.ports import find_port

FRAMEWORKS: dict[str, tuple[str, int]] = {
    "rails": ("rails", 3000),
    "hanami": ("hanami", 2300),
    "sinatra": ("sinatra", 4567),
    "grape": ("grape", 9292),
    "roda": ("roda", 9292),
    "rack": ("rack", 9292),
}
"""Gem -> (name, default port), in order."""

SERVERS = ("puma", "falcon", "unicorn", "thin", "webrick")
"""Gems that serve Rack, in order."""

SYSTEM_PACKAGES: dict[str, tuple[str, ...]] = {
    "pg": ("libpq5", "libpq-dev", "gcc", "make"),
    "mysql2": ("libmariadb3", "libmariadb-dev", "gcc", "make"),
    "trilogy": ("gcc", "make"),
    "sqlite3": ("libsqlite3-0",),
    "nokogiri": ("libxml2", "libxslt1.1"),
    "image_processing": ("libvips42",),
    "ruby-vips": ("libvips42",),
    "mini_magick": ("imagemagick",),
    "execjs": ("nodejs",),
    "bootsnap": ("gcc", "make"),
    "puma": ("gcc", "make"),
    "bcrypt": ("gcc", "make"),
}
"""Gem -> Debian packages."""

ENTRIES = ("app.rb", "main.rb", "server.rb", "application.rb", "web.rb", "index.rb", "worker.rb", "bot.rb")
"""Usual names of the main file."""

_GEM = re.compile(r"^\s*gem\s*\(?\s*[\"']([\w-]+)[\"']", re.MULTILINE)
_LOCKED = re.compile(r"^    ([\w-]+) \(([^)]+)\)", re.MULTILINE)
_VERSION = re.compile(r"^\s*ruby\s*\(?\s*[\"']([^\"']+)[\"']", re.MULTILINE)
_LOCKED_VERSION = re.compile(r"RUBY VERSION\s+ruby (\d[\d.]*)")
_BUNDLED = re.compile(r"BUNDLED WITH\s+(\d[\d.]*)")
_ADAPTER = re.compile(r"^\s*adapter:\s*(?:<%=[^%]*?[\"'])?([a-z0-9]+)", re.MULTILINE)
_SERVES = re.compile(r"WEBrick|Rack::|TCPServer|require\s+[\"']sinatra[\"']")
_STAYS = re.compile(r"\bloop\s+(?:do|\{)|\bwhile\s+true\b|\.subscribe\b")


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a folder with a Gemfile, a config.ru or a main script."""
    if not folder.first("Gemfile", "config.ru", "gems.rb", *ENTRIES):
        return None
    draft = Draft("ruby", folder.shown)
    manifest = folder.first("Gemfile", "gems.rb")
    text = folder.text(manifest) if manifest else ""
    lock = folder.text("Gemfile.lock") if folder.has("Gemfile.lock") else ""
    if manifest:
        draft.package_manager = "bundler"
        draft.shows(folder.evidence(manifest, "manifest of Ruby"), 0.6)
    if lock:
        draft.fact("lock", "Gemfile.lock")
        bundled = _BUNDLED.search(lock)
        draft.fact("bundler_version", bundled[1] if bundled else "")
    gems = {
        m[1]: Evidence(folder.where(manifest), text.count("\n", 0, m.start(1)) + 1, f"gem {m[1]}")
        for m in _GEM.finditer(text)
    }
    locked = {m[1] for m in _LOCKED.finditer(lock)}
    _versions(draft, folder, manifest, text, lock)
    backing.need_drivers(draft, gems.items())
    draft.system_packages = list(
        dict.fromkeys(
            p for g in {*gems, *locked} & SYSTEM_PACKAGES.keys() for p in sorted(SYSTEM_PACKAGES[g])
        )
    )
    draft.system_packages.sort()
    code = Code(folder, (".rb", ".ru"))
    _application(draft, folder, gems, code)
    finish(draft, code, next((p for n, p in FRAMEWORKS.values() if n == draft.framework), 9292))
    return draft


def _application(draft: Draft, folder: Folder, gems: dict[str, Evidence], code: Code) -> None:
    framework = next((g for g in FRAMEWORKS if g in gems), "")
    rackup = "config.ru" if folder.has("config.ru") else ""
    if framework:
        draft.framework = FRAMEWORKS[framework][0]
        draft.shows(gems[framework], 0.6)
    if rackup:
        draft.fact("rackup", rackup)
        draft.shows(Evidence(folder.where(rackup), 0, "Rack application"), 0.5)
    if framework == "rails" and folder.has("config/application.rb"):
        _rails(draft, folder, gems)
        _serve(draft, folder, gems, code)
        return
    if rackup:
        draft.framework = draft.framework or "rack"
        _serve(draft, folder, gems, code)
        return
    entry = folder.first(*ENTRIES) or next((n for n in code.names if "/" not in n and n.endswith(".rb")), "")
    if not entry:
        draft.deployable = False
        draft.doubt(Evidence(folder.shown, 0, "nothing that starts it"), 0.5)
        return
    draft.entry = entry
    draft.shows(Evidence(folder.where(entry), 0, "main file"), 0.45)
    run = "bundle exec ruby" if draft.package_manager else "ruby"
    draft.start_command = f"{run} {entry}"
    serves = code.find(_SERVES)
    draft.kind = "web" if serves or framework else "worker" if code.find(_STAYS) else "cli"
    if framework == "sinatra":
        find_port(draft, code)
        if not draft.port:
            draft.listen(FRAMEWORKS["sinatra"][1], "default of sinatra")
        draft.start_command += f" -o 0.0.0.0 -p {draft.port}"


def _serve(draft: Draft, folder: Folder, gems: dict[str, Evidence], code: Code) -> None:
    server = next((s for s in SERVERS if s in gems), "")
    if not server:
        server = "puma"
        draft.fact("extra_packages", "puma")
        draft.recommendations.append("no production server is among the gems: puma is added")
    draft.fact("server", server)
    draft.kind = "web"
    find_port(draft, code)
    if not draft.port:
        draft.listen(FRAMEWORKS.get(draft.framework, ("", 9292))[1], f"default of {draft.framework}")
    port = draft.port
    if server == "puma":
        config = folder.first("config/puma.rb")
        draft.fact("puma_config", config)
        draft.start_command = (
            f"bundle exec puma -C {config}" if config else f"bundle exec puma -b tcp://0.0.0.0:{port}"
        )
        if config:
            draft.fact("port_env", "PORT" if "PORT" in folder.text(config) else "")
    elif server == "unicorn":
        draft.start_command = f"bundle exec unicorn -o 0.0.0.0 -p {port}"
    elif server == "falcon":
        draft.start_command = f"bundle exec falcon serve --bind http://0.0.0.0:{port}"
    else:
        draft.start_command = f"bundle exec rackup -s {server} -o 0.0.0.0 -p {port}"


def _rails(draft: Draft, folder: Folder, gems: dict[str, Evidence]) -> None:
    draft.shows(Evidence(folder.where("config/application.rb"), 0, "Rails application"), 0.6)
    draft.entry = "config.ru"
    draft.fact("bootsnap", "bootsnap" in gems)
    draft.required_env.append("SECRET_KEY_BASE")
    if {
        "sprockets-rails",
        "propshaft",
        "sassc-rails",
        "webpacker",
        "vite_rails",
        "tailwindcss-rails",
    } & gems.keys():
        draft.fact("assets", True)
        draft.build_command = "SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile"
    if folder.has("config/database.yml"):
        draft.fact("migrate", "bundle exec rails db:prepare")
        found = _ADAPTER.search(folder.text("config/database.yml"))
        if found and found[1] in SCHEMES:
            why = folder.evidence("config/database.yml", f"adapter {found[1]}", "adapter:")
            draft.needs(SCHEMES[found[1]], why)
        elif found and found[1] == "sqlite3":
            draft.recommendations.append(
                "the database is SQLite: give it a volume, or its data goes with the container"
            )
    if folder.has("package.json"):
        pkg = folder.json("package.json")
        draft.fact("node_lock", folder.first(*LOCKS))
        draft.fact(
            "node_version",
            versions.choose("node", words(pkg, "engines", "node")) or versions.DEFAULTS["node"],
        )


def _versions(draft: Draft, folder: Folder, manifest: str, text: str, lock: str) -> None:
    asked: list[tuple[str, str, str]] = []
    if folder.has(".ruby-version"):
        asked.append((".ruby-version", folder.text(".ruby-version").strip().removeprefix("ruby-"), ""))
    if folder.has(".tool-versions"):
        asked.append((".tool-versions", versions.tool_version(folder.text(".tool-versions"), "ruby"), ""))
    if found := _VERSION.search(text):
        asked.append((manifest, found[1], "ruby "))
    if found := _LOCKED_VERSION.search(lock):
        asked.append(("Gemfile.lock", found[1], "RUBY VERSION"))
    version(draft, folder, asked)


FAMILY = Family("ruby", ("Gemfile", "gems.rb", "config.ru"), ENTRIES, describe)
