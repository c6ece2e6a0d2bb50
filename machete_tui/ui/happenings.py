"""What happens on the engine as lines that follow, with a line to look for something in them."""

from __future__ import annotations

import time
from collections.abc import Iterable

from machete_tui.core.errors import MacheteError
from machete_tui.operations.happenings import EngineEvents
from machete_tui.operations.resource_views import HappeningRow
from machete_tui.ui.widgets.cells import Tone
from machete_tui.ui.widgets.finder import Finder
from machete_tui.ui.widgets.lines import Line, Lines
from machete_tui.ui.widgets.notice import Notice

HOUR = 3600.0
_TONES: dict[str, Tone] = {
    "start": "good",
    "create": "good",
    "pull": "good",
    "die": "warn",
    "kill": "warn",
    "oom": "bad",
    "destroy": "quiet",
    "delete": "quiet",
    "untag": "quiet",
}
QUIET = Notice(
    "Nothing happened yet",
    "What happens to containers, images, volumes and networks stands here as it happens, whoever does it.",
)


class Happenings(Finder):
    """The last hour's events at first, then each as it comes; after a gap it goes on where it was."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(Lines(follow=True))
        self.id = id
        self.lines.say(Notice("Opening the engine's events…"))
        self._last = 0.0
        self._seen: set[tuple[float, str, str]] = set()
        self._opened = False
        self.said = ""

    def request(self) -> EngineEvents:
        """Return what to ask for: what happened in the last hour, and all that comes."""
        self._opened = True
        self.lines.say(QUIET)
        self.said = "following · / finds, f or G follows again"
        return EngineEvents(follow=True, since=HOUR)

    def add(self, rows: Iterable[HappeningRow]) -> list[HappeningRow]:
        """Show events and return those that were not here yet."""
        fresh = [r for r in rows if r.at >= self._last and (r.at, r.id, r.action) not in self._seen]
        if not fresh:
            return []
        self._last = max(self._last, max(r.at for r in fresh))
        self._seen = {k for k in self._seen if k[0] >= self._last} | {
            (r.at, r.id, r.action) for r in fresh if r.at >= self._last
        }
        self.lines.append([_line(row) for row in fresh])
        return fresh

    def ended(self, error: MacheteError | None) -> None:
        """Say that no more come."""
        if error is not None:
            self.lines.say(Notice.of(error))
            self.said = f"✗ {error.what}"


def _line(row: HappeningRow) -> Line:
    at = time.strftime("%H:%M:%S", time.gmtime(row.at))
    action = row.action.partition(":")[0]
    bad = action == "health_status" and "unhealthy" in row.action
    tone: Tone = "bad" if bad else _TONES.get(action, "")
    return Line(f"{row.action:<14} {row.name}  {row.detail}", tone, f"{at}  {row.kind:<10}")
