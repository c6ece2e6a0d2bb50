"""Charts and sparklines as text: pure functions from values to rows of characters with a tone.

Braille draws two columns and four rows of dots in each character; where the terminal's locale has no
UTF-8, ASCII signs draw one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from machete_tui.core.frozen import dataclass
from machete_tui.core.metrics import Unit
from machete_tui.core.units import amount, ceiling

Glyphs = Literal["braille", "ascii"]
Tone = Literal["", "line", "peak", "limit", "mark", "quiet", "strong"]
Run = tuple[str, Tone]
Point = tuple[float, float, float]
"""Least, average and greatest value of a slot."""

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # [column][row from the top]
_HEIGHTS = [[sum(_DOTS[side][3 - row] for row in range(height)) for height in range(5)] for side in (0, 1)]
_BARS = [
    [chr(0x2800 + left + right) if left + right else " " for right in _HEIGHTS[1]] for left in _HEIGHTS[0]
]
"""Characters by the heights of their two bars."""

_LEVELS = " .:-=+*#@"
_LABEL = 9
NEAR = 0.25
"""Share of its limit that a series must reach for the axis to go up to the limit."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What lines are drawn with."""

    axis: str
    corner: str
    floor: str
    hole: str
    limit: str
    mark: str
    tag: str


_SIGNS = {
    "braille": Signs("│", "└", "─", "┈", "╌", "┊", "▼"),
    "ascii": Signs("|", "+", "-", ".", "-", ":", "v"),
}


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Attributes:
        title: of the metric.
        unit: of its values.
        points: a slot each, oldest first; None for a gap.
        span: seconds from the left edge to the right one.
        limit: drawn as a line; 0 for none.
        marks: (slot, label): deployments.
        peaks: whether the greatest values are drawn as dots above the line of averages.
        top: where the axis ends (100 for a share of the whole); 0 to choose by the values.
    """

    title: str
    unit: Unit
    points: Sequence[Point | None]
    span: float
    limit: float = 0.0
    marks: Sequence[tuple[int, str]] = ()
    peaks: bool = True
    top: float = 0.0


def glyphs_of(environment: Mapping[str, str]) -> Glyphs:
    """Return what a terminal of that environment can show, by its locale."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environment.get(name, "")
        if value:
            return "braille" if "utf-8" in value.lower() or "utf8" in value.lower() else "ascii"
    return "ascii"


def sparkline(values: Sequence[float | None], top: float, glyphs: Glyphs = "braille") -> str:
    """Return values as bars, two a character (one in ASCII); a gap is empty, 0 has the lowest dot."""
    if glyphs == "ascii":
        last = len(_LEVELS) - 1
        return "".join(
            " " if v is None else _LEVELS[1 + min(last - 1, int(_share(v, top) * last))] for v in values
        )
    heights = [0 if v is None else 1 + min(3, int(_share(v, top) * 4)) for v in values]
    if len(heights) % 2:
        heights.insert(0, 0)
    return "".join(_BARS[left][right] for left, right in zip(heights[::2], heights[1::2], strict=True))


def squeezed(values: Sequence[float | None], step: int) -> list[float | None]:
    """Return values in groups of ``step``, each its greatest; None where it has none."""
    groups = (values[i : i + step] for i in range(0, len(values), step))
    return [max((v for v in group if v is not None), default=None) for group in groups]


def draw(chart: Chart, width: int, height: int, glyphs: Glyphs = "braille") -> list[list[Run]]:
    """Return the chart as ``height`` rows of ``width`` columns: title, marks, plot, axis, times."""
    signs = _SIGNS[glyphs]
    columns, rows = width - _LABEL - 1, height - 3 - bool(chart.marks)
    if columns < 4 or rows < 1:
        empty: list[Run] = [(" " * width, "")]
        return [_padded([(_summary(chart), "strong")], width), *[empty] * (height - 1)][:height]
    top, limit = _scale(chart)
    cells = _plot(chart, columns, rows, top, glyphs)
    line = rows - 1 - min(rows - 1, int(limit / top * rows)) if limit else -1
    places = _mark_places(chart, columns)
    found = [_padded(_heading(chart, limit, width), width)]
    if chart.marks:
        found.append(_padded(_tags(places, columns, signs), width))
    for row in range(rows):
        label = ""
        if row == 0:
            label = amount(top, chart.unit)
        elif rows >= 5 and row == rows // 2:
            label = amount(top * (1 - row / rows), chart.unit)
        runs: list[Run] = [(f"{label[:_LABEL]:>{_LABEL}}{signs.axis}", "quiet")]
        for column in range(columns):
            sign, tone = cells[row][column]
            if sign == " " and row == line:
                sign, tone = signs.limit, "limit"
            elif sign == " " and column in places:
                sign, tone = signs.mark, "mark"
            runs.append((sign, tone))
        found.append(_merged(runs))
    holes = _holes(chart, columns)
    floor = "".join(signs.hole if hole else signs.floor for hole in holes)
    found.append([(f"{amount(0.0, chart.unit)[:_LABEL]:>{_LABEL}}{signs.corner}{floor}", "quiet")])
    found.append([(" " * (_LABEL + 1) + _times(chart.span, columns), "quiet")])
    return found


def text(rows: Sequence[Sequence[Run]]) -> str:
    """Return drawn rows without their tones."""
    return "\n".join("".join(part for part, _ in row).rstrip() for row in rows)


def ago(seconds: float) -> str:
    """Return a time before now (``-5m``, ``-1h30m``, ``-12d``, ``now``)."""
    whole = round(seconds)
    if whole <= 0:
        return "now"
    for size, name, small, less in ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= size * (2 if name == "d" else 1):
            rest = whole % size // small
            return f"-{whole // size}{name}" + (f"{rest}{less}" if rest else "")
    return f"-{whole}s"


def _share(value: float, top: float) -> float:
    return max(0.0, min(1.0, value / top)) if top > 0 else 0.0


def _scale(chart: Chart) -> tuple[float, float]:
    """Return the top of the axis, and the limit if it is in sight, else 0."""
    highest = max((p[2] if chart.peaks else p[1] for p in chart.points if p is not None), default=0.0)
    limit = chart.limit if chart.limit and highest >= chart.limit * NEAR else 0.0
    return chart.top or ceiling(max(highest, limit * 1.05), chart.unit), limit


def _dots(chart: Chart, count: int) -> list[Point | None]:
    """Return the points spread over ``count`` dot columns, gaps kept."""
    points = chart.points
    size = len(points)
    if not size:
        return [None] * count
    found: list[Point | None] = []
    for column in range(count):
        if size >= count:
            part = [p for p in points[column * size // count : (column + 1) * size // count] if p is not None]
            found.append(
                (min(p[0] for p in part), sum(p[1] for p in part) / len(part), max(p[2] for p in part))
                if part
                else None
            )
            continue
        place = (column + 0.5) * size / count - 0.5
        here = min(size - 1, max(0, int(place + 0.5)))
        point = points[here]
        other = min(size - 1, here + 1) if place > here else max(0, here - 1)
        beside, share = points[other], abs(place - here)
        if point is not None and beside is not None:
            low, avg, high = ((1 - share) * a + share * b for a, b in zip(point, beside, strict=True))
            point = (low, avg, high)
        found.append(point)
    return found


def _plot(chart: Chart, columns: int, rows: int, top: float, glyphs: Glyphs) -> list[list[Run]]:
    wide, high = (2, 4) if glyphs == "braille" else (1, 1)
    levels = rows * high
    lines = [[0] * columns for _ in range(rows)]
    peaks = [[0] * columns for _ in range(rows)]

    def level(value: float) -> int:
        return min(levels - 1, int(_share(value, top) * levels))

    def dot(grid: list[list[int]], x: int, y: int) -> None:
        row = levels - 1 - y
        grid[row // high][x // wide] |= _DOTS[x % wide][row % high] if wide == 2 else 1

    before: int | None = None
    for x, point in enumerate(_dots(chart, columns * wide)):
        if point is None:
            before = None
            continue
        here = level(point[1])
        start, end = (here, here) if before is None else (min(before, here), max(before, here))
        if before is not None and end - start > 1:  # the line goes up or down between two columns
            start, end = (start + 1, end) if here > before else (start, end - 1)
        for y in range(start if before is not None and end - start else here, end + 1):
            dot(lines, x, y)
        if chart.peaks and level(point[2]) > here + 1:
            dot(peaks, x, level(point[2]))
        before = here
    return [
        [_cell(lines[row][column], peaks[row][column], glyphs) for column in range(columns)]
        for row in range(rows)
    ]


def _cell(line: int, peak: int, glyphs: Glyphs) -> Run:
    if not line and not peak:
        return " ", ""
    if glyphs == "ascii":
        return ("*", "line") if line else ("'", "peak")
    return chr(0x2800 + (line | peak)), "line" if line else "peak"


def _holes(chart: Chart, columns: int) -> list[bool]:
    size = len(chart.points)
    found = []
    for column in range(columns):
        first, last = (
            column * size // columns,
            max(column * size // columns + 1, (column + 1) * size // columns),
        )
        found.append(all(p is None for p in chart.points[first:last]))
    return found


def _mark_places(chart: Chart, columns: int) -> dict[int, str]:
    size = max(1, len(chart.points))
    return {
        min(columns - 1, slot * columns // size): label for slot, label in chart.marks if 0 <= slot < size
    }


def _tags(places: Mapping[int, str], columns: int, signs: Signs) -> list[Run]:
    line = [" "] * columns
    free = 0
    for place in sorted(places):
        tag = signs.tag + places[place]
        start = max(0, min(place, columns - len(tag)))
        if start >= free:
            line[start : start + len(tag)] = tag
            free = start + len(tag) + 1
    return [(" " * (_LABEL + 1), ""), ("".join(line), "mark")]


def _summary(chart: Chart) -> str:
    known = [p for p in chart.points if p is not None]
    now = chart.points[-1][1] if chart.points and chart.points[-1] is not None else None
    if now is None and known:
        now = known[-1][1]
    return f"{chart.title} {amount(now, chart.unit)}"


def _heading(chart: Chart, limit: float, width: int) -> list[Run]:
    known = [p for p in chart.points if p is not None]
    runs: list[Run] = [(_summary(chart), "strong")]
    if not known:
        return [*runs, ("  nothing was measured in this time", "quiet")]
    said = (
        f"  min {amount(min(p[0] for p in known), chart.unit)}"
        f"  avg {amount(sum(p[1] for p in known) / len(known), chart.unit)}"
        f"  max {amount(max(p[2] for p in known), chart.unit)}"
    )
    room = width - len(runs[0][0])
    if len(said) <= room:
        runs.append((said, "quiet"))
        room -= len(said)
    if chart.limit:
        line = f"  limit {amount(chart.limit, chart.unit)}" + ("" if limit else " (above)")
        if len(line) <= room:
            runs.append((line, "limit"))
    return runs


def _times(span: float, columns: int) -> str:
    """Return the labels of the time axis: as many as have room, the last one ``now``."""
    count = max(1, min(4, columns // 16))
    line = [" "] * columns
    for number in range(count + 1):
        label = ago(span * (1 - number / count))
        start = round(number * columns / count) - (len(label) if number == count else len(label) // 2)
        start = max(0, min(start, columns - len(label)))
        line[start : start + len(label)] = label
    return "".join(line)


def _padded(runs: list[Run], width: int) -> list[Run]:
    found: list[Run] = []
    room = width
    for part, tone in runs:
        found.append((part[:room], tone))
        room -= len(part[:room])
    return [*found, (" " * room, "")] if room else found


def _merged(runs: list[Run]) -> list[Run]:
    found: list[Run] = []
    for part, tone in runs:
        if found and found[-1][1] == tone:
            found[-1] = (found[-1][0] + part, tone)
        else:
            found.append((part, tone))
    return found
