"""What can go wrong, said so that a person can mend it.

Every failure that a user can cause is a :class:`MacheteError`: a title, what happened in one line, what
to do about it, and the exit code that ``--run`` ends with. Both fronts show the same three parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar


class MacheteError(Exception):
    """Base of every expected failure.

    Args:
        what: what happened, in one line, naming the object.
        mend: what to do about it; empty when nothing can be done.
        field: the input at fault (``--port``, ``components[0].health``), where there is one.
        log: the last lines of output that explain it, oldest first.
    """

    title: ClassVar[str] = "Something went wrong"
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, mend: str = "", *, field: str = "", log: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend
        self.field = field
        self.log = log

    def redact(self, mask: Callable[[str], str]) -> None:
        """Mask secrets in all that it says; ``mask`` is called with each text."""
        self.what, self.mend = mask(self.what), mask(self.mend)
        self.log = tuple(mask(line) for line in self.log)
        self.args = (self.what,)


class InvalidInput(MacheteError):
    """The request, a file or a value in it is not acceptable."""

    title = "Invalid input"
    exit_code = 2


class NotFound(MacheteError):
    """The named object does not exist."""

    title = "Not found"
    exit_code = 3


class Conflict(MacheteError):
    """Something else holds what is asked for; the message names it."""

    title = "Conflict"
    exit_code = 4


class NotPermitted(MacheteError):
    """The operating system, the Engine or a rule refuses it."""

    title = "Not permitted"
    exit_code = 5


class NoCapacity(MacheteError):
    """Disk, memory or ports are short; the message gives the figure."""

    title = "No capacity"
    exit_code = 6


class EngineUnavailable(MacheteError):
    """No container engine answers."""

    title = "Docker does not answer"
    exit_code = 7


class BuildFailed(MacheteError):
    """An image could not be built; the running release was not touched."""

    title = "Build failed"
    exit_code = 8


class Unhealthy(MacheteError):
    """The new release did not pass its gate; the previous one is live again."""

    title = "Health check failed"
    exit_code = 9


class CommandFailed(MacheteError):
    """A command that was run in a container ended with a code other than 0."""

    title = "The command failed"


class Cancelled(MacheteError):
    """The operator stopped it; what it had begun is undone."""

    title = "Cancelled"
    exit_code = 130


class StoreUnavailable(MacheteError):
    """The SQLite file cannot be opened, read or written."""

    title = "The database is not usable"
    exit_code = 5
