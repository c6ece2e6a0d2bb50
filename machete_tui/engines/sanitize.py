"""Makes container output safe to show: nothing in it may move the cursor or speak to the terminal."""

from __future__ import annotations

import re

TAB = 8
"""Columns between tab stops."""

_SEQUENCE = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC: titles, links, clipboard
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor, modes
    r"|\x1b[ -/]*[0-Z\\-~]?"  # two-character escapes and character sets
)
"""Control sequences after ECMA-48; one that is cut off counts up to where it breaks off."""

_SINGLE: dict[int, str | None] = {code: chr(0x2400 + code) for code in range(0x20)}
_SINGLE.update({code: "\N{REPLACEMENT CHARACTER}" for code in range(0x80, 0xA0)})
_SINGLE.update({code: "\N{REPLACEMENT CHARACTER}" for code in range(0xD800, 0xE000)})
_SINGLE.update(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_SINGLE.update({0x7F: "\N{SYMBOL FOR DELETE}", 0x85: " ", 0x2028: " ", 0x2029: " "})


def clean(text: str) -> str:
    r"""Return one line of output without anything that a terminal would act on.

    Control sequences and bidirectional overrides go, tabs become spaces, a carriage return at the end
    goes; every other control character is shown by its picture (``\r`` as ``␍``), so that a line cannot
    hide a part of itself.
    """
    if text.isprintable():
        return text
    text = text.rstrip("\r\n")
    if "\x1b" in text or any(mark in text for mark in "\x90\x98\x9b\x9d\x9e\x9f"):
        text = _SEQUENCE.sub("", text)
    if "\t" in text:
        text = text.expandtabs(TAB)
    return text if text.isprintable() else text.translate(_SINGLE)


def clean_bytes(raw: bytes) -> str:
    """Return :func:`clean` of UTF-8 bytes; what is not UTF-8 becomes the replacement character."""
    return clean(raw.decode("utf-8", "replace"))


_SAFE = bytes([0x0A, *range(0x20, 0x7F)])
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


def clean_lines(raw: bytes) -> bytes:
    r"""Return lines that each end with ``\n``, every one as :func:`clean` has it, as UTF-8.

    Lines of which none holds anything odd, which is nearly all of them, cost a look at each byte.
    """
    if not raw.translate(None, _SAFE):
        return raw
    if b"\x1b[" in raw:
        raw = _COLOUR.sub(b"", raw)
        if not raw.translate(None, _SAFE):
            return raw
    text = raw.decode("utf-8", "replace")
    if not text.replace("\n", "").isprintable():
        text = "".join(f"{clean(line)}\n" for line in text.split("\n")[:-1])
    return text.encode()
