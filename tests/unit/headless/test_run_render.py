from __future__ import annotations

import io
import json
from typing import Any

import pytest

from machete_tui.core.events import Lines, Note, StepFinished, StepStarted
from machete_tui.core.results import Document, Done, Listing
from machete_tui.headless.cells import cut, fold, pad, plain, plain_lines, width
from machete_tui.headless.progress import JsonProgress, PersonProgress
from machete_tui.headless.render import as_json, for_person, row_line
from machete_tui.headless.streams import Stream
from machete_tui.operations.service_row import ServiceRow
from machete_tui.operations.system import Check
from machete_tui.operations.views import EventRow
from tests.unit.headless.headless_probe import Inner, Line, Record, Row

PIPE = Stream(None)
ROWS = (Row("shop", "running", 7), Row("crème-日本", "failed", 1234))


def test_wide_and_combining_characters_count_as_the_terminal_counts_them() -> None:
    assert [width(t) for t in ("abc", "日本", "crème", "e\u0301", "a\u200bb", "👍")] == [3, 4, 5, 1, 2, 2]
    assert cut("日本語です", 5) == "日本…"
    assert cut("abc", 3) == "abc"
    assert pad("日本", 6) + "|" == "日本  |"
    assert pad("7", 4, right=True) == "   7"


def test_a_table_is_aligned_and_numbers_stand_right() -> None:
    assert for_person(Listing(ROWS), PIPE) == (
        "NAME        STATUS      SIZE\nshop        running     7 kB\ncrème-日本  failed   1234 kB\n"
    )


def test_a_pipe_gets_all_and_a_terminal_what_fits() -> None:
    long = (Row("n" * 100, "running", 1),)
    assert "n" * 100 in for_person(Listing(long), PIPE)
    lines = for_person(Listing(long), Stream(None, tty=True, width=40)).splitlines()
    assert [width(line) for line in lines] == [40, 40]
    assert "n…" in lines[1]
    ascii_only = for_person(Listing(long), Stream(None, tty=True, width=40, unicode=False))
    assert "n~" in ascii_only


def test_text_is_folded_between_words_and_long_words_are_broken() -> None:
    assert fold("one two three", 7) == ["one two", "three"]
    assert fold("a " + "b" * 12, 5) == ["a", "bbbbb", "bbbbb", "bb"]
    assert fold("日本語 です", 5) == ["日本", "語", "です"]
    assert fold("", 5) == [""]


NARROW = Stream(None, tty=True, width=80)


def test_the_service_list_fits_80_columns_with_its_addresses_whole() -> None:
    address = "http://127.0.0.1:20080"
    rows = (
        ServiceRow("shop", "platform", "running", "healthy", "node/next", 119, address, 60.0, None, None),
        ServiceRow(
            "billing", "finance", "degraded", "unhealthy", "python/django", 7, address, 9.0, None, None,
            1, 3, reason="web: 1 of 3 run; worker keeps restarting",
        ),
    )  # fmt: skip
    shown = for_person(Listing(rows), NARROW)
    assert max(width(line) for line in shown.splitlines()) <= 80
    assert shown.count(address) == 2
    assert "…" not in shown
    assert "keeps" in shown
    assert "TEAM" not in shown
    assert "TEAM" in for_person(Listing(rows), PIPE)


def test_a_mend_and_an_action_are_never_cut() -> None:
    mend = "machete-tui --run image.bootstrap python node postgres"
    doctor = (Check("registry", "warn", "no image registry answers: base images are made here", mend),)
    shown = for_person(Listing(doctor), NARROW)
    assert max(width(line) for line in shown.splitlines()) <= 80
    assert [word for word in mend.split() if word not in shown] == []
    detail = "Health check failed: web exited with code 1 after 1 restart"
    event = (EventRow(123, 1e9, "operator", "deployment.rollback", "storefront", "failed", 12.0, detail),)
    shown = for_person(Listing(event), NARROW)
    assert max(width(line) for line in shown.splitlines()) <= 80
    assert "deployment.rollback" in shown
    assert [word for word in detail.split() if word not in shown] == []


def test_colour_is_beside_the_word_never_instead_of_it() -> None:
    text = for_person(Listing(ROWS), Stream(None, tty=True, colour=True, width=80))
    assert "\x1b[32mrunning\x1b[0m" in text
    assert "\x1b[31mfailed \x1b[0m" in text
    assert "\x1b" not in for_person(Listing(ROWS), Stream(None, tty=True, width=80))


def test_nothing_in_a_cell_can_move_the_cursor() -> None:
    evil = Row("a\x1b[2Jb\nc\x9b1;1H\u202ed", "running", 1)
    for text in (for_person(Listing((evil,)), PIPE), row_line(Line(0, "x\x1b]0;t\x07", "y\x1b[H"))):
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(text)
    assert plain_lines("a\tb\nc\x1bd") == "a\tb\nc d"
    assert plain("a\nb") == "a b"


def test_records_nest() -> None:
    record = Record(
        "shop", "", True, Inner("1a2b", 3), (Row("web", "running", 7),), {"A": "1"}, (("f", "-a\n+b"),), ()
    )
    assert for_person(record, PIPE) == (
        "name:  shop\nempty: -\nflag:  yes\ninner:\n  commit: 1a2b\n  count:  3\n"
        "rows:\n  NAME  STATUS   SIZE\n  web   running  7 kB\n"
        "environment:\n  A: 1\nparts:\n  f:\n    -a\n    +b\nwords: -\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("words", "words\n"),
        (Document("a\nb"), "a\nb\n"),
        (Done("started shop"), "started shop\n"),
        (Done("shop is live", url="http://h:1", release=2), "shop is live\nurl: http://h:1\nrelease: #2\n"),
        ({"a": 1, "b": 0.5}, "a: 1\nb: 0.5\n"),
    ],
)
def test_other_results(value: Any, text: str) -> None:
    assert for_person(value, PIPE) == text


def test_json_is_plain_data_without_raw_controls() -> None:
    text = as_json({"text": "é\x9b\x1b", "rows": Listing(ROWS)}, PIPE)
    assert json.loads(text)["rows"][1]["name"] == "crème-日本"
    assert json.loads(text)["text"] == "é\x9b\x1b"
    assert not {"\x9b", "\x1b"} & set(text)
    assert as_json("é", Stream(None, unicode=False)) == '"\\u00e9"\n'


STEPS = (
    StepStarted("build", "Build image", 1, 2, 0.0),
    Lines(("one", "tw\x1bo"), "build"),
    StepFinished("build", "done", 3.25, "cached"),
    Note("disk is short", "warning"),
    StepFinished("gate", "failed", 60),
)


def test_progress_for_a_file_is_a_line_each() -> None:
    file = io.StringIO()
    progress = PersonProgress(Stream(file, vital=False))
    for event in STEPS:
        progress.show(event)
    progress.end()
    assert file.getvalue() == (
        "… [1/2] Build image\n  one\n  tw o\n✓ Build image 3.2s  cached\n! disk is short\n✗ gate 1m 00s\n"
    )


def test_progress_in_ascii_where_the_stream_has_no_more() -> None:
    file = io.StringIO()
    progress = PersonProgress(Stream(file, unicode=False, vital=False))
    for event in STEPS:
        progress.show(event)
    assert file.getvalue().isascii()
    assert "ok Build image 3.2s" in file.getvalue()
    assert "FAILED gate" in file.getvalue()


def test_progress_on_a_terminal_keeps_the_running_step_last() -> None:
    file = io.StringIO()
    progress = PersonProgress(Stream(file, tty=True, width=20, vital=False))
    progress.show(STEPS[0])
    assert file.getvalue() == "\r\x1b[K… [1/2] Build image"
    progress.show(STEPS[1])
    assert file.getvalue().endswith("\r\x1b[K… [1/2] Build image")
    progress.end()
    assert file.getvalue().endswith("\r\x1b[K")


def test_progress_for_programs_is_json_lines() -> None:
    file = io.StringIO()
    progress = JsonProgress(Stream(file, vital=False), lambda: {"step": 2})
    for event in STEPS:
        progress.show(event)
    rows = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [row["event"] for row in rows] == [
        "step_started",
        "lines",
        "step_finished",
        "note",
        "step_finished",
    ]
    assert rows[2]["seconds"] == 3.25
    assert rows[3] == {"event": "note", "step": 2, "text": "disk is short", "level": "warning"}
