"""The base of every screen: header, the room in the middle, the line of keys.

class Doctor(MacheteScreen):
    CSS_PATH = "doctor.tcss"
    section = "system"
    def compose_body(self) -> ComposeResult: ...
"""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from machete_tui.ui.shell import Shell
from machete_tui.ui.widgets.alertline import AlertLine
from machete_tui.ui.widgets.banner import Banner
from machete_tui.ui.widgets.header import Header
from machete_tui.ui.widgets.keybar import KeyBar
from machete_tui.ui.widgets.pane import ListPane


class MacheteScreen(Screen[None]):
    """A screen with the app's header, banner and keys around its own body.

    Attributes:
        section: the section that the header shows as open; see ``ui/sections.py``.
        heading: what the header says this screen is about (``shop``); empty for the section alone.
    """

    section: ClassVar[str] = ""
    heading: str = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="screen.back", tooltip="drop the filter or marks, else go back"),
        Binding("q", "leave", "Back", show=False, id="screen.leave", tooltip="go back; at the root: quit"),
    ]

    @property
    def shell(self) -> Shell:
        """The app."""
        return cast(Shell, self.app)

    def _compositor_refresh(self) -> None:
        """Under a dialog paint only what changed; Textual would paint the whole screen at each wake-up."""
        super()._compositor_refresh()
        if self is not self.app.screen:
            self._repaint_required = False

    def compose(self) -> ComposeResult:
        """Header, banner, alerts, body, keys."""
        yield Header(self.section, self.heading)
        yield Banner()
        yield AlertLine()
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """Return the screen's own widgets; they share a vertical layout, one of them with height 1fr."""
        yield from ()

    def set_heading(self, text: str) -> None:
        """Change what the header says this screen is about."""
        self.heading = text
        self.query_one(Header).set_heading(text)

    def clear(self) -> bool:
        """Drop what Esc drops before it goes back (filter, marks); return whether there was anything."""
        return any(pane.clear() for pane in self.query(ListPane))

    def action_back(self) -> None:
        """Drop the filter or the marks, else go back; at the root of the app do nothing."""
        if not self.clear():
            self.go_back()

    def action_leave(self) -> None:
        """Go back; at the root of the app quit."""
        if not self.go_back():
            self.app.run_worker(self.app.action_quit(), group="quit")

    def go_back(self) -> bool:
        """Leave this screen for the one before, or the section for the services; False at the root."""
        app = self.shell
        if len(app.screen_stack) > 1:
            app.pop_screen()
        elif self.section != "services":
            app.go("services")
        else:
            return False
        return True
