"""What the in-memory engine adds to the contract: faults, behaviours, the clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.engine import BuildRequest, ComposeProject, EngineEvent, Listener
from machete_tui.core.errors import (
    BuildFailed,
    Conflict,
    EngineUnavailable,
    MacheteError,
    NotFound,
    NotPermitted,
)
from machete_tui.engines import memory_streams
from machete_tui.engines.memory import Behaviour, MemoryEngine, MemoryHost
from machete_tui.engines.memory_streams import LOOK, MemoryEvents, MemoryLogs, pause
from machete_tui.engines.memory_world import World

COMPOSE = """\
services:
  web:
    image: machete/shop-web:1
    ports: ["20080:8000"]
    restart: unless-stopped
    labels: {io.machete.service: shop, io.machete.component: web}
"""


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def engine(clock: FrozenClock) -> MemoryEngine:
    engine = MemoryEngine(clock)
    engine.add_image("machete/shop-web:1")
    return engine


@pytest.fixture
def host(engine: MemoryEngine) -> MemoryHost:
    return MemoryHost(engine)


@pytest.fixture
def up(engine: MemoryEngine, tmp_path: Path) -> Callable[[], None]:
    def go() -> None:
        (tmp_path / "compose.yml").write_text(COMPOSE)
        list(engine.compose_up(ComposeProject("shop", str(tmp_path)), Cancel()))

    return go


@pytest.mark.parametrize(("down", "error"), [("unavailable", EngineUnavailable), ("forbidden", NotPermitted)])
def test_while_it_is_down_every_call_says_so(
    engine: MemoryEngine, up: Callable[[], None], down: str, error: type[MacheteError]
) -> None:
    up()
    (box,) = engine.containers()

    engine.down = down  # type: ignore[assignment]

    for call in (
        engine.info,
        engine.containers,
        engine.events,
        engine.images,
        engine.networks,
        engine.volumes,
    ):
        with pytest.raises(error) as caught:
            call()
        assert caught.value.mend
    with pytest.raises(error):
        engine.container(box.id)
    with pytest.raises(error):
        up()
    engine.down = ""
    assert engine.containers() == [box]


def test_going_down_ends_the_streams(engine: MemoryEngine, up: Callable[[], None]) -> None:
    up()
    ended: list[str] = []

    def read(stream: object) -> None:
        try:
            for _ in stream:  # type: ignore[attr-defined]
                pass
        except EngineUnavailable as error:
            ended.append(error.what)

    streams = (engine.events(), engine.logs("shop-web-1", follow=True))
    threads = [threading.Thread(target=read, args=(stream,)) for stream in streams]
    for thread in threads:
        thread.start()
    engine.down = "unavailable"
    for thread in threads:
        thread.join(5)

    assert len(ended) == 2


def test_readers_that_wait_look_a_few_times_a_second(
    engine: MemoryEngine, up: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    up()
    looks: list[World] = []

    def counted(world: World) -> None:
        looks.append(world)
        pause(world)

    monkeypatch.setattr(memory_streams, "pause", counted)
    streams: list[MemoryLogs | MemoryEvents] = [engine.events(), engine.logs("shop-web-1", follow=True)]
    threads = [threading.Thread(target=list, args=(stream,)) for stream in streams]
    for thread in threads:
        thread.start()

    begun = time.monotonic()
    time.sleep(0.5)
    most = (time.monotonic() - begun) / LOOK + 2

    for stream in streams:
        stream.close()
    for thread in threads:
        thread.join(5)
    assert 0 < len(looks) <= most * len(streams)


def test_probes_follow_the_behaviour(
    engine: MemoryEngine, host: MemoryHost, clock: FrozenClock, up: Callable[[], None]
) -> None:
    engine.behave("web", Behaviour(answers_after=2.0, status=503, paths={"/up": 200}))
    assert host.probe(20080, "/").said == "connection refused"
    up()

    assert host.probe(20080, "/up").said == "connection closed without an answer"
    clock.sleep(2)
    assert host.probe(20080, "/up").ok
    assert host.probe(20080, "").said == "HTTP 503"


@pytest.mark.parametrize("listens", [("127.0.0.1", 8000), ("0.0.0.0", 3000)])
def test_what_listens_elsewhere_is_not_reached(
    engine: MemoryEngine,
    host: MemoryHost,
    clock: FrozenClock,
    up: Callable[[], None],
    listens: tuple[str, int],
) -> None:
    engine.behave("web", Behaviour(listens=listens))
    up()
    clock.sleep(1)

    assert not host.probe(20080, "").ok
    assert engine.listeners("shop-web-1") == [Listener(*listens)]


def test_one_that_hangs_costs_the_timeout(
    engine: MemoryEngine, host: MemoryHost, clock: FrozenClock, up: Callable[[], None]
) -> None:
    engine.behave("web", Behaviour(hangs=True))
    up()
    clock.sleep(1)
    before = clock.now()

    assert host.probe(20080, "/", timeout=2).said == "no answer in 2 s"
    assert clock.now() == before + 2


def test_a_crash_brings_back_what_is_to_run(
    engine: MemoryEngine, host: MemoryHost, clock: FrozenClock, up: Callable[[], None]
) -> None:
    engine.behave("web", Behaviour(crash_after=10, oom=True, log=("hello",)))
    up()
    stream = engine.events()
    seen: list[EngineEvent] = []

    clock.sleep(10.05)
    detail = engine.container("shop-web-1")
    assert (detail.container.state, detail.exit_code, detail.oom_killed) == ("restarting", 137, True)
    clock.sleep(1)
    detail = engine.container("shop-web-1")
    assert (detail.container.state, detail.restarts) == ("running", 1)
    for batch in stream:
        seen += batch
        break
    stream.close()
    assert [e.action for e in seen] == ["oom", "die", "start"]
    assert [line.text for batch in engine.logs("shop-web-1") for line in batch] == ["hello", "hello"]


def test_ports_are_held_while_a_container_may_run(
    engine: MemoryEngine, host: MemoryHost, up: Callable[[], None]
) -> None:
    host.taken.add(20080)
    with pytest.raises(Conflict, match="20080"):
        up()
    host.taken.clear()
    up()
    assert not host.port_free(20080)
    engine.stop("shop-web-1")
    assert host.port_free(20080)


def test_a_behaviour_of_one_release_leaves_the_other_alone(
    engine: MemoryEngine, tmp_path: Path, clock: FrozenClock
) -> None:
    engine.behave("shop-web:2", Behaviour(build_error="no such file"))
    (tmp_path / "Dockerfile").write_text("FROM node:22-slim\nRUN npm ci\n")

    def build(tag: str) -> None:
        list(engine.build(BuildRequest(str(tmp_path), str(tmp_path / "Dockerfile"), tag), Cancel()))

    build("machete/shop-web:1")
    with pytest.raises(BuildFailed, match="RUN npm ci"):
        build("machete/shop-web:2")


def test_behaviours_can_change_what_runs(
    engine: MemoryEngine, host: MemoryHost, clock: FrozenClock, up: Callable[[], None]
) -> None:
    up()
    clock.sleep(1)
    engine.behave("web", Behaviour(status=500))
    assert host.probe(20080, "/").ok
    engine.behave("web", Behaviour(status=500), running=True)
    assert not host.probe(20080, "/").ok


def test_a_registry_can_be_there_or_not(engine: MemoryEngine, up: Callable[[], None]) -> None:
    assert list(engine.pull("redis:7", Cancel()))
    assert engine.image("redis:7") is not None
    with pytest.raises(NotFound):
        list(engine.pull("missing/image:1", Cancel()))
    engine.registry = False
    assert not engine.registry_answers()
    with pytest.raises(EngineUnavailable, match="postgres:17"):
        list(engine.pull("postgres:17", Cancel()))


def test_one_off_runs_do_as_told(engine: MemoryEngine) -> None:
    engine.behave("shop-web", Behaviour(run_exit=3, run_log=("migrating", "failed")))

    result = engine.run("machete/shop-web:1", ["npm", "run", "migrate"], Cancel())

    assert (result.exit_code, result.lines) == (3, ("migrating", "failed"))
    assert engine.containers() == []
