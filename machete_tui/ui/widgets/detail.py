"""One line under a list, about the row under the cursor: changed at each key, so it costs no layout."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from machete_tui.ui.widgets.cells import Tone, clean
from machete_tui.ui.widgets.header import TONES


class DetailLine(Widget):
    """A text, cut at the end of the line."""

    DEFAULT_CSS = """
    DetailLine {
        height: 1; width: 1fr; padding: 0 1; background: $surface; color: $quiet; text-wrap: nowrap;
    }
    """

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._text, self._tone = text, ""

    def say(self, text: str, tone: Tone = "") -> None:
        """Show another text."""
        if (text, tone) != (self._text, self._tone):
            self._text, self._tone = text, tone
            self.refresh()

    def render(self) -> RenderResult:
        """Return the line."""
        line = Content.styled(clean(self._text), TONES.get(self._tone, ""))
        return line.truncate(self.content_size.width, ellipsis=True)
