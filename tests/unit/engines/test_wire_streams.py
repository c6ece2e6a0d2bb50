from __future__ import annotations

import struct

import pytest

from machete_tui.core.engine import LogLine
from machete_tui.engines.shapes import stamp
from machete_tui.engines.wire_streams import Demux, WireEvents, WireLogs

AT = "2026-01-02T03:04:05.500000000Z"
SECONDS = 1767323045.5


def frame(text: str, kind: int = 1) -> bytes:
    data = text.encode()
    return struct.pack(">BxxxI", kind, len(data)) + data


class Scripted:
    """A body that gives its parts one by one; a number is a pause that a timeout may end."""

    def __init__(self, *parts: bytes | float) -> None:
        self.parts = list(parts)
        self.closed = False

    def read(self, timeout: float | None = None) -> bytes:
        if not self.parts:
            return b""
        part = self.parts.pop(0)
        if isinstance(part, bytes):
            return part
        if timeout is not None:
            raise TimeoutError
        return self.read(timeout)

    def close(self) -> None:
        self.closed = True


def test_frames_of_both_streams() -> None:
    lines = Demux("web", tty=False).feed(frame(f"{AT} out\n") + frame(f"{AT} err\n", 2))

    assert lines == [LogLine(SECONDS, "web", "stdout", "out"), LogLine(SECONDS, "web", "stderr", "err")]


@pytest.mark.parametrize("size", [1, 3, 8, 11])
def test_frames_may_be_cut_anywhere(size: int) -> None:
    raw = frame(f"{AT} one\n") + frame(f"{AT} two\n", 2) + frame(f"{AT} \n")
    demux = Demux("web", tty=False)

    lines = [line for at in range(0, len(raw), size) for line in demux.feed(raw[at : at + size])]

    assert [(line.stream, line.text) for line in lines] == [
        ("stdout", "one"),
        ("stderr", "two"),
        ("stdout", ""),
    ]


def test_a_long_line_in_several_frames_is_one_line() -> None:
    demux = Demux("web", tty=False)

    lines = demux.feed(frame(f"{AT} " + "a" * 16384))
    lines += demux.feed(frame(f"{AT} other\n", 2))
    lines += demux.feed(frame(f"{AT} " + "b" * 16384) + frame(f"{AT} c d\n"))

    assert [(line.stream, line.text) for line in lines] == [
        ("stderr", "other"),
        ("stdout", "a" * 16384 + "b" * 16384 + "c d"),
    ]


def test_a_line_without_end_is_cut_and_not_kept_for_ever() -> None:
    demux = Demux("web", tty=False)

    lines = [line for _ in range(40) for line in demux.feed(frame(f"{AT} " + "a" * 16384))]

    assert lines
    assert max(len(line.text) for line in lines) < 300_000


def test_the_last_line_may_lack_its_end() -> None:
    logs = WireLogs(Scripted(frame(f"{AT} whole\n") + frame(f"{AT} part")), "web", tty=False)

    assert [line.text for batch in logs for line in batch] == ["whole", "part"]


def test_a_terminals_output_is_lines_of_one_stream() -> None:
    demux = Demux("web", tty=True)

    lines = demux.feed(f"{AT} one\r\n{AT} \x1b[1mtw".encode())
    lines += demux.feed(f"o\x1b[0m\r\n{AT} rest".encode()) + demux.rest()

    assert [line.text for line in lines] == ["one", "two", "rest"]
    assert {line.at for line in lines} == {SECONDS}


def test_what_is_not_utf8_does_not_break_it() -> None:
    payload = AT.encode() + b" caf\xe9\n"

    (line,) = Demux("web", tty=False).feed(struct.pack(">BxxxI", 1, len(payload)) + payload)

    assert line.text == "caf�"


def test_lines_that_come_one_by_one_are_given_together() -> None:
    body = Scripted(*(frame(f"{AT} {n}\n") for n in range(100)), 1.0, frame(f"{AT} later\n"), 1.0)

    batches = [[line.text for line in batch] for batch in WireLogs(body, "web", tty=False)]

    assert batches[0] == ["0"]
    assert batches[1] == [str(n) for n in range(1, 100)]
    assert batches[2:] == [["later"]]
    assert body.closed


def test_batches_hold_at_most_500_lines() -> None:
    body = Scripted(b"".join(frame(f"{AT} {n}\n") for n in range(1200)))

    assert [len(batch) for batch in WireLogs(body, "web", tty=False)] == [500, 500, 200]


def test_events_may_be_cut_anywhere() -> None:
    raw = (
        b'{"Type":"container","Action":"start","Actor":{"ID":"abc","Attributes":{"name":"web"}},'
        b'"time":5,"timeNano":5500000000}\n{"Action":"die","Actor":{"ID":"abc"},"time":6}\n'
    )
    body = Scripted(raw[:40], raw[40:100], raw[100:])

    events = [event for batch in WireEvents(body) for event in batch]

    assert [(e.action, e.at, e.container, dict(e.labels)) for e in events] == [
        ("start", 5.5, "abc", {"name": "web"}),
        ("die", 6.0, "abc", {}),
    ]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (AT, SECONDS),
        ("2026-01-02T03:04:05Z", 1767323045.0),
        ("2026-01-02T03:04:05.25+02:00", 1767323045.25 - 7200),
        ("2026-01-02T03:04:05-01:30", 1767323045.0 + 5400),
        ("0001-01-01T00:00:00Z", 0.0),
        ("", 0.0),
        ("not a time at all, but long enough", 0.0),
    ],
)
def test_stamps(text: str, seconds: float) -> None:
    assert stamp(text) == seconds
