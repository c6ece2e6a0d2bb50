"""``image.pull``: an image from a registry, with how far each layer and the whole of it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import InvalidInput
from machete_tui.core.events import Advance, Event, Lines, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import LayerState
from machete_tui.core.results import Done
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import measured

_REFERENCE = re.compile(
    r"(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?/)?[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*"
    r"(?::[A-Za-z0-9_][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
_HERE = ("Pull complete", "Already exists")


@dataclass(frozen=True, slots=True)
class Pull:
    """What to pull."""

    image: str = arg(
        "image as in docker pull: name, name:tag or name@digest", positional=True, metavar="IMAGE"
    )


@operation("image.pull", "pull an image from its registry, or from the mirror", role="operator", changes=True)
def pull(ctx: Context, request: Pull, cancel: Cancel) -> Iterator[Event]:
    """Pull; cancelling stops it at once and leaves nothing half of it."""
    ref = request.image.strip()
    if len(ref) > 255 or not _REFERENCE.fullmatch(ref):
        raise InvalidInput(
            f"{ref!r} is not the name of an image",
            "for example postgres:17 or registry.example.com/team/app:1.2",
            field="IMAGE",
        )
    with audited(ctx, "image.pull") as audit:
        audit.detail = f"$ docker pull {ref}"
        yield Note(f"$ docker pull {ref}")
        layers = Layers()
        for batch in ctx.engine.resources.pull(ref, cancel):
            lines = layers.take(batch)
            if lines:
                yield Lines(lines)
            yield Advance(f"{ref}: {layers}", layers.done, layers.total)
        found = ctx.engine.image(ref)
    size = f", {measured(found.size)}" if found else ""
    yield Result(Done(f"pulled {ref}{size}"))


class Layers:
    """The layers of one pull: what each is at, and the sum of them."""

    def __init__(self) -> None:
        self._states: dict[str, LayerState] = {}
        self._sizes: dict[str, int] = {}
        self._got: dict[str, int] = {}

    def take(self, batch: tuple[LayerState, ...]) -> tuple[str, ...]:
        """Take news in; return a line for each layer whose status changed."""
        lines: list[str] = []
        for state in batch:
            if not state.layer:
                lines.append(state.status)
                continue
            before = self._states.get(state.layer)
            self._states[state.layer] = state
            if before is None or before.status != state.status:
                lines.append(f"{state.layer}: {state.status}")
            if state.status == "Downloading":
                self._sizes[state.layer] = max(self._sizes.get(state.layer, 0), state.total)
                self._got[state.layer] = state.current
            elif state.status not in ("Pulling fs layer", "Waiting"):
                if before is None or not self._sizes.get(state.layer):
                    self._sizes[state.layer] = state.total
                self._got[state.layer] = self._sizes[state.layer]
        return tuple(lines)

    @property
    def done(self) -> int:
        """Bytes downloaded."""
        return sum(self._got.values())

    @property
    def total(self) -> int:
        """Bytes to download, of the layers whose size is known by now."""
        return sum(self._sizes.values())

    def __str__(self) -> str:
        here = sum(1 for state in self._states.values() if state.status in _HERE)
        bytes_of = f", {measured(self.done)} of {measured(self.total)}" if self.total else ""
        return f"{here} of {len(self._states)} layers{bytes_of}"
