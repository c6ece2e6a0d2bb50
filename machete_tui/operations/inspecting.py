"""All that the engine knows of an object, as JSON that may be shown: values of secrets are masked."""

from __future__ import annotations

import json
import re
from typing import Any

from machete_tui.core.engine import Engine
from machete_tui.core.resources import Kind
from machete_tui.core.results import Document
from machete_tui.core.secrets import MASK, is_secret, mask_urls

_OPTION = re.compile(r"((?:^|,)\s*(?:password|pass|secret|credentials)=)[^,]*", re.IGNORECASE)


def inspected(engine: Engine, kind: Kind, ref: str) -> Document:
    """Return what inspecting one object gives, as text with keys in the engine's order, and as data."""
    data = shown(engine.resources.inspect(kind, ref))
    return Document(json.dumps(data, indent=2, ensure_ascii=False), data)


def shown(value: Any, key: str = "") -> Any:
    """Return JSON with secrets masked: in environments, in options of drivers, in URLs."""
    if isinstance(value, dict):
        return {str(k): _pair(key, str(k), v) for k, v in value.items()}
    if isinstance(value, list):
        if key.lower() in ("env", "environment"):
            return [_variable(str(item)) for item in value]
        return [shown(item, key) for item in value]
    return mask_urls(value) if isinstance(value, str) else value


def _pair(within: str, key: str, value: Any) -> Any:
    if within.lower() in ("options", "driveropts") and isinstance(value, str):
        return MASK if is_secret(key, value) else _OPTION.sub(rf"\g<1>{MASK}", value)
    return shown(value, key)


def _variable(text: str) -> str:
    name, sign, value = text.partition("=")
    return f"{name}={MASK}" if sign and is_secret(name, value) else text
