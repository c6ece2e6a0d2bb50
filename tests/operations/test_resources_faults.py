"""The Engine dies or hangs while its images, volumes and events are looked at, on an Engine made for that."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.context import live
from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import EngineUnavailable
from machete_tui.core.events import Advance
from machete_tui.operations import registry
from tests.conftest import Spare
from tests.operations.conftest import settings_in
from tests.operations.field import BASE, Field
from tests.rig import Daemon, Rig

pytestmark = [pytest.mark.engine, pytest.mark.slow]

READS = ("image.list", "volume.list", "network.list", "cache.list", "system.df", "engine.events")
PRUNES = ("image.prune", "volume.prune", "network.prune", "cache.prune")


@pytest.fixture
def daemon(spare_engine: Spare, rig: Rig) -> Daemon:
    made = spare_engine("fallible")
    made.take_images(rig.main, BASE)
    return made


@pytest.fixture
def field(daemon: Daemon, tmp_path: Path) -> Iterator[Field]:
    ctx = live(replace(settings_in(tmp_path), docker_host=daemon.host))
    yield Field(ctx, tmp_path)
    ctx.close()


def test_killed_in_the_middle_of_a_prune_it_tells_what_was_gone(daemon: Daemon, field: Field) -> None:
    first, second = field.image("tool:1", "a" * 9000), field.image("tool:2", "b" * 9000)
    operation = registry.find("image.prune")
    stream = operation.run(field.ctx, operation.request(all=True, yes=True), Cancel())
    gone = next(event.text for event in stream if isinstance(event, Advance))
    daemon.kill9()
    with pytest.raises(EngineUnavailable):
        list(stream)
    row = field.ctx.store.events.last(1)[0]
    assert (row.action, row.outcome) == ("image.prune", "failed")
    assert row.detail.startswith("1 removed")
    daemon.restart()
    left = field.image_ids() & {first.id, second.id}
    assert len(left) == 1
    assert (first.id in left) == ("tool:2" in gone)
    assert field.prune("image.prune", all=True, yes=True).done
    assert not field.image_ids() & {first.id, second.id}


def test_every_read_says_so_while_it_is_gone(daemon: Daemon, field: Field) -> None:
    daemon.kill9()
    for action in (*READS, *PRUNES):
        with pytest.raises(EngineUnavailable) as caught:
            field.do(action)
        assert caught.value.mend, action
    daemon.restart()
    for action in READS:
        field.do(action)


def test_one_that_accepts_and_never_answers_is_not_waited_for(daemon: Daemon, field: Field) -> None:
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        for action in ("image.list", "system.df", "image.prune", "engine.events"):
            with pytest.raises(EngineUnavailable):
                field.do(action)
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    assert field.do("image.list").rows


def test_followed_events_end_with_a_reason_when_it_dies(daemon: Daemon, field: Field) -> None:
    operation, ended = registry.find("engine.events"), []
    begun = threading.Event()

    def follow() -> None:
        try:
            for _ in operation.run(field.ctx, operation.request(follow=True, since=600.0), Cancel()):
                begun.set()
        except EngineUnavailable as error:
            ended.append(error)

    field.volume("seen")
    thread = threading.Thread(target=follow)
    thread.start()
    assert begun.wait(20)
    daemon.kill9()
    thread.join(20)
    assert not thread.is_alive()
    assert len(ended) == 1
