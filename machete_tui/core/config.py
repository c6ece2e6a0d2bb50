"""The operator's own file, ``config.toml``: how the app looks, its keys, the hosts, the numbers.

It is read by hand-written rules, because a start may not pay for a validator: nothing here is imported
where there is no file. What is wrong in it becomes a :class:`Mistake` with line, field and what was expected,
and the default stands in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from machete_tui.core.config_rules import NUMBERS, PRESETS, THEMES, Rule, WrongValue
from machete_tui.core.frozen import dataclass

LIMIT = 256 << 10
"""Bytes that a configuration may have."""

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong.

    Attributes:
        line: from 1; 0 when it is about the file as a whole.
        field: ``hosts.prod.url``; empty for the whole file.
        said: what is wrong and what was expected.
        part: the table that it stands in; empty for the whole file.
    """

    line: int
    field: str
    said: str
    part: str = ""

    def __str__(self) -> str:
        """Return it in one line."""
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.field + ' ' if self.field else ''}{self.said}"


@dataclass(frozen=True, slots=True)
class HostEntry:
    """A host of the file.

    Attributes:
        name: its table's.
        url: ``ssh://``, ``tcp://`` or ``unix://``; empty for the docker context of that name.
        read_only: whether changes are refused.
        production: whether changes want the name typed.
        broken: why it may not be used: something in its table is wrong.
    """

    name: str
    url: str = ""
    read_only: bool = False
    production: bool = False
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; an empty one where there is none.

    Attributes:
        path: where it is looked for.
        theme: short name of the theme.
        preset: the set of keys to begin with.
        keys: binding id to keys, comma-separated.
        host: name of the host to begin with.
        hosts: those that it names.
        numbers: values of :class:`~machete_tui.core.settings.Settings` by field name.
        mistakes: what is wrong.
        exists: whether there is a file.
        unreadable: whether it could not be read as TOML at all.
    """

    path: Path
    theme: str = ""
    preset: str = "default"
    keys: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    hosts: tuple[HostEntry, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    exists: bool = False
    unreadable: bool = False

    def entry(self, name: str) -> HostEntry | None:
        """Return the host of that name, or None."""
        return next((host for host in self.hosts if host.name == name), None)


def load(path: Path) -> Config:
    """Read a file; never raises for what is in it."""
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT + 1)
    except FileNotFoundError:
        return Config(path)
    except OSError as error:
        return _broken(path, 0, f"cannot be read: {(error.strerror or str(error)).lower()}")
    if len(raw) > LIMIT:
        return _broken(path, 0, f"is larger than {LIMIT >> 10} kB")
    import tomllib

    try:
        text = raw.decode()
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        return _broken(path, raw.count(b"\n", 0, error.start) + 1, "is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        said, _, where = str(error).rpartition(" (at ")
        digits = "".join(c for c in where.partition(",")[0] if c.isdigit())
        line = int(digits) if digits else text.count("\n") + 1
        return _broken(path, line, f"is not TOML: {said[:1].lower()}{said[1:]}" if said else "is not TOML")
    except RecursionError:
        return _broken(path, 0, "is nested too deeply")
    return _Reader(path, data, _lines(text)).read()


def _broken(path: Path, line: int, said: str) -> Config:
    return Config(path, mistakes=(Mistake(line, "", said),), exists=True, unreadable=True)


class _Reader:
    """Takes the parsed file apart, one table after the other."""

    def __init__(self, path: Path, data: Mapping[str, Any], lines: Mapping[Place, int]) -> None:
        self._path = path
        self._data = data
        self._lines = lines
        self._mistakes: list[Mistake] = []

    def read(self) -> Config:
        tables = ("keys", "hosts", "alerts", "settings")
        plain = {
            "theme": Rule("choice", choices=THEMES),
            "preset": Rule("choice", choices=PRESETS),
            "host": Rule("text"),
        }
        found: dict[str, Any] = {}
        for name, value in self._data.items():
            if name in plain:
                found |= self._value((name,), plain[name], value)
            elif name not in tables:
                self._unknown((name,), (*plain, *tables))
            elif not isinstance(value, dict):
                self._wrong((name,), f"must be a table: [{name}]")
        numbers: dict[str, Any] = {}
        for table, rules in NUMBERS.items():
            for name, value in self._table(table).items():
                if name not in rules:
                    self._unknown((table, name), rules)
                else:
                    read = self._value((table, name), rules[name], value)
                    prefix = "alert_" if table == "alerts" else ""
                    numbers |= {prefix + key: one for key, one in read.items()}
        self._ports(numbers)
        return Config(
            self._path,
            theme=found.get("theme", ""),
            preset=found.get("preset", "default"),
            keys=self._keys(),
            host=found.get("host", ""),
            hosts=tuple(self._host(name, value) for name, value in self._table("hosts").items()),
            numbers=numbers,
            mistakes=tuple(sorted(self._mistakes, key=lambda m: m.line)),
            exists=True,
        )

    def _table(self, name: str) -> Mapping[str, Any]:
        value = self._data.get(name)
        return value if isinstance(value, dict) else {}

    def _keys(self) -> dict[str, str]:
        found: dict[str, str] = {}

        def walk(place: Place, value: Any) -> None:
            if isinstance(value, dict):
                for name, one in value.items():
                    walk((*place, name), one)
                return
            keys = value if isinstance(value, list) else [value]
            if not keys or not all(isinstance(key, str) and key.strip() for key in keys):
                self._wrong(place, 'must be a key like "x" or "ctrl+d", or a list of keys')
                return
            found[".".join(place[1:])] = ",".join(key.strip() for key in keys)

        walk(("keys",), self._table("keys"))
        if found:
            from machete_tui.core.keymap import overrides

            found, refused = overrides(self._data.get("preset", "default"), found)
            for name, said in refused.items():
                self._wrong(("keys", *name.split(".")), said)
        return found

    def _host(self, name: str, value: Any) -> HostEntry:
        place = ("hosts", name)
        before = len(self._mistakes)
        found: dict[str, Any] = {}
        rules = {"url": Rule("url"), "read_only": Rule("bool"), "production": Rule("bool")}
        if not isinstance(value, dict):
            self._wrong(place, f"must be a table: [hosts.{name}]")
        elif not _plain(name):
            self._wrong(place, "must be a name of letters, digits, dots, dashes and underscores")
        else:
            for key, one in value.items():
                if key in rules:
                    found |= self._value((*place, key), rules[key], one)
                else:
                    self._unknown((*place, key), rules)
        said = "; ".join(str(mistake) for mistake in self._mistakes[before:])
        return HostEntry(name, **found, broken=said)

    def _ports(self, numbers: dict[str, Any]) -> None:
        low, high = numbers.get("port_low", 20000), numbers.get("port_high", 40000)
        if low > high:
            at = "port_low" if "port_low" in numbers else "port_high"
            self._wrong(("settings", at), f"leaves no port: from {low} to {high}")
            numbers.pop("port_low", None)
            numbers.pop("port_high", None)

    def _value(self, place: Place, rule: Rule, value: Any) -> dict[str, Any]:
        try:
            return {place[-1]: rule.read(value)}
        except WrongValue as error:
            self._wrong(place, str(error))
            return {}

    def _unknown(self, place: Place, known: Any) -> None:
        import difflib

        near = difflib.get_close_matches(place[-1], list(known), 1)
        meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        self._wrong(place, f"is unknown; {meant}")

    def _wrong(self, place: Place, said: str) -> None:
        line = next((self._lines[p] for n in range(len(place), 0, -1) if (p := place[:n]) in self._lines), 0)
        self._mistakes.append(Mistake(line, ".".join(place), said, place[0]))


def _plain(name: str) -> bool:
    return (
        bool(name) and name[0].isalnum() and all(c.isalnum() or c in "._-" for c in name) and name.isascii()
    )


def _lines(text: str) -> dict[Place, int]:
    """Return where tables and keys stand; a parser that tells no lines is helped by this look at each."""
    import re

    part = r'(?:[\w-]+|"[^"\n]*"|\'[^\'\n]*\')'
    path = rf"{part}(?:\s*\.\s*{part})*"
    table, key = re.compile(rf"\s*\[\[?\s*({path})\s*\]"), re.compile(rf"\s*({path})\s*=")
    found: dict[Place, int] = {}
    above: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if match := table.match(line):
            above = tuple(one.strip("\"'") for one in re.findall(part, match[1]))
            found.setdefault(above, number)
        elif match := key.match(line):
            names = tuple(one.strip("\"'") for one in re.findall(part, match[1]))
            found.setdefault((*above, *(n for name in names for n in name.split("."))), number)
    return found
