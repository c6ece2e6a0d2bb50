"""The commands that an action ran, so that its row of the audit trail can tell them.

An action that is recorded opens a trail; whatever runs a command for it, in its thread or in one that was
given its context, notes the line. Where no trail is open, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 50
"""Commands that one trail keeps."""

_open: ContextVar[list[str] | None] = ContextVar("trail", default=None)


def note(command: str) -> None:
    """Keep one command line; the same one twice in a row counts once."""
    trail = _open.get()
    if trail is not None and len(trail) < MOST and trail[-1:] != [command]:
        trail.append(command)


@contextmanager
def trail() -> Iterator[list[str]]:
    """Keep the commands of the body; gives the list that they are put into."""
    before = _open.get()
    kept: list[str] = []
    _open.set(kept)
    try:
        yield kept
    finally:
        _open.set(before)
