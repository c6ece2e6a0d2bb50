"""Gives the terminal to a shell in a container, and takes it back when that ends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError, NotPermitted
from machete_tui.core.events import Result
from machete_tui.operations.adopt_requests import ShellIn
from machete_tui.ui.jobs import Job, UnexpectedError

if TYPE_CHECKING:
    from machete_tui.ui.shell import Shell


def open_shell(shell: Shell, ident: str, name: str) -> None:
    """Look for a shell in a container, in a thread; then give it the terminal until it ends."""

    def look(context: Context, cancel: Cancel) -> str:
        from machete_tui.operations.adopted import find_container
        from machete_tui.operations.container_verbs import find_shell

        return find_shell(context, find_container(context, ident), cancel)

    def found(job: Job) -> None:
        if job.error is not None:
            shell.show_error(job.error, name)
        elif job.state == "done":
            _give(shell, ident, name, job.value)

    shell.bridge.call(f"shell in {name}", look, on_end=found)


def _give(shell: Shell, ident: str, name: str, program: str) -> None:
    try:
        with shell.suspend(), _interruptible():
            print(f"{program} in {name}; exit or Ctrl+D comes back", flush=True)
            said, error = _run(shell.context, ident, program)
    except SuspendNotSupported:
        said, error = (
            "",
            NotPermitted(
                "this terminal cannot be given to another program",
                f"elsewhere: machete-tui --run container.shell {name}",
            ),
        )
    if error is not None:
        shell.show_error(error, name)
    elif said:
        shell.notify(said, timeout=3)
    shell.refresh_fleet()


def _run(context: Context, ident: str, program: str) -> tuple[str, MacheteError | None]:
    """Run the operation to its end; the event loop waits, for the terminal is another's."""
    from machete_tui.operations.registry import find

    said = ""
    try:
        for event in find("container.shell").run(context, ShellIn(ident, program), Cancel()):
            if isinstance(event, Result):
                said = event.value.message
    except MacheteError as caught:
        return "", caught
    except Exception as caught:
        return "", UnexpectedError(f"shell: {type(caught).__name__}: {caught}", "the app goes on")
    finally:
        context.store.close()
    return said, None


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let the keys of a terminal end what runs in the terminal, not the app that waits for it."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        for number in kept:
            signal.signal(number, lambda *_: None)
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
