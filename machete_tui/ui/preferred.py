"""What an operator chose of the list of services: columns, order, filter, what is hidden. Kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict

from machete_tui.core.frozen import dataclass

PREFERENCE = "services"
"""Its name among the preferences."""


@dataclass(frozen=True, slots=True)
class ListView:
    """How the list is looked at.

    Attributes:
        columns: ids of the columns chosen, in the order of the list; none for the usual ones.
        sort: id of the column to sort by.
        reverse: whether the order is reversed.
        filter: the filter line.
        flat: whether single containers are listed instead of services and projects.
        hide_stopped: whether stopped ones are left out.
        only_faults: whether only failed and degraded ones are shown.
    """

    columns: tuple[str, ...] = ()
    sort: str = "name"
    reverse: bool = False
    filter: str = ""
    flat: bool = False
    hide_stopped: bool = False
    only_faults: bool = False

    def dump(self) -> str:
        """Return it as text; empty for what an operator gets who chose nothing."""
        return "" if self == ListView() else json.dumps(asdict(self))


def load(text: str, known: Collection[str]) -> ListView:
    """Return what was kept; what is not understood, or names no column, counts as not chosen."""
    try:
        raw = json.loads(text) if text else {}
    except ValueError:
        raw = {}
    if not isinstance(raw, dict):
        return ListView()
    columns = raw.get("columns")
    sort = _text(raw, "sort")
    return ListView(
        columns=tuple(c for c in columns if c in known) if isinstance(columns, list) else (),
        sort=sort if sort in known else "name",
        reverse=raw.get("reverse") is True,
        filter=_text(raw, "filter"),
        flat=raw.get("flat") is True,
        hide_stopped=raw.get("hide_stopped") is True,
        only_faults=raw.get("only_faults") is True,
    )


def _text(raw: dict[str, object], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""
