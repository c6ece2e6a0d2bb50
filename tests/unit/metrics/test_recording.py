"""The recorder on the in-memory engine: restarts, clocks that jump, a store that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.context import LazyContext, in_memory
from machete_tui.core.clock import FrozenClock
from machete_tui.core.engine import LABEL_SERVICE, Sample
from machete_tui.core.errors import EngineUnavailable, NoCapacity
from machete_tui.core.metrics import HOST, INDEX, Subject
from machete_tui.core.series import MINUTE
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import Behaviour, MemoryEngine
from machete_tui.engines.memory_model import Spec
from machete_tui.operations.recording import GONE, LEAST, Recorder

CPU = INDEX["cpu"]
T = 1_800_000_000.0
WEB, WORKER, SHOP = (
    Subject("container", "shop-web-1"),
    Subject("container", "shop-worker-1"),
    Subject("service", "shop"),
)


class Clock(FrozenClock):
    """Wall and monotonic time apart."""

    def __init__(self) -> None:
        super().__init__(T)
        self.ticks = 500.0

    def monotonic(self) -> float:
        return self.ticks

    def pass_(self, seconds: float = 1.0, *, jump: float = 0.0) -> None:
        self.ticks += seconds
        self.set(self.now() + seconds + jump)


class World:
    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.engine = MemoryEngine(self.clock)
        self.ctx: LazyContext = in_memory(
            Settings(state_dir=folder / "s", cache_dir=folder / "c"), self.clock, engine=self.engine
        )
        self.engine.add_image("app")
        self.recorder = Recorder(lambda: self.ctx)

    def run(self, name: str, service: str = "", cpu: float = 10.0) -> str:
        self.engine.behave(name, Behaviour(usage=lambda _: Sample(cpu, 1 << 20)))
        with self.engine.world.use():
            labels = {LABEL_SERVICE: service} if service else {}
            box = self.engine.world.add_box(name, Spec("web", "app", networks=("net",)), labels)
            self.engine.world.start_box(box)
        self.recorder.happened([box.id])
        return box.id

    def go(self, seconds: int) -> None:
        for _ in range(seconds):
            self.recorder.step()
            self.clock.pass_()

    def column(self, subject: Subject, count: int) -> list[float | None]:
        ring = self.recorder.ring(subject)
        assert ring is not None
        return [v and round(v, 1) for v in ring.column(CPU, self.recorder.tick, count)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_containers_services_and_the_machine_have_series(world: World) -> None:
    world.run("shop-web-1", "shop", 10.0)
    world.run("shop-worker-1", "shop", 5.0)
    world.run("alone", "", 1.0)
    world.go(4)
    assert world.column(WEB, 4) == [None, 10.0, 10.0, 10.0]
    assert world.column(SHOP, 4) == [None, 15.0, 15.0, 15.0]
    assert {str(s) for s in world.recorder.readings} == {
        "shop-web-1",
        "shop-worker-1",
        "alone",
        "shop",
        "host",
    }
    machine = world.recorder.reading(HOST)
    assert machine is not None
    assert machine.cpu == pytest.approx((10 + 5 + 1 + 12) / 4, abs=0.5)


def test_a_minute_is_written_when_it_is_over(world: World) -> None:
    world.run("shop-web-1", "shop", 10.0)
    world.clock.set(T // MINUTE * MINUTE + 1)
    world.go(58)
    assert world.ctx.store.metrics.subjects() == []
    world.go(3)
    (bucket,) = world.ctx.store.metrics.read(WEB, MINUTE, 0, world.clock.now())
    assert bucket.seconds == 59
    assert bucket.avg[CPU] == pytest.approx(10.0)
    assert {str(s) for s in world.ctx.store.metrics.subjects()} == {"shop-web-1", "shop", "host"}
    world.go(60)
    assert [b.seconds for b in world.ctx.store.metrics.read(SHOP, MINUTE, 0, world.clock.now())] == [59, 60]


def test_a_restart_is_a_moment_without_rates(world: World) -> None:
    ident = world.run("shop-web-1", "shop", 10.0)
    world.go(3)
    world.engine.restart(ident)
    world.recorder.happened([ident])
    world.go(3)
    assert world.column(WEB, 6) == [None, 10.0, 10.0, None, 10.0, 10.0]


def test_while_the_engine_is_away_there_is_a_gap(world: World) -> None:
    world.run("shop-web-1", "shop", 10.0)
    world.go(3)
    world.engine.down = "unavailable"
    for _ in range(5):
        with pytest.raises(EngineUnavailable):
            world.recorder.step()
        world.clock.pass_()
    world.engine.down = ""
    world.go(2)
    assert world.column(WEB, 10)[-7:] == [None, None, None, None, None, 10.0, 10.0]


@pytest.mark.parametrize("jump", [-86_400.0, -30.0, 45.0, 3600.0, 1e9])
def test_a_clock_that_jumps_breaks_nothing(world: World, jump: float) -> None:
    world.run("shop-web-1", "shop", 10.0)
    world.go(30)
    world.clock.pass_(0.0, jump=jump)
    world.go(100)
    assert world.column(WEB, 60) == [10.0] * 60
    now = world.clock.now()
    kept = world.ctx.store.metrics.read(WEB, MINUTE, now - 120, now)
    assert kept
    assert all(b.seconds <= 60 for b in kept)
    world.clock.pass_(0.0, jump=-jump)
    world.go(61)
    assert world.column(WEB, 60) == [10.0] * 60


def test_the_short_lived_leave_nothing_behind(world: World) -> None:
    world.run("shop-web-1", "shop", 10.0)
    for number in range(GONE * 2):
        ident = world.run(f"job-{number}")
        if number % 40 == 0:
            world.go(1)
        world.engine.remove(ident)
    world.go(2)
    names = {s.name for s in world.recorder._rings}
    assert len(names) < 10
    world.clock.set(world.clock.now() // MINUTE * MINUTE + MINUTE)
    world.go(2)
    assert not {s.name for s in world.ctx.store.metrics.subjects()} & {f"job-{n}" for n in range(GONE * 2)}


def test_what_ran_for_a_while_stays_for_five_minutes(world: World) -> None:
    ident = world.run("shop-web-1", "shop", 10.0)
    world.go(LEAST + 5)
    world.engine.remove(ident)
    world.recorder.happened()
    world.go(10)
    assert world.recorder.ring(WEB) is not None
    assert world.recorder.reading(WEB) is None
    world.clock.pass_(400)
    world.recorder.happened()
    world.go(2)
    assert world.recorder.ring(WEB) is None


def test_a_store_that_fails_costs_no_reading(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.run("shop-web-1", "shop", 10.0)
    world.clock.set(T // MINUTE * MINUTE)
    full = NoCapacity("the disk is full", "free some space")

    def fail(*_: object) -> None:
        raise full

    metrics = world.ctx.store.metrics
    with monkeypatch.context() as patch:
        patch.setattr(metrics, "record", fail)
        world.go(130)
        assert world.recorder.trouble is full
        assert world.column(WEB, 100) == [10.0] * 100
        assert metrics.subjects() == []
    world.go(60)
    assert world.recorder.trouble is None
    assert [b.seconds for b in metrics.read(WEB, MINUTE, 0, world.clock.now())] == [60, 60, 60]


def test_a_new_start_has_the_last_minutes(world: World) -> None:
    world.run("shop-web-1", "shop", 10.0)
    world.clock.set(T // MINUTE * MINUTE)
    world.go(150)
    again = Recorder(lambda: world.ctx)
    again.recall()
    again.happened()
    again.step()
    ring = again.ring(WEB)
    assert ring is not None
    column = ring.column(CPU, again.tick, 300)
    assert [v for v in column if v is not None].count(10.0) > 100
    assert column[-10] is None  # the minute that was not over is not known


def test_the_minute_that_goes_on_can_be_read(world: World) -> None:
    world.run("shop-web-1", "shop", 10.0)
    assert world.recorder.partial(WEB) is None
    world.go(5)
    part = world.recorder.partial(WEB)
    assert part is not None
    assert part.seconds == 5
    assert part.at == T // MINUTE * MINUTE
