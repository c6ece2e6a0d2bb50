"""The route that says whether a component is healthy, when its code defines one."""

from __future__ import annotations

import re

from machete_tui.core.frozen import dataclass
from machete_tui.detection.code import Code, Hit
from machete_tui.detection.draft import Draft

NAMES = (
    *("healthz", "health", "health-check", "healthcheck", "health_check", "_health", "livez", "readyz"),
    *("live", "ready", "up", "alive", "heartbeat", "ping", "status"),
)
"""Last part of a health route, the surest first."""

_ANY = re.compile(rf"[\"'`/^](?:{'|'.join(NAMES)})/?\$?[\"'`]")

_PATH = rf"""["'`](?:GET )?(?P<path>/(?:[\w-]+/){{0,2}}(?:{"|".join(NAMES)})/?)["'`]"""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a framework defines a route.

    Attributes:
        pattern: group ``path`` is the route.
        spoiled_by: where the code has this, routes may stand under a prefix that is not known here, and
            the rule says nothing.
        file: only in files whose path ends so.
    """

    pattern: re.Pattern[str]
    spoiled_by: re.Pattern[str] | None = None
    file: str = ""


def _rule(head: str, spoiled_by: str = "", file: str = "", path: str = _PATH) -> Rule:
    return Rule(
        re.compile(head + path, re.MULTILINE),
        re.compile(spoiled_by, re.MULTILINE) if spoiled_by else None,
        file,
    )


_BARE = rf"""["']\^?(?P<path>(?:[\w-]+/){{0,2}}(?:{"|".join(NAMES)})/?)\$?["']"""
_COMPARED = _rule(r"(?:===?|\bcase|\bwhen|->is\(|\.starts_?[wW]ith\()\s*")

RULES: dict[str, tuple[Rule, ...]] = {
    "node": (
        _rule(r"\b(?:app|server|fastify|api|instance|polka)\.(?:get|all|use|route)\(\s*"),
        _rule(r"\brouter\.(?:get|all)\(\s*", r"\.use\(\s*[\"'`]/\w|prefix\s*[:(]|basePath\("),
        _rule(r"\burl:\s*", r"prefix\s*[:(]"),
        _rule(r"@Get\(\s*", r"setGlobalPrefix\(|@Controller\(\s*[\"'`{]"),
        _rule(r"@Controller\(\s*", r"setGlobalPrefix\(", path=_BARE),
        _rule(r"new Elysia\(\)[^;]{0,400}?\.get\(\s*"),
        _COMPARED,
    ),
    "python": (
        _rule(r"@app\.(?:route|get|api_route)\(\s*"),
        _rule(r"@\w+\.(?:route|get)\(\s*", r"prefix\s*="),
        _rule(r"\bRoute\(\s*"),
        _rule(r"\badd_(?:url_rule|api_route|route|get)\(\s*"),
        _rule(r"\b(?:re_)?path\(\s*r?", file="urls.py", path=_BARE),
        _COMPARED,
    ),
    "php": (
        _rule(r"\bhealth:\s*"),
        _rule(r"\$app->(?:get|any|map)\(\s*(?:\[[^\]]*\],\s*)?"),
        _rule(r"\bRoute::(?:get|any)\(\s*", r"->prefix\(", file="web.php"),
        _rule(r"#\[Route\(\s*(?:path:\s*)?", r"prefix:"),
        _COMPARED,
    ),
    "go": (
        _rule(r"\b(?:http|mux|r|e|app|router|srv|server|engine)\.(?:HandleFunc|Handle|Get|GET|Any|All)\(\s*"),
        _rule(r"\.(?:HandleFunc|Handle|Get|GET)\(\s*", r"\.(?:Group|Route|PathPrefix|Mount)\(\s*\""),
        _COMPARED,
    ),
    "ruby": (
        _rule(r"^\s*(?:get|match)\s*\(?\s*", r"^\s*(?:namespace|scope)\b"),
        _rule(r"^\s*get\s*\(?\s*", r"^\s*(?:namespace|scope)\b", file="routes.rb", path=_BARE),
        _COMPARED,
    ),
    "java": (
        _rule(r"@(?:GetMapping|RequestMapping|Get|Path)\(\s*(?:(?:value|path)\s*=\s*)?\{?\s*"),
        _rule(r"\bcreateContext\(\s*"),
        _rule(r"\b(?:app|router|server)\.get\(\s*"),
        _COMPARED,
    ),
    "dotnet": (
        _rule(r"\bMap(?:Get|HealthChecks|Methods)?\(\s*"),
        _rule(r"\bUseHealthChecks\(\s*"),
        _rule(r"\[(?:HttpGet|Route)\(\s*", r"\[Route\(\"api"),
    ),
    "rust": (
        _rule(r"\.route\(\s*", r"\.nest\(\s*\"|web::scope\(\s*\""),
        _rule(r"#\[(?:get|route)\(\s*", r"web::scope\(\s*\"|\.mount\(\s*\"/\w"),
        _rule(r"\.at\(\s*"),
        _COMPARED,
    ),
}
"""Stack -> its ways of defining one, the surest first."""

_CLASS_PREFIX = re.compile(
    r'@(?:RequestMapping|Path|Controller)\(\s*(?:value\s*=\s*|path\s*=\s*)?"(/?[\w/-]+)"\s*\)'
)


def find_health(draft: Draft, code: Code) -> None:
    """Set the draft's health path to the surest health route of its code; leave it when there is none."""
    best: tuple[int, int, Hit, str] | None = None
    likely = code.where(_ANY)
    for order, rule in enumerate(RULES.get(draft.stack, ())):
        for hit in likely.all(rule.pattern):
            if rule.file and not hit.file.endswith(rule.file):
                continue
            path = "/" + hit.match["path"].lstrip("/")
            if draft.stack == "java":
                path = _with_class_prefix(code, hit, path)
            place = NAMES.index(path.strip("/").rsplit("/", 1)[-1])
            if (best is None or (order, place) < best[:2]) and not _is_spoiled(rule, code):
                best = (order, place, hit, path)
        if best is not None:
            break
    if best is not None:
        _, _, hit, path = best
        draft.health_path = path
        draft.shows(code.evidence(hit, f"health route {path}"), 0.1)


def _is_spoiled(rule: Rule, code: Code) -> bool:
    return rule.spoiled_by is not None and code.find(rule.spoiled_by) is not None


def _with_class_prefix(code: Code, hit: Hit, path: str) -> str:
    text = dict(code.files).get(hit.file, "")
    prefix = _CLASS_PREFIX.search(text, 0, hit.match.start())
    declared = text.find(" class ")
    if prefix and prefix.start() < declared < hit.match.start() and path != f"/{prefix[1].strip('/')}":
        return f"/{prefix[1].strip('/')}{path}"
    return path
