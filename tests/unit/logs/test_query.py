from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.logs.query import parse
from machete_tui.logs.spool import Spool
from tests.unit.logs.making import filled

LINES = (
    "INFO listening",
    "",
    "ERROR failed: timeout",
    "  at com.example.Foo(Foo.java:12)",
    "GRÜSSE aus Köln",
    "error again",
    "a.b+c [x] (y)",
    "tail",
)


def found(text: str, *texts: str, size: int = 1 << 18) -> list[int]:
    spool = filled(Spool(None), *(texts or LINES))
    query = parse(text)
    assert not query.error
    return [n for piece in spool.pieces(0, spool.end, size) for n in query.hits(piece)]


QUERIES = (
    "error",
    "ERROR",
    "Error",
    "!error",
    "^error",
    "timeout$",
    "^$",
    r"\d+",
    r"failed:\s+",
    r"\s+",
    r"\s*at",
    "[^z]*",
    "x*",
    "(error|tail)",
    "grüsse",
    "Köln",
    "KÖLN",
    "köln$",
    "^.{15}$",
    r"a\.b\+c \[x\]",
    r"[A-Z]{5}",
    "t.*t",
    ".*again",
    "nothing at all",
    r"\bat\b",
    r"g(?=ain)",
    "ü",
)


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("lines", [LINES, tuple(t for t in LINES if t.isascii())], ids=["utf8", "ascii"])
def test_many_lines_at_once_give_what_each_line_alone_gives(text: str, lines: tuple[str, ...]) -> None:
    query = parse(text)

    assert found(text, *lines) == [n for n, line in enumerate(lines) if query.matches(line)]
    assert found(text, *lines, size=10) == found(text, *lines)


def test_letters_in_lower_case_match_both_cases() -> None:
    assert found("error") == [2, 5]
    assert found("ERROR") == [2]


def test_an_exclamation_mark_inverts() -> None:
    assert found("!error") == [0, 1, 3, 4, 6, 7]


@pytest.mark.parametrize("text", ["(", "[a", "*", "a{2,1}", "(?P<x", "\\"])
def test_what_is_not_valid_says_why(text: str) -> None:
    query = parse(text)

    assert query.error
    assert not query


@pytest.mark.parametrize("text", ["(a+)+$", "(a*)*b", r"(\w+\s?)+$", "(a|b+)*c", "((x+)+)", "(.*)*"])
def test_what_could_search_for_ever_is_refused(text: str) -> None:
    assert "for ever" in parse(text).error


@pytest.mark.parametrize("text", [r"(\d+\.)+", "(ab)+", "a+b+", r"(?:\w+,)*x", "(a{2})+", ".*foo.*bar"])
def test_what_ends_is_not_refused(text: str) -> None:
    assert not parse(text).error


def test_the_places_to_mark() -> None:
    assert list(parse("o+").spans("foo boo")) == [(1, 3), (5, 7)]
    assert list(parse("x*").spans("ab")) == []
    assert list(parse("!foo").spans("bar")) == []


def test_a_long_line_does_not_hold_up_a_search(tmp_path: Path) -> None:
    spool = filled(Spool(tmp_path), "a" * 200_000, "needle")

    hits = [n for p in spool.pieces(0, 2, 1 << 18) for n in parse(".*needle").hits(p)]

    assert hits == [1]
