"""Log lines written out: text as a person reads it, JSON lines, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Literal

from machete_tui.logs.levels import NAMES
from machete_tui.logs.sieve import Passed

Format = Literal["text", "json", "csv"]
FORMATS: tuple[Format, ...] = ("text", "json", "csv")
SUFFIXES: dict[str, Format] = {".json": "json", ".jsonl": "json", ".ndjson": "json", ".csv": "csv"}
"""What the end of a file's name says about its form; any other means text."""

CSV_HEAD = "time,container,stream,level,text\n"


def stamp(at: float) -> str:
    """Return a time as RFC 3339 in UTC with milliseconds; empty for none."""
    if not at:
        return ""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):  # a clock that jumped out of every calendar
        return f"{at:.3f}"


def as_text(line: Passed) -> str:
    """Return ``time container | text``."""
    if not line.container:
        return f"{stamp(line.at)} {line.text}\n"
    return f"{stamp(line.at)} {line.container} | {line.text}\n"


def as_json(line: Passed) -> str:
    """Return one JSON object on one line."""
    return (
        json.dumps(
            {
                "time": stamp(line.at),
                "container": line.container,
                "stream": _stream(line),
                "level": NAMES[line.level],
                "text": line.text,
            },
            ensure_ascii=False,
        )
        + "\n"
    )


def as_csv(line: Passed) -> str:
    """Return one row; cells that a spreadsheet would run as a formula begin with a quote."""
    out = io.StringIO()
    text = f"'{line.text}" if line.text[:1] in ("=", "+", "-", "@") else line.text
    row = (stamp(line.at), line.container, _stream(line), NAMES[line.level], text)
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


WRITERS: dict[Format, Callable[[Passed], str]] = {"text": as_text, "json": as_json, "csv": as_csv}


def written(lines: Iterable[Passed], form: Format, *, head: bool = True) -> str:
    """Return lines in a form; CSV with its line of titles if ``head``."""
    write = WRITERS[form]
    return (CSV_HEAD if form == "csv" and head else "") + "".join(write(line) for line in lines)


def _stream(line: Passed) -> str:
    if not line.container:
        return "mark"
    return "stderr" if line.error else "stdout"
