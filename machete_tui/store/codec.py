"""Frozen dataclasses to JSON text and back, by their annotations."""

from __future__ import annotations

import dataclasses
import json
import types
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumps(value: Any) -> str:
    """Return a dataclass, or plain data, as compact JSON."""
    plain = dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value  # type: ignore[arg-type]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def loads(cls: type[T], text: str) -> T:
    """Return the dataclass that :func:`dumps` wrote; fields that it does not know any more are dropped."""
    built: T = _build(cls, json.loads(text))
    return built


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    from machete_tui.core import source  # what a release holds of its detection, not imported with the models

    return get_type_hints(cls, localns=vars(source))


def _build(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _build(next(a for a in get_args(hint) if a is not type(None)), value)
    if origin is tuple:
        kinds = get_args(hint)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(_build(kinds[0], v) for v in value)
        return tuple(_build(k, v) for k, v in zip(kinds, value, strict=True))
    if origin is dict:
        return {k: _build(get_args(hint)[1], v) for k, v in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        known = {f.name for f in dataclasses.fields(hint)}
        hints = _hints(hint)
        return hint(**{k: _build(hints[k], v) for k, v in value.items() if k in known})
    return value
