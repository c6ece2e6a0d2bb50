"""Log lines as an operation gives them: rows, text in a form, a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

from machete_tui.core.engine import Container
from machete_tui.core.errors import InvalidInput, NoCapacity
from machete_tui.core.results import Document, Listing
from machete_tui.logs.export import CSV_HEAD, WRITERS, Format, written
from machete_tui.logs.sieve import Passed
from machete_tui.operations.log_requests import Shown
from machete_tui.operations.views import LogRow


def row(line: Passed, names: Mapping[str, Container]) -> LogRow:
    """Return a line as a row."""
    container = names.get(line.container)
    return LogRow(
        at=line.at,
        container=line.container,
        component=container.component if container else "",
        stream="mark" if not line.container else "stderr" if line.error else "stdout",
        text=line.text,
    )


class Output:
    """Where the lines of a request go: rows for a front, or a file."""

    def __init__(self, request: Shown) -> None:
        self.form = cast("Format", request.format)
        self.file = request.output
        self.count = 0
        self._open: IO[str] | None = None
        if request.output:
            self._open = _opened(Path(request.output))
            self._text(CSV_HEAD if self.form == "csv" else "")

    def write(self, lines: Sequence[Passed]) -> None:
        """Append lines to the file."""
        self.count += len(lines)
        self._text(written(lines, self.form, head=False))

    def row(self, line: Passed, names: Mapping[str, Container]) -> object:
        """Return what stands for a line in a stream of rows."""
        if self.form == "text":
            return row(line, names)
        return WRITERS[self.form](line).rstrip("\n")

    def result(self, lines: Sequence[Passed], names: Mapping[str, Container], empty: str) -> Any:
        """Return all lines at once."""
        if self.form == "text":
            return Listing(tuple(row(line, names) for line in lines), empty, lines=True)
        return Document(written(lines, self.form), [row(line, names) for line in lines])

    def close(self) -> None:
        """Close the file."""
        if self._open is not None:
            self._open.close()

    def _text(self, text: str) -> None:
        if self._open is None or not text:
            return
        try:
            self._open.write(text)
            self._open.flush()
        except OSError as error:
            raise NoCapacity(
                f"{self.file}: {(error.strerror or str(error)).lower()}", field="--output"
            ) from error


def _opened(path: Path) -> IO[str]:
    """Open a file of its owner's alone; what it held before is gone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InvalidInput(f"{path}: {why}", "name a file that can be written", field="--output") from error
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")
