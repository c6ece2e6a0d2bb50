"""YAML from outside, read without harm: bounded, no loops, no duplicate keys, each value's line known.

Plain scalars follow YAML 1.2's core schema: ``no``, ``on`` and ``22:22`` are text, not booleans and
base-60 numbers. Tags beyond the core ones are refused. Only manifests and ``--run`` scripts need it, so
PyYAML is imported when the first text is read.
"""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import Path
from typing import Any

from machete_tui.core.errors import InvalidInput, NotFound, NotPermitted
from machete_tui.core.frozen import dataclass

LIMIT = 256 * 1024
"""Bytes that a document may have."""

NODES = 20_000
"""Values that a document may have once its aliases are written out."""

DEPTH = 64
"""How deep it may nest."""

Place = tuple[str | int, ...]

_CORE = "tag:yaml.org,2002:"
_RESOLVERS: tuple[tuple[str, str, str], ...] = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("merge", r"<<", "<"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document.

    Attributes:
        data: dicts with text keys, lists, text, numbers, booleans and None.
        lines: path of each value (``("steps", 0, "port")``) -> its line, from 1. A key's own line is
            that of its entry.
        texts: path of each scalar -> as it was written, so that ``3.10`` need not become ``3.1``.
    """

    data: Any
    lines: dict[Place, int] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """Return the line of that value or, when there is none, of the nearest one that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load_file(path: Path, what: str = "", *, limit: int = LIMIT) -> Loaded:
    """Read a file; ``what`` is its name in messages. Errors: NotFound, NotPermitted, InvalidInput."""
    name = what or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {name}") from error
    except PermissionError as error:
        raise NotPermitted(f"{name} may not be read") from error
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}") from error
    return load(data, name, limit=limit)


def load(source: str | bytes, what: str, *, limit: int = LIMIT) -> Loaded:
    """Return one document; InvalidInput names ``what``, the line and what is wrong there."""
    data = source.encode(errors="surrogatepass") if isinstance(source, str) else source
    if len(data) > limit:
        raise InvalidInput(
            f"{what} is larger than {limit // 1024} kB", "a file like this is a few kB", field=what
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"{what} line {line}: not UTF-8 text", field=what) from error
    return _Reader(what).read(text)


class _Reader:
    def __init__(self, what: str) -> None:
        self.what = what
        self.lines: dict[Place, int] = {}
        self.texts: dict[Place, str] = {}
        self.count = 0
        self.open: set[int] = set()

    def read(self, text: str) -> Loaded:
        import yaml

        try:
            root = yaml.compose(text, Loader=_loader())
        except RecursionError as error:
            raise self._wrong(1, f"nested deeper than {DEPTH} levels") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = " ".join(str(p) for p in (error.context, error.problem) if p)
            raise self._wrong(mark.line + 1 if mark else 1, problem or "not YAML") from error
        except (yaml.YAMLError, ValueError) as error:
            raise self._wrong(1, str(error).splitlines()[0]) from error
        data = None if root is None else self._value(root, ())
        return Loaded(data, self.lines, self.texts)

    def _wrong(self, line: int, problem: str) -> InvalidInput:
        return InvalidInput(f"{self.what} line {line}: {problem}", field=self.what)

    def _value(self, node: Any, path: Place) -> Any:
        import yaml

        line = node.start_mark.line + 1
        self.count += 1
        if self.count > NODES:
            raise self._wrong(line, f"more than {NODES} values once its aliases are written out")
        if len(path) > DEPTH:
            raise self._wrong(line, f"nested deeper than {DEPTH} levels")
        self.lines.setdefault(path, line)
        if isinstance(node, yaml.ScalarNode):
            self.texts[path] = node.value
            return self._scalar(node, line)
        if id(node) in self.open:
            raise self._wrong(line, "an anchor that contains itself")
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                self._core_tag(node, "seq", line)
                return [self._value(child, (*path, i)) for i, child in enumerate(node.value)]
            self._core_tag(node, "map", line)
            return self._mapping(node, path)
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: Any, path: Place) -> dict[str, Any]:
        import yaml

        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.tag == _CORE + "merge":
                parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
                for part in reversed(parts):
                    if not isinstance(part, yaml.MappingNode):
                        raise self._wrong(line, "`<<` takes a mapping or a list of them")
                    merged.update(self._value(part, path))
                continue
            if not isinstance(key, yaml.ScalarNode):
                raise self._wrong(line, "a key must be plain text")
            name = str(key.value)
            if name in own:
                raise self._wrong(line, f"the key {name!r} stands there twice")
            self.lines[(*path, name)] = line
            own[name] = self._value(value, (*path, name))
        return {**merged, **own}

    def _scalar(self, node: Any, line: int) -> Any:
        text: str = node.value
        kind = node.tag.removeprefix(_CORE)
        try:
            if kind == "str" or kind == "merge":
                return text
            if kind == "null":
                return None
            if kind == "bool":
                return {"true": True, "false": False}[text.lower()]
            if kind == "int":
                base = {"0o": 8, "0x": 16}.get(text[:2], 10)
                return int(text[2:], base) if base != 10 else int(text)
            if kind == "float":
                return float(text)
        except (KeyError, ValueError) as error:
            raise self._wrong(line, f"{text[:40]!r} is no {kind}") from error
        raise self._wrong(line, f"the tag {node.tag.replace(_CORE, '!!')} is not accepted")

    def _core_tag(self, node: Any, kind: str, line: int) -> None:
        if node.tag != _CORE + kind:
            raise self._wrong(line, f"the tag {node.tag.replace(_CORE, '!!')} is not accepted")


_made: Any = None


def _loader() -> Any:
    """Return a loader that only composes, with the core schema's resolvers."""
    global _made
    if _made is None:
        import yaml

        class Loader(yaml.SafeLoader):
            yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

        for kind, pattern, first in _RESOLVERS:
            compiled = re.compile(rf"^(?:{pattern})$")
            Loader.add_implicit_resolver(_CORE + kind, compiled, [c if c != "\0" else "" for c in first])
        _made = Loader
    return _made
