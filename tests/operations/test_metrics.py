"""The verbs about readings: on both engines what is live, and on a recorded past what it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from machete_tui.core.errors import Conflict, InvalidInput, NotFound
from machete_tui.core.events import Note, Result
from machete_tui.core.metrics import Subject
from machete_tui.core.series import MINUTE, NOTHING, Bucket
from machete_tui.operations.metric_data import RANGES
from tests.operations.bench import Bench
from tests.ui.world import World

MIB = 1 << 20


def notes(bench: Bench, action: str, **fields: Any) -> tuple[list[str], Any]:
    said, value = [], None
    for event in bench.stream(action, **fields):
        if isinstance(event, Note):
            said.append(event.text)
        elif isinstance(event, Result):
            value = event.value
    return said, value


def test_what_runs_now_without_anything_recorded(bench: Bench) -> None:
    name = bench.name("app")
    source = bench.app("dockerfile-app")
    bench.behave(name, "dockerfile-app")
    bench.deploy(source, name)
    (container,) = bench.ctx.engine.containers(service=name)

    rows = {row.name: row for row in bench.do("metrics.top", limit=0).rows}
    row = rows[container.name]
    assert row.service == name
    assert row.cpu is not None
    assert row.cpu >= 0
    assert row.memory > 100_000
    assert row.pids >= 1
    assert row.rx is not None
    services = {row.name: row for row in bench.do("metrics.top", services=True, limit=0).rows}
    assert services[name].memory == pytest.approx(row.memory, rel=0.5)

    shown = bench.do("metrics.show", name=name)
    assert shown.data["kind"] == "service"
    assert shown.data["now"]["memory"] > 100_000
    assert "Memory" in shown.text
    by_container = bench.do("metrics.show", name=container.name, range="1h")
    assert by_container.data["kind"] == "container"
    assert len(by_container.data["points"]) == 1  # the reading of now, and gaps before it
    machine = bench.do("metrics.show")
    assert machine.data["kind"] == "host"
    assert machine.data["now"]["limit"] > machine.data["now"]["memory"] > 0

    said, exported = notes(bench, "metrics.export", name=name)
    assert any("nothing is recorded" in line for line in said)
    (line,) = csv.DictReader(io.StringIO(exported.text))
    assert line["name"] == name
    assert float(line["memory_avg"]) > 100_000

    said, compared = notes(bench, "metrics.compare", name=name)
    assert any("after is a reading of now" in line for line in said)
    assert any("nothing is recorded from before" in line for line in said)
    assert compared.data["deployment"] == 1
    assert compared.data["metrics"]["memory"]["after"]["avg"] > 100_000
    assert compared.data["metrics"]["memory"]["before"] is None

    processes = bench.do("container.top", name=container.name).rows
    assert processes
    assert all(p.pid > 0 and p.command for p in processes)
    by_memory = bench.do("container.top", name=container.name, by="memory").rows
    assert [p.memory for p in by_memory] == sorted((p.memory for p in by_memory), reverse=True)

    bench.do("service.stop", name=name)
    with pytest.raises(Conflict):
        bench.do("container.top", name=container.name)
    assert bench.do("metrics.show", name=name).data["now"] is None


def test_names_that_mean_nothing(bench: Bench) -> None:
    for action in ("metrics.show", "metrics.export"):
        with pytest.raises(NotFound) as caught:
            bench.do(action, name="no-such-thing")
        assert caught.value.field == "NAME"
    with pytest.raises(NotFound):
        bench.do("metrics.compare", name="no-such-thing")
    with pytest.raises(NotFound):
        bench.do("container.top", name="no-such-thing")
    for odd in ("../../etc", "a b", "\x1b[31m", "x" * 5000):
        with pytest.raises((NotFound, InvalidInput)):
            bench.do("container.top", name=odd)
        with pytest.raises(NotFound):
            bench.do("metrics.show", name=odd)


class Recorded:
    """The demo's world with readings of a service written around its last deployment."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder, ("shop", "blog"))
        self.bench = Bench(self.world.ctx, folder, "mem")
        store = self.world.ctx.store
        service = store.services.find("shop")
        assert service is not None
        self.last = store.deployments.of(service.id, 1)[0]
        self.now = self.world.clock.now()

    def write(self, since: float, minutes: int, cpu: float, memory: float) -> None:
        rest = NOTHING[2:]
        values = (cpu, memory, *rest)
        begin = since // MINUTE * MINUTE
        metrics = self.world.ctx.store.metrics
        metrics.record(
            [
                (
                    Subject("service", "shop"),
                    Bucket(begin + n * MINUTE, 60, values, values, (cpu * 2, memory, *rest)),
                )
                for n in range(minutes)
            ],
            self.now,
        )


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    found = Recorded(tmp_path)
    demo = found.world.ctx.store.metrics
    monkeypatch.setattr(found.world.ctx.store, "metrics", demo._kept)  # type: ignore[attr-defined]
    found.world.clock.set((found.last.finished or 0) + 3600)
    found.now = found.world.clock.now()
    return found


def test_before_and_after_the_last_deployment(recorded: Recorded) -> None:
    recorded.write(recorded.last.started - 3600, 59, 10.0, 100 * MIB)
    recorded.write((recorded.last.finished or 0) + 60, 50, 15.0, 80 * MIB)

    found = recorded.bench.do("metrics.compare", name="shop")

    cpu, memory = found.data["metrics"]["cpu"], found.data["metrics"]["memory"]
    assert (cpu["before"], cpu["after"]) == ({"avg": 10.0, "max": 20.0}, {"avg": 15.0, "max": 30.0})
    assert cpu["change"] == "+50%"
    assert memory["change"] == "-20%"
    assert f"deployment {recorded.last.number}" in found.text
    assert "#13 -> #14" in found.text
    assert "+50%" in found.text


def test_a_range_has_its_gaps(recorded: Recorded) -> None:
    recorded.write(recorded.now - 3000, 10, 10.0, 100 * MIB)
    recorded.write(recorded.now - 1200, 5, 30.0, 100 * MIB)
    found = recorded.bench.do("metrics.show", name="shop", range="1h")
    points = found.data["points"]
    assert [p["cpu_avg"] for p in points[:15]] == [10.0] * 10 + [30.0] * 5
    assert found.data["metrics"]["cpu"]["max"] == 60.0
    assert found.data["step"] == 60
    assert "┈" in found.text  # the gap between them
    month = recorded.bench.do("metrics.show", name="shop", range="30d")
    assert month.data["step"] == 3600


def test_export_as_csv_and_as_json(recorded: Recorded) -> None:
    recorded.write(recorded.now - 3000, 10, 10.0, 100 * MIB)
    text = recorded.bench.do("metrics.export", name="shop", range="1h").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 10
    assert rows[0]["time"].endswith("Z")
    assert (rows[0]["cpu_min"], rows[0]["cpu_max"], rows[0]["step"]) == ("10.0", "20.0", "60")
    assert rows[0]["disk_avg"] == ""
    assert "nan" not in text.lower()
    import json

    as_json = json.loads(recorded.bench.do("metrics.export", name="shop", range="1h", format="json").text)
    assert len(as_json) == 10
    assert as_json[0]["memory_avg"] == 100 * MIB
    assert as_json[0]["disk_avg"] is None


def test_what_is_gone_keeps_its_records(recorded: Recorded) -> None:
    recorded.write(recorded.now - 600, 5, 10.0, 100 * MIB)
    for container in recorded.world.engine.containers(service="shop"):
        recorded.world.engine.remove(container.id)
    found = recorded.bench.do("metrics.show", name="shop", range="1h")
    assert found.data["now"] is None
    assert len(found.data["points"]) == 5


def test_without_the_engine_what_is_recorded_is_shown(recorded: Recorded) -> None:
    recorded.write(recorded.now - 600, 5, 10.0, 100 * MIB)
    recorded.world.engine.down = "unavailable"
    said, found = notes(recorded.bench, "metrics.show", name="shop", range="1h")
    assert any("showing what is recorded" in line for line in said)
    assert len(found.data["points"]) == 5


def test_top_sorts_by_every_order(recorded: Recorded) -> None:
    for by in ("cpu", "memory", "net", "disk", "pids"):
        rows = recorded.bench.do("metrics.top", by=by, limit=3).rows
        figures = {
            "cpu": lambda r: r.cpu,
            "memory": lambda r: r.memory,
            "net": lambda r: r.rx + r.tx,
            "disk": lambda r: r.read + r.write,
            "pids": lambda r: r.pids,
        }
        values = [figures[by](row) for row in rows]
        assert values == sorted(values, reverse=True)
        assert len(rows) == 3
    with pytest.raises(InvalidInput):
        recorded.bench.do("metrics.top", limit=-1)


def test_a_span_below_a_minute_and_a_service_never_deployed(recorded: Recorded) -> None:
    with pytest.raises(InvalidInput):
        recorded.bench.do("metrics.compare", name="shop", span=5.0)
    service = recorded.world.ctx.store.services.find("blog")
    assert service is not None
    recorded.world.ctx.store.services.remove(service.id)
    recorded.world.ctx.store.services.save(service)
    with pytest.raises(NotFound):
        recorded.bench.do("metrics.compare", name="blog")


def test_the_demo_has_a_past(tmp_path: Path) -> None:
    world = World(tmp_path, ("shop",))
    bench = Bench(world.ctx, tmp_path, "mem")
    for span in RANGES:
        points = bench.do("metrics.show", name="shop", range=span).data["points"]
        assert len(points) > 4
    assert any(
        line.startswith("CPU")
        for line in bench.do("metrics.show", name="shop", range="24h").text.splitlines()
    )
