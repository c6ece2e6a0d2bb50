from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.context import in_memory, live
from machete_tui.core.clock import FrozenClock
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import MemoryEngine
from tests.operations.bench import Bench
from tests.operations.field import BASE, Field
from tests.rig import Daemon, Rig


def settings_in(folder: Path) -> Settings:
    return Settings(
        state_dir=folder / "state",
        cache_dir=folder / "cache",
        gate_seconds=25.0,
        gate_interval=0.2,
        watch_seconds=0.0,
        mount_roots=(str(folder / "srv"),),
        # Test runs side by side share the rig's Engine but no database that would keep their ports apart.
        port_low=random.randrange(20000, 39000, 50),
    )


@pytest.fixture(params=["memory", pytest.param("docker", marks=pytest.mark.engine)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """The one suite runs on both engines."""
    if request.param == "memory":
        yield memory_bench_in(tmp_path)
        return
    request.getfixturevalue("rig")
    made = Bench(live(settings_in(tmp_path)), tmp_path, f"t{uuid.uuid4().hex[:8]}")
    yield made
    made.clean()
    made.ctx.close()


@pytest.fixture
def memory_bench(tmp_path: Path) -> Bench:
    """For what only the in-memory engine can be made to do."""
    return memory_bench_in(tmp_path)


@pytest.fixture
def docker_bench(rig: object, tmp_path: Path) -> Iterator[Bench]:
    """For what only real containers can show."""
    made = Bench(live(settings_in(tmp_path)), tmp_path, f"t{uuid.uuid4().hex[:8]}")
    yield made
    made.clean()
    made.ctx.close()


def memory_bench_in(folder: Path) -> Bench:
    clock = FrozenClock()
    engine = MemoryEngine(clock)
    engine.registry = True
    return Bench(in_memory(settings_in(folder), clock, engine=engine), folder, "mem")


@pytest.fixture(scope="module")
def field_daemon(rig: Rig) -> Iterator[Daemon]:
    """An Engine that a test may prune without harm to others."""
    with rig.engine("field") as daemon:
        daemon.take_images(rig.main, BASE)
        yield daemon


@pytest.fixture(scope="module")
def field_daemon_newer(rig: Rig) -> Iterator[Daemon]:
    """The same of the next Debian's release."""
    with rig.engine("fieldnew", newer=True) as daemon:
        daemon.take_images(rig.main, BASE)
        yield daemon


@pytest.fixture(
    params=[
        "memory",
        pytest.param("field_daemon", marks=pytest.mark.engine),
        pytest.param("field_daemon_newer", marks=pytest.mark.engine),
    ]
)
def field(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Field]:
    """An engine whose images, volumes and networks are all the test's own."""
    if request.param == "memory":
        bench = memory_bench_in(tmp_path)
        engine = bench.ctx.engine
        assert isinstance(engine, MemoryEngine)
        engine.add_image(BASE)
        yield Field(bench.ctx, tmp_path)
        return
    daemon = request.getfixturevalue(request.param)
    ctx = live(replace(settings_in(tmp_path), docker_host=daemon.host))
    made = Field(ctx, tmp_path)
    yield made
    made.clear()
    ctx.close()
