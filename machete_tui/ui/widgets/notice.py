"""What stands where rows would be: loading, nothing yet, an error; always with the next step."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from machete_tui.core.errors import MacheteError
from machete_tui.core.frozen import dataclass
from machete_tui.ui.widgets.cells import clean, fit, sentence


@dataclass(frozen=True, slots=True)
class Notice:
    """A text in the middle of an empty room.

    Attributes:
        title: one line, strong.
        what: what it means; wrapped.
        next: the next step, with its key.
        tone: ``bad`` for an error.
    """

    title: str
    what: str = ""
    next: str = ""
    tone: Literal["", "bad", "warn"] = ""

    @classmethod
    def of(cls, error: MacheteError, again: str = "Ctrl+R tries again") -> Notice:
        """Return an error as a notice: its title, what happened, the mend."""
        mend = sentence(error.mend)
        return cls(error.title, error.what, f"{mend}\n{again}" if mend else again, "bad")


def notice_lines(notice: Notice, width: int) -> list[tuple[str, str]]:
    """Return the notice as (style name, text) lines that fit into ``width``."""
    room = max(10, min(72, width - 6))
    sign = {"bad": "✗ ", "warn": "! "}.get(notice.tone, "")
    lines: list[tuple[str, str]] = [(notice.tone or "strong", sign + notice.title)]
    for style, text in (("base", notice.what), ("quiet", notice.next)):
        if text:
            lines.append(("base", ""))
            for part in text.splitlines():
                lines += [(style, line) for line in textwrap.wrap(clean(part), room) or [""]]
    return lines


def notice_line(
    notice: Notice | None,
    y: int,
    width: int,
    height: int,
    base: Style,
    style: Callable[[str], Style],
) -> Strip:
    """Draw line ``y`` of a room of ``width`` × ``height`` that holds only this notice."""
    if notice is None:
        return Strip.blank(width, base)
    lines = notice_lines(notice, width)
    index = y - max(0, (height - len(lines)) // 3)
    if not 0 <= index < len(lines):
        return Strip.blank(width, base)
    name, text = lines[index]
    block = max(len(line) for _, line in lines)
    left = max(1, (width - block) // 2)
    used = base if name == "base" else base + style(name)
    return Strip([Segment(" " * left, base), Segment(fit(text, max(0, width - left)), used)], width)
