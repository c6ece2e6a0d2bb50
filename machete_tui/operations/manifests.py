"""``manifest.schema``: what may stand in a ``machete.yml``."""

from __future__ import annotations

import json
from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Document
from machete_tui.operations.registry import operation


@dataclass(frozen=True, slots=True)
class Schema:
    """Nothing is asked for."""


@operation("manifest.schema", "print the JSON Schema of machete.yml")
def manifest_schema(ctx: Context, request: Schema, cancel: Cancel) -> Iterator[Event]:
    """End with the schema, as text and as data."""
    from machete_tui.detection.manifest import schema

    made = schema()
    yield Result(Document(json.dumps(made, indent=2), made))
