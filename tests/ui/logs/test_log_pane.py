"""The log view by keys and mouse."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from machete_tui.logs.levels import ERROR, NONE
from machete_tui.logs.query import parse
from machete_tui.ui.logs.scroll import LogScroll
from tests.ui.logs.stage import NOW, Stage, numbered
from tests.ui.waiting import until

SIZE = (60, 10)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def test_it_follows_pauses_and_resumes(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 100)
        pane = app.pane
        assert app.rows()[-1].endswith("line 99")
        await pilot.press("up")
        assert not pane.following
        before = app.rows()
        app.add(*(f"new {n}" for n in range(7)))
        await until(pilot, lambda: pane.unseen == 7, "the badge")
        assert [r[1:] for r in app.rows()] == [r[1:] for r in before]
        await pilot.press("end")
        assert pane.following
        assert pane.unseen == 0
        assert app.rows()[-1].endswith("new 6")


async def test_moving_to_the_last_line_and_on_follows_again(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 100)
        await pilot.press("k", "k", "k")
        assert app.pane.cursor == 96
        await pilot.press("j", "j", "j")
        assert app.pane.cursor == 99
        await pilot.press("j")
        assert app.pane.following


async def test_pages_edges_and_the_wheel(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 100)
        await pilot.press("pageup")
        assert app.rows()[0].endswith("line 81")
        await pilot.press("g")
        assert app.rows()[0].endswith("line 0")
        await pilot.press("pagedown")
        assert app.rows()[0].endswith("line 9")
        app.pane.scroll_rows(3)
        assert app.rows()[0].endswith("line 12")
        app.pane.scroll_rows(-100)
        assert app.rows()[0].endswith("line 0")
        app.pane.scroll_rows(1000)
        assert app.pane.following
        await pilot.press("G")
        assert app.pane.following


async def test_lines_that_are_dropped_do_not_move_what_is_read(tmp_path: Path) -> None:
    stage = Stage(tmp_path, lines=1000)
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 800)
        await pilot.press("pageup")
        before = [row[1:] for row in app.rows()]
        for _ in range(8):
            app.add(*(f"x {n}" for n in range(50)))
        await until(pilot, lambda: app.spool.dropped, "dropping")
        assert [row[1:] for row in app.rows()] == before
        for _ in range(40):
            app.add(*(f"y {n}" for n in range(50)))
        app.pane.again()
        assert app.rows()[0]


async def test_searching_marks_counts_and_goes_from_one_to_the_next(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 1000)
        pane = app.pane
        pane.find(parse("line .*77$"))
        search = pane.view.search
        assert search is not None
        await until(pilot, lambda: search.done, "the search")
        assert pane.view.found == 10
        await pilot.press("N")
        assert pane.cursor == 977
        await pilot.press("N")
        assert pane.cursor == 877
        await pilot.press("n")
        assert pane.cursor == 977
        await pilot.press("n")
        assert pane.cursor == 977
        assert any("line 977" in row for row in app.rows())
        await until(pilot, lambda: "■" in app.bar(), "the marks")
        segments = [s for y in range(10) for s in pane.render_line(y) if s.text == "line 977"]
        assert segments
        assert segments[0].style is not None
        assert segments[0].style.underline


async def test_only_what_was_found_with_lines_around(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 300)
        pane = app.pane
        pane.find(parse("line (50|150)$"))
        pane.show(context=0)
        await until(pilot, lambda: pane.count == 2, "the filter")
        await until(pilot, lambda: [r.split()[-1] for r in app.rows() if r] == ["50", "150"], "the rows")
        pane.show(context=1)
        await until(pilot, lambda: pane.count == 6, "the lines around")
        around = ["49", "50", "51", "149", "150", "151"]
        await until(pilot, lambda: [r.split()[-1] for r in app.rows() if r] == around, "their rows")
        app.add("line 150", "after")
        await until(pilot, lambda: pane.count == 9, "lines that came")
        pane.show(context=-1)
        assert pane.count == 302


async def test_a_level_leaves_lines_out_and_traces_in(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.add("INFO a", "ERROR b", "\tat x.Y(Z.java:1)", "WARN c", "plain error word")
        stage.pane.show(level=ERROR)
        await until(pilot, lambda: stage.pane.count == 2, "the filter")
        shown = ["ERROR b", "·at x.Y(Z.java:1)"]
        await until(pilot, lambda: [r.rpartition("│ ")[2] for r in stage.rows() if r] == shown, "the rows")
        stage.pane.show(level=NONE)
        assert stage.pane.count == 5


async def test_json_is_folded_and_taken_apart(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.add("before", '{"level":"warn","msg":"slow","ms":812,"user":{"id":7}}', "after")
        await until(pilot, lambda: any("slow" in row for row in stage.rows()), "the line")
        assert 'WARN  slow ms=812 user={"id":7}' in stage.rows()[1]
        await pilot.press("k", "enter")
        rows = stage.rows()
        assert [row.partition("│ ")[2] or row.partition("┊ ")[2] for row in rows[1:10]] == [
            "{",
            '  "level": "warn",',
            '  "msg": "slow",',
            '  "ms": 812,',
            '  "user": {',
            '    "id": 7',
            "  }",
            "}",
            "after",
        ]
        await pilot.press("enter")
        assert "WARN  slow" in stage.rows()[1]
        stage.pane.layout_.fold = False
        stage.pane.lay_out()
        assert '{"level":"warn"' in stage.rows()[1]


async def test_a_line_taken_apart_at_the_bottom_is_seen_whole(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 50)
        app.add('{"msg":"x","a":1,"b":2}')
        await until(pilot, lambda: "x a=1 b=2" in app.rows()[-1], "the line")
        await pilot.press("enter")
        assert app.rows()[-1].endswith("}")
        assert app.rows()[-5].endswith("{")


async def test_long_lines_go_sideways_or_wrap(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.add("x" * 99_990 + "0123456789", "short")
        await until(pilot, lambda: any("short" in row for row in stage.rows()), "the lines")
        assert stage.rows()[0].endswith("…")
        await pilot.press(*["right"] * 3)
        assert "x" in stage.rows()[0]
        stage.pane.painter.left = 99_980
        stage.pane.refresh()
        assert stage.rows()[0].endswith("0123456789")
        stage.pane.layout_.wrap = True
        stage.pane.lay_out()
        assert stage.rows()[-1].endswith("short")
        assert (stage.rows()[-3] + stage.rows()[-2].partition("┊ ")[2]).endswith("0123456789")
        await pilot.press("g")
        assert stage.rows()[0].startswith("›web │ xxx")
        await pilot.press("pagedown", "pagedown")
        assert "xxx" in stage.rows()[0]
        await pilot.press("end")
        assert stage.rows()[-1].endswith("short")


async def test_wide_letters_wrap_at_the_right_column(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.add("中文" * 40)
        stage.pane.layout_.wrap = True
        stage.pane.lay_out()
        await until(pilot, lambda: "中" in stage.rows()[0], "the line")
        for y in range(3):
            assert stage.pane.render_line(y).cell_length == SIZE[0] - 1


@pytest.mark.parametrize(
    ("mode", "text"),
    [("off", "web │ a"), ("utc", "00:00:01.500Z web │ a"), ("ago", "+1.5s web │ a")],
)
async def test_times(stage: Stage, mode: str, text: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.pane.layout_.times = mode  # type: ignore[assignment]
        stage.add("a", at=[NOW + 1.5])
        await until(pilot, lambda: stage.rows()[0], "the line")
        assert text in stage.rows()[0]


async def test_local_times_follow_the_zone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        async with stage.run_test(size=SIZE) as pilot:
            await pilot.pause()
            stage.pane.layout_.times = "local"
            stage.add("a", at=[NOW])
            await until(pilot, lambda: stage.rows()[0], "the line")
            assert "09:00:00.000 web │ a" in stage.rows()[0]
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_clocks_that_jump_are_shown_as_they_are(stage: Stage) -> None:
    async with stage.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        stage.pane.layout_.times = "utc"
        stage.add("now", "past", "future", "never", "absurd", at=[NOW, 0.001, NOW + 1e9, 0.0, 1e300])
        await until(pilot, lambda: any("absurd" in row for row in stage.rows()), "the lines")
        rows = stage.rows()
        assert "00:00:00.000Z" in rows[0]
        assert "01-01 00:00Z" in rows[1]
        assert "09-09 01:46Z" in rows[2]
        assert [row.rpartition("│ ")[2] for row in rows[:5]] == ["now", "past", "future", "never", "absurd"]
        stage.pane.layout_.times = "ago"
        stage.pane.lay_out()
        assert stage.rows()


async def test_marks_and_the_way_between_them(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 100)
        await pilot.press("k", "m", "pageup", "pageup", "m")
        marks = sorted(app.pane.painter.bookmarks)
        assert len(marks) == 2
        assert any(row.startswith("●") for row in app.rows())
        await pilot.press("M")
        assert app.pane.cursor == marks[1]
        await pilot.press("M")
        assert app.pane.cursor == marks[0]
        assert app.pane.chosen() == marks
        await pilot.press("m")
        assert app.pane.chosen() == [marks[1]]


async def test_lines_are_selected_by_keys_and_by_mouse(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 100)
        await pilot.press("k", "v", "k", "k")
        assert app.pane.chosen() == [96, 97, 98]
        assert app.pane.deselect()
        await pilot.mouse_down("#log", offset=(10, 2))
        await pilot.hover("#log", offset=(20, 5))
        await pilot.mouse_up("#log", offset=(20, 5))
        first = int(app.rows()[2].split()[-1])
        assert app.pane.chosen() == [first, first + 1, first + 2, first + 3]
        await pilot.press("v")
        assert not app.pane.deselect()


async def test_a_click_on_the_scroll_bar_goes_there(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 1000)
        await pilot.mouse_down(LogScroll, offset=(0, 0))
        await pilot.mouse_up(LogScroll, offset=(0, 0))
        await pilot.pause()
        assert app.pane.cursor == 0
        assert not app.pane.following


async def test_marks_of_deployments_stand_between_the_lines(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.add("a")
        stage.add("▶ shop: deployment 7 began: deploy", source="")
        stage.add("b")
        await until(pilot, lambda: stage.rows()[2].endswith("b"), "the lines")
        assert stage.rows()[1].strip().startswith("── ▶ shop: deployment 7 began: deploy ─")


async def test_sources_have_names_and_colours_of_their_own(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.add("a", source="shop-web-1")
        stage.add("b", source="a-very-long-name-of-a-container-1")
        await until(pilot, lambda: stage.rows()[1], "the lines")
        rows = stage.rows()
        assert rows[0].startswith(" shop-web-1     │ a")
        assert "…a-container-1 │ b" in rows[1]
        colours = {
            s.style.color for y in (0, 1) for s in stage.pane.render_line(y) if s.style and "│" in s.text
        }
        assert len(colours) == 2


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 1), (300, 3)])
async def test_any_size(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 50)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        for y in range(size[1]):
            app.pane.render_line(y)
        await pilot.press("k", "pageup", "g", "end", "n")
        await pilot.resize_terminal(*SIZE)
        await until(pilot, lambda: app.rows()[-1].endswith("line 49"), "the end")


async def test_odd_letters_never_reach_the_terminal(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.pause()
        stage.add('{"msg":"\\u001b[31mred\\u0000\\u202e"}', "raw \x1b[2J \x00")
        await until(pilot, lambda: stage.rows()[1], "the lines")
        await pilot.press("k", "enter")
        shown = "".join(stage.rows())
        assert shown.isprintable()


async def test_a_flood_leaves_the_keys_alive(stage: Stage) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        app = await numbered(pilot, 10)
        for n in range(200):
            app.add(*(f"flood {n} {i}" for i in range(500)))
            if n % 50 == 10:
                await pilot.press("f")
        await pilot.press("end")
        await until(pilot, lambda: app.rows()[-1].endswith("flood 199 499"), "the last line")
        assert app.pane.count == 100_010
