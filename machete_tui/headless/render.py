"""Results as a person reads them: tables, records and documents; and as JSON for programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from machete_tui.core.results import Document, Done, Listing, jsonable
from machete_tui.headless.cells import cut, fold, pad, plain, plain_lines, width
from machete_tui.headless.streams import Stream

GAP = "  "
"""Between two columns."""

LEAST = 8
"""Columns that a column keeps when the terminal is too narrow."""

SENTENCE = 20
"""Columns that a sentence is left before other columns are left out for it."""

_COLOURS = {
    "32": {"running", "healthy", "succeeded", "done", "ok", "live"},
    "31": {"failed", "unhealthy", "dead", "error", "missing"},
    "33": {"degraded", "starting", "pending", "building", "deploying", "paused", "warning", "rolled_back"},
    "2": {"stopped", "exited", "skipped", "cancelled", "undone", "created"},
}
_COLOUR_OF = {word: code for code, words in _COLOURS.items() for word in words}
_C1 = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}
_STATES = {"STATUS", "HEALTH", "STATE", "OUTCOME"}


def as_json(value: Any, stream: Stream, *, indent: int | None = None) -> str:
    """Return ``value`` as one JSON document; on one line unless ``indent`` is given."""
    import json

    text = json.dumps(jsonable(value), indent=indent, ensure_ascii=not stream.unicode, default=str)
    return (text if text.isascii() else text.translate(_C1)) + "\n"


def for_person(value: Any, stream: Stream) -> str:
    """Return ``value`` as text that ends with a line break; empty when there is nothing to say."""
    if value is None:
        return ""
    if isinstance(value, Document):
        return _ended(plain_lines(value.text))
    if isinstance(value, Listing):
        if value.lines:
            return "".join(f"{row_line(row)}\n" for row in value.rows)
        return table(value.rows, stream)
    if isinstance(value, Done):
        return _done(value)
    from machete_tui.operations.show import document

    text = document(value)
    if text is not None:
        return _ended(plain_lines(text))
    return _ended("\n".join(_record(value, stream)))


def table(rows: Sequence[Any], stream: Stream) -> str:
    """Return rows as aligned columns under their titles; only a terminal's width cuts them."""
    if not rows:
        return ""
    fields = columns(type(rows[0]))
    if not fields:
        return "".join(f"{plain(str(row))}\n" for row in rows)
    cells = [[cell(f, row) for row in rows] for f in fields]
    if stream.width:
        fields, cells = _spared(fields, cells, stream.width)
    titles = [title(f) for f in fields]
    widths = [max(width(c) for c in (t, *column)) for t, column in zip(titles, cells, strict=True)]
    if stream.width:
        _narrow(widths, fields, stream.width)
    mark = "…" if stream.unicode else "~"
    right = [bool(f.metadata.get("right")) for f in fields]

    def line(texts: Sequence[str], *, head: bool = False) -> str:
        out = []
        for i, text in enumerate(texts):
            shown = pad(cut(text, widths[i], mark), widths[i], right=right[i])
            if stream.colour:
                if head:
                    shown = stream.paint(shown, "1")
                elif titles[i] in _STATES and text.lower() in _COLOUR_OF:
                    shown = stream.paint(shown, _COLOUR_OF[text.lower()])
            out.append(shown)
        return GAP.join(out).rstrip() + "\n"

    def lines(texts: Sequence[str]) -> str:
        parts = [fold(t, widths[i]) if fields[i].metadata.get("fold") else [t] for i, t in enumerate(texts)]
        deep = max(len(p) for p in parts)
        return "".join(line([p[n] if n < len(p) else "" for p in parts]) for n in range(deep))

    return line(titles, head=True) + "".join(lines(texts) for texts in zip(*cells, strict=True))


def columns(kind: type) -> list[dataclasses.Field[Any]]:
    """Return the fields of a row that are columns; all of them when none says so."""
    if not dataclasses.is_dataclass(kind):
        return []
    fields = dataclasses.fields(kind)
    return [f for f in fields if "title" in f.metadata] or list(fields)


def title(field: dataclasses.Field[Any]) -> str:
    """Return a column's title."""
    return str(field.metadata.get("title") or field.name.replace("_", " ").upper())


def cell(field: dataclasses.Field[Any], row: Any) -> str:
    """Return one value of a row as its column shows it."""
    value = getattr(row, field.name)
    show = field.metadata.get("show")
    return plain(show(value) if show else _scalar(value))


def row_line(row: Any) -> str:
    """Return one row of a following operation as a line: a log line, or its columns side by side."""
    if isinstance(row, str):
        return plain(row)
    text = getattr(row, "text", None)
    if isinstance(text, str):
        source = getattr(row, "container", "")
        return f"{plain(source)} | {plain(text)}" if source else plain(text)
    fields = columns(type(row))
    return GAP.join(cell(f, row) for f in fields) if fields else plain(str(row))


def _done(done: Done) -> str:
    lines = [plain_lines(done.message)]
    shown = {
        "url": done.url,
        "release": f"#{done.release}" if done.release else "",
        "deployment": done.deployment,
    }
    lines += [
        f"{name}: {plain(value)}" for name, value in shown.items() if value and value not in done.message
    ]
    return _ended("\n".join(lines))


def _record(value: Any, stream: Stream, indent: str = "") -> list[str]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = [
            (f.name.replace("_", " "), _shown(f, getattr(value, f.name))) for f in dataclasses.fields(value)
        ]
    elif isinstance(value, Mapping):
        pairs = [(plain(str(k)), v) for k, v in value.items()]
    elif isinstance(value, (list, tuple)):
        return [indent + line for line in _several(value, stream)]
    else:
        return [indent + line for line in plain_lines(_scalar(value)).split("\n")]
    flat = [name for name, v in pairs if not _nested(v)]
    room = max((width(name) for name in flat), default=0) + 1
    lines: list[str] = []
    for name, v in pairs:
        if not _nested(v):
            lines.append(f"{indent}{pad(name + ':', room)} {plain(_scalar(v))}")
        else:
            lines.append(f"{indent}{name}:")
            lines += _record(v, stream, indent + "  ")
    return lines


def _several(values: Sequence[Any], stream: Stream) -> list[str]:
    if values and dataclasses.is_dataclass(values[0]):
        return table(values, stream).rstrip("\n").split("\n")
    if values and all(isinstance(v, tuple) and len(v) == 2 for v in values):
        return _record(dict(values), stream)
    return [line for v in values for line in _record(v, stream)]


def _shown(field: dataclasses.Field[Any], value: Any) -> Any:
    show = field.metadata.get("show")
    return show(value) if show else value


def _nested(value: Any) -> bool:
    if isinstance(value, str):
        return "\n" in value
    return bool(value) and (
        isinstance(value, (Mapping, list, tuple))
        or (dataclasses.is_dataclass(value) and not isinstance(value, type))
    )


def _scalar(value: Any) -> str:
    if value is None or value == "" or value == () or value == {} or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.3f}"
    return str(value)


def _spared(
    fields: list[dataclasses.Field[Any]], cells: list[list[str]], room: int
) -> tuple[list[dataclasses.Field[Any]], list[list[str]]]:
    """Leave out columns until the rest fits: first those that say nothing, then those that can be spared."""

    def needed(kept: Sequence[int]) -> int:
        total = len(GAP) * (len(kept) - 1)
        for i in kept:
            full = max(width(c) for c in (title(fields[i]), *cells[i]))
            total += min(full, SENTENCE) if fields[i].metadata.get("fold") else full
        return total

    kept = list(range(len(fields)))
    silent = [i for i in kept if all(c in ("", "-") for c in cells[i])]
    spare = {int(fields[i].metadata.get("spare") or 0) for i in kept} - {0}
    groups = [
        silent,
        *([i for i in kept if fields[i].metadata.get("spare") == n] for n in sorted(spare)[::-1]),
    ]
    for group in groups:
        if needed(kept) <= room:
            break
        kept = [i for i in kept if i not in group] or kept
    return [fields[i] for i in kept], [cells[i] for i in kept]


def _narrow(widths: list[int], fields: Sequence[dataclasses.Field[Any]], room: int) -> None:
    """Take columns from sentences, then from the widest, until the table fits or none can give any."""
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - room
    least = [max(LEAST, len(title(f))) for f in fields]
    folds = [i for i, f in enumerate(fields) if f.metadata.get("fold")]
    others = [i for i, f in enumerate(fields) if not f.metadata.get("fold") and not f.metadata.get("whole")]
    for group, lowest in ((folds, SENTENCE), (folds + others, 0)):
        while excess > 0:
            able = [i for i in group if widths[i] > max(least[i], lowest)]
            if not able:
                break
            widths[max(able, key=lambda i: widths[i])] -= 1
            excess -= 1


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
