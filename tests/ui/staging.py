"""Operations that wait, fail or answer what a test wants, in the registry's place of the real ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import MacheteError
from machete_tui.core.events import Event, Result
from machete_tui.operations import registry


class Staging:
    """Puts operations in the place of others for one test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.go = threading.Event()

    def put(self, name: str, run: Any) -> None:
        """Let ``run`` stand for the operation of that name."""
        real = registry.find(name)
        self._patch.setitem(registry._operations, name, replace(real, run=run))

    def hold(self, name: str) -> None:
        """Let an operation wait until the test ends."""

        def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
            with cancel.closing(self.go.set):
                self.go.wait(60)
            yield Result(None)

        self.put(name, run)

    def fail(self, name: str, error: MacheteError) -> None:
        """Let an operation end with an error."""

        def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
            raise error
            yield

        self.put(name, run)

    def answer(self, name: str, value: object) -> None:
        """Let an operation end with a value."""

        def run(ctx: Context, request: Any, cancel: Cancel) -> Iterator[Event]:
            yield Result(value)

        self.put(name, run)
