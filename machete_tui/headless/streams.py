"""The two streams of ``--run``: what each can show, and what happens when its reader goes away."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from typing import TextIO

from machete_tui.core.errors import MacheteError, NoCapacity

NARROWEST = 40
"""Columns that are used even on a narrower terminal."""


class ReaderGone(Exception):  # noqa: N818 - it is no fault: ``| head`` has seen enough
    """Nobody reads stdout any more."""


@dataclass(slots=True)
class Stream:
    """One of them.

    Attributes:
        file: where text goes; None when the stream was closed before the program began.
        tty: whether a person's terminal is at its end.
        colour: whether colour may be used.
        unicode: whether it can show more than ASCII.
        width: columns of the terminal; 0 where there is none.
        vital: whether a reader that goes away matters (stdout) or not (stderr).
    """

    file: TextIO | None
    tty: bool = False
    colour: bool = False
    unicode: bool = True
    width: int = 0
    vital: bool = True

    def write(self, text: str) -> None:
        """Write and flush; of a vital stream, raises ReaderGone when its reader went away.

        Any other failure to write to a vital stream is NoCapacity (the disk is full) or a MacheteError.
        After a failure nothing more is written.
        """
        if self.file is None or not text:
            return
        try:
            self.file.write(text)
            self.file.flush()
        except BrokenPipeError:
            self._abandon()
            if self.vital:
                raise ReaderGone from None
        except (OSError, ValueError) as error:
            self._abandon()
            if self.vital:
                raise _unwritable(error) from error

    def paint(self, text: str, code: str) -> str:
        """Return ``text`` in the colour of an SGR code where colour may be used."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def _abandon(self) -> None:
        """Let what is still buffered go nowhere, so that leaving the program cannot fail on it."""
        file, self.file = self.file, None
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, file.fileno() if file else -1)
            os.close(nowhere)
        except (OSError, ValueError):
            pass


def _unwritable(error: OSError | ValueError) -> MacheteError:
    what = f"the output cannot be written: {getattr(error, 'strerror', None) or error}"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return NoCapacity(what, "what was asked for may be done: look before you repeat it")
    return MacheteError(what, "what was asked for may be done: look before you repeat it")


def standard() -> tuple[Stream, Stream]:
    """Return stdout and stderr as they are now."""
    return _stream(sys.stdout, vital=True), _stream(sys.stderr, vital=False)


def _stream(file: TextIO | None, *, vital: bool) -> Stream:
    if file is None:
        return Stream(None, vital=vital)
    reconfigure = getattr(file, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    try:
        tty = file.isatty() and os.environ.get("TERM", "") != "dumb"
    except ValueError:
        return Stream(None, vital=vital)
    encoding = (getattr(file, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    width = 0
    if tty:
        try:
            width = max(os.get_terminal_size(file.fileno()).columns, NARROWEST)
        except OSError:
            width = 80
    colour = tty and not os.environ.get("NO_COLOR")
    return Stream(file, tty, colour, encoding.startswith("utf"), width, vital)
