"""Which keys do what: presets, the operator's own, and what may not share a key.

All bindings of the app stand in :mod:`machete_tui.core.keytable`, by id, with the screens that have them; so
a clash is found before any screen is loaded, by ``--run config.check`` as by the app.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from machete_tui.core.keytable import KEYS

PRESETS: dict[str, dict[str, str]] = {
    "default": {},
    "lazydocker": {
        "app.help": "x,question_mark",
        "service.logs": "m,l",
        "service.metrics": "t",
        "service.remove": "d,delete",
        "service.start": "u,S",
        "service.new": "c",
        "services.stopped": "e,a",
        "container.remove": "d,delete",
        "container.logs": "m,l",
        "container.shell": "E",
        "service.shell": "E",
    },
    "k9s": {
        "service.inspect": "d,i",
        "service.remove": "ctrl+d,delete",
        "service.stop": "ctrl+k",
        "services.faults": "z,exclamation_mark",
        "container.inspect": "d,i",
        "container.remove": "ctrl+d,delete",
        "container.shell": "s",
        "service.shell": "s",
        "events.faults": "z,exclamation_mark",
    },
}
"""Keys that fingers know from other programs, where there is such an action here."""

_NAMES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_SPECIAL = re.compile(
    r"f([1-9]|1\d|2[0-4])|enter|escape|tab|space|backspace|delete|insert|home|end|pageup|pagedown|up|down|left|right"
)
_NEVER = {"ctrl+c", "ctrl+z", "ctrl+s", "ctrl+q"}
"""The terminal's own, and the way out."""


def normal(key: str) -> str:
    """Return a key as the app names it (``?`` is ``question_mark``); raises ValueError for what is none."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if len(last) == 1:
        if not last.isprintable():
            raise ValueError(f"{key!r} is no key")
        if not last.isalnum():
            name = unicodedata.name(last, "").lower().replace("-", "_").replace(" ", "_")
            last = _NAMES.get(name, name)
    elif not _SPECIAL.fullmatch(last) and last not in _known_names():
        raise ValueError(f'{key!r} is no key; write "x", "?", "f5", "ctrl+d" or "pageup"')
    if any(m not in ("ctrl", "shift", "alt") for m in modifiers):
        raise ValueError(f"{key!r} is no key; before the last part stand ctrl, shift or alt")
    return "+".join((*modifiers, last))


def _known_names() -> set[str]:
    return {key for keys, _ in KEYS.values() for key in keys.split(",") if "+" not in key and len(key) > 1}


def of_preset(name: str) -> dict[str, str]:
    """Return a preset's keys for the actions that there are."""
    return {binding: keys for binding, keys in PRESETS.get(name, {}).items() if binding in KEYS}


def overrides(preset: object, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the operator's keys that may be, and why the others may not, both by binding id.

    Args:
        preset: what they come on top of.
        given: binding id to keys, comma-separated.
    """
    good: dict[str, str] = {}
    refused: dict[str, str] = {}
    for binding, keys in given.items():
        if binding not in KEYS:
            import difflib

            near = difflib.get_close_matches(binding, KEYS, 1, 0.5)
            refused[binding] = "is no action; " + (f"did you mean {near[0]}?" if near else "see docs/keys.md")
            continue
        try:
            named = [normal(key) for key in keys.split(",")]
        except ValueError as error:
            refused[binding] = str(error)
            continue
        bad = next((key for key in named if key in _NEVER and key not in KEYS[binding][0].split(",")), "")
        if bad:
            refused[binding] = f"may not be {bad}: it is the terminal's own, or the way out"
        else:
            good[binding] = ",".join(named)
    base = of_preset(preset if isinstance(preset, str) else "default")
    for binding in list(good):
        other = _clash(binding, {**base, **good})
        if other:
            key = _shared(good[binding], {**base, **good}.get(other, KEYS[other][0]))
            refused[binding] = f"may not be {key}: that is {other}'s key; give {other} another one as well"
            del good[binding]
    return good, refused


def clashes(keymap: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (key, id, id) for each two actions of one screen that would share a key."""
    found = []
    for binding in keymap:
        other = _clash(binding, keymap)
        if other:
            found.append((_shared(keymap[binding], keymap.get(other, KEYS[other][0])), binding, other))
    return found


def _clash(binding: str, keymap: Mapping[str, str]) -> str:
    default, places = KEYS[binding]
    mine = keymap.get(binding, default)
    for other, (keys, theirs) in KEYS.items():
        if other == binding or _shared(default, keys) or not _together(places, theirs):
            continue
        if _shared(mine, keymap.get(other, keys)):
            return other
    return ""


def _together(some: str, others: str) -> bool:
    """Return whether two bindings can be in force on one screen; ``*`` stands for every screen."""
    a, b = set(some.split()), set(others.split())
    return bool(a & b or ("*" in a and b != {"dialog"}) or ("*" in b and a != {"dialog"}))


def _shared(some: str, others: str) -> str:
    return next((key for key in some.split(",") if key in others.split(",")), "")
