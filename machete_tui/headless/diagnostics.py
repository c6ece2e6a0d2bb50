"""The one owner of exit codes, and of how a failure is told."""

from __future__ import annotations

from typing import Any

from machete_tui.core.errors import (
    BuildFailed,
    Cancelled,
    Conflict,
    EngineUnavailable,
    InvalidInput,
    MacheteError,
    NoCapacity,
    NotFound,
    NotPermitted,
    Unhealthy,
)
from machete_tui.core.secrets import mask_urls
from machete_tui.headless.cells import plain, plain_lines
from machete_tui.headless.render import as_json
from machete_tui.headless.streams import Stream

OK = 0
UNEXPECTED = 1
READER_GONE = 141
"""As a shell sees a program that SIGPIPE (13) ended: 128 + 13."""

EXIT_CODES: dict[int, str] = {
    OK: "done",
    UNEXPECTED: "a fault of machete-tui itself; the diagnostic log has the traceback",
    InvalidInput.exit_code: "invalid input; the message names the argument",
    NotFound.exit_code: "not found",
    Conflict.exit_code: "conflict; the message names the holder",
    NotPermitted.exit_code: "not permitted, or the database is not usable",
    NoCapacity.exit_code: "no capacity: disk, memory or ports",
    EngineUnavailable.exit_code: "Docker does not answer",
    BuildFailed.exit_code: "build failed; the running release was not touched",
    Unhealthy.exit_code: "health check failed; the previous release is live again",
    Cancelled.exit_code: "cancelled by Ctrl-C, SIGTERM or SIGHUP, or not confirmed",
    READER_GONE: "the reader of stdout went away before all was written",
}
"""Code -> meaning, for help and docs."""


class Unexpected(MacheteError):  # noqa: N818 - as the others of core.errors
    """A fault of the program: one line for a person, the traceback for the diagnostic log."""

    title = "Something went wrong inside machete-tui"
    exit_code = UNEXPECTED


def expected(error: BaseException, log_file: str = "") -> MacheteError:
    """Return ``error`` itself when a person can mend it, else an Unexpected that stands for it."""
    if isinstance(error, MacheteError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Cancelled("cancelled by the operator")
    said = " ".join(mask_urls(str(error)).split())
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    where = f"the traceback is in {log_file}" if log_file else "--debug prints the traceback"
    return Unexpected(what[:300], where)


def as_data(error: MacheteError) -> dict[str, Any]:
    """Return an error as programs read it."""
    return {
        "title": error.title,
        "what": error.what,
        "mend": error.mend,
        "field": error.field,
        "exit_code": error.exit_code,
        "log": list(error.log),
    }


def tell(error: MacheteError, out: Stream, err: Stream, *, json: bool, lines: bool = False) -> int:
    """Tell of a failure where its reader looks, and return the exit code.

    Args:
        error: the failure.
        out: gets ``{"error": …}`` when ``json`` is set.
        err: gets the lines for a person otherwise.
        json: whether a program reads.
        lines: whether what went before on stdout were JSON lines, so that this is one too.
    """
    if json:
        out.write(as_json({"error": as_data(error)}, out, indent=None if lines else 2))
        return error.exit_code
    field = f" ({error.field})" if error.field and error.field not in error.what else ""
    text = f"{err.paint(error.title, '1;31')}{plain(field)}: {plain_lines(error.what)}\n"
    if error.mend:
        text += "".join(f"  {line}\n" for line in plain_lines(error.mend).split("\n"))
    if error.log:
        text += "  last output:\n" + "".join(f"  | {plain(line)}\n" for line in error.log)
    err.write(text)
    return error.exit_code
