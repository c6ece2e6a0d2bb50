"""Charts and sparklines, as the text that they are."""

from __future__ import annotations

import pytest

from machete_tui.core.plot import Chart, Glyphs, Point, ago, draw, glyphs_of, sparkline, squeezed, text
from machete_tui.core.units import amount, ceiling, change


def points(*values: float | None) -> list[Point | None]:
    return [None if v is None else (v, v, v) for v in values]


def test_a_chart_has_axes_units_a_limit_marks_and_gaps() -> None:
    chart = Chart(
        "CPU", "%", points(*[20.0] * 10, *[None] * 5, *[60.0] * 15), 300.0, limit=80.0, marks=((15, "#4"),)
    )
    drawn = text(draw(chart, 40, 12))
    assert drawn == "\n".join(
        (
            "CPU 60.0%  limit 80.0%",
            "                         ▼#4",
            "   100.0%│               ┊",
            "         │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
            "         │               ┊",
            "         │               ⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉",
            "    50.0%│               ┊",
            "         │               ┊",
            "         │⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒     ┊",
            "         │               ┊",
            "     0.0%└──────────┈┈┈┈┈───────────────",
            "          -5m                        now",
        )
    )


def test_the_same_in_ascii() -> None:
    chart = Chart("CPU", "%", points(*[20.0] * 10, *[None] * 5, *[60.0] * 15), 300.0, marks=((15, "#4"),))
    drawn = text(draw(chart, 42, 8, "ascii"))
    assert drawn.isascii()
    assert "*" in drawn
    assert "v#4" in drawn
    assert "....." in drawn


@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
@pytest.mark.parametrize("size", [(80, 10), (30, 5), (14, 4), (11, 9), (3, 2), (60, 1)])
def test_it_is_exactly_as_large_as_it_is_told(size: tuple[int, int], glyphs: Glyphs) -> None:
    chart = Chart("Net in", "B/s", points(None, 1e9, 0.0, 5.0, None, 1e3), 3600.0, marks=((2, "#1000"),))
    for one in (chart, Chart("Memory", "B", points(*[None] * 60), 3600.0), Chart("Load", "", [], 60.0)):
        rows = draw(one, *size, glyphs)
        assert len(rows) == size[1]
        assert {sum(len(part) for part, _ in row) for row in rows} == {size[0]}


def test_a_peak_between_two_points_stays_in_sight() -> None:
    calm: list[Point | None] = [(1.0, 2.0, 3.0)] * 400
    calm[123] = (1.0, 2.0, 95.0)
    assert "100.0%" in text(draw(Chart("CPU", "%", calm, 400.0), 60, 10))
    tones = {tone for row in draw(Chart("CPU", "%", calm, 400.0), 60, 10) for _, tone in row}
    assert "peak" in tones


def test_a_limit_far_above_does_not_flatten_the_line() -> None:
    drawn = text(draw(Chart("Memory", "B", points(*[50 << 20] * 20), 60.0, limit=16 << 30), 78, 8))
    assert "limit 16 GiB (above)" in drawn
    assert "╌" not in drawn


def test_nothing_measured_is_said() -> None:
    drawn = text(draw(Chart("CPU", "%", points(*[None] * 30), 60.0), 60, 8))
    assert "nothing was measured" in drawn
    assert "┈" * 20 in drawn


def test_sparklines() -> None:
    assert sparkline([0.0, 10.0, None, 5.0, 10.0, 99.0], 10.0) == "⣸⢠⣿".replace("⢠", "⢰")
    assert sparkline([None, None], 10.0) == " "
    assert sparkline([0.0, 10.0, None, 5.0], 10.0, "ascii") == ".@ *".replace(
        "*", sparkline([5.0], 10.0, "ascii")
    )
    assert sparkline([], 1.0) == ""


def test_groups_are_their_greatest() -> None:
    assert squeezed([1.0, 3.0, None, 2.0, None, None, 5.0], 2) == [3.0, 2.0, None, 5.0]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "%", "-"),
        (12.34, "%", "12.3%"),
        (0.0, "B", "0 B"),
        (1536.0, "B", "1.5 KiB"),
        (512 << 20, "B", "512 MiB"),
        (2048.0, "B/s", "2 KiB/s"),
        (17.0, "", "17"),
        (0.75, "", "0.75"),
        (5e15, "B", "4547 TiB"),
    ],
)  # fmt: skip
def test_amounts(value: float | None, unit: str, said: str) -> None:
    assert amount(value, unit) == said  # type: ignore[arg-type]


def test_round_tops_changes_and_times() -> None:
    assert ceiling(51.2, "%") == 100.0
    assert ceiling(0.0, "B") == 1024.0
    assert ceiling(300 << 20, "B") == 400 << 20
    assert change(10.0, 12.0) == "+20%"
    assert change(10.0, 10.01) == "same"
    assert change(10.0, 50.0) == "x5.0"
    assert change(0.0, 5.0) == "new"
    assert change(None, 5.0) == "-"
    assert [ago(s) for s in (0, 45, 90, 3600, 86400, 30 * 86400)] == [
        "now", "-45s", "-1m30s", "-1h", "-24h", "-30d",
    ]  # fmt: skip


def test_the_locale_decides_about_glyphs() -> None:
    assert glyphs_of({"LANG": "en_US.UTF-8"}) == "braille"
    assert glyphs_of({"LC_ALL": "C", "LANG": "en_US.UTF-8"}) == "ascii"
    assert glyphs_of({}) == "ascii"
