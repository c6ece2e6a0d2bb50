"""How wide text is on a terminal, and text that cannot move its cursor.

Widths follow Unicode's East Asian Width (UAX #11): wide and fullwidth characters take two columns,
combining and format characters none.
"""

from __future__ import annotations


def width(text: str) -> int:
    """Return how many columns ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(_char(c) for c in text)


def cut(text: str, columns: int, mark: str = "…") -> str:
    """Return ``text`` in at most ``columns``, with ``mark`` at its end when something is missing."""
    if width(text) <= columns:
        return text
    room = columns - width(mark)
    kept = []
    for char in text:
        room -= _char(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + mark


def fold(text: str, columns: int) -> list[str]:
    """Return ``text`` as lines of at most ``columns``, broken between words where that is possible."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= columns:
            line = joined
            continue
        if line:
            lines.append(line)
        while width(word) > columns:
            part = cut(word, columns, "") or word[0]
            lines.append(part)
            word = word[len(part) :]
        line = word
    return [*lines, line]


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return ``text`` filled with spaces to ``columns``; ``right`` puts them before it."""
    spaces = " " * (columns - width(text))
    return spaces + text if right else text + spaces


def plain(text: str) -> str:
    """Return one line of ``text`` in which every control character became a space."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "" if _bidi(c) else " " for c in text)


def plain_lines(text: str) -> str:
    """Return :func:`plain` of every line; tabs stay."""
    if text.isprintable():
        return text
    return "\n".join("\t".join(plain(part) for part in line.split("\t")) for line in text.split("\n"))


def _bidi(char: str) -> bool:
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def _char(char: str) -> int:
    if char.isascii():
        return 1
    import unicodedata

    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
