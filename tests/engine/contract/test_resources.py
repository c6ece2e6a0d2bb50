"""Images, volumes, networks, build cache and events: the same on every engine."""

from __future__ import annotations

import pytest

from machete_tui.core.engine import LABEL_PROJECT, Engine
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.resources import ContainerLink, Happening
from tests.engine.contract.lab import BASE, Lab, until

STACK = f"""
    services:
      box:
        image: {BASE}
        command: sleep 1000
        init: true
        stop_grace_period: 0s
        volumes: [data:/data]
    volumes: {{data: }}
    """


def test_images_are_those_of_the_list_with_their_tags(lab: Lab) -> None:
    image = lab.built(lab.request(f"FROM {BASE}\nCOPY text /text\n", text="a" * 5000))
    found = next(i for i in lab.engine.resources.images() if i.id == image.id)
    assert found.tags == image.tags
    assert found.name == image.tags[0]
    assert found.size == image.size
    assert found.created == image.created
    assert found.labels["io.machete.test"] == lab.name
    assert found.shared is None
    assert found.id.startswith(f"sha256:{found.short}")


def test_layers_add_up_to_the_image_and_lie_on_those_of_its_base(lab: Lab) -> None:
    image = lab.built(lab.request(f"FROM {BASE}\nENV A=1\nCOPY text /text\nWORKDIR /\n", text="b" * 70_000))
    layers = lab.engine.resources.layers(image.id)
    base = lab.engine.resources.layers(BASE)
    assert layers[: len(base)] == base
    assert len(layers) > len(base)
    assert len({layer.digest for layer in layers}) == len(layers)
    assert sum(layer.size for layer in layers) == image.size


def test_a_measure_knows_what_images_share_and_how_large_volumes_are(lab: Lab) -> None:
    image = lab.built(lab.request(f"FROM {BASE}\nCOPY text /text\n", text="c" * 50_000))
    lab.up(lab.project(STACK))
    usage = lab.engine.resources.usage()
    measured = next(i for i in usage.images if i.id == image.id)
    base = lab.engine.image(BASE)
    assert base is not None
    assert measured.shared == base.size
    assert usage.layers >= image.size
    assert next(v for v in usage.volumes if v.name == f"{lab.name}_data").size is not None
    assert next(c for c in usage.containers if c.id == lab.one().id).size is not None
    assert usage.cache
    assert usage.at > 0


def test_containers_tell_what_they_hold_also_when_they_stand(lab: Lab) -> None:
    lab.up(lab.project(STACK))
    box = lab.one()
    lab.engine.stop(box.id, 0)

    def seen() -> ContainerLink:
        return next(c for c in lab.engine.resources.containers() if c.id == box.id)

    until(lambda: seen().state == "exited")  # the Engine's list may be a moment behind
    link = seen()
    assert link.name == box.name
    assert link.image == box.image_id
    assert link.volumes == (f"{lab.name}_data",)
    assert link.networks == (f"{lab.name}_default",)
    assert link.labels[LABEL_PROJECT] == lab.name


def test_volumes_and_networks_with_their_labels(lab: Lab) -> None:
    lab.up(lab.project(STACK))
    volume = next(v for v in lab.engine.resources.volumes() if v.name == f"{lab.name}_data")
    assert volume.labels[LABEL_PROJECT] == lab.name
    assert volume.mountpoint.endswith(f"{lab.name}_data/_data")
    assert volume.created > 0
    assert not volume.anonymous
    networks = {n.name: n for n in lab.engine.resources.networks()}
    own = networks[f"{lab.name}_default"]
    assert own.labels[LABEL_PROJECT] == lab.name
    assert own.driver == "bridge"
    assert own.subnets
    assert not own.built_in
    assert networks["bridge"].built_in
    assert networks["host"].subnets == ()


def test_all_that_is_known_of_each_kind(lab: Lab) -> None:
    lab.up(lab.project(STACK))
    resources, box = lab.engine.resources, lab.one()
    assert resources.inspect("container", box.name)["Id"] == box.id
    assert BASE in resources.inspect("image", BASE)["RepoTags"]
    assert resources.inspect("volume", f"{lab.name}_data")["Name"] == f"{lab.name}_data"
    network = resources.inspect("network", f"{lab.name}_default")
    assert box.id in network["Containers"]


@pytest.mark.parametrize("kind", ["container", "image", "volume", "network"])
@pytest.mark.parametrize("ref", ["mtc-no-such", "..", "../containers", ""])
def test_what_is_not_there(engine: Engine, kind: str, ref: str) -> None:
    with pytest.raises(NotFound):
        engine.resources.inspect(kind, ref)  # type: ignore[arg-type]


def test_removing_what_is_in_use_is_a_conflict_and_what_is_gone_is_not_found(lab: Lab) -> None:
    request = lab.request(f"FROM {BASE}\nCOPY text /text\n", text="d")
    image = lab.built(request)
    lab.up(lab.project(STACK.replace(BASE, request.tag)))
    resources = lab.engine.resources
    for remove in (
        lambda: resources.remove_image(image.id),
        lambda: resources.remove_image(request.tag),
        lambda: resources.remove_volume(f"{lab.name}_data"),
        lambda: resources.remove_network(f"{lab.name}_default"),
    ):
        with pytest.raises(Conflict):
            remove()
    for remove_gone in (
        lambda: resources.remove_image("mtc-no-such:1"),
        lambda: resources.remove_volume("mtc-no-such"),
        lambda: resources.remove_network("mtc-no-such"),
    ):
        with pytest.raises(NotFound):
            remove_gone()


def test_an_image_with_several_tags_does_not_go_by_its_id(lab: Lab) -> None:
    image = lab.built(lab.request(f"FROM {BASE}\nCOPY text /text\n", text="e"))
    second = lab.tag("second")
    lab.engine.tag(image.tags[0], second)
    with pytest.raises(Conflict):
        lab.engine.resources.remove_image(image.id)
    gone = lab.engine.resources.remove_image(second)
    assert second in gone
    assert image.id in lab.engine.resources.remove_image(image.tags[0])


def test_events_of_all_kinds_from_a_time_on_and_to_a_time(lab: Lab) -> None:
    lab.up(lab.project(STACK))
    lab.engine.remove(lab.one().id)
    events = lab.engine.resources.usage().at
    found = until(lambda: _read(lab, events - 600, events + 1))
    mine = {(e.kind, e.action) for e in found if lab.name in e.name}
    assert {
        ("volume", "create"),
        ("network", "create"),
        ("container", "start"),
        ("container", "destroy"),
    } <= mine
    assert all(e.at <= events + 1.5 for e in found)
    start = next(e for e in found if (e.kind, e.action) == ("container", "start") and lab.name in e.name)
    assert len(start.id) == 64
    assert start.attributes["image"]


def _read(lab: Lab, since: float, until_: float) -> list[Happening]:
    return [event for batch in lab.engine.resources.events(since, until_) for event in batch]
