"""The table: arranging, cursor, marks, filter, and that only what changed is painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from machete_tui.ui.widgets.cells import Cell, Column
from machete_tui.ui.widgets.filters import Filter
from machete_tui.ui.widgets.notice import Notice
from machete_tui.ui.widgets.pane import ListPane
from machete_tui.ui.widgets.table import Table
from tests.ui.waiting import screen_text


@dataclass(frozen=True)
class Row:
    name: str
    size: int = 0
    note: str = "fine"


COLUMNS = [
    Column[Row]("name", "NAME", lambda r: Cell(r.name), 10, grow=1, most=20),
    Column[Row]("size", "SIZE", lambda r: Cell(str(r.size)), 6, right=True, sort=lambda r: r.size),
    Column[Row]("note", "NOTE", lambda r: Cell(r.note, "quiet"), 12, priority=1),
]
ROWS = [Row("web10", 3), Row("web2", 30), Row("api", 7)]


class Stand(App[None]):
    """An app of one list."""

    def __init__(self, rows: list[Row], *, sort: str = "name") -> None:
        super().__init__()
        self.table: Table[Row] = Table(COLUMNS, key=lambda r: r.name, sort=sort)
        self.first = rows
        self.moved: list[Row | None] = []
        self.chosen: list[Row] = []

    def compose(self) -> ComposeResult:
        yield ListPane(self.table)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"quiet": "#888888"}

    def on_mount(self) -> None:
        self.table.show(self.first)
        self.table.focus()

    def on_table_moved(self, event: Table.Moved) -> None:
        self.moved.append(event.row)

    def on_table_chosen(self, event: Table.Chosen) -> None:
        self.chosen.append(event.row)


def names(table: Table[Row]) -> list[str]:
    return [row.name for row in table.shown]


async def test_names_sort_as_people_count_and_numbers_as_numbers() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(60, 10)) as pilot:
        assert names(app.table) == ["api", "web2", "web10"]
        app.table.set_sort("size")
        assert names(app.table) == ["web10", "api", "web2"]
        await pilot.press("O")
        assert names(app.table) == ["web2", "api", "web10"]


async def test_a_click_on_a_heading_sorts_and_a_second_one_reverses() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(60, 10)) as pilot:
        column = screen_text(pilot).splitlines()[0].index("SIZE")
        await pilot.click(app.table, offset=(column, 0))
        assert names(app.table) == ["web10", "api", "web2"]
        await pilot.click(app.table, offset=(column, 0))
        assert names(app.table) == ["web2", "api", "web10"]


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("j")
        assert app.table.cursor_row == Row("web2", 30)
        app.table.show([Row("aaa"), *ROWS, Row("bbb")])
        assert app.table.cursor_row == Row("web2", 30)
        app.table.show([Row("aaa"), Row("bbb")])
        assert app.table.cursor_row == Row("bbb")
        app.table.show([])
        assert app.table.cursor_row is None
        await pilot.pause()
        assert app.moved[-1] is None


async def test_keys_of_movement() -> None:
    app = Stand([Row(f"r{i:02}", i) for i in range(50)])
    async with app.run_test(size=(60, 11)) as pilot:
        seen = []
        for key in ("j", "down", "k", "G", "pageup", "g", "pagedown", "end", "home"):
            await pilot.press(key)
            assert app.table.cursor_row is not None
            seen.append(app.table.cursor_row.size)
        assert seen == [1, 2, 1, 49, 40, 0, 9, 49, 0]


async def test_the_cursor_is_always_in_sight() -> None:
    app = Stand([Row(f"r{i:02}", i) for i in range(50)])
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.press("G")
        await pilot.pause()
        assert "› r49" in screen_text(pilot)
        await pilot.press("g")
        await pilot.pause()
        assert "› r00" in screen_text(pilot)
        await pilot.resize_terminal(60, 5)
        await pilot.press("G")
        await pilot.pause()
        assert "› r49" in screen_text(pilot)


async def test_marks_are_what_actions_work_on() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(60, 10)) as pilot:
        assert app.table.targets == (Row("api", 7),)
        await pilot.press("space", "space")
        assert {r.name for r in app.table.targets} == {"api", "web2"}
        app.table.show([replace(r, note="new") for r in ROWS if r.name != "web2"])
        assert [r.name for r in app.table.targets] == ["api"]
        await pilot.press("asterisk")
        assert {r.name for r in app.table.targets} == {"api", "web10"}
        await pilot.press("asterisk")
        assert app.table.marked == ()


async def test_the_filter_line_filters_while_typing_and_escape_clears_it() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("slash", *"web")
        assert names(app.table) == ["web2", "web10"]
        await pilot.press("enter")
        assert app.focused is app.table
        await pilot.press("slash", "home", "exclamation_mark")
        assert names(app.table) == ["api"]
        pane = app.query_one(ListPane)
        assert pane.clear()
        await pilot.pause()
        assert names(app.table) == ["api", "web2", "web10"]
        assert app.focused is app.table
        assert not pane.clear()


async def test_a_filter_that_is_not_valid_says_so_and_keeps_the_rows() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("slash", "w", "left_parenthesis")
        await pilot.pause()
        assert names(app.table) == ["web2", "web10"]
        assert "not valid" in screen_text(pilot)


async def test_a_filter_that_matches_nothing_says_how_to_go_back() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.press("slash", *"zzz")
        await pilot.pause()
        text = screen_text(pilot)
        assert "Nothing matches" in text
        assert "/zzz" in text
        assert app.moved[-1] is None


async def test_without_rows_the_notice_stands_there() -> None:
    app = Stand([])
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.say(Notice("Nothing yet", "It is empty.", "2 makes one"))
        await pilot.pause()
        text = screen_text(pilot)
        assert "Nothing yet" in text
        assert "2 makes one" in text


async def test_only_cells_that_changed_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Stand(ROWS, sort="")
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        asked: list[Region] = []
        monkeypatch.setattr(app.table, "refresh", lambda *regions, **_: asked.extend(regions))
        app.table.show(ROWS)
        assert asked == []
        app.table.show([ROWS[0], replace(ROWS[1], size=31), ROWS[2]])
        (region,) = asked
        assert (region.y, region.width, region.height) == (2, 6, 1)


async def test_narrow_terminals_drop_the_least_important_columns() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.pause()
        assert "NOTE" not in screen_text(pilot)
        assert "SIZE" in screen_text(pilot)
        await pilot.resize_terminal(50, 10)
        await pilot.pause()
        assert "NOTE" in screen_text(pilot)


async def test_control_characters_in_a_cell_never_reach_the_terminal() -> None:
    app = Stand([Row("a\x1b[2Jb\x07")])
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert "a·[2Jb·" in screen_text(pilot)


async def test_enter_and_a_double_click_open_a_row() -> None:
    app = Stand(ROWS)
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("j", "enter")
        await pilot.click(app.table, offset=(6, 1), times=2)
        assert [row.name for row in app.chosen] == ["web2", "api"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", True),
        ("web", True),
        ("WEB", False),
        ("!web", False),
        ("!api", True),
        ("^w.b$", True),
        ("!", True),
    ],
)
def test_filters(text: str, shown: bool) -> None:
    assert Filter.parse(text)("web") is shown
