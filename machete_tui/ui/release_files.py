"""The files of a release as they were written, for reading: values of its ``.env`` are not shown."""

from __future__ import annotations

from collections.abc import Callable

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import NotFound
from machete_tui.core.secrets import hidden_values

MOST = 200_000
"""Characters of one file that are shown."""


def files_of(service: str, number: int) -> Callable[[Context, Cancel], str]:
    """Return what reads a release's files, one under the other; for a thread."""

    def read(context: Context, cancel: Cancel) -> str:
        folder = context.settings.release_dir(service, number)
        parts: list[str] = []
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            cancel.check()
            if path.is_file() and path.name != "inputs.json":
                text = path.read_text(encoding="utf-8", errors="replace")[:MOST].rstrip()
                shown = hidden_values(text) if path.name == ".env" else text
                parts.append(f"# {path.name}\n{shown}\n")
        if not parts:
            raise NotFound(
                f"the files of release #{number} are not there any more", "only kept releases have them"
            )
        return "\n".join(parts)

    return read
