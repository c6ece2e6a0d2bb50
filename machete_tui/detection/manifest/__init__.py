"""``machete.yml``: what a source says of itself, so that detection need not guess."""

from __future__ import annotations

from typing import Any


def schema() -> dict[str, Any]:
    """Return the manifest's JSON Schema (draft 2020-12), as ``--run manifest.schema`` prints it."""
    from machete_tui.detection.manifest.model import Manifest
    from machete_tui.detection.manifest.values import KINDS

    made = Manifest.model_json_schema()
    listed = {"type": "array", "items": {"enum": list(KINDS)}, "uniqueItems": True}
    made["properties"]["services"]["anyOf"].insert(0, listed)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "machete.yml"}
