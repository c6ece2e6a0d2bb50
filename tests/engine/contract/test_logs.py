from __future__ import annotations

import threading
import time

import pytest

from machete_tui.core.engine import Container
from machete_tui.core.errors import NotFound
from tests.engine.contract.lab import Lab, Reader, lines, texts, until


@pytest.fixture
def talker(lab: Lab) -> Container:
    """A container that printed five lines, the third to stderr, and ended."""
    box = lab.shell(
        "echo one", "echo two", "sleep 0.6", "echo three >&2", "sleep 0.2", "echo four", "echo five"
    )
    lab.ended(box)
    return box


def test_all_lines_with_their_stream_and_time(lab: Lab, talker: Container) -> None:
    found = lines(lab.engine.logs(talker.id))

    assert sorted(line.text for line in found) == ["five", "four", "one", "three", "two"]
    assert {line.text: line.stream for line in found}["three"] == "stderr"
    assert {line.stream for line in found if line.text != "three"} == {"stdout"}
    assert {line.container for line in found} == {talker.name}
    assert [line.text for line in found if line.stream == "stdout"] == ["one", "two", "four", "five"]
    assert all(abs(line.at - time.time()) < 60 for line in found)
    at = {line.text: line.at for line in found}
    assert at["four"] - at["two"] == pytest.approx(0.8, abs=0.4)


def test_tail_is_counted_from_the_end(lab: Lab, talker: Container) -> None:
    engine = lab.engine

    assert texts(engine.logs(talker.id, tail=2)) == ["four", "five"]
    assert texts(engine.logs(talker.id, tail=0)) == []
    assert len(texts(engine.logs(talker.id, tail=100))) == 5


def test_since_leaves_out_what_was_before(lab: Lab, talker: Container) -> None:
    found = lines(lab.engine.logs(talker.id))
    after = next(line.at for line in found if line.text == "two") + 0.2

    assert set(texts(lab.engine.logs(talker.id, since=after))) == {"three", "four", "five"}
    assert texts(lab.engine.logs(talker.id, since=after, tail=1)) == ["five"]
    assert texts(lab.engine.logs(talker.id, since=time.time() + 60)) == []


def test_control_sequences_do_not_come_through(lab: Lab) -> None:
    if lab.in_memory:
        box = lab.shell("echo '\x1b[31mred\x1b[0m\x07'")
    else:
        box = lab.shell(r"printf '\033[31mred\033[0m\007\n'")
    lab.ended(box)

    assert texts(lab.engine.logs(box.id)) == ["red␇"]


def test_a_terminal_has_one_stream_of_lines(lab: Lab) -> None:
    box = lab.shell("echo one", "echo two", tty=True)
    lab.ended(box)

    assert texts(lab.engine.logs(box.id)) == ["one", "two"]


def test_following_gives_lines_as_they_come_and_ends_with_the_container(lab: Lab) -> None:
    box = lab.shell("echo first", "sleep 1", "echo second", "sleep 0.3")
    reader = Reader(lab.engine.logs(box.id, follow=True))

    until(lambda: reader.texts == ["first"])
    until(lambda: reader.texts == ["first", "second"])
    reader.joined()
    assert reader.error is None


def test_following_from_now_on(lab: Lab) -> None:
    box = lab.shell("echo old", "sleep 1.5", "echo new", "sleep 0.3")
    until(lambda: texts(lab.engine.logs(box.id)) == ["old"])

    reader = Reader(lab.engine.logs(box.id, follow=True, tail=0))

    reader.joined()
    assert reader.texts == ["new"]


def test_closing_wakes_a_reader_that_waits(lab: Lab) -> None:
    box = lab.shell("echo ready", "sleep 1000")
    reader = Reader(lab.engine.logs(box.id, follow=True))
    until(lambda: reader.texts == ["ready"])

    reader.stream.close()
    reader.joined(60)

    assert reader.error is None
    reader.stream.close()
    assert texts(reader.stream) == []


def test_a_silent_container_opens_at_once(lab: Lab) -> None:
    box = lab.shell("sleep 1000")

    begun = time.monotonic()
    stream = lab.engine.logs(box.id, follow=True)
    assert time.monotonic() - begun < 3
    stream.close()


def test_many_lines_come_in_batches(lab: Lab) -> None:
    box = lab.shell(*(f"echo {n}" for n in range(1, 2001))) if lab.in_memory else lab.shell("seq 1 2000")
    lab.ended(box)

    batches = list(lab.engine.logs(box.id))

    assert [line.text for batch in batches for line in batch] == [str(n) for n in range(1, 2001)]
    assert max(len(batch) for batch in batches) <= 500
    assert len(batches) < 200


def test_a_removed_container_has_no_log(lab: Lab) -> None:
    box = lab.shell("echo x")
    lab.engine.remove(box.id)

    with pytest.raises(NotFound):
        lab.engine.logs(box.id)


def test_the_same_lines_as_bytes(lab: Lab, talker: Container) -> None:
    found = lines(lab.engine.logs(talker.id))
    batches = list(lab.engine.logs(talker.id).batches())

    assert [text for b in batches for text in b.lines()] == [line.text for line in found]
    assert [at for b in batches for at in b.times] == [line.at for line in found]
    errors = [bool(e) for b in batches for e in (b.errors or bytes(len(b)))]
    assert errors == [line.stream == "stderr" for line in found]
    assert {b.container for b in batches} == {talker.name}


def test_until_leaves_out_what_was_after(lab: Lab, talker: Container) -> None:
    found = lines(lab.engine.logs(talker.id))
    after = next(line.at for line in found if line.text == "two") + 0.2

    assert texts(lab.engine.logs(talker.id, until=after)) == ["one", "two"]


def test_closing_wakes_a_reader_of_bytes(lab: Lab) -> None:
    box = lab.shell("echo ready", "sleep 1000")
    stream = lab.engine.logs(box.id, follow=True)
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.extend(t for b in stream.batches() for t in b.lines()))
    thread.start()
    until(lambda: seen == ["ready"])
    stream.close()
    thread.join(3)

    assert not thread.is_alive()
