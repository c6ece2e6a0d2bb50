r"""`.env` files: written so that every compose reads the same value back, read as people write them.

Writing follows what all parsers of compose 2 have in common (compose-go ``dotenv/parser.go``, v1.4 to v3):
single quotes are taken as they stand unless a quote or a final backslash is in the value; double quotes know
``\"``, ``\$``, ``\r`` and octal escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from machete_tui.core.errors import InvalidInput

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
"""A name that compose can refer to as ``${NAME}``."""

_KEY = re.compile(r"(?:export[ \t]+)?(?P<name>[^\s=#'\"]+)[ \t]*=[ \t]*")
_READABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=\-]+\Z")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'"}
_ESCAPE = re.compile(r"\\(0[0-7]{1,3}|.)", re.DOTALL)


def dump(pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """Return the text of a `.env` file that compose and :func:`parse` read back to the same values.

    Raises:
        InvalidInput: for a name that is none, or a value with a NUL character.
    """
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return "".join(f"{_checked(name)}={_quoted(name, value)}\n" for name, value in items)


def parse(text: str, *, field: str = "") -> dict[str, str]:
    """Read a `.env` file: comments, ``export``, both quotes, values over several lines in quotes.

    ``$`` is an ordinary character: nothing is interpolated. The last of two lines for one name wins.

    Args:
        text: of the file, or what was pasted.
        field: the input at fault when a line is bad (``--env-file``).

    Raises:
        InvalidInput: for a line that is none, with its number; its value is never repeated.
    """
    return {name: value for name, value, _ in _entries(text, field)}


def parse_as_compose(text: str, fill: Callable[[str, Mapping[str, str]], str]) -> dict[str, str]:
    """Read a source's own `.env` as compose does: variables are filled in, but for single quotes.

    Args:
        text: of the file.
        fill: fills the variables of a value in, given the names before it; ``$$`` is a dollar to it.

    Raises:
        InvalidInput: as :func:`parse`.
    """
    found: dict[str, str] = {}
    for name, value, quote in _entries(text, "", dollar="$$"):
        found[name] = value if quote == "'" else fill(value, found)
    return found


def _entries(text: str, field: str, dollar: str = "$") -> Iterator[tuple[str, str, str]]:
    """Yield name, value and quote of each line; ``dollar`` is what an escaped dollar becomes."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    at = 0
    line = 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        stripped = text[at:end].strip()
        if not stripped or stripped.startswith("#"):
            at, line = end + 1, line + 1
            continue
        start = at + len(text[at:end]) - len(text[at:end].lstrip())
        key = _KEY.match(text, start, end)
        if key is None:
            raise _bad(line, "expected NAME=value", field)
        if not _READABLE_NAME.match(key["name"]):
            raise _bad(line, f"{key['name'][:40]!r} is not a variable name", field)
        value, quote, after = _value(text, key.end(), end, line, field, dollar)
        yield key["name"], value, quote
        line += text.count("\n", at, after) + 1
        at = after + 1


def _checked(name: str) -> str:
    if not NAME.match(name):
        raise InvalidInput(
            f"{name[:60]!r} cannot be the name of an environment variable",
            "Use letters, digits and underscores, not starting with a digit.",
            field="env",
        )
    return name


def _quoted(name: str, value: str) -> str:
    if "\0" in value:
        raise InvalidInput(
            f"The value of {name} holds a NUL character", "Environment values are text.", field="env"
        )
    if value == "" or _PLAIN.match(value):
        return value
    control = any(ord(c) < 32 and c not in "\n\t" for c in value)
    if "'" not in value and not value.endswith("\\") and not control:
        return f"'{value}'"
    out = []
    for char in value:
        if char == "\\":
            out.append("\\0134")
        elif char in '"$':
            out.append("\\" + char)
        elif ord(char) < 32 and char not in "\n\t":
            out.append("\\r" if char == "\r" else f"\\0{ord(char):03o}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def _value(text: str, start: int, end: int, line: int, field: str, dollar: str) -> tuple[str, str, int]:
    """Return the value that begins at ``start``, its quote, and the position of the newline after it."""
    quote = text[start : start + 1]
    if quote not in ("'", '"'):
        raw = text[start:end]
        cut = 0 if raw.startswith("#") else raw.find(" #")
        return (raw if cut < 0 else raw[:cut]).strip(), "", end
    close = _closing(text, start + 1, quote)
    if close < 0:
        raise _bad(line, f"the quote {quote} is not closed", field)
    after = text.find("\n", close)
    after = len(text) if after < 0 else after
    rest = text[close + 1 : after].strip()
    if rest and not rest.startswith("#"):
        raise _bad(line + text.count("\n", start, close), "text after the closing quote", field)
    body = text[start + 1 : close]
    return (_unescaped(body, dollar) if quote == '"' else body.replace("\\'", "'")), quote, after


def _closing(text: str, at: int, quote: str) -> int:
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == quote:
            return at
        at += 1
    return -1


def _unescaped(body: str, dollar: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] == "0" and len(code) > 1:
            return chr(int(code, 8))
        return dollar if code == "$" else _ESCAPES.get(code, match[0])

    return _ESCAPE.sub(one, body)


def _bad(line: int, why: str, field: str) -> InvalidInput:
    return InvalidInput(
        f"Line {line} of the environment file: {why}",
        "Each line is NAME=value, a comment that starts with #, or empty; quote values with spaces or #.",
        field=field,
    )
