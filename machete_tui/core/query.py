"""What the filter line of a list means: regular expressions and terms, all of which must hold.

``web`` is a regular expression, ``!web`` its opposite. As soon as one word is a term, the words stand for
themselves and are joined by *and*::

    status:running stack:node !team:shop label:tier=front "image:redis" api

A status, health or kind may be cut short (``status:run``) and several are joined by commas
(``status:failed,degraded``). The other terms hold regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from machete_tui.core.frozen import dataclass

STATUSES = (
    "pending",
    "building",
    "deploying",
    "running",
    "degraded",
    "failed",
    "stopped",
    "paused",
)
HEALTHS = ("healthy", "starting", "unhealthy", "none")
KINDS = ("service", "project", "container")

_CHOICES: Mapping[str, tuple[str, ...]] = {"status": STATUSES, "health": HEALTHS, "kind": KINDS}
KEYS = ("status", "health", "kind", "stack", "team", "image", "name", "port", "label")
"""What may stand before the colon of a term."""

_WORD = re.compile(r'(?:[^\s"]|"[^"]*")+')
_TERM = re.compile(r"!?([a-z]{3,}):(?!/)")

Labels = Callable[[], Iterable[Mapping[str, str]]]
"""Gives the labels of a row's containers, when a term asks for them."""


class Subject(Protocol):
    """What a query looks at: a row of the list of services."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def status(self) -> str:
        """How it is."""

    @property
    def health(self) -> str:
        """What its health checks say."""

    @property
    def kind(self) -> str:
        """What it is: ``service``, ``project`` or ``container``."""

    @property
    def stack(self) -> str:
        """Its technology."""

    @property
    def team(self) -> str:
        """Its owner."""

    @property
    def image(self) -> str:
        """Its images."""

    @property
    def ports(self) -> str:
        """Its published ports."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; ``key`` is empty for a regular expression over the whole row."""

    key: str
    invert: bool
    values: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None

    def holds(self, row: Subject, text: Callable[[], str], labels: Labels) -> bool:
        """Return whether a row meets it."""
        return self._meets(row, text, labels) != self.invert

    def _meets(self, row: Subject, text: Callable[[], str], labels: Labels) -> bool:
        if self.key == "label":
            name, sign, wanted = self.values[0].partition("=")
            return any(name in found and (not sign or found[name] == wanted) for found in labels())
        if self.values:
            found = str(getattr(row, self.key)) or "none"
            return any(found.startswith(value) for value in self.values)
        if self.pattern is None:
            return True
        if not self.key:
            return bool(self.pattern.search(text()))
        return bool(self.pattern.search(getattr(row, "ports" if self.key == "port" else self.key)))


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed filter line; one with an ``error`` is not to be used.

    Attributes:
        text: as typed.
        terms: the conditions; none lets everything through.
        error: what is wrong with it, in a few words; empty when nothing is.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    error: str = ""

    @classmethod
    def parse(cls, text: str) -> Query:
        """Return what ``text`` says; letters in one case only match both cases."""
        words = _WORD.findall(text)
        try:
            if not any(_keyed(word) for word in words):
                return cls(text, _expression(text))
            terms = tuple(term for word in words for term in _term(word.replace('"', "")))
        except ValueError as error:
            return cls(text, error=str(error))
        return cls(text, terms)

    def __call__(self, row: Subject, text: Callable[[], str], labels: Labels) -> bool:
        """Return whether a row is wanted; ``text`` gives what is read on it."""
        return all(term.holds(row, text, labels) for term in self.terms)


def _keyed(word: str) -> str:
    """Return the key of a term, also of one whose key is nearly right; empty for another word."""
    found = _TERM.match(word.replace('"', ""))
    if not found:
        return ""
    if found[1] in KEYS:
        return found[1]
    import difflib

    return next(iter(difflib.get_close_matches(found[1], KEYS, 1, 0.8)), "")


def _term(word: str) -> tuple[Term, ...]:
    key = _keyed(word)
    if not key:
        return _expression(word)
    invert = word.startswith("!")
    name, _, value = word.removeprefix("!").partition(":")
    if name != key:
        raise ValueError(f"no term {name}: did you mean {key}:{value}?")
    if not value:
        raise ValueError(f"{key}: needs a value")
    if key == "label":
        return (Term(key, invert, (value,)),)
    choices = _CHOICES.get(key)
    if choices is None:
        return (Term(key, invert, pattern=_compiled(value)),)
    values = tuple(part for part in value.lower().split(",") if part)
    for part in values:
        if not any(choice.startswith(part) for choice in choices):
            raise ValueError(f"no {key} {part!r}: one of {', '.join(choices)}")
    return (Term(key, invert, values),)


def _expression(text: str) -> tuple[Term, ...]:
    source = text.removeprefix("!")
    return (Term("", text.startswith("!"), pattern=_compiled(source)),) if source else ()


def _compiled(source: str) -> re.Pattern[str]:
    try:
        return re.compile(source, re.IGNORECASE if source == source.lower() else re.NOFLAG)
    except re.error as error:
        raise ValueError(f"{source}: {error}") from error
