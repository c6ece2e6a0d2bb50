from __future__ import annotations

import threading
import time

from machete_tui.core.engine import LABEL_PROJECT, EngineEvent, EventStream
from tests.engine.contract.lab import BASE, Lab, until


class Watcher:
    """Collects the events of one project in a thread of its own."""

    def __init__(self, stream: EventStream, project: str) -> None:
        self.stream = stream
        self.events: list[EngineEvent] = []
        self._project = project
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        for batch in self.stream:
            assert batch, "an empty batch"
            self.events += [e for e in batch if e.labels.get(LABEL_PROJECT) == self._project]

    @property
    def actions(self) -> list[str]:
        return [e.action for e in self.events]

    def close(self) -> None:
        self.stream.close()
        self._thread.join(5)
        assert not self._thread.is_alive(), "the reader did not wake"


def test_a_life_in_events(lab: Lab) -> None:
    watcher = Watcher(lab.engine.events(), lab.name)
    try:
        box = lab.shell("sleep 0.5", "exit 3")
        until(lambda: "die" in watcher.actions)
        lab.engine.start(box.id)
        lab.engine.remove(box.id)
        until(lambda: "destroy" in watcher.actions)
    finally:
        watcher.close()

    told = [a for a in watcher.actions if a in ("create", "start", "die", "destroy")]
    assert told == ["create", "start", "die", "start", "die", "destroy"]
    died = next(e for e in watcher.events if e.action == "die")
    assert died.container == box.id
    assert died.labels["name"] == box.name
    assert died.labels["image"] == BASE
    assert died.labels["exitCode"] == "3"
    assert abs(died.at - time.time()) < 60
    assert [e.at for e in watcher.events] == sorted(e.at for e in watcher.events)


def test_health_changes_are_events(lab: Lab) -> None:
    watcher = Watcher(lab.engine.events(), lab.name)
    try:
        lab.up(
            lab.project(
                f"""
                services:
                  box:
                    image: {BASE}
                    command: sleep 1000
                    init: true
                    healthcheck: {{test: ["CMD", "true"], interval: 0.3s}}
                """
            )
        )
        until(lambda: "health_status: healthy" in watcher.actions)
    finally:
        watcher.close()
    assert not [a for a in watcher.actions if a.startswith("exec_")]


def test_only_what_happens_from_now_on(lab: Lab) -> None:
    box = lab.shell("sleep 1000")
    watcher = Watcher(lab.engine.events(), lab.name)
    try:
        lab.engine.stop(box.id, 0)
        until(lambda: "die" in watcher.actions)
    finally:
        watcher.close()

    assert "create" not in watcher.actions
    assert "start" not in watcher.actions


def test_closing_wakes_a_reader_that_waits(lab: Lab) -> None:
    watcher = Watcher(lab.engine.events(), lab.name)

    watcher.close()
    watcher.stream.close()
    assert list(watcher.stream) == []


def test_a_stream_that_nobody_reads_can_be_closed(lab: Lab) -> None:
    stream = lab.engine.events()
    stream.close()

    assert list(stream) == []
