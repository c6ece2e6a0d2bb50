"""How the list of everything grows: 1,000 and 10,000 containers, a tenth of them running.

    python -m bench.scale [--times N] [--sizes 1000,10000] [--short]

On the in-memory engine, so that only machete-tui's own work counts: reading the list into rows, showing
them, filtering by an expression and by a term, sorting, moving the cursor. Each line gives both times and
how much more the larger one takes than ten times as many containers would linearly (1.0 is linear, less is
better). Moving the cursor is to cost the same at any size: its ratio is of the times themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import hold
from machete_tui import context
from machete_tui.app import MacheteApp
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.engine import LABEL_COMPOSE_SERVICE, LABEL_PROJECT
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import MemoryEngine
from machete_tui.engines.memory_images import add
from machete_tui.engines.memory_model import Box, Spec
from machete_tui.operations.foreign import foreign_rows
from machete_tui.operations.registry import find
from machete_tui.operations.requests import ListServices
from machete_tui.screens.services import ServicesScreen
from machete_tui.ui.prefetch import Prefetch

PER_PROJECT = 5
RUNNING = 10
"""One in so many containers runs."""


def fill(engine: MemoryEngine, count: int) -> None:
    """Make that many containers, five a project, the last tenth of them running."""
    world = engine.world
    with world.use() as now:
        image = add(world, "busybox:latest", {})
        for number in range(count):
            project = f"project-{number // PER_PROJECT:05d}"
            labels = {LABEL_PROJECT: project, LABEL_COMPOSE_SERVICE: f"part-{number % PER_PROJECT}"}
            name = f"{project}-part-{number % PER_PROJECT}-1"
            spec = Spec(f"part-{number % PER_PROJECT}", "busybox:latest")
            box = Box(f"{number:064x}", name, spec, image, labels, world.behaviour({}, name))
            box.created = now - 86400
            box.start(now - 86400)
            if number % RUNNING:
                box.stop(now - 3600)
            world.boxes[box.id] = box


@contextmanager
def world(count: int) -> Iterator[tuple[MacheteApp, MemoryEngine]]:
    """Give an app, not running yet, on an engine with that many containers."""
    # What follows the engine ends by itself, and may write a last line meanwhile.
    with tempfile.TemporaryDirectory(prefix="machete-scale-", ignore_cleanup_errors=True) as folder:
        clock = FrozenClock()
        engine = MemoryEngine(clock)
        fill(engine, count)
        settings = Settings(state_dir=Path(folder) / "state", cache_dir=Path(folder) / "cache")
        ctx = context.in_memory(settings, clock, engine=engine)
        yield MacheteApp(Prefetch(lambda: ctx), demo=True), engine
        ctx.close()


def timed(what: Callable[[], object], times: int) -> float:
    """Return the median CPU time of several runs, in milliseconds: what else runs here does not count."""
    costs = []
    for _ in range(times):
        begun = time.thread_time()
        what()
        costs.append((time.thread_time() - begun) * 1000)
    return statistics.median(costs)


async def measured(count: int, times: int) -> dict[str, float]:
    """Return what each thing costs at that many containers, in milliseconds."""
    with world(count) as (app, engine):
        found: dict[str, float] = {}
        async with app.run_test(size=(120, 40)) as pilot:
            listed = asyncio.Event()
            app.fleet_changed.subscribe(app.screen, lambda fleet: listed.set() if fleet.loaded else None)
            if not app.fleet.loaded:
                await listed.wait()
            await app.bridge.settled()
            await pilot.press("v")
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, ServicesScreen)
            table = screen._table
            containers = engine.containers()
            assert len(table.rows) == count
            found["rows of projects from containers"] = timed(
                lambda: foreign_rows(frozenset(), containers, {}), times
            )
            found["service.list, the engine's own work too"] = timed(
                lambda: list(find("service.list").run(app.context, ListServices(), Cancel())), times
            )
            rows = table.rows
            found["show a new list, every container a row"] = timed(lambda: table.show(list(rows)), times)
            found["filter by an expression"] = timed(
                lambda: table.set_filter(table.parse_filter("part-3")), times
            )
            found["filter by a term"] = timed(
                lambda: table.set_filter(table.parse_filter("status:running")), times
            )
            table.set_filter(table.parse_filter(""))
            found["sort by status"] = timed(lambda: table.set_sort("status"), times)
            found["sort by name"] = timed(lambda: table.set_sort("name"), times)
            found[MOVE] = timed(lambda: table.action_move(1), times * 20)
            app.context.store.close()
        return found


MOVE = "move the cursor"
NOISE = 2.0
"""Milliseconds below which a single measure says nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=7, help="runs of each; the median counts")
    parser.add_argument("--sizes", default="1000,10000", help="two numbers of containers")
    parser.add_argument("--short", action="store_true", help="three runs at 200 and 2,000, at most linear")
    options = parser.parse_args()
    small, large = (int(text) for text in ("200,2000" if options.short else options.sizes).split(","))
    times = 3 if options.short else options.times
    few = asyncio.run(measured(small, times))
    many = asyncio.run(measured(large, times))
    for what, cost in few.items():
        growth = many[what] / max(cost, 1e-6) / (1 if what == MOVE else large / small)
        kind = "times" if what == MOVE else "of linear"
        if options.short and max(cost, many[what]) > NOISE:
            hold(what, growth, 1.0)
        print(
            f"{what}: {cost:.2f} ms at {small:,}, {many[what]:.2f} ms at {large:,} containers"
            f" = {growth:.2f} {kind}"
        )


if __name__ == "__main__":
    main()
