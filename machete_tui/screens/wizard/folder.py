"""Step 1, a folder: a path that completes, and the sub-folders with the files that tell what they are."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from machete_tui.screens.wizard.fields import Edited, Field
from machete_tui.ui.bridge import Bridge
from machete_tui.ui.jobs import Job
from machete_tui.ui.widgets.cells import clean
from machete_tui.ui.wizard import folders
from machete_tui.ui.wizard.folders import Look

_PAUSE = 0.08
"""Seconds without a key before the disk is read."""


class _Paths(Suggester):
    """Grows a typed path to the first folder that begins like it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Look in a thread: a folder may be on a slow disk."""
        import asyncio

        return await asyncio.to_thread(folders.complete, value)


class PathInput(Input):
    """The path; Down leads into the list below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down", "to_list", "List", key_display="↓", id="folder.list", tooltip="into the list of folders"
        ),
        Binding(
            "right", "grow", "Complete", key_display="→", id="folder.complete", tooltip="complete the path"
        ),
    ]

    def action_grow(self) -> None:
        """Take the completion, or move the cursor where there is none."""
        self.action_cursor_right()

    def action_to_list(self) -> None:
        """Focus the list."""
        self.screen.query_one(FolderList).focus()


class FolderList(OptionList):
    """The sub-folders: Enter goes in, Backspace goes up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False, id="folder.down", tooltip="down"),
        Binding("k", "cursor_up", show=False, id="folder.up", tooltip="up"),
        Binding("right,l", "select", show=False, id="folder.in", tooltip="into the folder"),
        Binding(
            "left,h,backspace",
            "picker('up')",
            "Folder above",
            show=True,
            key_display="←",
            id="folder.above",
            tooltip="to the folder above",
        ),
        Binding(
            "full_stop",
            "picker('hidden')",
            "Hidden folders",
            show=True,
            key_display=".",
            id="folder.hidden",
            tooltip="show or leave out folders that begin with a dot",
        ),
    ]

    def action_picker(self, what: str) -> None:
        """Hand it to the picker around."""
        picker = self.query_ancestor(FolderPicker)
        if what == "up":
            picker.go(folders.parent(picker.shown))
        else:
            picker.toggle_hidden()


class FolderPicker(Vertical):
    """Path, what is in it, and its sub-folders; the path is always what is chosen."""

    def __init__(self, path: str, bridge: Bridge) -> None:
        super().__init__(id="folder-picker")
        self._bridge = bridge
        self._hidden = False
        self._look = Look("")
        self._begun = ""
        self._asked = 0
        self._timer: Timer | None = None
        self.field = PathField(path)
        self._summary = Static("", id="folder-summary", markup=False)
        self._list = FolderList(id="folder-list")

    @property
    def shown(self) -> str:
        """The folder whose sub-folders are listed."""
        return self._look.path

    def compose(self) -> ComposeResult:
        """The path on top, the list below it."""
        yield self.field
        yield self._summary
        yield self._list

    def on_mount(self) -> None:
        """Read the first folder."""
        self._read()

    def go(self, path: str) -> None:
        """Choose a folder and list it."""
        self.field.set_value(path)

    def toggle_hidden(self) -> None:
        """Show or leave out the hidden folders."""
        self._hidden = not self._hidden
        self._read()

    @on(Edited)
    def _typed(self, event: Edited) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, self._read)

    @on(OptionList.OptionSelected)
    def _opened(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        name = event.option.id or ".."
        here = self.shown
        self.go(folders.parent(here) if name == ".." else f"{here.rstrip('/')}/{name}")

    def _read(self) -> None:
        """Read the folder of the typed path in a thread; only the last answer counts."""
        self._timer = None
        text, hidden = self.field.value, self._hidden
        self._asked += 1
        turn = self._asked

        def read(*_: object) -> tuple[Look, str]:
            path, begun = folders.nearest(text)
            return folders.look(path, hidden=hidden or begun.startswith(".")), begun

        def ended(job: Job) -> None:
            if turn == self._asked and self.is_attached and job.value is not None:
                self._show(*job.value)

        self._bridge.call("read the folder", read, on_end=ended)

    def _show(self, look: Look, begun: str) -> None:
        if (look, begun) == (self._look, self._begun):
            return
        came_from = self._look.path.rpartition("/")[2] if folders.parent(self._look.path) == look.path else ""
        self._look, self._begun = look, begun
        entries = [e for e in look.folders if e.name.startswith(begun)]
        wide = min(30, max([len(e.name) for e in entries], default=0) + 1)
        options = [] if look.path == "/" else [Option(Content.styled("../", "$quiet"), id="..")]
        for entry in entries:
            name = Content(f"{clean(entry.name)}/".ljust(wide))
            tells = Content.styled(f"  {', '.join(entry.tells)}", "$success" if entry.tells else "$quiet")
            options.append(Option(Content.assemble(name, tells), id=entry.name))
        self._list.clear_options()
        self._list.add_options(options)
        if options:
            ids = [o.id for o in options]
            self._list.highlighted = ids.index(came_from) if came_from in ids else 0
        chosen = not begun and not look.error
        sign = "✓" if look.tells else "·"
        if begun:
            self._summary.update(
                f"· {len(entries)} folder{'s' * (len(entries) != 1)} begin with {clean(begun)}"
            )
        elif look.error:
            self._summary.update(f"✗ {look.error}")
        else:
            self._summary.update(f"{sign} {clean(look.summary)}{' · more not shown' if look.cut else ''}")
        self._summary.set_class(chosen and bool(look.tells), "-tells")
        self._summary.set_class(bool(look.error), "-error")


class PathField(Field):
    """The path's own field."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "folder", "Folder", path, placeholder="/srv/app", tooltip="→ completes, ↓ to the list"
        )
        self.input = PathInput(path, "/srv/app", suggester=_Paths(), select_on_focus=False, compact=True)
