"""What the filter line means: a regular expression over a row's texts, inverted by a leading ``!``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from machete_tui.core.frozen import dataclass

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter.

    Attributes:
        text: as typed.
        pattern: None when it matches everything or is not valid.
        invert: whether rows that match are hidden instead.
        error: why it is not a valid expression; empty when it is.
    """

    text: str = ""
    pattern: re.Pattern[str] | None = None
    invert: bool = False
    error: str = ""

    @classmethod
    def parse(cls, text: str) -> Filter:
        """Return the filter that ``text`` says; letters in one case only match both cases."""
        invert = text.startswith("!")
        source = text[1:] if invert else text
        if not source:
            return cls(text)
        flags = re.IGNORECASE if source == source.lower() else re.NOFLAG
        try:
            return cls(text, re.compile(source, flags), invert)
        except re.error as error:
            return cls(text, None, invert, str(error))

    @property
    def active(self) -> bool:
        """Whether it can hide anything."""
        return self.pattern is not None

    def chosen(self, rows: Sequence[R], text: Callable[[R], str]) -> list[R]:
        """Return the rows that are shown; ``text`` gives what is read on one."""
        return [row for row in rows if self(text(row))]

    def __call__(self, text: str) -> bool:
        """Return whether a row with this text is shown."""
        if self.pattern is None:
            return True
        return bool(self.pattern.search(text)) != self.invert
