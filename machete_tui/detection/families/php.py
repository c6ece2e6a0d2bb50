"""PHP: composer; Laravel, Symfony, Slim and plain files behind the image's web server."""

from __future__ import annotations

import re

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Evidence
from machete_tui.detection import backing, environment
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family, finish, version
from machete_tui.detection.families.node_manager import LOCKS, run_script
from machete_tui.detection.folder import Folder, table, words
from machete_tui.detection.versions import DEFAULTS, choose


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of PHP: the packages that mean it, its document root and what it writes to."""

    name: str
    packages: tuple[str, ...]
    docroot: str = "public"
    writable: str = ""
    extensions: tuple[str, ...] = ()
    health: str = ""
    migrate: str = ""


FRAMEWORKS: tuple[Framework, ...] = (
    Framework(
        "laravel",
        ("laravel/framework", "laravel/lumen-framework"),
        writable="storage bootstrap/cache",
        migrate="php artisan migrate --force",
    ),
    Framework(
        "symfony", ("symfony/framework-bundle", "symfony/symfony"), writable="var", extensions=("intl",)
    ),
    Framework("slim", ("slim/slim",)),
    Framework("codeigniter", ("codeigniter4/framework",), writable="writable", extensions=("intl",)),
    Framework("yii", ("yiisoft/yii2",), "web", "runtime web/assets"),
    Framework("cakephp", ("cakephp/cakephp",), "webroot", "tmp logs", ("intl",)),
    Framework("laminas", ("laminas/laminas-mvc", "mezzio/mezzio"), writable="data"),
)
"""In order: the first whose package is required is it."""

DOCROOTS = ("public", "web", "htdocs", "www", "public_html", "webroot")
"""Folders that hold index.php when it is not at the root."""

BUILT_IN = frozenset(
    {
        *("ctype", "curl", "date", "dom", "fileinfo", "filter", "ftp", "hash", "iconv", "json", "libxml"),
        *("mbstring", "openssl", "pcre", "pdo", "phar", "posix", "readline", "reflection", "session"),
        *("simplexml", "sodium", "spl", "sqlite3", "pdo_sqlite", "standard", "tokenizer", "xml", "xmlreader"),
        *("xmlwriter", "zlib"),
    }
)
"""Extensions that PHP's official images have."""

DRIVER_EXTENSIONS = {"postgres": "pdo_pgsql", "mysql": "pdo_mysql", "redis": "redis", "mongodb": "mongodb"}
"""Backing service -> extension that talks to it."""

_USES = {
    "mysql": re.compile(r"\bmysqli(?:_connect)?\(|[\"']mysql:host"),
    "postgres": re.compile(r"\bpg_connect\(|[\"']pgsql:host"),
}
_MYSQLI = re.compile(r"\bmysqli(?:_connect)?\(")
_HEALTH_FILES = ("health.php", "healthz.php", "status.php", "ping.php")


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a folder with composer.json or an index.php."""
    docroot = next(
        (d for d in DOCROOTS if folder.has(f"{d}/index.php")), "." if folder.has("index.php") else ""
    )
    if not folder.has("composer.json") and not docroot:
        return None
    draft = Draft("php", folder.shown, kind="web")
    data = folder.json("composer.json")
    if folder.has("composer.json"):
        draft.package_manager = "composer"
        draft.fact("composer", True)
        draft.fact("lock", "composer.lock" if folder.has("composer.lock") else "")
        draft.shows(folder.evidence("composer.json", "manifest of PHP"), 0.6)
        draft.suggested = words(data, "name").rpartition("/")[2]
        if folder.is_broken("composer.json"):
            draft.doubt(folder.evidence("composer.json", "could not be read"), 0.6)
    required = table(data, "require")
    version(draft, folder, _versions(folder, data))
    code = Code(folder, (".php",))
    framework = next((f for f in FRAMEWORKS if any(p in required for p in f.packages)), None)
    if framework is not None:
        package = next(p for p in framework.packages if p in required)
        draft.framework = framework.name
        draft.shows(folder.evidence("composer.json", f"requires {package}", f'"{package}"'), 0.7)
        draft.fact("writable", framework.writable)
        if folder.has("artisan") or framework.name != "laravel":
            draft.fact("migrate", framework.migrate)
        docroot = docroot or framework.docroot
    if not docroot:
        draft.deployable = False
        draft.doubt(folder.evidence("composer.json", "no index.php: a library"), 0.5)
    else:
        draft.fact("docroot", docroot)
        index = "index.php" if docroot == "." else f"{docroot}/index.php"
        draft.entry = index if folder.has(index) else ""
        if draft.entry:
            draft.shows(Evidence(folder.where(index), 0, "page that the web server shows"), 0.85)
        draft.fact("front_controller", framework is not None or _routes(code, index))
        draft.listen(8080, "the web server of the image")
    _backing(draft, folder, required, code)
    _extensions(draft, required, framework, code)
    _assets(draft, folder)
    finish(draft, code)
    health = next(
        (f for f in _HEALTH_FILES if docroot and folder.has(f if docroot == "." else f"{docroot}/{f}")), ""
    )
    draft.health_path = draft.health_path or (f"/{health}" if health else "")
    if draft.framework == "laravel":
        draft.required_env = sorted({*draft.required_env, "APP_KEY"})
        draft.env = list(dict.fromkeys([*draft.env, "APP_KEY"]))
    return draft


def _routes(code: Code, index: str) -> bool:
    return bool(re.search(r"REQUEST_URI|PATH_INFO", dict(code.files).get(index, "")))


def _versions(folder: Folder, data: dict[str, object]) -> list[tuple[str, str, str]]:
    asked = [("composer.json", words(data, "config", "platform", "php"), '"platform"')]
    if folder.has(".php-version"):
        asked.insert(0, (".php-version", folder.text(".php-version").strip(), ""))
    asked.append(("composer.json", words(data, "require", "php"), '"php"'))
    return asked


def _backing(draft: Draft, folder: Folder, required: dict[str, object], code: Code) -> None:
    backing.need_drivers(
        draft, ((p, folder.evidence("composer.json", f"requires {p}", f'"{p}"')) for p in required)
    )
    name = folder.first(*environment.EXAMPLES)
    values = environment.example(folder)
    connection = backing.SCHEMES.get(values.get("DB_CONNECTION", ""))
    if connection:
        draft.needs(
            connection, folder.evidence(name, f"DB_CONNECTION={values['DB_CONNECTION']}", "DB_CONNECTION=")
        )
    for variable in ("CACHE_STORE", "CACHE_DRIVER", "QUEUE_CONNECTION", "SESSION_DRIVER"):
        if values.get(variable) == "redis":
            draft.needs("redis", folder.evidence(name, f"{variable}=redis", f"{variable}="))
    if values.get("DB_CONNECTION") == "sqlite":
        draft.recommendations.append(
            "the database is SQLite: give it a volume, or its data goes with the container"
        )
    for kind, pattern in _USES.items():
        hit = code.find(pattern)
        if hit is not None:
            draft.needs("mysql" if kind == "mysql" else "postgres", code.evidence(hit, f"connects to {kind}"))


def _extensions(draft: Draft, required: dict[str, object], framework: Framework | None, code: Code) -> None:
    wanted = [p.removeprefix("ext-").lower() for p in required if p.startswith("ext-")]
    wanted += framework.extensions if framework is not None else ()
    wanted += [DRIVER_EXTENSIONS[k] for k in draft.drivers if k != "redis" or "predis/predis" not in required]
    if code.find(_MYSQLI) is not None:
        wanted.append("mysqli")
    draft.fact("extensions", " ".join(sorted({e for e in wanted if e not in BUILT_IN})))


def _assets(draft: Draft, folder: Folder) -> None:
    if not folder.has("package.json"):
        return
    pkg = folder.json("package.json")
    script = next((s for s in ("build", "production", "prod") if s in table(pkg, "scripts")), "")
    if not script:
        return
    lock = folder.first(*LOCKS)
    draft.fact("node_build", run_script(LOCKS.get(lock, "npm"), script))
    draft.fact("node_lock", lock)
    asked = folder.text(".nvmrc").strip() if folder.has(".nvmrc") else words(pkg, "engines", "node")
    draft.fact("node_version", choose("node", asked) or DEFAULTS["node"])
    draft.shows(folder.evidence("package.json", f"assets are built by script {script}", f'"{script}"'))


FAMILY = Family("php", ("composer.json",), ("index.php", *(f"{d}/index.php" for d in DOCROOTS)), describe)
