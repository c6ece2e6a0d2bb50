"""Everything on the engine beside containers: images, volumes, networks, build cache, disk, events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import ContentSwitcher

from machete_tui.core.events import Rows
from machete_tui.core.results import Listing
from machete_tui.operations.resource_views import (
    CacheRow,
    DiskRow,
    HappeningRow,
    ImageRow,
    NetworkRow,
    VolumeRow,
)
from machete_tui.ui.fleet import Fleet
from machete_tui.ui.happenings import Happenings
from machete_tui.ui.jobs import Job, JobEnded, JobProgress
from machete_tui.ui.resource_actions import ResourceActions, Row
from machete_tui.ui.resource_columns import cache_columns, image_columns, network_columns, volume_columns
from machete_tui.ui.resource_lists import KIND, LOADING, NOTHING, TABS, TOUCHES, request_of, words
from machete_tui.ui.screen import MacheteScreen
from machete_tui.ui.widgets.detail import DetailLine
from machete_tui.ui.widgets.diskbars import DiskBars
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.tabbar import TabBar
from machete_tui.ui.widgets.table import Table

SETTLE = 0.5
"""Seconds that events are collected before a list is read again."""


class EngineScreen(ResourceActions, MacheteScreen):
    """Tabs of lists; each is read when it is opened, then when an event says that it changed."""

    CSS_PATH = "engine.tcss"
    section = "engine"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right_square_bracket,tab",
            "tab(1)",
            "Tabs",
            key_display="tab",
            id="engine.tab",
            tooltip="the next tab",
        ),
        Binding(
            "left_square_bracket,shift+tab",
            "tab(-1)",
            "Tab before",
            show=False,
            id="engine.tab-back",
            tooltip="the tab before",
        ),
        *ResourceActions.BINDINGS,
        Binding(
            "a",
            "unused",
            "Unused",
            show=False,
            id="engine.unused",
            tooltip="only what nobody needs, or all again",
        ),
        Binding(
            "m",
            "measure",
            "Measure",
            show=False,
            id="engine.measure",
            tooltip="measure sizes again; slow on a large disk",
        ),
        Binding("f", "follow", "Follow", show=False, id="engine.follow", tooltip="follow the events again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._tables: dict[str, Table[Any]] = {
            "images": Table(image_columns(self._now), key=lambda r: r.id, sort="size", reverse=True),
            "volumes": Table(volume_columns(self._now), key=lambda r: r.name, sort="name"),
            "networks": Table(network_columns(), key=lambda r: r.id, sort="name"),
            "cache": Table(
                cache_columns(self._now), key=lambda r: r.id, sort="size", reverse=True, marks=False
            ),
        }
        for table in self._tables.values():
            table.about = lambda _: self._about()
        self._bars = DiskBars(id="disk")
        self._happenings = Happenings(id="happenings")
        self._bar = TabBar(TABS)
        self._rows: dict[str, tuple[Any, ...]] = {}
        self._jobs: dict[str, Job] = {}
        self._failed: dict[str, str] = {}
        self._stale: set[str] = set()
        self._follow: Job | None = None
        self._timer: Timer | None = None
        self._unused = False
        self._measured = ""

    def compose_body(self) -> ComposeResult:
        """Tabs, what stands in each, and a line about the row under the cursor."""
        yield self._bar
        with ContentSwitcher(initial="images"):
            for tab, table in self._tables.items():
                yield ListPane(table, id=tab)
            yield self._bars
            yield self._happenings
        yield DetailLine(id="about")

    def on_mount(self) -> None:
        """Read the first list."""
        for tab, table in self._tables.items():
            table.say(LOADING[tab])
        self._bars.say(LOADING["disk"])
        self.shell.fleet_changed.subscribe(self, self._changed)
        self._tables["images"].focus()
        self._read("images")

    def on_screen_resume(self) -> None:
        """Follow what happens, and ask again: something may have been done meanwhile."""
        self._listen()
        if self._rows or self._failed:
            self._stale |= set(LOADING)
            self._read(self._bar.open_id)

    def on_screen_suspend(self) -> None:
        """Follow no more while nobody looks."""
        self._stop()

    def on_unmount(self) -> None:
        """Follow no more."""
        self._stop()

    @property
    def kind(self) -> str:
        """What the open tab shows; on the disk's, the kind under the cursor."""
        if self._bar.open_id == "disk":
            row = self._bars.cursor_row
            return KIND.get(row.kind, "") if row is not None else ""
        return KIND.get(self._bar.open_id, "")

    @property
    def targets(self) -> Sequence[Row]:
        """The marked rows, else the one under the cursor."""
        table = self._tables.get(self._bar.open_id)
        return () if table is None else table.targets

    def actions_done(self) -> None:
        """Unmark, and read again what may have changed."""
        for table in self._tables.values():
            table.clear_marks()
        self._stale |= set(LOADING)
        self._read(self._bar.open_id)

    def reload(self) -> None:
        """Ask again."""
        self._listen()
        self._stale |= set(LOADING)
        self._read(self._bar.open_id)

    def _now(self) -> float:
        return self.shell.context.clock.now()

    # Reading

    def _read(self, tab: str, *, measure: bool = False, fresh: bool = False) -> None:
        """Ask for the list of a tab, at first without what is slow to measure."""
        if tab not in LOADING:
            return
        job = self._jobs.get(tab)
        if job is not None and job.running:
            self._stale.add(tab)
            return
        self._stale.discard(tab)
        action, request = request_of(tab, measure=measure, fresh=fresh)
        self._jobs[tab] = self.shell.bridge.run(action, request, to=self, label="", subject="")

    def on_job_ended(self, message: JobEnded) -> None:
        """Show a list, or say why there is none; then measure, or read again what changed meanwhile."""
        job = message.job
        if job is self._follow:
            self._follow = None
            self._happenings.ended(job.error)
            return
        tab = next((tab for tab, known in self._jobs.items() if known is job), "")
        if not tab:
            return
        if job.error is not None:
            self._failed[tab] = job.error.what
            self._refuse(tab, Notice.of(job.error))
        elif isinstance(job.value, Listing):
            self._failed.pop(tab, None)
            self._rows[tab] = job.value.rows
            self._show(tab)
            if tab in self._stale and tab == self._bar.open_id:
                self._read(tab, measure=True)
            elif getattr(job.request, "measure", None) is False:
                self._read(tab, measure=True)
                return
            elif tab != "networks":
                self._measured = time.strftime("%H:%M:%S", time.gmtime(self._now()))
        self._about()

    def _refuse(self, tab: str, notice: Notice) -> None:
        if not self._rows.get(tab):
            (self._bars if tab == "disk" else self._tables[tab]).say(notice)

    def _show(self, tab: str) -> None:
        rows = self._rows.get(tab, ())
        if tab == "disk":
            self._bars.show(rows)
            self.refresh_bindings()
            return
        table = self._tables[tab]
        if self._unused and tab != "cache":
            rows = tuple(r for r in rows if not r.used_by and not r.kept_for)
            table.say(Notice("Nothing is unused", "Everything here is in use or kept.", "a shows all again"))
        else:
            table.say(NOTHING[tab])
        before = {r.name: r for r in table.rows} if tab == "images" else {}
        table.show(_with_known(rows, before) if tab == "images" else rows)

    # Following

    def _listen(self) -> None:
        """Follow the engine's events unless that goes on already."""
        if self._follow is None and self.shell.fleet.trouble is None:
            self._follow = self.shell.bridge.run(
                "engine.events", self._happenings.request(), to=self, label="", subject=""
            )

    def _stop(self) -> None:
        job, self._follow = self._follow, None
        if job is not None:
            job.unwatch(self)
            self.shell.bridge.cancel(job)

    def on_job_progress(self, message: JobProgress) -> None:
        """Show what happened, and read again soon what it changed."""
        if message.job is not self._follow:
            return
        rows = [
            r for e in message.events if isinstance(e, Rows) for r in e.rows if isinstance(r, HappeningRow)
        ]
        fresh = self._happenings.add(rows)
        for row in fresh:
            for tab in TOUCHES.get((row.kind, row.action.partition(":")[0]), ()):
                self._stale.add(tab)
        if self._bar.open_id in self._stale and self._timer is None:
            self._timer = self.set_timer(SETTLE, self._settled)

    def _settled(self) -> None:
        self._timer = None
        if self.is_current and self._bar.open_id in self._stale:
            self._read(self._bar.open_id)

    def _changed(self, fleet: Fleet) -> None:
        """Come back when the engine does, and say so while it is away."""
        if fleet.trouble is None and self._follow is None and self.is_current:
            self.reload()
        self._about()

    # Keys

    def action_tab(self, by: int) -> None:
        """Open the next or the previous tab."""
        self._bar.step(by)

    def action_unused(self) -> None:
        """Show only what nobody needs, or all again."""
        self._unused = not self._unused
        self.notify("only what nobody needs" if self._unused else "all is shown", timeout=2)
        for tab in self._tables:
            self._show(tab)
        self._about()

    def action_measure(self) -> None:
        """Measure again."""
        self._read(self._bar.open_id, measure=True, fresh=True)

    def action_follow(self) -> None:
        """Follow the events again."""
        self._happenings.lines.follow(True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what fits the open tab."""
        tab = self._bar.open_id
        if action in ("inspect", "copy", "unused"):
            return tab in self._tables
        if action in ("remove", "prune"):
            return bool(self.kind) and (action == "prune" or tab in self._tables)
        if action == "follow":
            return tab == "happenings"
        return action != "measure" or tab in LOADING

    @on(TabBar.Opened)
    def _opened(self, event: TabBar.Opened) -> None:
        switcher = self.query_one(ContentSwitcher)
        switcher.current = event.tab
        if event.tab in self._tables:
            self._tables[event.tab].focus()
        else:
            (self._bars if event.tab == "disk" else self._happenings.lines).focus()
        if event.tab not in self._rows or event.tab in self._stale:
            self._read(event.tab)
        self.refresh_bindings()
        self._about()

    @on(Table.Chosen)
    def _chosen(self, event: Table.Chosen) -> None:
        if isinstance(event.row, (ImageRow, VolumeRow, NetworkRow, CacheRow)):
            self.inspect_row(event.row)

    @on(DiskBars.Chosen)
    def _bar_chosen(self, event: DiskBars.Chosen) -> None:
        tab = {"build cache": "cache"}.get(event.row.kind, event.row.kind)
        if tab == "containers":
            self.shell.go("services")
        elif tab in self._tables:
            self._bar.show(tab)

    @on(Table.Moved)
    @on(Table.Altered)
    def _moved(self) -> None:
        self._about()

    def _about(self) -> None:
        """Say one line about the open tab: what is wrong, what is marked, or the row under the cursor."""
        line = self.query_one("#about", DetailLine)
        tab = self._bar.open_id
        wrong = self._failed.get(tab) or (self.shell.fleet.trouble.what if self.shell.fleet.trouble else "")
        if wrong:
            known = " · what is shown is as last known" if self._rows.get(tab) else ""
            line.say(f"✗ {wrong}{known}", "bad")
        elif tab == "happenings":
            line.say(self._happenings.said)
        else:
            table = self._tables.get(tab)
            disk: tuple[DiskRow, ...] = self._rows.get("disk", ())
            line.say(
                words(table.marked, table.cursor_row, self._measured)
                if table
                else words(disk, None, self._measured)
            )


def _with_known(rows: tuple[ImageRow, ...], before: dict[str, ImageRow]) -> tuple[ImageRow, ...]:
    """Return rows with what they shared when it was measured last, until it is measured again."""
    from dataclasses import replace

    return tuple(
        replace(r, shared=before[r.name].shared)
        if r.shared is None and r.name in before and before[r.name].id == r.id
        else r
        for r in rows
    )
