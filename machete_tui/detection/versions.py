"""Which version of a runtime a source asks for, out of the ways in which ecosystems write it."""

from __future__ import annotations

import re

DEFAULTS: dict[str, str] = {
    "node": "22",
    "python": "3.13",
    "php": "8.4",
    "go": "1.24",
    "ruby": "3.3",
    "java": "21",
    "dotnet": "10.0",
    "rust": "1",
}
"""Taken when a source says nothing, or something that cannot be read: supported by its maker in 2026."""

KNOWN: dict[str, tuple[str, ...]] = {
    "node": ("14", "16", "18", "20", "22", "24", "26"),
    "python": ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"),
    "php": ("7.4", "8.0", "8.1", "8.2", "8.3", "8.4", "8.5"),
    "ruby": ("2.7", "3.0", "3.1", "3.2", "3.3", "3.4"),
}
"""What a range may be resolved to, oldest first."""

NODE_CODENAMES: dict[str, str] = {
    "fermium": "14",
    "gallium": "16",
    "hydrogen": "18",
    "iron": "20",
    "jod": "22",
    "krypton": "24",
}
"""Names of Node's long-term releases, as ``lts/NAME`` has them."""

_Version = tuple[int, ...]
_PART = re.compile(r"(>=|<=|===?|!=|~=|~>|>|<|\^|~|=)?\s*v?(\d+(?:\.(?:\d+|[xX*]))*)")
_HYPHEN = re.compile(r"v?(\d[\d.]*)\s+-\s+v?(\d[\d.]*)")


def choose(stack: str, asked: str) -> str:
    """Return the version to use for a version or range as written; empty when it says nothing usable.

    A range takes the default where it may, else the known version in it that is nearest to the
    default. An exact version keeps as many parts as the runtime's images have (``20.11.1`` -> ``20``,
    ``3.12.4`` -> ``3.12``).
    """
    text = asked.strip().strip("\"'").split("#")[0].strip()
    if stack == "node" and text.startswith("lts/"):
        return NODE_CODENAMES.get(text[4:].lower(), DEFAULTS["node"] if text == "lts/*" else "")
    if not re.search(r"\d", text):
        return ""
    exact = re.fullmatch(r"[a-zA-Z-]*v?(\d+(?:\.\d+)*)(?:\.[xX*])*(?:-?p\d+)?", text)
    parts = len(DEFAULTS.get(stack, "1").split("."))
    if exact:
        numbers = exact[1].split(".")
        if len(numbers) >= parts or stack not in KNOWN:
            return ".".join(numbers[:parts])
    candidates = [_numbers(v) for v in KNOWN.get(stack, ())]
    alternatives = [_comparators(a) for a in re.split(r"\|\|?", text)]
    fitting = [c for c in candidates if any(a and _fits(c, a) for a in alternatives)]
    default = _numbers(DEFAULTS.get(stack, "0"))
    if default in fitting:
        return DEFAULTS[stack]
    if fitting:
        nearest = max((c for c in fitting if c < default), default=fitting[0])
        return ".".join(str(n) for n in nearest)
    first = _PART.search(text)
    return ".".join(first[2].split(".")[:parts]) if first and not candidates else ""


def _numbers(text: str) -> _Version:
    return tuple(int(p) for p in text.split(".") if p.isdecimal())


def _comparators(text: str) -> list[tuple[str, _Version]]:
    text = _HYPHEN.sub(r">=\1 <=\2", text)
    return [(sign or "=", _numbers(version)) for sign, version in _PART.findall(text)]


def _fits(candidate: _Version, comparators: list[tuple[str, _Version]]) -> bool:
    return all(_one(candidate, sign, wanted) for sign, wanted in comparators)


def _one(candidate: _Version, sign: str, wanted: _Version) -> bool:
    size = len(candidate)
    short = wanted[:size]
    if sign == "!=":
        return True
    if sign == ">":
        return candidate[: len(short)] > short or (candidate[: len(short)] == short and len(wanted) > size)
    if sign == ">=":
        return candidate >= short
    if sign == "<":
        return candidate < short or (candidate == short and any(wanted[size:]))
    if sign == "<=":
        return candidate[: len(short)] <= short
    if sign == "^" or (sign in {"~=", "~>"} and len(wanted) == 2):
        return candidate >= short and candidate[0] == wanted[0]
    if sign == "~" and size == 2 and len(wanted) == 2:
        return candidate == short
    return candidate[: len(short)] == short


def tool_version(text: str, *tools: str) -> str:
    """Return the version that an asdf or mise ``.tool-versions`` text gives for one of the tools."""
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if len(words) >= 2 and words[0] in tools:
            return words[1]
    return ""
