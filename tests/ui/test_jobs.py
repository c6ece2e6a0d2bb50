"""What waits for the event loop: merged, bounded, and added up to progress."""

from __future__ import annotations

import threading

from machete_tui.core.cancel import Cancel
from machete_tui.core.events import Lines, Note, Rows, StepFinished, StepStarted
from machete_tui.ui.jobs import BUFFER_FULL, Buffer, merged
from machete_tui.ui.progress import LINES_KEPT, Progress


def test_neighbouring_lines_of_a_step_are_one_event() -> None:
    note = Note("here")
    events = [Lines(("a",), "x"), Lines(("b",), "x"), Lines(("c",), "y"), note, Rows((1,)), Rows((2, 3))]
    assert merged(list(events)) == [Lines(("a", "b"), "x"), Lines(("c",), "y"), note, Rows((1, 2, 3))]


def test_the_loop_is_told_once_until_it_took_what_waits() -> None:
    buffer, cancel = Buffer(), Cancel()
    assert buffer.put(Note("1"), cancel)
    assert not buffer.put(Note("2"), cancel)
    assert buffer.take() == (Note("1"), Note("2"))
    assert buffer.put(Note("3"), cancel)


def test_a_producer_waits_for_a_loop_that_is_behind() -> None:
    buffer, cancel = Buffer(), Cancel()
    batch = Lines(tuple("x" * 5 for _ in range(BUFFER_FULL)))
    buffer.put(batch, cancel)
    through = threading.Event()

    def more() -> None:
        buffer.put(Lines(("late",)), cancel)
        through.set()

    thread = threading.Thread(target=more)
    thread.start()
    assert not through.wait(0.3)
    assert buffer.take() == (batch,)
    assert through.wait(5)
    thread.join()
    assert buffer.take() == (Lines(("late",)),)


def test_a_cancelled_producer_does_not_wait() -> None:
    buffer, cancel = Buffer(), Cancel()
    buffer.put(Lines(tuple("x" for _ in range(BUFFER_FULL))), cancel)
    cancel.cancel()
    buffer.put(Lines(("last",)), cancel)


def test_progress_is_what_the_events_add_up_to() -> None:
    progress = Progress()
    progress.apply([StepStarted("build", "Build", 1, 2, 100.0), Lines(("a", "b"), "build")])
    assert progress.current is not None
    assert progress.current.title == "Build"
    progress.apply([StepFinished("build", "failed", 3.5, "code 1"), Note("mind this", "warning")])
    assert progress.current is None
    (step,) = progress.steps
    assert (step.status, step.seconds, step.detail) == ("failed", 3.5, "code 1")
    assert list(progress.lines) == [("build", "a"), ("build", "b")]
    assert progress.notes == [Note("mind this", "warning")]


def test_a_step_that_begins_again_takes_its_own_place() -> None:
    progress = Progress()
    progress.apply([StepStarted("gate", "Wait", 1, 2, 1.0), StepFinished("gate", "failed", 1.0)])
    progress.apply([StepStarted("gate", "Wait again", 1, 2, 5.0)])
    (step,) = progress.steps
    assert (step.title, step.status) == ("Wait again", "running")


def test_output_is_bounded() -> None:
    progress = Progress()
    progress.apply([Lines(tuple(str(i) for i in range(LINES_KEPT + 10)), "build")])
    assert len(progress.lines) == LINES_KEPT
    assert progress.count == LINES_KEPT + 10
    assert progress.lines[0] == ("build", "10")
