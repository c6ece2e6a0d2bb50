"""Running a program whose failure is an error of ours, with the last lines that it printed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import MacheteError
from machete_tui.engines.runner import Runner

_TAIL = 40


def run_lines(
    argv: Sequence[str],
    cancel: Cancel,
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    error: type[MacheteError] = MacheteError,
    mend: str = "",
) -> Iterator[tuple[str, ...]]:
    """Run a program to its end, yielding what it prints (both streams) in batches as it comes.

    Args:
        argv: program and arguments.
        cancel: ends the program, with all that it started, when it is cancelled.
        env: variables set for it beside those of this process.
        cwd: folder to run in.
        error: what to raise when it fails.
        mend: what to do about that.

    Raises:
        NotFound: there is no such program.
        MacheteError: ``error``, with its last lines, when it ended with anything but 0.
    """
    runner = Runner(argv, env={**os.environ, **(env or {})}, cwd=cwd, keep=_TAIL)
    yield from runner.batches(cancel)
    if runner.code:
        tail = [line for line in runner.tail if line.strip()]
        said = f": {tail[-1].strip()}" if tail else ""
        raise error(f"{argv[0]} ended with {runner.code}{said}", mend, log=tuple(tail))
