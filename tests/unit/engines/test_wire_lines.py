from __future__ import annotations

import struct

import pytest

from machete_tui.core.logs import LogBatch
from machete_tui.engines.sanitize import clean, clean_lines
from machete_tui.engines.wire_lines import LINE_MOST, Frames

AT = "2026-01-02T03:04:05.500000000Z"
SECONDS = 1767323045.5


def frame(text: str | bytes, kind: int = 1) -> bytes:
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack(">BxxxI", kind, len(data)) + data


def fed(*parts: bytes, tty: bool = False) -> list[LogBatch]:
    frames = Frames("web", tty=tty)
    return [b for b in (*(frames.feed(part) for part in parts), frames.rest()) if b is not None]


def test_lines_times_and_streams_are_side_by_side() -> None:
    (batch,) = fed(frame(f"{AT} out\n") + frame(f"{AT} err\n", 2) + frame(f"{AT} \n"))

    assert batch.text == b"out\nerr\n\n"
    assert list(batch.times) == [SECONDS] * 3
    assert batch.errors == b"\0\1\0"
    assert batch.container == "web"


@pytest.mark.parametrize("size", [1, 7, 40, 64])
def test_frames_may_be_cut_anywhere(size: int) -> None:
    raw = frame(f"{AT} one\n") + frame(f"{AT} " + "a" * 50) + frame(f"{AT} two\n", 2) + frame(f"{AT} b\n")
    found = fed(*(raw[at : at + size] for at in range(0, len(raw), size)))

    assert b"".join(b.text for b in found) == b"one\ntwo\n" + b"a" * 50 + b"b\n"


def test_times_in_another_form_are_read_too() -> None:
    (batch,) = fed(frame("2026-01-02T03:04:05.25+02:00 a\n") + frame("no-time b\n") + frame("x\n"))

    assert list(batch.times) == [SECONDS - 0.25 - 7200, 0.0, 0.0]
    assert batch.lines() == ["a", "b", ""]


def test_several_lines_in_one_frame_have_its_time() -> None:
    (batch,) = fed(frame(f"{AT} a\nb\nc\n"))

    assert batch.lines() == ["a", "b", "c"]
    assert list(batch.times) == [SECONDS] * 3


@pytest.mark.parametrize("tty", [False, True])
def test_a_line_of_50_mb_is_cut_and_takes_no_memory(tty: bool) -> None:
    frames = Frames("web", tty=tty)
    part = b"a" * 16384 if tty else frame(f"{AT} " + "a" * 16384)
    length = longest = 0
    if tty:
        frames.feed(f"{AT} ".encode())
    for _ in range(3200):
        batch = frames.feed(part)
        if batch is not None:
            length += sum(map(len, batch.lines()))
            longest = max(longest, *map(len, batch.lines()))
    batch = frames.rest()
    length += sum(map(len, batch.lines())) if batch else 0

    assert length == 3200 * 16384
    assert longest <= LINE_MOST + 16384


@pytest.mark.parametrize(
    "raw",
    [
        b"plain\nlines\n",
        b"\x1b[31mred\x1b[0m\n\x1b[1;32mok\x1b[m tail\n",
        b"\x1b]0;title\x07after\n\x1b[2J\x1b[Hcleared\n",
        b"nul\x00 bell\x07 back\x08\n",
        b"caf\xe9 \xff\xfe\n\xc3\xa9\n",
        "tab\there\n\u202eright to left\n\u2028\n".encode(),
        b"progress 1%\rprogress 2%\r\n",
        "emoji \U0001f600 中文\n".encode(),
        b"\n\n",
    ],
)
def test_many_lines_are_made_safe_as_each_alone_is(raw: bytes) -> None:
    safe = clean_lines(raw).decode()

    assert safe.split("\n")[:-1] == [clean(part.decode("utf-8", "replace")) for part in raw.split(b"\n")[:-1]]
    assert "\x1b" not in safe
    assert "\0" not in safe


def test_sequences_inside_sequences_leave_none() -> None:
    assert b"\x1b" not in clean_lines(b"\x1b\x1b[0m[31mnested \x1b\x1b[m]0;title\x07\n")
