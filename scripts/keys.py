"""Writes the table of all keys from the bindings: python scripts/keys.py, after a binding came or went.

Two files come of it: machete_tui/core/keytable.py, in which clashes are looked for, and docs/keys.md.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import ModalScreen, Screen

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "machete_tui" / "core" / "keytable.py"
PAGE = ROOT / "docs" / "keys.md"


def classes() -> Iterator[type[DOMNode]]:
    """Yield every class of the app that has keys."""
    import machete_tui.screens
    import machete_tui.ui
    from machete_tui.app import MacheteApp

    yield MacheteApp
    seen = set()
    for package in (machete_tui.ui, machete_tui.screens):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            module = importlib.import_module(found.name)
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, DOMNode) and value not in seen:
                    seen.add(value)
                    if value.__module__.startswith("machete_tui."):
                        yield value


def place(cls: type[DOMNode]) -> str:
    """Return where a class's keys are in force: a screen's name, ``*`` for every screen, or ``dialog``."""
    if issubclass(cls, ModalScreen) or cls.__module__.startswith("machete_tui.ui.dialogs"):
        return "dialog"
    if issubclass(cls, App) or cls.__name__ == "MacheteScreen":
        return "*"
    if issubclass(cls, Screen):
        return cls.__name__
    if cls.__module__.startswith("machete_tui.screens.wizard"):
        return "WizardScreen"
    return "*" if cls.__module__.startswith("machete_tui.ui.widgets") else cls.__name__


def table() -> dict[str, tuple[str, str, str]]:
    """Return binding id -> (keys, places, what it does)."""
    keys: dict[str, list[str]] = {}
    places: dict[str, set[str]] = {}
    does: dict[str, str] = {}
    for cls in classes():
        for base in cls.__mro__:
            if not base.__module__.startswith("machete_tui."):
                continue
            for binding in vars(base).get("BINDINGS", ()):
                if not isinstance(binding, Binding) or binding.system or not binding.id:
                    continue
                for one in Binding.make_bindings([binding]):
                    if one.key not in keys.setdefault(binding.id, []):
                        keys[binding.id].append(one.key)
                places.setdefault(binding.id, set()).add(place(cls))
                does.setdefault(binding.id, binding.tooltip or binding.description)
    return {
        name: (
            ",".join(keys[name]),
            "*" if "*" in places[name] else " ".join(sorted(places[name])),
            does[name],
        )
        for name in sorted(keys)
    }


def module(rows: dict[str, tuple[str, str, str]]) -> str:
    """Return the table as a Python module."""
    lines = [
        '"""Every binding of the app: id -> (keys, screens that have it; ``*`` for all of them).',
        "",
        "Written by scripts/keys.py.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "KEYS: dict[str, tuple[str, str]] = {",
    ]
    lines += [f'    "{name}": ("{keys}", "{where}"),' for name, (keys, where, _) in rows.items()]
    return "\n".join([*lines, "}", ""])


def page(rows: dict[str, tuple[str, str, str]]) -> str:
    """Return the table as a page."""
    lines = [
        "# Keys",
        "",
        "Every key of the app by the id that `[keys]` in [config.toml](config.md) takes. `?` in the app",
        "shows those that work on the screen it is pressed on, as they are in force.",
        "",
        "| id | keys | what it does |",
        "| --- | --- | --- |",
    ]
    for name, (keys, _, does) in rows.items():
        shown = " ".join(f"`{_shown(key)}`" for key in keys.split(","))
        lines.append(f"| `{name}` | {shown} | {does} |")
    return "\n".join([*lines, ""])


def _shown(key: str) -> str:
    *modifiers, last = key.split("+")
    return "+".join((*modifiers, format_key(last)))


def main() -> int:
    """Write both files; with ``--check`` only say whether they are as they should be."""
    rows = table()
    wanted = {TABLE: module(rows), PAGE: page(rows)}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        print(f"{'stale: ' if '--check' in sys.argv else ''}{path.relative_to(ROOT)}")
        if "--check" not in sys.argv:
            path.write_text(wanted[path])
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
