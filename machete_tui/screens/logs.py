"""What services and containers write, as it comes."""

from __future__ import annotations

from pathlib import Path
from time import strftime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer

from machete_tui.core.errors import EngineUnavailable
from machete_tui.core.events import Note, Rows
from machete_tui.logs.levels import ERROR, INFO, NAMES, NONE, WARN
from machete_tui.logs.query import parse
from machete_tui.ui.clipboard import MOST
from machete_tui.ui.dialogs.choose import Choose, Option
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.jobs import Job, JobEnded, JobProgress
from machete_tui.ui.logs.pane import LogPane
from machete_tui.ui.logs.ranges import RANGES
from machete_tui.ui.logs.reader import LogReader, names_of
from machete_tui.ui.logs.save import SaveLog, save
from machete_tui.ui.logs.scroll import LogScroll
from machete_tui.ui.logs.searchbar import SearchBar
from machete_tui.ui.logs.times import MODES, WORDS
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.shell import CONTAINER
from machete_tui.ui.widgets.cells import Tone
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.notice import Notice

WHICH = Notice(
    "Which service?",
    "The log of one service, all its containers together, followed as it comes.",
    "Enter chooses one; on the list of services, l opens the log of the row or of all marked ones",
)
SILENT = Notice(
    "No line yet", "Nothing was written in this span; lines appear as they come.", "0-6: more of the past"
)
LEVELS = (NONE, INFO, WARN, ERROR)
CONTEXTS = (-1, 0, 1, 3, 10)
"""Lines around what was found; -1 shows all lines."""

OF_A_LOG = frozenset(
    (
        "follow",
        "search",
        "sift",
        "context",
        "level",
        "time",
        "wrap",
        "fold",
        "source",
        "copy",
        "save",
        "range",
    )
)
"""Actions that need an open log."""

RETRY = 2.0
"""Seconds after which reading is tried again when only the log's own connection broke."""


class LogsScreen(MacheteScreen):
    """The logs of services and containers, merged by time.

    Args:
        targets: services, and containers as ``container:NAME``; none to ask which.
    """

    CSS_PATH = "logs.tcss"
    section = "logs"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Service", show=False, id="log.service-here", tooltip="choose a service"),
        Binding("s", "choose", "Service", id="log.service", tooltip="another service"),
        Binding("f", "follow", "Follow", id="log.follow", tooltip="follow, or stay where it is"),
        Binding("slash", "search", "Search", key_display="/", id="log.search", tooltip="mark what matches"),
        Binding(
            "ampersand",
            "sift",
            "Filter",
            show=False,
            key_display="&",
            id="log.filter",
            tooltip="only what matches",
        ),
        Binding(
            "c", "context", "Context", id="log.context", tooltip="only what was found, with lines around"
        ),
        Binding("L", "level", "Level", id="log.level", tooltip="least level that is shown"),
        Binding("t", "time", "Time", id="log.time", tooltip="times: off, UTC, local, from now"),
        Binding("w", "wrap", "Wrap", id="log.wrap", tooltip="wrap long lines, or go sideways"),
        Binding("z", "fold", "JSON", show=False, id="log.fold", tooltip="JSON lines readable, or as written"),
        Binding("C", "source", "Source", show=False, id="log.source", tooltip="only one of the containers"),
        Binding(
            "y,ctrl+c", "copy", "Copy", show=False, id="log.copy", tooltip="copy what is selected or marked"
        ),
        Binding("ctrl+s", "save", "Save", show=False, id="log.save", tooltip="save as text, JSON or CSV"),
        *(
            Binding(r.key, f"range({r.key})", "Range", show=False, id=f"log.range-{r.key}", tooltip=r.text)
            for r in RANGES
        ),
    ]

    def __init__(self, *targets: str) -> None:
        super().__init__()
        self._targets: tuple[str, ...] = tuple(t for t in targets if t)
        self.heading = names_of(self._targets)
        self._range = RANGES[0]
        self._lines = LogPane(self._now, id="log")
        self._bar = SearchBar()
        self._reader: LogReader | None = None
        self._lost: Timer | None = None
        self._said = ""

    @property
    def _job(self) -> Job | None:
        return self._reader.job if self._reader is not None else None

    def compose_body(self) -> ComposeResult:
        """The lines, the search, and one line about what is shown."""
        with Horizontal(id="lines"):
            yield self._lines
            yield self._lines.bar
        yield self._bar
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Begin with what was named, or ask."""
        folder = self.shell.context.settings.cache_dir / "spool"
        self._reader = LogReader(self.shell.bridge, self, folder, self._lines.grown, self._now)
        self.shell.fleet_changed.subscribe(self, self._fleet)
        self._lines.focus()
        self.open(*self._targets)

    def on_unmount(self) -> None:
        """Stop reading."""
        if self._reader is not None:
            self._reader.stop()

    def open(self, *targets: str) -> None:
        """Show the logs of these."""
        assert self._reader is not None
        self._targets = tuple(t for t in targets if t)
        self.set_heading(names_of(self._targets))
        self._forget_loss()
        self._said = ""
        self._bar.close(drop=True)
        if not self._targets:
            self._reader.stop()
            self._lines.open(None)
            self._lines.say(WHICH)
            self._about()
            return
        self._lines.layout_.show_names = len(self._targets) > 1 or not self._targets[0].startswith(CONTAINER)
        self._lines.say(Notice("Opening the log…"))
        level, context = self._lines.view.level, self._lines.view.context
        self._lines.open(self._reader.open(self._targets, self._range))
        self._lines.show(level=level, context=context)
        self._about()

    def reload(self) -> None:
        """Open the log again."""
        self.open(*self._targets)

    def clear(self) -> bool:
        """Drop the selection, else what was looked for and the filters."""
        if self._lines.deselect():
            return True
        view = self._lines.view
        sifted = view.sifted
        if self._bar.close(drop=True) or sifted or view.query:
            self._lines.find(parse(""))
            self._lines.show(level=NONE, context=-1)
            self._lines.focus()
            self._about()
            return True
        return False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what works on a log where one is open; before, digits go to the sections."""
        return action not in OF_A_LOG or bool(self._targets)

    # What the reading says

    def on_job_progress(self, message: JobProgress) -> None:
        """Show what the operation tells beside the lines."""
        if message.job is not self._job:
            return
        for event in message.events:
            if isinstance(event, Rows):
                self._lines.say(SILENT)
            elif isinstance(event, Note) and self._reader is not None:
                self._reader.mark(("! " if event.level == "warning" else "· ") + event.text)
        self._about()

    def on_job_ended(self, message: JobEnded) -> None:
        """Say why no more lines come, and try again when the engine may be back."""
        job, reader = message.job, self._reader
        if reader is None or job is not reader.job:
            return
        reader.job = None
        if job.error is None:
            self._said = "the log ended · Ctrl+R opens it again"
        else:
            self._said = f"✗ {job.error.what} · Ctrl+R opens it again"
            self._lines.say(Notice.of(job.error))
            if isinstance(job.error, EngineUnavailable):
                if len(reader.spool):
                    reader.mark(f"✗ {job.error.what}")
                self._said = f"✗ goes on when the engine answers · {job.error.what}"
                self._forget_loss()
                self._lost = self.set_timer(RETRY, self._retry)
        self._about()

    def _fleet(self, fleet: Fleet) -> None:
        if self._lost is not None and fleet.trouble is None and fleet.failure is None:
            self._retry()

    def _retry(self) -> None:
        """Read on, unless the engine is known to be away: then its return is told."""
        if self._lost is None or self._reader is None or self._job is not None:
            return
        if self.shell.fleet.trouble is None:
            self._forget_loss()
            self._said = ""
            self._reader.resume()
            self._about()

    def _forget_loss(self) -> None:
        if self._lost is not None:
            self._lost.stop()
            self._lost = None

    @on(LogScroll.Chosen)
    def _pointed(self, event: LogScroll.Chosen) -> None:
        event.stop()
        self._lines.go_to(event.y, event.height)

    @on(LogPane.News)
    def _news(self, event: LogPane.News) -> None:
        event.stop()
        self._about()

    def _about(self) -> None:
        """Say in one line what is shown and what is not."""
        pane, view = self._lines, self._lines.view
        about = self.query_one("#about", DetailLine)
        if not self._targets:
            about.say("")
            return
        parts: list[str] = []
        if self._said:
            parts.append(self._said)
        if not pane.following:
            new = f"▼ {pane.unseen:,} new · " if pane.unseen else ""
            parts.append(f"{new}paused: f or G follows again")
        elif not self._said:
            parts.append("following")
        parts.append(self._range.text)
        if view.level != NONE:
            parts.append(f"{NAMES[view.level]} and above")
        if view.search is not None:
            more = "" if view.search.done else "…"
            parts.append(f"{view.found:,}{more} found")
            if view.context >= 0:
                parts.append(f"only these, ±{view.context}")
        if view.spool.dropped:
            parts.append(f"{view.spool.dropped:,} older lines dropped")
        trouble = view.spool.trouble
        tone: Tone = "bad" if self._said.startswith("✗") else "warn" if trouble else ""
        about.say(" · ".join([*([f"! {trouble}"] if trouble else []), *parts]), tone)
        if self._bar.has_class("-open"):
            query = parse(self._bar.text)
            said = query.error or (f"{view.found:,} lines" if self._bar.text else "")
            self._bar.say(f"{said} · Enter keeps, n N go on, Esc drops" if said else "")

    @on(SearchBar.Typed)
    def _typed(self, event: SearchBar.Typed) -> None:
        event.stop()
        query = parse(event.text)
        if query.text != self._lines.view.query.text and not query.error:
            self._lines.find(query)
        if event.kept:
            self._bar.close()
            self._lines.focus()
            if query and self._lines.view.context < 0:
                self._lines.action_next(-1 if self._lines.following else 1)
        self._about()

    # Keys

    def action_choose(self) -> None:
        """Choose a service."""

        def chosen(name: str | None) -> None:
            if name is not None:
                self.open(name)

        rows = self.shell.fleet.services
        options = [Option(row.name, row.name, row.status) for row in rows]
        selected = self._targets[0] if self._targets else ""
        empty = "There is no service yet: 2 deploys one."
        self.app.push_screen(Choose("Log of", options, selected=selected, empty=empty), chosen)

    def action_source(self) -> None:
        """Choose one of the containers."""

        def chosen(name: str | None) -> None:
            if name is not None:
                self.open(CONTAINER + name)

        names = [name for name in self._lines.view.spool.sources if name]
        options = [Option(name, name) for name in sorted(names)]
        self.app.push_screen(Choose("Only the lines of", options, empty="No container wrote a line."), chosen)

    def action_follow(self) -> None:
        """Follow, or stay."""
        self._lines.follow(not self._lines.following)
        self._about()  # at once: it is what tells the two apart

    def action_search(self) -> None:
        """Look for something."""
        self._bar.open("/")

    def action_sift(self) -> None:
        """Show only what matches."""
        if self._lines.view.context < 0:
            self._lines.show(context=0)
        self._bar.open("&")

    def action_context(self) -> None:
        """Show only what was found, with ever more lines around it, then all again."""
        view = self._lines.view
        if not view.query:
            self.action_sift()
            return
        at = CONTEXTS.index(view.context) if view.context in CONTEXTS else 0
        self._lines.show(context=CONTEXTS[(at + 1) % len(CONTEXTS)])

    def action_level(self) -> None:
        """Show only lines of a higher level, then all again."""
        level = self._lines.view.level
        self._lines.show(level=LEVELS[(LEVELS.index(level) + 1) % len(LEVELS)])

    def action_time(self) -> None:
        """Show times in another way."""
        layout = self._lines.layout_
        layout.times = MODES[(MODES.index(layout.times) + 1) % len(MODES)]
        self._lines.lay_out()
        self.notify(WORDS[layout.times], timeout=1.5)

    def action_wrap(self) -> None:
        """Wrap long lines, or not."""
        self._lines.layout_.wrap = not self._lines.layout_.wrap
        self._lines.lay_out()

    def action_fold(self) -> None:
        """Show JSON lines readable, or as written."""
        self._lines.layout_.fold = not self._lines.layout_.fold
        self._lines.lay_out()

    def action_range(self, key: int) -> None:
        """Choose how much of the past is shown."""
        self._range = RANGES[key]
        self.reload()

    def action_copy(self) -> None:
        """Copy over OSC 52."""
        lines = self._lines.view.lines(self._lines.chosen())
        if lines:
            text = "\n".join(line.text for line in lines)
            self.app.copy_to_clipboard(text)
            cut = f", their first {MOST // 1000} kB" if len(text.encode()) > MOST else ""
            self.notify(f"copied {len(lines):,} line{'s' * (len(lines) != 1)}{cut}", timeout=2)
            self._lines.deselect()

    def action_save(self) -> None:
        """Save what is shown."""
        view = self._lines.view
        if not view.count:
            return
        name = names_of(self._targets).replace(" ", "-").replace("/", "-")

        def named(path: str | None) -> None:
            if path:
                target = Path(path).expanduser()
                self.shell.bridge.call("save the log", lambda _, cancel: save(view, target, cancel))

        self.app.push_screen(
            SaveLog(str(Path.cwd() / f"{name}-{strftime('%Y%m%d-%H%M%S')}.log"), view.count), named
        )

    def _now(self) -> float:
        return self.shell.context.clock.now()
