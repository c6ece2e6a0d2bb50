"""Who needs what and what is left over, without an engine: the cases that none here can be made to have."""

from __future__ import annotations

import pytest

from machete_tui.core.models import Release, ReleaseImage
from machete_tui.core.resources import CacheRecord, ContainerLink, DiskUsage, Layer, LocalImage, LocalNetwork
from machete_tui.core.source import Detection
from machete_tui.operations import prunable
from machete_tui.operations.bytes_back import bytes_back, remembered
from machete_tui.operations.ground import Ground, Kept, plain

DAY = 86400.0
DIGEST = "sha256:" + "a" * 64


def image(
    ident: str, *tags: str, size: int = 100, shared: int = 0, digests: tuple[str, ...] = ()
) -> LocalImage:
    return LocalImage(f"sha256:{ident}", tags, size, 0.0, shared, {}, digests)


def kept(*refs: str, number: int = 1, live: bool = False, ids: tuple[str, ...] = ()) -> Kept:
    release = Release(
        f"r{number}",
        "s",
        number,
        0.0,
        Detection("/", "shop", ()),
        images=tuple(ReleaseImage("web", "", i) for i in ids),
    )
    return Kept(release, "shop", live, frozenset(plain(r) for r in refs), frozenset())


def ground(*releases: Kept, containers: tuple[ContainerLink, ...] = ()) -> Ground:
    return Ground(containers, frozenset({"shop"}), releases, {})


def usage(*images: LocalImage) -> DiskUsage:
    return DiskUsage(0.0, 0.0, images, (), (), ())


def taken(plan: object) -> set[str]:
    return {item.id for item in plan.items}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("ref", "called"),
    [
        ("postgres", "postgres:latest"),
        ("docker.io/library/postgres:17", "postgres:17"),
        ("docker.io/team/app", "team/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        (f"postgres@{DIGEST}", f"postgres@{DIGEST}"),
        (f"docker.io/library/postgres:17@{DIGEST}", f"postgres@{DIGEST}"),
        (f"localhost:5000/app@{DIGEST}", f"localhost:5000/app@{DIGEST}"),
        (DIGEST, DIGEST),
    ],
)
def test_names_have_one_form(ref: str, called: str) -> None:
    assert plain(ref) == called


@pytest.mark.parametrize(
    "ref", [f"postgres@{DIGEST}", f"postgres:17@{DIGEST}", f"docker.io/library/postgres@{DIGEST}"]
)
def test_what_a_kept_release_names_by_its_digest_stays(ref: str) -> None:
    pinned = image("1", digests=(f"postgres@{DIGEST}",))
    for named in (False, True):
        plan = prunable.images(usage(pinned), ground(kept(ref)), lambda _: (), named=named)
        assert taken(plan) == set()


def test_what_was_pulled_by_its_digest_has_a_name() -> None:
    pinned = image("1", digests=(f"postgres@{DIGEST}",))
    assert taken(prunable.images(usage(pinned), ground(), lambda _: (), named=False)) == set()
    plan = prunable.images(usage(pinned), ground(), lambda _: (), named=True)
    assert taken(plan) == {pinned.id}
    assert DIGEST in plan.command


def test_a_reference_whose_variable_nobody_knows_keeps_all_that_it_can_mean() -> None:
    images = [
        image("1", "team/app:1"),
        image("2", "team/app:2"),
        image("3", "team/other:1"),
        image("4", "x/web:9"),
    ]
    plan = prunable.images(usage(*images), ground(kept("team/app:${TAG}")), lambda _: (), named=True)
    assert taken(plan) == {images[2].id, images[3].id}
    plan = prunable.images(usage(*images), ground(kept("${REGISTRY}/web:9")), lambda _: (), named=True)
    assert images[3].id not in taken(plan)
    assert taken(prunable.images(usage(*images), ground(kept("$IMAGE")), lambda _: (), named=True)) == set()


def test_containers_in_every_state_hold_their_image() -> None:
    one = image("1", "app:1")
    for state in ("created", "running", "paused", "restarting", "exited", "dead", "removing"):
        link = ContainerLink("c", "box", one.id, state)
        plan = prunable.images(usage(one), ground(containers=(link,)), lambda _: (), named=True)
        assert taken(plan) == set(), state


def test_networks_of_a_swarm_and_the_engines_own_stay() -> None:
    found = [
        LocalNetwork("1", "bridge"),
        LocalNetwork("2", "ingress", "overlay", "swarm"),
        LocalNetwork("3", "back", "overlay", "swarm"),
        LocalNetwork("4", "docker_gwbridge"),
        LocalNetwork("5", "lost"),
    ]
    assert taken(prunable.networks(found, ground())) == {"5"}


# Bytes


def chain(*parts: tuple[str, int]) -> tuple[Layer, ...]:
    return tuple(Layer(name, size) for name, size in parts)


def test_a_layer_comes_back_when_the_last_image_that_has_it_goes() -> None:
    layers = {
        "sha256:1": chain(("base", 50), ("one", 10)),
        "sha256:2": chain(("base", 50), ("two", 20)),
        "sha256:3": chain(("base", 50), ("both", 5), ("three", 1)),
        "sha256:4": chain(("base", 50), ("both", 5), ("four", 2)),
    }
    images = {i: image(i, size=sum(x.size for x in layers[f"sha256:{i}"]), shared=50) for i in "1234"}
    every = list(images.values())

    def back(*going: str) -> int:
        return bytes_back([images[i] for i in going], every, layers.__getitem__)

    assert back("1") == 10
    assert back("1", "2") == 30
    assert back("3") == 1
    assert back("3", "4") == 8
    assert back("1", "2", "3", "4") == 88
    assert back() == 0


def test_without_layers_what_is_shared_counts_as_staying() -> None:
    one, two = image("1", size=100, shared=60), image("2", size=70, shared=60)
    assert bytes_back([one], [one, two], lambda _: ()) == 40
    assert bytes_back([one, two], [one, two], lambda _: ()) == 50


def test_an_image_that_shares_nothing_is_not_asked_about() -> None:
    def never(_: str) -> tuple[Layer, ...]:
        raise AssertionError

    one, two = image("1", size=100), image("2", size=70)
    assert bytes_back([one], [one, two], never) == 100


def test_layers_are_asked_for_once() -> None:
    asked: list[str] = []

    def layers(ident: str) -> tuple[Layer, ...]:
        asked.append(ident)
        return chain(("x", 1))

    ask = remembered(layers)
    assert ask("a") == ask("a")
    assert asked == ["a"]


# Build cache


def record(ident: str, *parents: str, size: int = 10, used: float = 0.0, **more: bool) -> CacheRecord:
    return CacheRecord(ident, "regular", ident, size, used=used, parents=parents, **more)


def test_a_record_goes_after_those_that_stand_on_it() -> None:
    records = [record("a"), record("b", "a"), record("c", "b"), record("d", "b")]
    plan = prunable.cache(records, 30 * DAY, 7 * DAY)
    order = [item.id for item in plan.items]
    assert set(order) == {"a", "b", "c", "d"}
    assert order.index("b") > max(order.index("c"), order.index("d"))
    assert order[-1] == "a"
    assert plan.back == 40


def test_what_a_staying_record_stands_on_stays() -> None:
    records = [record("a"), record("b", "a"), record("new", "b", used=29 * DAY), record("other", "a")]
    plan = prunable.cache(records, 30 * DAY, 7 * DAY)
    assert taken(plan) == {"other"}
    assert plan.kept == 3


def test_what_is_in_use_or_shared_stays_with_all_below_it() -> None:
    records = [
        record("a"),
        record("b", "a", in_use=True),
        record("c"),
        record("d", "c", shared=True),
        record("e"),
    ]
    assert taken(prunable.cache(records, 30 * DAY, 0.0)) == {"e"}


def test_a_thousand_records_in_a_row() -> None:
    records = [record("0"), *(record(str(n), str(n - 1)) for n in range(1, 1000))]
    assert [i.id for i in prunable.cache(records, 30 * DAY, 0.0).items] == [
        str(n) for n in range(999, -1, -1)
    ]
