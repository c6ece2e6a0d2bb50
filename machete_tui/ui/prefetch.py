"""Asks for the service list before Textual is imported, so that the answer is there at the first paint.

Nothing here may import Textual: the command line starts this thread and imports the app meanwhile.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import field

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import Container, EventStream
from machete_tui.core.events import Result
from machete_tui.core.frozen import dataclass
from machete_tui.operations.service_row import ServiceRow


@dataclass(frozen=True, slots=True)
class FirstList:
    """What was found before the app ran.

    Attributes:
        rows: the services; empty when the list failed.
        at: Unix time of the list.
        failure: why there is no list.
        stream: the engine's events, opened before the list was read so that nothing falls between.
        trouble: why there is no stream.
        containers: what the rows were made of.
        preferences: what the operator chose of the app's looks, by name.
    """

    rows: tuple[ServiceRow, ...] = ()
    at: float = 0.0
    failure: Exception | None = None
    stream: EventStream | None = None
    trouble: Exception | None = None
    containers: tuple[Container, ...] = ()
    preferences: Mapping[str, str] = field(default_factory=dict)


class Prefetch:
    """A context being made and its service list being read, in a thread of their own."""

    def __init__(self, context_factory: Callable[[], Context]) -> None:
        self._factory = context_factory
        self._context: Context | None = None
        self._error: Exception | None = None
        self._made = threading.Event()
        self._listed = threading.Event()
        self._first = FirstList()
        self._thread = threading.Thread(target=self._work, name="prefetch", daemon=True)
        self._thread.start()

    @property
    def context(self) -> Context:
        """The context; waits until it is made, and raises what making it raised."""
        self._made.wait()
        if self._context is None:
            raise self._error or RuntimeError("the context was not made")
        return self._context

    @property
    def ready(self) -> bool:
        """Whether :attr:`first` is there without waiting."""
        return self._listed.is_set()

    @property
    def preferences(self) -> dict[str, str]:
        """What the operator chose of the app's looks; nothing while the first list is not there."""
        return dict(self._first.preferences)

    def first(self, timeout: float | None = None) -> FirstList | None:
        """Return the first list, waiting up to ``timeout`` seconds; None when it is not there yet."""
        return self._first if self._listed.wait(timeout) else None

    def _work(self) -> None:
        try:
            self._context = context = self._factory()
        except Exception as error:
            self._error = error
            self._first = FirstList(failure=error)
            self._listed.set()
            return
        finally:
            self._made.set()
        try:
            self._first = first_list(context)
        finally:
            self._listed.set()


def first_list(context: Context) -> FirstList:
    """Open the event stream, then read the list; failures are kept, not raised."""
    stream: EventStream | None = None
    trouble: Exception | None = None
    try:
        stream = context.engine.events()
    except Exception as error:
        trouble = error
    rows: tuple[ServiceRow, ...] = ()
    containers: tuple[Container, ...] = ()
    preferences: Mapping[str, str] = {}
    failure: Exception | None = None
    at = context.clock.now()
    try:
        from machete_tui.operations.queries import ListServices
        from machete_tui.operations.registry import find

        for event in find("service.list").run(context, ListServices(), Cancel()):
            if isinstance(event, Result):
                rows, containers = tuple(event.value.rows), tuple(event.value.containers)
        preferences = context.store.preferences.all()
    except Exception as error:
        failure = error
    finally:
        with contextlib.suppress(Exception):
            context.store.close()
    return FirstList(rows, at, failure, stream, trouble, containers, preferences)


def start(context_factory: Callable[[], Context]) -> Prefetch:
    """Make the context and read the service list in a thread; returns at once."""
    return Prefetch(context_factory)
