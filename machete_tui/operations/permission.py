"""What may not be done on the host that is operated; asked in one place, before any verb runs."""

from __future__ import annotations

from machete_tui.core.errors import InvalidInput, NotPermitted
from machete_tui.core.settings import Settings

ALWAYS = ("config.", "host.list", "host.use")
"""Verbs that help to mend the configuration, and so work whatever is wrong with it."""


def check(settings: Settings, name: str, changes: bool) -> None:
    """Raise when a verb may not run.

    Raises:
        InvalidInput: the configuration is wrong in a way that may change what the verb does.
        NotPermitted: it changes something, and the host is read-only.
    """
    if name.startswith(ALWAYS):
        return
    wrong = settings.faults or (settings.doubts if changes else ())
    if wrong:
        raise InvalidInput(
            f"{settings.config}: {wrong[0]}",
            "mend the file; `machete-tui --run config.check` shows all that is wrong",
        )
    if changes and settings.read_only:
        host = settings.host or "this machine"
        raise NotPermitted(
            f"{name} would change something, and {host} is read-only",
            f"set read_only = false in [hosts.{settings.host or 'local'}] of {settings.config}",
        )
