"""``image.pull`` from a registry on loopback: progress by layer and in all, errors, cancelling."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.context import live
from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, EngineUnavailable, InvalidInput, NotFound
from machete_tui.core.events import Advance, Event, Lines, Note, Result
from machete_tui.core.resources import LayerState
from machete_tui.engines.memory import MemoryEngine
from machete_tui.operations import registry as verbs
from machete_tui.operations.image_pull import Layers
from tests.operations.bench import Bench
from tests.operations.conftest import settings_in
from tests.registry import Registry


@pytest.fixture
def registry(rig: object) -> Iterator[Registry]:
    server = Registry()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.go.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def docker(rig: object, registry: Registry, tmp_path: Path) -> Iterator[Bench]:
    """The real Engine, with the registry as its mirror."""
    made = Bench(live(replace(settings_in(tmp_path), registry=registry.address)), tmp_path, "pull")
    yield made
    for ref in ("mtc-layers:1", f"{registry.address}/library/mtc-layers:1"):
        made.ctx.engine.remove_image(ref)
    made.ctx.close()


def pulled(bench: Bench, ref: str, cancel: Cancel | None = None) -> list[Event]:
    return list(bench.stream("image.pull", cancel, image=ref))


@pytest.mark.engine
def test_each_layer_and_the_sum_of_them_are_told(docker: Bench, registry: Registry) -> None:
    events = pulled(docker, "mtc-layers:1")

    advances = [e for e in events if isinstance(e, Advance)]
    assert advances[-1].done == advances[-1].total == registry.bytes
    assert advances[-1].percent == 100
    assert "3 of 3 layers" in advances[-1].text
    assert [a.done for a in advances] == sorted(a.done for a in advances)
    lines = [line for e in events if isinstance(e, Lines) for line in e.lines]
    assert sum("Pull complete" in line for line in lines) == 3
    assert any(isinstance(e, Note) and e.text == "$ docker pull mtc-layers:1" for e in events)
    (result,) = [e for e in events if isinstance(e, Result)]
    assert result.value.message.startswith("pulled mtc-layers:1")
    image = docker.ctx.engine.image("mtc-layers:1")
    assert image is not None
    assert image.labels == {"mtc": "layers"}
    row = docker.ctx.store.events.last(1)[0]
    assert (row.action, row.outcome, row.detail) == ("image.pull", "ok", "$ docker pull mtc-layers:1")


@pytest.mark.engine
def test_a_pull_in_the_middle_says_how_far_it_is_and_can_be_cancelled(
    docker: Bench, registry: Registry
) -> None:
    registry.go.clear()
    cancel = Cancel()
    seen: list[Advance] = []

    def stop() -> None:
        registry.half_sent.wait(30)
        cancel.cancel()

    stopping = threading.Thread(target=stop)
    stopping.start()
    stream = docker.stream("image.pull", cancel, image="mtc-layers:1")
    with pytest.raises(Cancelled):
        seen.extend(event for event in stream if isinstance(event, Advance))
    stopping.join()
    assert docker.ctx.engine.image("mtc-layers:1") is None
    assert docker.ctx.store.events.last(1)[0].outcome == "cancelled"
    # The next one brings all of it.
    registry.go.set()
    assert any(isinstance(e, Result) for e in pulled(docker, "mtc-layers:1"))


@pytest.mark.engine
def test_a_pull_of_what_is_here_already_says_so(docker: Bench) -> None:
    pulled(docker, "mtc-layers:1")
    lines = [line for e in pulled(docker, "mtc-layers:1") if isinstance(e, Lines) for line in e.lines]
    assert any("up to date" in line for line in lines)


@pytest.mark.engine
def test_an_image_by_its_digest(docker: Bench, registry: Registry) -> None:
    from tests.registry import digest

    ref = f"{registry.address}/library/mtc-layers@{digest(registry.manifest)}"
    assert any(isinstance(e, Result) for e in pulled(docker, ref))
    found = docker.do("image.list", filter="mtc-layers").rows
    assert [row.tags for row in found] == [()]
    assert docker.do("image.show", image=ref).data["RepoDigests"] == [ref]
    docker.do("image.remove", images=(found[0].id,))
    assert docker.do("image.list", filter="mtc-layers").rows == ()


@pytest.mark.engine
def test_what_the_registry_does_not_have(docker: Bench) -> None:
    with pytest.raises(NotFound, match="mtc-nothing:1"):
        pulled(docker, "mtc-nothing:1")
    row = docker.ctx.store.events.last(1)[0]
    assert row.outcome == "failed"


@pytest.mark.engine
def test_secrets_of_an_image_are_masked_when_it_is_shown(docker: Bench) -> None:
    pulled(docker, "mtc-layers:1")
    shown = docker.do("image.show", image="mtc-layers:1")
    assert "MODE=fast" in shown.text
    assert "hunter22" not in shown.text
    assert "hunter22" not in str(shown.data)


def test_in_memory_it_goes_the_same_way(memory_bench: Bench) -> None:
    events = pulled(memory_bench, "postgres:17")
    advances = [e for e in events if isinstance(e, Advance)]
    assert [a.done for a in advances] == sorted(a.done for a in advances)
    assert advances[-1].percent == 100
    assert memory_bench.ctx.engine.image("postgres:17") is not None


def test_without_a_registry(memory_bench: Bench) -> None:
    engine = memory_bench.ctx.engine
    assert isinstance(engine, MemoryEngine)
    engine.registry = False
    with pytest.raises(EngineUnavailable, match="no image registry"):
        pulled(memory_bench, "postgres:17")


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "  ",
        "UPPER",
        "-x",
        "a b",
        "a:b:c",
        "name:",
        "../etc/passwd",
        "x" * 300,
        "a@sha256:12",
        "a\nb",
        "http://a/b",
    ],
)
def test_what_cannot_be_the_name_of_an_image(memory_bench: Bench, ref: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        pulled(memory_bench, ref)
    assert caught.value.field == "IMAGE"
    assert memory_bench.ctx.store.events.last(1) == []


@pytest.mark.parametrize(
    "ref",
    [
        "postgres",
        "postgres:17",
        "team/app",
        "registry.example.com:5000/team/app:1.2-rc_1",
        "localhost/x",
        "a--b/c__d",
    ],
)
def test_what_can(memory_bench: Bench, ref: str) -> None:
    assert any(isinstance(e, Result) for e in pulled(memory_bench, ref))


def test_layers_that_are_here_and_layers_without_a_size() -> None:
    layers = Layers()
    layers.take(
        (LayerState("", "Pulling from x"), LayerState("a", "Already exists"), LayerState("b", "Waiting"))
    )
    assert (layers.done, layers.total) == (0, 0)
    assert str(layers) == "1 of 2 layers"
    layers.take((LayerState("b", "Downloading", 5, 10),))
    assert (layers.done, layers.total) == (5, 10)
    assert layers.take((LayerState("b", "Extracting", 2, 12),)) == ("b: Extracting",)
    assert (layers.done, layers.total) == (10, 10)
    assert layers.take((LayerState("b", "Extracting", 3, 12),)) == ()


def test_it_is_an_operation_that_changes_and_does_not_destroy() -> None:
    pull = verbs.find("image.pull")
    assert pull.changes
    assert not pull.destroys
