"""Asks before services are removed: what goes, what stays, and whether the volumes go too."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Static

from machete_tui.ui.dialogs.base import Dialog
from machete_tui.ui.dialogs.buttons import Choice
from machete_tui.ui.widgets.tick import Tick

GOES = {
    "service": "Containers, networks, images and ports are removed. The history in the audit trail stays.",
    "project": "Of a project made elsewhere, containers and networks are removed; its files are left alone.",
    "container": "Containers are stopped and removed, with what they wrote outside of volumes.",
}
"""What goes, by kind."""


class RemoveDialog(Dialog[str]):
    """Returns ``keep`` (volumes stay), ``volumes`` (they go too) or None.

    Args:
        names: services, projects, containers.
        offer_volumes: whether their volumes can be chosen; choosing them asks for the name to be typed.
        called: the one name, or how many of what.
        kinds: what they are.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        offer_volumes: bool,
        called: str = "",
        kinds: Collection[str] = ("service",),
    ) -> None:
        super().__init__()
        self._names = names
        self._offer = offer_volumes
        self._typed = called or (names[0] if len(names) == 1 else f"{len(names)} services")
        self._goes = [GOES[kind] for kind in GOES if kind in kinds]
        self._only = set(kinds) == {"container"}

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(classes="dialog -danger") as box:
            box.border_title = f"Remove {self._typed}?"
            for line in self._goes:
                yield Static(line, classes="dialog-text")
            if len(self._names) > 1:
                with VerticalScroll(classes="dialog-scroll", can_focus=False):
                    for name in self._names:
                        yield Static(f"  • {name}", classes="dialog-text", markup=False)
            stay = "Named volumes" if self._only else "Volumes"
            yield Static(f"{stay} and their data stay.", id="stay", classes="dialog-text")
            if self._offer:
                yield Tick("Remove the volumes too: their data is lost for good", id="volumes")
                yield Static(
                    f"Type {self._typed} to go on:", id="label", classes="dialog-quiet", markup=False
                )
                yield Input(id="typed", compact=True)
            with Horizontal(classes="dialog-buttons"):
                yield Choice("Cancel", id="no")
                yield Choice("Remove", danger=True, id="yes")

    def on_mount(self) -> None:
        """Cancel has the focus: Enter does nothing."""
        self.query_one("#no").focus()
        self._allow()

    @property
    def _volumes(self) -> bool:
        return self._offer and self.query_one("#volumes", Tick).value

    @on(Tick.Changed)
    @on(Input.Changed)
    def _allow(self) -> None:
        volumes = self._volumes
        if self._offer:
            self.query_one("#label").display = volumes
            self.query_one("#typed").display = volumes
        self.query_one("#stay").display = not volumes
        right = not volumes or self.query_one("#typed", Input).value == self._typed
        self.query_one("#yes").disabled = not right

    @on(Tick.Changed)
    def _ticked(self, event: Tick.Changed) -> None:
        if event.value:
            self.query_one("#typed").focus()

    @on(Input.Submitted)
    def _entered(self) -> None:
        if not self.query_one("#yes").disabled:
            self.query_one("#yes").focus()

    @on(Choice.Pressed)
    def _pressed(self, event: Choice.Pressed) -> None:
        if event.choice.id != "yes":
            self.dismiss(None)
        else:
            self.dismiss("volumes" if self._volumes else "keep")
