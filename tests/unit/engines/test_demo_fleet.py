from __future__ import annotations

from pathlib import Path

from machete_tui import context
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.engine import LogLine
from machete_tui.core.events import Result
from machete_tui.engines.demo import FLEET, fill
from machete_tui.engines.memory import MemoryEngine, MemoryHost
from machete_tui.operations import registry
from machete_tui.operations.requests import Rollback


def filled() -> tuple[FrozenClock, MemoryEngine]:
    clock = FrozenClock()
    engine = MemoryEngine(clock)
    fill(engine)
    return clock, engine


def tail(engine: MemoryEngine, name: str, count: int = 5) -> list[LogLine]:
    return [line for batch in engine.logs(name, tail=count) for line in batch]


def test_the_fleet_shows_every_state_at_once() -> None:
    clock, engine = filled()
    clock.sleep(0.01)

    states = {c.state for c in engine.containers()}
    health = {c.health for c in engine.containers()}
    assert {"running", "exited", "restarting"} <= states
    assert {"", "healthy", "unhealthy", "starting"} <= health
    assert len(FLEET) >= 12
    assert len({s.status for s in FLEET}) >= 6
    assert [s.name for s in FLEET] == sorted(s.name for s in FLEET)
    assert {c.service for c in engine.containers()} == {s.name for s in FLEET if s.parts}


def test_it_is_the_same_each_time() -> None:
    (_, one), (_, two) = filled(), filled()

    assert one.containers() == two.containers()
    assert tail(one, "shop-web-1", 50) == tail(two, "shop-web-1", 50)
    assert one.sample(one.containers()) == two.sample(two.containers())


def test_it_goes_on_by_the_clock() -> None:
    clock, engine = filled()
    containers = engine.containers()
    engine.sample(containers)
    before, used = tail(engine, "shop-web-1", 1), engine.sample(containers)
    loops = engine.container("mailer-worker-1").restarts

    clock.sleep(130)

    after = tail(engine, "shop-web-1", 1)
    assert after[0].at > before[0].at
    assert engine.sample(containers) != used
    assert engine.container("mailer-worker-1").restarts > loops
    assert engine.container("search-web-1").container.health == "healthy"


def test_its_ports_answer_as_its_services_are() -> None:
    _, engine = filled()
    host = MemoryHost(engine)
    port = {s.name: s.port for s in FLEET}

    assert host.probe(port["shop"], "/").status == 200
    assert host.probe(port["billing"], "/healthz").status == 500
    assert host.probe(port["reports"], "/").said == "connection refused"
    assert not host.port_free(port["shop"])
    assert host.port_free(port["reports"])


def test_a_replica_that_was_lost_can_be_started_again() -> None:
    _, engine = filled()

    engine.start("chat-web-2")

    assert engine.container("chat-web-2").container.state == "running"


def test_every_kept_release_can_be_put_live_again(tmp_path: Path) -> None:
    ctx = context.demo(tmp_path, FrozenClock())
    for demo in (d for d in FLEET if d.status == "running"):
        events = registry.find("deployment.rollback").run(ctx, Rollback(demo.name), Cancel())
        (result,) = [event.value for event in events if isinstance(event, Result)]
        assert result.release == demo.release - 1


def test_the_audit_trail_is_in_the_order_of_time(tmp_path: Path) -> None:
    ctx = context.demo(tmp_path, FrozenClock())
    events = ctx.store.events.last(500)
    assert len(events) > 40
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
