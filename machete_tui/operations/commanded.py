"""Changes that correspond to one docker command: that command is said, and kept in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError
from machete_tui.operations.journal import Audit, audited


@contextmanager
def commanded(ctx: Context, action: str, subject: str, line: str) -> Iterator[Audit]:
    """Write one row of the audit trail whose detail is the command, and why it failed where it did."""
    with audited(ctx, action, subject) as audit:
        audit.detail = line
        try:
            yield audit
        except MacheteError as error:
            audit.detail = f"{line}: {error.title}: {error.what}"
            raise
