"""Names of environment variables that code reads, and which of them it cannot do without."""

from __future__ import annotations

import re

from machete_tui.core.frozen import dataclass
from machete_tui.core.secrets import is_secret
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.folder import Folder

EXAMPLES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "example.env",
    "sample.env",
)
"""Files that list the names for people."""

PROVIDED = frozenset(
    {
        *("PORT", "HOST", "HOSTNAME", "HOME", "PATH", "USER", "PWD", "SHELL", "LANG", "TZ", "TERM", "TMPDIR"),
        *("CI", "DEBUG", "NODE_ENV", "NODE_OPTIONS", "RAILS_ENV", "RACK_ENV", "APP_ENV", "GIN_MODE"),
        *("ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "PYTHONPATH", "FLASK_ENV"),
        *("FLASK_DEBUG", "DJANGO_SETTINGS_MODULE", "LOG_LEVEL", "NO_COLOR", "RUST_LOG", "TEST", "ENV"),
        *("RAILS_MAX_THREADS", "WEB_CONCURRENCY", "JAVA_OPTS", "JAVA_HOME", "BIND", "ADDRESS", "BASE_URL"),
    }
)
"""Names that the platform gives, or that are never needed: not asked for."""

NOISE = frozenset({"HOME", "PATH", "USER", "PWD", "SHELL", "LANG", "TERM", "TMPDIR", "CI", "NODE_OPTIONS"})
"""Names of the operating system: not even listed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a language reads a variable.

    Attributes:
        pattern: group ``name`` is the variable's name.
        default: looked for right behind the match; there it has a default or is only tested.
        before: looked for right before it, likewise; None for never.
        strict: whether reading it without a default makes it needed.
        hint: text that a file must have for the pattern to be tried.
    """

    pattern: re.Pattern[str]
    default: re.Pattern[str]
    before: re.Pattern[str] | None = None
    strict: bool = True
    hint: str = ""


_NAME = r"(?P<name>[A-Z][A-Z0-9_]+)"
_QUOTED = r"""["'](?P<name>[A-Za-z_][A-Za-z0-9_]*)["']"""
_JS_DEFAULT = re.compile(r"[\s)]*(\|\||\?\?|\?(?!\.)|[=!]==?|&&|\?\.)")
_JS_BEFORE = re.compile(r"(if\s*\(\s*|&&\s*|!!|typeof\s+|\|\|\s*|\?\?\s*|\bin\s+|delete\s+)$")
_NEVER = re.compile(r"(?!)")
_MORE = re.compile(r"\s*,")
_DEFAULT = re.compile(r"\s*,[^)]*\bdefault\s*=")

RULES: dict[str, tuple[Rule, ...]] = {
    "node": (
        Rule(re.compile(r"\b(?:process|Bun)\.env\." + _NAME), _JS_DEFAULT, _JS_BEFORE, hint=".env."),
        Rule(re.compile(rf"\bprocess\.env\[{_QUOTED}\]"), _JS_DEFAULT, _JS_BEFORE, hint=".env["),
        Rule(re.compile(rf"\bDeno\.env\.get\({_QUOTED}\)"), _JS_DEFAULT, _JS_BEFORE, hint="Deno.env"),
        Rule(
            re.compile(r"\bimport\.meta\.env\.(?P<name>(?:VITE|PUBLIC)_[A-Z0-9_]+)"),
            _JS_DEFAULT,
            None,
            False,
            ".meta.env",
        ),
    ),
    "python": (
        Rule(re.compile(rf"\benviron\[{_QUOTED}\](?!\s*=[^=])"), _NEVER, hint="environ["),
        Rule(re.compile(rf"\b(?:environ\.get|getenv)\(\s*{_QUOTED}"), _MORE, None, False),
        Rule(re.compile(rf"\b(?:config|env(?:\.(?:str|int|bool|list|url|db))?)\(\s*{_QUOTED}"), _DEFAULT),
    ),
    "go": (Rule(re.compile(rf"\bos\.(?:Getenv|LookupEnv)\({_QUOTED}\)"), _NEVER, None, False),),
    "ruby": (
        Rule(re.compile(rf"\bENV\.fetch\(?\s*{_QUOTED}"), re.compile(r"\s*(,|\)\s*(\{|do\b))")),
        Rule(re.compile(rf"\bENV\[{_QUOTED}\]"), _NEVER, None, False),
    ),
    "java": (
        Rule(re.compile(r'\bSystem\.getenv\("(?P<name>[A-Z][A-Z0-9_]*)"\)'), _NEVER, None, False),
        Rule(re.compile(r"\$\{(?P<name>[A-Z][A-Z0-9_]+)"), re.compile(r":")),
    ),
    "dotnet": (Rule(re.compile(r'\bGetEnvironmentVariable\("(?P<name>\w+)"\)'), _NEVER, None, False),),
    "rust": (
        Rule(
            re.compile(r'\benv::var\("(?P<name>\w+)"\)'),
            re.compile(r"\s*\.\s*(unwrap_or|ok\b|is_ok|or_else|map|unwrap_or_else|unwrap_or_default)"),
            re.compile(r"(if let|match)\b[^\n]*$"),
        ),
    ),
    "php": (
        Rule(re.compile(rf"\bgetenv\(\s*{_QUOTED}"), _NEVER, None, False),
        Rule(re.compile(rf"\$_ENV\[{_QUOTED}\]"), re.compile(r"\s*(\?\?|\?:)"), re.compile(r"isset\($")),
    ),
}
"""Stack -> its ways of reading a variable."""

_LIBRARY = re.compile(r"\b(decouple|environ|environs|starlette\.config)\b")
_DESTRUCTURED = re.compile(r"\{(?P<names>[^{}]{1,600})\}\s*=\s*process\.env\b")
_ASSIGNED = re.compile(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t]*$", re.MULTILINE
)


def read(draft: Draft, code: Code) -> None:
    """Fill in the draft's names: those the code reads, then those an example file lists."""
    found: dict[str, bool] = {}
    for index, rule in enumerate(RULES.get(draft.stack, ())):
        for _, text in code.files:
            if rule.hint not in text:
                continue
            if draft.stack == "python" and index == 2 and not _LIBRARY.search(text):
                continue
            for match in rule.pattern.finditer(text):
                variable = match["name"]
                found[variable] = found.get(variable, True) and not _is_optional(rule, text, match)
    if draft.stack == "node":
        for hit in code.all(_DESTRUCTURED, "process.env"):
            for part in hit.match["names"].split(","):
                variable = re.split(r"[:=]", part)[0].strip()
                if re.fullmatch(r"[A-Z][A-Z0-9_]+", variable):
                    found[variable] = found.get(variable, True) and "=" not in part
    for variable in example(code.folder):
        found.setdefault(variable, False)
    needed = [n for n, needed in found.items() if needed and n not in PROVIDED | NOISE]
    draft.required_env = list(dict.fromkeys([*draft.required_env, *needed]))
    draft.env = list(dict.fromkeys([*draft.required_env, *(n for n in found if n not in NOISE)]))


def _is_optional(rule: Rule, text: str, match: re.Match[str]) -> bool:
    if not rule.strict or rule.default.match(text, match.end()):
        return True
    if rule.before is None:
        return False
    head = text[max(0, match.start() - 80) : match.start()]
    return rule.before.search(head) is not None


def example(folder: Folder) -> dict[str, str]:
    """Return names and values of the example environment file, if there is one."""
    name = folder.first(*EXAMPLES)
    return assignments(folder.text(name)) if name else {}


def assignments(text: str) -> dict[str, str]:
    """Return the ``NAME=value`` lines of a text, quotes removed."""
    return {name: value.strip("\"'") for name, value in _ASSIGNED.findall(text)}


def committed_secrets(folder: Folder) -> list[str]:
    """Return names of secrets with a value in a ``.env`` that stands in the source."""
    if not folder.has(".env"):
        return []
    return [n for n, v in assignments(folder.text(".env")).items() if v and is_secret(n, v)]
