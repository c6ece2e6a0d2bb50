"""Work that may take long: after five seconds it is said that it goes on, and how to watch it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextvars import copy_context

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Lines, Note

PATIENCE = 5.0
"""Seconds after which a verb says that it goes on."""


def watch_hint(verb: str, service: str) -> Note:
    """Return what is said of a verb that goes on."""
    return Note(f"{verb} of {service} goes on; watch it with `machete-tui --run service.show {service}`")


def patiently(
    ctx: Context, batches: Iterator[tuple[str, ...]], cancel: Cancel, said: Note
) -> Generator[Event, None, None]:
    """Yield output as it comes; ``said`` once when it takes longer than :data:`PATIENCE`, also in silence.

    The batches are read in a thread. When nobody reads the events any more, ``cancel`` ends it first.
    """
    came: queue.SimpleQueue[tuple[str, ...] | BaseException | None] = queue.SimpleQueue()

    def read() -> None:
        try:
            for batch in batches:
                came.put(batch)
        except BaseException as error:
            came.put(error)
        else:
            came.put(None)

    begun, told = ctx.clock.monotonic(), False
    # In a copy of this context: what runs there notes its commands for the same audit row.
    thread = threading.Thread(target=copy_context().run, args=(read,), daemon=True)
    thread.start()
    try:
        while True:
            try:
                got = came.get(timeout=0.1)
            except queue.Empty:
                got = ()
            if not told and ctx.clock.monotonic() - begun >= PATIENCE:
                told = True
                yield said
            if got is None:
                return
            if isinstance(got, BaseException):
                raise got
            if got:
                yield Lines(got)
    except GeneratorExit:
        cancel.cancel()
        raise
    finally:
        thread.join()
