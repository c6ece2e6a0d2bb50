"""Go: modules; net/http and the frameworks upon it; which main package is the application."""

from __future__ import annotations

import re

from machete_tui.core.source import Evidence
from machete_tui.detection import backing
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family, finish, version
from machete_tui.detection.folder import Folder
from machete_tui.detection.naming import label

FRAMEWORKS: dict[str, tuple[str, int]] = {
    "github.com/gin-gonic/gin": ("gin", 8080),
    "github.com/labstack/echo": ("echo", 8080),
    "github.com/gofiber/fiber": ("fiber", 3000),
    "github.com/go-chi/chi": ("chi", 8080),
    "github.com/gorilla/mux": ("gorilla", 8080),
    "github.com/beego/beego": ("beego", 8080),
    "github.com/gobuffalo/buffalo": ("buffalo", 3000),
    "github.com/valyala/fasthttp": ("fasthttp", 8080),
}
"""Module (without its version suffix) -> (name, default port)."""

CGO = ("github.com/mattn/go-sqlite3", "github.com/h2non/bimg", "gopkg.in/gographics/imagick")
"""Modules that need a C compiler."""

ASSETS = (
    "templates",
    "views",
    "static",
    "public",
    "assets",
    "web",
    "migrations",
    "locales",
    "config",
    "configs",
)
"""Folders that a program may read at run time."""

MAINS = ("server", "api", "web", "app", "service", "http", "main")
"""Names of folders under cmd, the likeliest application first."""

_REQUIRE = re.compile(
    r"^\s*(?:require\s+)?([\w.-]+\.[\w./~-]+)\s+v\S+(?P<indirect>\s*//\s*indirect)?", re.MULTILINE
)
_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)
_VERSION = re.compile(r"^go\s+(\d+(?:\.\d+)+)", re.MULTILINE)
_MAIN = re.compile(r"^package main\b", re.MULTILINE)
_FUNC_MAIN = re.compile(r"^func main\(\)", re.MULTILINE)
_SERVES = re.compile(
    r"\bListenAndServe(?:TLS)?\(|http\.Serve\(|\.(?:Run|Listen|Start)\(\s*(?:\":|fmt\.|addr|port|\"0)"
)
_STAYS = re.compile(r"\bfor\s*\{|\btime\.(?:Tick|NewTicker)\(|\bselect\s*\{\s*\}|\.Consume\(")
_READS = re.compile(
    r"""(?:ParseFiles|ParseGlob|LoadHTMLGlob|LoadHTMLFiles|FileServer|http\.Dir|Static|StaticFS|ReadFile|Open)\([^\n]*?["'`](?:\./)?([\w-]+)/?"""
)


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a module, or of a folder with a lone main.go."""
    code = Code(folder, (".go",))
    has_module = folder.has("go.mod")
    if not has_module and not any("/" not in n for n in code.names):
        return None
    draft = Draft("go", folder.shown, package_manager="go" if has_module else "")
    text = folder.text("go.mod")
    if has_module:
        draft.shows(folder.evidence("go.mod", "manifest of Go"), 0.7)
        module = _MODULE.search(text)
        name = re.sub(r"/v\d+$", "", module[1]) if module else ""
        draft.fact("module", name)
        draft.suggested = name.rpartition("/")[2]
        draft.fact("sum", folder.has("go.sum"))
        draft.fact("vendor", folder.has_folder("vendor"))
    asked = _VERSION.search(text)
    version(draft, folder, [("go.mod", asked[1], asked[0])] if asked else [])
    if root is not None:
        draft.fact("context", root.shown)
        draft.fact("work", root.has("go.work"))
    _requirements(draft, folder, text)
    _main(draft, folder, code)
    default = next((p for n, p in FRAMEWORKS.values() if n == draft.framework), 8080)
    finish(draft, code, default)
    return draft


def _requirements(draft: Draft, folder: Folder, text: str) -> None:
    modules: list[tuple[str, Evidence]] = []
    for match in _REQUIRE.finditer(text):
        if not match["indirect"]:
            line = text.count("\n", 0, match.start(1)) + 1
            modules.append((match[1], Evidence(folder.where("go.mod"), line, f"requires {match[1]}")))
    for module, evidence in modules:
        base = re.sub(r"/v\d+$", "", module)
        if base in FRAMEWORKS and not draft.framework:
            draft.framework = FRAMEWORKS[base][0]
            draft.shows(evidence, 0.5)
        if base in CGO:
            draft.fact("cgo", True)
            draft.shows(evidence)
    backing.need_drivers(draft, modules)


def _main(draft: Draft, folder: Folder, code: Code) -> None:
    packages: dict[str, str] = {}
    for name, text in code.files:
        if _MAIN.search(text) and _FUNC_MAIN.search(text) and "//go:build ignore" not in text:
            packages.setdefault(name.rpartition("/")[0], name)
    if not packages:
        draft.deployable = False
        draft.kind = "cli"
        draft.doubt(Evidence(folder.shown, 0, "no package main: a library"), 0.4)
        return
    chosen = min(packages, key=lambda p: _rank(p, draft.suggested))
    draft.entry = packages[chosen]
    draft.shows(Evidence(folder.where(draft.entry), 0, f"package main in {chosen or 'the root'}"), 0.6)
    if len(packages) > 1 and chosen:
        others = ", ".join(sorted(p or "." for p in packages if p != chosen))
        draft.doubt(Evidence(folder.where(chosen), 0, f"other main packages: {others}"), 0.9)
    draft.fact("main", f"./{chosen}" if chosen else ".")
    binary = label(chosen.rpartition("/")[2] if chosen else draft.suggested, "app")
    draft.fact("binary", f"bin/{binary}")
    draft.start_command = f"./{binary}"
    flags = "-mod=vendor " if "vendor" in draft.facts else ""
    target = draft.facts["main"]
    if draft.package_manager == "" and not chosen:
        target = " ".join(n for n in code.names if "/" not in n)
    draft.build_command = f'go build {flags}-trimpath -ldflags="-s -w" -o bin/{binary} {target}'
    if code.find(re.compile(r'^import "C"$|^\s+"C"$', re.MULTILINE)):
        draft.fact("cgo", True)
    used = {m.match[1] for m in code.all(_READS)}
    draft.fact("assets", " ".join(a for a in ASSETS if a in used and folder.has_folder(a)))
    serves = code.find(_SERVES)
    if serves is not None or draft.framework:
        draft.kind = "web"
        if serves is not None:
            draft.shows(code.evidence(serves, "serves HTTP"), 0.4)
        draft.framework = draft.framework or "net/http"
    else:
        draft.kind = "worker" if code.find(_STAYS) else "cli"


def _rank(package: str, module: str) -> tuple[int, int, str]:
    if not package:
        return (0, 0, "")
    name = package.rpartition("/")[2]
    known = MAINS.index(name) if name in MAINS else -1 if name == module else len(MAINS)
    return (1 if package.startswith("cmd/") else 2, known, package)


FAMILY = Family("go", ("go.mod",), ("main.go",), describe)
