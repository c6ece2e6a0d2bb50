"""The palette's operations: every one of the registry, by name and help."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from machete_tui.operations import registry
from machete_tui.operations.registry import Operation
from machete_tui.ui.invoke import invoke, kind_of
from machete_tui.ui.shell import Shell


class OperationCommands(Provider):
    """Offers the registry's operations; those with arguments ask for them."""

    async def startup(self) -> None:
        """Import the verbs in a thread: the palette opens at once and they follow."""
        self._operations: list[Operation] = await asyncio.to_thread(registry.every)

    async def discover(self) -> Hits:
        """Yield every operation."""
        for operation in self._operations:
            yield DiscoveryHit(operation.name, partial(self._invoke, operation), help=operation.help)

    async def search(self, query: str) -> Hits:
        """Yield the operations whose name or help match."""
        matcher = self.matcher(query)
        for operation in self._operations:
            score = max(matcher.match(operation.name), matcher.match(operation.help) * 0.6)
            if score > 0:
                name = matcher.highlight(operation.name)
                yield Hit(score, name, partial(self._invoke, operation), help=operation.help)

    def _invoke(self, operation: Operation) -> None:
        targets: tuple[Any, ...] = getattr(self.screen, "targets", ())
        fits = len(targets) == 1 and targets[0].kind == kind_of(operation)
        subject = targets[0].name if fits else ""
        invoke(cast(Shell, self.app), operation, subject)
