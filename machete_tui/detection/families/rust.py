"""Rust: cargo; Actix, Axum, Rocket, Warp, plain programs."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection import backing
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family, finish, version
from machete_tui.detection.folder import Folder, items, table, words

FRAMEWORKS: dict[str, tuple[str, int]] = {
    "actix-web": ("actix-web", 8080),
    "axum": ("axum", 3000),
    "rocket": ("rocket", 8000),
    "warp": ("warp", 3030),
    "poem": ("poem", 3000),
    "salvo": ("salvo", 5800),
    "tide": ("tide", 8080),
    "hyper": ("hyper", 3000),
}
"""Crate -> (name, default port), in order."""

SYSTEM_PACKAGES: dict[str, tuple[str, ...]] = {
    "openssl": ("libssl3", "libssl-dev", "pkg-config"),
    "openssl-sys": ("libssl3", "libssl-dev", "pkg-config"),
    "native-tls": ("libssl3", "libssl-dev", "pkg-config"),
    "reqwest": ("ca-certificates",),
    "diesel": ("libpq5", "libpq-dev"),
    "rdkafka": ("cmake", "g++"),
}
"""Crate -> Debian packages."""

ASSETS = ("templates", "static", "assets", "public", "migrations", "config")
"""Folders that a program may read at run time."""

_SERVES = re.compile(
    r"\bTcpListener::bind|HttpServer::new|Server::bind|axum::serve|rocket::build|warp::serve|tiny_http"
)
_STAYS = re.compile(r"\bloop\s*\{")
_CHANNEL = re.compile(r"channel\s*=\s*\"([^\"]+)\"")
_ROCKET_ADDRESS = re.compile(r"^address\s*=\s*\"([^\"]+)\"", re.MULTILINE)


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a folder with Cargo.toml."""
    if not folder.has("Cargo.toml"):
        return None
    data = folder.toml("Cargo.toml")
    draft = Draft("rust", folder.shown, package_manager="cargo")
    draft.shows(folder.evidence("Cargo.toml", "manifest of Rust"), 0.7)
    if folder.is_broken("Cargo.toml"):
        draft.doubt(folder.evidence("Cargo.toml", "could not be read"), 0.6)
    home = root or folder
    draft.suggested = words(data, "package", "name")
    draft.fact("package", draft.suggested)
    draft.fact("lock", "Cargo.lock" if home.has("Cargo.lock") else "")
    if root is not None:
        draft.fact("context", root.shown)
        draft.fact("workspace", draft.suggested)
    _toolchain(draft, folder, home, data)
    deps = (
        {**table(data, "workspace", "dependencies"), **table(data, "dependencies")}
        if not root
        else table(data, "dependencies")
    )
    code = Code(folder, (".rs", "Rocket.toml"))
    for crate, (name, _) in FRAMEWORKS.items():
        if crate in deps:
            draft.framework = name
            draft.shows(folder.evidence("Cargo.toml", f"depends on {crate}", crate), 0.5)
            break
    backing.need_drivers(draft, ((c, folder.evidence("Cargo.toml", f"depends on {c}", c)) for c in deps))
    _features(draft, folder, deps)
    draft.system_packages = list(dict.fromkeys(p for c in deps for p in SYSTEM_PACKAGES.get(c, ())))
    if "diesel" in deps and "postgres" not in draft.drivers:
        draft.system_packages = [p for p in draft.system_packages if not p.startswith("libpq")]
    _binary(draft, folder, data, root)
    serves = code.find(_SERVES)
    if serves is not None or draft.framework:
        draft.kind = "web"
        if serves is not None:
            draft.shows(code.evidence(serves, "serves HTTP"), 0.4)
    else:
        draft.kind = "worker" if code.find(_STAYS) else "cli"
    draft.fact("assets", " ".join(a for a in ASSETS if folder.has_folder(a)))
    default = next((p for n, p in FRAMEWORKS.values() if n == draft.framework), 8080)
    finish(draft, code, default)
    if draft.framework == "rocket":
        draft.fact("port_env", "ROCKET_PORT")
        address = _ROCKET_ADDRESS.search(folder.text("Rocket.toml"))
        draft.fact("bind", "" if address and address[1] == "0.0.0.0" else "loopback")
    return draft


def _toolchain(draft: Draft, folder: Folder, home: Folder, data: dict[str, object]) -> None:
    file = home.first("rust-toolchain.toml", "rust-toolchain")
    asked = []
    if file:
        draft.fact("toolchain_file", file)
        text = home.text(file)
        channel = _CHANNEL.search(text)
        named = channel[1] if channel else text.strip()
        asked.append((file, named if re.match(r"\d", named) else "", named))
    usable = [a for a in asked if a[1]]
    version(draft, home, [])
    if usable:
        parts = usable[0][1].split(".")
        draft.runtime_version = ".".join(parts[:2])
        draft.shows(home.evidence(file, f"toolchain {usable[0][1]}", usable[0][1]), 0.05)


def _features(draft: Draft, folder: Folder, deps: dict[str, object]) -> None:
    for crate in ("sqlx", "diesel", "sea-orm"):
        text = " ".join(str(f) for f in items(deps, crate, "features"))
        for mark, kind in (("postgres", "postgres"), ("mysql", "mysql")):
            if mark in text:
                why = folder.evidence("Cargo.toml", f"{crate} with {mark}", crate)
                draft.needs("postgres" if kind == "postgres" else "mysql", why)


def _binary(draft: Draft, folder: Folder, data: dict[str, object], root: Folder | None) -> None:
    listed = [b for b in items(data, "bin") if isinstance(b, dict)]
    found = {words(b, "name"): words(b, "path") for b in listed if words(b, "name")}
    if folder.has("src/main.rs"):
        found.setdefault(draft.suggested, "src/main.rs")
    for path in folder.glob("src/bin/*.rs", "src/bin/*/main.rs"):
        name = path.removeprefix("src/bin/").removesuffix("/main.rs").removesuffix(".rs")
        found.setdefault(name, path)
    if not found:
        draft.deployable = False
        draft.kind = "cli"
        draft.doubt(folder.evidence("Cargo.toml", "no binary: a library or a workspace"), 0.4)
        return
    default = words(data, "package", "default-run")
    name = next((n for n in (default, draft.suggested, "server", "api", "app", *found) if n in found), "")
    draft.entry = found[name] or "src/main.rs"
    draft.shows(Evidence(folder.where(draft.entry), 0, f"binary {name}"), 0.6)
    if len(found) > 1 and not default:
        others = ", ".join(sorted(n for n in found if n != name))
        draft.doubt(folder.evidence("Cargo.toml", f"other binaries: {others}"), 0.9)
    locked = " --locked" if "lock" in draft.facts else ""
    member = f" -p {draft.suggested}" if root is not None else ""
    draft.build_command = f"cargo build --release{locked}{member} --bin {name}"
    draft.fact("binary", f"target/release/{name}")
    draft.start_command = f"./{name}"


FAMILY = Family("rust", ("Cargo.toml",), (), describe)
