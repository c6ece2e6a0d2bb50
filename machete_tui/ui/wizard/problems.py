"""What is wrong with something that was entered, and at which field."""

from __future__ import annotations

from collections.abc import Iterable

from machete_tui.core.errors import MacheteError
from machete_tui.core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One remark about one field.

    Attributes:
        field: key of the field at fault (``url``, ``web.port``); empty for the step as a whole.
        what: what is wrong, in one line.
        mend: what to do about it; empty when that is plain.
        warning: true when the operator may go on all the same.
    """

    field: str
    what: str
    mend: str = ""
    warning: bool = False

    @property
    def text(self) -> str:
        """Both lines in one."""
        return f"{self.what}: {self.mend}" if self.mend else self.what


def of_error(error: MacheteError, field: str = "") -> Problem:
    """Return a failed operation as a problem at ``field``, or at the field that the error itself names."""
    return Problem(field or error.field, error.what, error.mend)


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return those that stand in the way."""
    return tuple(p for p in problems if not p.warning)
