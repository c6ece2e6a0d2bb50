"""How serious a line is, read from the line itself: plain text, logfmt, JSON, what frameworks print.

Only the head of a line counts: the word ``error`` in the message of an INFO line is not an error. Lines of
a stack trace have no level of their own and inherit that of the line before them.
"""

from __future__ import annotations

import re

from machete_tui.logs.json_levels import of_json
from machete_tui.logs.level_words import (
    DEBUG,
    ERROR,
    FATAL,
    INFO,
    MORE,
    NAMES,
    NONE,
    TRACE,
    WARN,
    WORDS,
    numbered,
)

__all__ = ["DEBUG", "ERROR", "FATAL", "INFO", "MORE", "NAMES", "NONE", "TRACE", "WARN", "inherit", "own"]

_HEAD = 160  # characters in which a level may stand
_JSON = 1 << 16
_UPPER = re.compile(
    r"TRACE|DEBUG\d?|DBG|INFORMATION|INFO|INF|NOTICE|WARNING|WARN|WRN|ERROR|ERR|SEVERE|FATAL|FTL|CRITICAL"
    r"|CRIT|PANIC|EMERGENCY|EMERG|ALERT|VERBOSE|VRB|LOG|FINEST|FINER|FINE|CONFIG"
)
_BRACKET = re.compile(
    r"[\[<](?:[\w.-]+:)?(trace|debug|info|information|note|notice|warn|warning|error|err|severe|fatal|critical|crit"
    r"|panic|emerg|emergency|alert|system) *[\]>]",
    re.IGNORECASE,
)
_LOGFMT = re.compile(r'(?:^|[\s{,])(?:level|lvl|severity|loglevel|log\.level)=(["\']?)(\w+)')
_FIRST = re.compile(
    r"(trce|trace|dbug|debug|verbose|info|information|notice|log|warn|warning|deprecated|error|err|fail"
    r"|failure|fatal|crit|critical|panic|fatal error|fatal exception|alert|emerg)(?::|!| - | {2,}|$)",
    re.IGNORECASE,
)
_THROWN = re.compile(
    r"(?:[A-Za-z_$][\w$]*(?:\.|::))*[A-Z][\w$]*(?:Error|Exception|Fault)(?: \[\w+\])?(?::|$)"
    r"|Exception in thread|Unhandled (?:promise )?(?:rejection|exception)|Uncaught |Traceback \(most recent"
    r"|\*\* \(\w+(?:Error|Exception)?\)|PHP Parse error"
)
_ENDED = re.compile(
    r"panic: |fatal error: |thread '[^']*' panicked|thread caused non-unwinding|Segmentation fault"
    r"|PHP Fatal error|FATAL EXCEPTION|runtime: out of memory|Killed$"
)
_MORE = re.compile(
    r"[ \t]|$|at [\w.$<>]+[(. ]|Caused by: |\.\.\. \d+ more|Suppressed: |goroutine \d+ \[|created by "
    r"|stack backtrace:|note: run with|During handling of the above|The above exception was"
    r"|from /?[\w./-]+:\d+:in|[)\]}]+[;,]?$|\^+$|(?:\S+ )*(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION): "
)
_KLOG = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d")
_RUBY = re.compile(r"([DIWEFA]), \[\d{4}-")
_REDIS = re.compile(r"\d+:[XCSM] \d\d \w{3} (?:\d{4} )?\d\d:\d\d:\d\d\.\d{3} ([.*#-]) ")
_SYSLOG = re.compile(r"<(\d{1,3})>")
_ACCESS = re.compile(r'HTTP/\d(?:\.\d)?" ([1-5])\d\d(?: |$)')
_PHP = re.compile(r"(?:PHP )?(Notice|Warning|Deprecated|Fatal error|Parse error):  ")
_NPM = re.compile(r"npm (ERR!|error|WARN|warn|notice|info|verb)\b")
_DATE = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.I
)
_TOKEN = re.compile(r"\S+")
_LETTERS = {"I": INFO, "W": WARN, "E": ERROR, "F": FATAL, "D": DEBUG, "A": INFO}
_SIGNS = {".": DEBUG, "-": DEBUG, "*": INFO, "#": WARN}
_ACCESSED = {"1": INFO, "2": INFO, "3": INFO, "4": WARN, "5": ERROR}


def own(text: str) -> int:
    """Return the level that a line says itself; MORE for one that goes on from the line before."""
    head = text[:_HEAD] if len(text) > _HEAD else text
    stripped = head.lstrip("\ufeff")
    first = stripped[:1]
    if first == "{" or (first == "[" and stripped[1:2] == "{"):
        return of_json(text[:_JSON].lstrip("\ufeff"))
    if first == "<" and (match := _SYSLOG.match(head)):
        return numbered(int(match[1]) & 7)
    if first.isdigit() and (match := _REDIS.match(head)):
        return _SIGNS[match[1]]
    if first in _LETTERS and (match := _KLOG.match(head) or _RUBY.match(head)):
        return _LETTERS[match[1]]
    if "=" in head and (match := _LOGFMT.search(head)) and not head.count('"', 0, match.start()) % 2:
        found = numbered(int(match[2])) if match[2].isdigit() else WORDS.get(match[2].lower(), NONE)
        if found:
            return found
    return _plain(head)


def inherit(level: int, before: int) -> int:
    """Return the level of a line in its place: what goes on has that of the line before."""
    return before if level == MORE else level


def _plain(head: str) -> int:
    if match := _FIRST.match(head):
        return WORDS[match[1].lower()]
    if match := _PHP.match(head):
        return WORDS[match[1].lower()]
    if match := _NPM.match(head):
        return WORDS[match[1].lower().rstrip("!")]
    candidates = [m for m in (_upper(head), _bracket(head)) if m is not None]
    if candidates:
        return min(candidates)[1]
    if _ENDED.match(head):
        return FATAL
    if _THROWN.match(head):
        return ERROR
    if _MORE.match(head):
        return MORE
    if match := _ACCESS.search(head):
        return _ACCESSED[match[1]]
    return NONE


def _upper(head: str) -> tuple[int, int] | None:
    """Return (where, level) of a word in capitals that stands before the message."""
    for match in _UPPER.finditer(head):
        start, end = match.span()
        before = head[start - 1] if start else " "
        after = head[end] if end < len(head) else " "
        if before.isalnum() or before in "_-/=" or after.isalnum() or after in "_-=":
            continue
        if not _is_head(head[:start]):
            return None
        return start, WORDS[match[0].rstrip("12345").lower()]
    return None


def _bracket(head: str) -> tuple[int, int] | None:
    match = _BRACKET.search(head)
    if match is None or not _is_head(head[: match.start()]):
        return None
    return match.start(), WORDS[match[1].lower()]


def _is_head(before: str) -> bool:
    """Return whether what stands before a level is a head: times, names, brackets, at most one word."""
    if '"' in before:
        return False
    words = depth = 0
    for token in _TOKEN.findall(before):
        plain = depth == 0 and token.isalpha() and not token.isupper() and not _DATE.fullmatch(token)
        words += plain
        depth += token.count("[") + token.count("(") - token.count("]") - token.count(")")
        depth = max(depth, 0)
        if depth == 0 and token.endswith(":") and token[:-1].isalpha() and token[:1].islower():
            words += 1
    return words <= 1
