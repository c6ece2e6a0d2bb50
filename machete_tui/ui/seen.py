"""What a person was shown once and need not be shown again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context


def first_time(what: str) -> Callable[[Context, Cancel], bool]:
    """Return a function, for a thread, that tells whether it is the first time, and remembers that it was."""

    def ask(context: Context, _: Cancel) -> bool:
        file = context.settings.home / f"seen-{what}"
        if file.exists():
            return False
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
        return True

    return ask
