"""What operations end with, in a form that each front can show without knowing the verb.

A result is a frozen dataclass. :func:`jsonable` turns any of them into plain data; what a person sees
comes from the class: a :class:`Listing` is a table of its rows' :func:`column` fields, a
:class:`Document` is its text, anything else is one ``name: value`` line a field.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from machete_tui.core.frozen import dataclass

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """Rows of one type.

    Attributes:
        rows: what was asked for.
        empty: what to say, and do, when there are none.
        lines: whether each row is a line of text to a person, as in a log, not a row of a table.
    """

    rows: tuple[R, ...]
    empty: str = "nothing to list"
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """Text for a person, and the same as data for a program."""

    text: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Done:
    """A change was made: what, on which object, where it can be reached or watched; the command for it."""

    message: str
    service: str = ""
    url: str = ""
    release: int = 0
    deployment: str = ""
    command: str = ""


def column(
    title: str,
    show: Callable[[Any], str] | None = None,
    *,
    right: bool = False,
    spare: int = 0,
    whole: bool = False,
    fold: bool = False,
    **field: Any,
) -> Any:
    """Return a dataclass field that is a column of a listing.

    Args:
        title: its heading.
        show: turns its value into text.
        right: whether it is aligned to the right.
        spare: above 0, it is left out where the terminal is too narrow; the highest goes first.
        whole: it means nothing when it is cut, as an address or a time.
        fold: it is a sentence: where it does not fit it goes on in the next line.
        **field: for :func:`dataclasses.field`.
    """
    meta = {"title": title, "show": show, "right": right, "spare": spare, "whole": whole, "fold": fold}
    return dataclasses.field(metadata=meta, **field)


def jsonable(value: Any) -> Any:
    """Return ``value`` as what ``json`` can write: dataclasses become objects, tuples become arrays.

    What holds secrets has a method ``shown``, and is written as that returns it.
    """
    if isinstance(value, Listing):
        return [jsonable(row) for row in value.rows]
    if isinstance(value, Document):
        return jsonable(value.data) if value.data is not None else {"text": value.text}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = value.shown() if hasattr(value, "shown") else value
        return {f.name: jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(v) for v in value]
    return value
