"""The keys that work everywhere. A screen has its own in its class; each has an id to remap it by."""

from __future__ import annotations

from textual.binding import Binding

from machete_tui.ui.sections import sections

EVERYWHERE: tuple[Binding, ...] = (
    *(
        Binding(s.key, f"go('{s.id}')", s.title, show=False, id=f"section.{s.id}", tooltip=s.help)
        for s in sections()
    ),
    Binding(
        "question_mark",
        "help",
        "Help",
        key_display="?",
        id="app.help",
        tooltip="every key that works here",
    ),
    Binding(
        "colon",
        "command_palette",
        "Palette",
        key_display=":",
        id="app.palette",
        tooltip="every action, by name",
    ),
    Binding(
        "ctrl+r",
        "reload",
        "Refresh",
        show=False,
        id="app.refresh",
        tooltip="ask again; never changes anything",
    ),
    Binding("J", "jobs", "Jobs", show=False, id="app.jobs", tooltip="what runs now"),
    Binding("ctrl+t", "theme", "Theme", show=False, id="app.theme", tooltip="dark or light"),
    Binding(
        "ctrl+z",
        "suspend_process",
        "Suspend",
        show=False,
        id="app.suspend",
        tooltip="back to the shell; fg comes back",
    ),
    Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit", tooltip="leave machete"),
)
