"""The filter of the list of services: terms and regular expressions, on rows and their containers' labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from machete_tui.core.frozen import dataclass
from machete_tui.core.query import Query, Subject
from machete_tui.ui.widgets.filters import Filter

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TermFilter(Filter):
    """A :class:`Filter` that knows ``status:running``, ``label:tier=front`` and the like."""

    query: Query = Query()
    labels: Callable[[Subject], Iterable[Mapping[str, str]]] = lambda _: ()

    @property
    def active(self) -> bool:
        """Whether it can hide anything."""
        return bool(self.query.terms)

    def chosen(self, rows: Sequence[R], text: Callable[[R], str]) -> list[R]:
        """Return the rows that meet every term."""
        query, labels = self.query, self.labels
        return [row for row in rows if query(row, lambda r=row: text(r), lambda r=row: labels(r))]  # type: ignore[misc, arg-type]


def term_filter(labels: Callable[[Subject], Iterable[Mapping[str, str]]]) -> Callable[[str], Filter]:
    """Return what parses a filter line; ``labels`` gives those of a row's containers."""

    def parse(text: str) -> Filter:
        query = Query.parse(text)
        return TermFilter(text=text, error=query.error, query=query, labels=labels)

    return parse
