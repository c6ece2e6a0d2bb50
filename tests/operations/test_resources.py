"""Lists and removals of images, volumes and networks, and the engine's events, on every engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, Conflict, InvalidInput, NotFound
from machete_tui.core.events import Note, Rows
from machete_tui.operations import registry
from machete_tui.operations.resource_views import HappeningRow
from tests.operations.field import BASE, EVER, Field

PROJECT = "com.docker.compose.project"


def only(rows: Any, name: str) -> Any:
    (found,) = [row for row in rows if row.name == name]
    return found


# Lists


def test_images_with_their_users_and_what_keeps_them(field: Field) -> None:
    field.image("app:1", "x" * 10_000)
    field.ctx.engine.tag("app:1", "app:also")
    kept = field.release_image("shop", 1)
    field.service("shop", live=1, r1=kept)
    field.up("foreign", f"services:\n  a:\n    image: app:1\n    {EVER}\n")
    field.stop("foreign")

    rows = field.do("image.list").rows
    app = next(row for row in rows if "app:1" in row.tags)
    assert set(app.tags) == {"app:1", "app:also"}
    assert app.used_by == ("foreign-a-1",)
    assert app.kept_for == ()
    assert app.shared is None
    shop = only(rows, "machete/shop-web:1")
    assert shop.kept_for == ("shop #1 (live)",)
    assert shop.use == "shop #1 (live)"
    assert [r.size for r in rows] == sorted((r.size for r in rows), reverse=True)
    assert field.do("image.list", filter="^machete/").rows == (shop,)
    assert shop not in field.do("image.list", filter="!^machete/").rows
    field.image("lonely:1")
    unused = {r.name for r in field.do("image.list", unused=True).rows}
    assert "lonely:1" in unused
    assert unused <= {"lonely:1", BASE}


def test_measured_images_tell_what_they_share(field: Field) -> None:
    field.image("app:1", "x" * 10_000)
    row = only(field.do("image.list", measure=True).rows, "app:1")
    assert row.shared is not None
    assert 0 < row.shared < row.size


def test_volumes_with_their_size_and_users(field: Field) -> None:
    project = field.up(
        "foreign",
        f"services:\n  a:\n    image: {BASE}\n    {EVER}\n    volumes: [data:/data]\nvolumes: {{data: }}\n",
    )
    lone = field.volume("lone")
    rows = field.do("volume.list").rows
    data = only(rows, "foreign_data")
    assert data.used_by == ("foreign-a-1",)
    assert data.project == "foreign"
    assert data.size is None
    assert only(rows, lone).use == ""
    assert only(field.do("volume.list", measure=True).rows, "foreign_data").size is not None
    assert [r.name for r in field.do("volume.list", unused=True).rows] == [lone]
    field.ctx.engine.compose_down(project)


def test_networks_with_subnets_and_members_stopped_ones_too(field: Field) -> None:
    project = field.up("foreign", f"services:\n  a:\n    image: {BASE}\n    {EVER}\n")
    for stopped in (False, True):
        if stopped:
            field.stop("foreign")
        row = only(field.do("network.list").rows, "foreign_default")
        assert row.used_by == ("foreign-a-1",)
        assert row.project == "foreign"
        assert row.driver == "bridge"
        assert all("/" in subnet for subnet in row.subnets)
        assert row.subnets
    assert only(field.do("network.list").rows, "bridge").kept_for == ("the engine's own",)
    field.ctx.engine.compose_down(project)


def test_the_build_cache_and_the_disk(field: Field) -> None:
    field.image("app:1")
    cache = field.do("cache.list").rows
    assert cache
    assert [r.size for r in cache] == sorted((r.size for r in cache), reverse=True)
    rows = field.do("system.df").rows
    assert [r.kind for r in rows][:4] == ["images", "containers", "volumes", "build cache"]
    assert rows[0].count == len(field.resources.images())
    assert all(r.size >= 0 and r.back >= 0 for r in rows)


def test_a_measure_may_be_old_when_that_is_allowed(field: Field) -> None:
    first = field.resources.usage()
    assert field.resources.usage(60.0) is first
    assert field.resources.usage() is not first
    volume = field.volume("late")
    field.resources.remove_volume(volume)
    assert field.resources.usage(60.0) is not first, "after a change nothing old is told"


@pytest.mark.parametrize("noun", ["image", "volume", "network"])
def test_a_filter_that_is_no_expression(field: Field, noun: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        field.do(f"{noun}.list", filter="(")
    assert caught.value.field == "--filter"


@pytest.mark.parametrize(("noun", "ref"), [("image", BASE), ("volume", "lone"), ("network", "bridge")])
def test_all_that_the_engine_knows(field: Field, noun: str, ref: str) -> None:
    field.volume("lone")
    shown = field.do(f"{noun}.show", **{noun: ref})
    assert shown.text.startswith("{")
    assert isinstance(shown.data, dict)


@pytest.mark.parametrize("noun", ["image", "volume", "network"])
@pytest.mark.parametrize("ref", ["no-such-thing", "..", "a/../../containers", "", "?x=1"])
def test_what_is_not_there_is_not_found(field: Field, noun: str, ref: str) -> None:
    with pytest.raises((NotFound, InvalidInput)):
        field.do(f"{noun}.show", **{noun: ref})


# Removals


def test_an_image_by_tag_by_id_and_with_all_its_tags(field: Field) -> None:
    image = field.image("app:1")
    field.ctx.engine.tag("app:1", "app:2")
    field.do("image.remove", images=("app:1",))
    assert next(i for i in field.resources.images() if i.id == image.id).tags == ("app:2",)
    field.ctx.engine.tag("app:2", "app:3")
    done = field.do("image.remove", images=(image.id,))
    assert image.id not in field.image_ids()
    assert "removed" in done.message
    other = field.image("app:4")
    field.do("image.remove", images=(other.short,))
    assert other.id not in field.image_ids()


def test_an_image_in_use_names_its_containers_stopped_ones_too(field: Field) -> None:
    image, free = field.image("app:1"), field.image("free:1")
    field.up("foreign", f"services:\n  a:\n    image: app:1\n    {EVER}\n")
    for stopped in (False, True):
        if stopped:
            field.stop("foreign")
        for ref in ("app:1", image.id):
            with pytest.raises(Conflict, match="foreign-a-1"):
                field.do("image.remove", images=("free:1", ref), force=True)
    assert {image.id, free.id} <= field.image_ids(), "none is removed when one is needed"
    row = field.ctx.store.events.last(1)[0]
    assert (row.action, row.outcome) == ("image.remove", "failed")


def test_the_image_of_a_live_release_is_refused_even_by_force(field: Field) -> None:
    live = field.release_image("shop", 2)
    field.service("shop", live=2, r2=live)
    for ref in (live.name, live.id):
        for force in (False, True):
            with pytest.raises(Conflict, match=r"shop #2 \(live\)"):
                field.do("image.remove", images=(ref,), force=force)
    assert live.id in field.image_ids()


def test_the_image_of_a_rollback_is_refused_and_by_force_the_release_forgets_it(field: Field) -> None:
    live, old = field.release_image("shop", 2), field.release_image("shop", 1)
    service = field.service("shop", live=2, r1=old, r2=live)
    with pytest.raises(Conflict, match=r"shop #1 \(rollback\)"):
        field.do("image.remove", images=(old.name,))
    field.do("image.remove", images=(old.name,), force=True)
    assert old.id not in field.image_ids()
    release = field.ctx.store.releases.find(service.id, 1)
    assert release is not None
    assert not release.kept


def test_a_stand_in_needs_force(field: Field) -> None:
    image = field.image("machete.local/tool:1")
    with pytest.raises(Conflict, match="stand-in"):
        field.do("image.remove", images=(image.name,))
    field.do("image.remove", images=(image.name,), force=True)
    assert image.id not in field.image_ids()


def test_a_second_name_of_an_image_in_use_may_go(field: Field) -> None:
    image = field.image("app:1")
    field.ctx.engine.tag("app:1", "app:second")
    field.up("foreign", f"services:\n  a:\n    image: app:1\n    {EVER}\n")
    field.do("image.remove", images=("app:second",))
    assert next(i for i in field.resources.images() if i.id == image.id).tags == ("app:1",)


def test_a_volume_in_use_names_its_containers(field: Field) -> None:
    field.up(
        "foreign",
        f"services:\n  a:\n    image: {BASE}\n    {EVER}\n    volumes: [data:/data]\nvolumes: {{data: }}\n",
    )
    free = field.volume("free")
    for stopped in (False, True):
        if stopped:
            field.stop("foreign")
        with pytest.raises(Conflict, match="foreign-a-1"):
            field.do("volume.remove", volumes=(free, "foreign_data"))
    assert {free, "foreign_data"} <= field.volume_names()


def test_a_volume_of_a_service_names_the_service_though_no_container_is_there(field: Field) -> None:
    own, claimed = field.volume("shop_data", **{PROJECT: "shop"}), field.volume("outside")
    field.service("shop", live=1, r1=field.release_image("shop", 1))
    field.claim("shop", claimed)
    for name in (own, claimed):
        with pytest.raises(Conflict, match="service shop"):
            field.do("volume.remove", volumes=(name,))
    assert {own, claimed} <= field.volume_names()


def test_a_network_in_use_names_its_containers_stopped_ones_too(field: Field) -> None:
    field.up("foreign", f"services:\n  a:\n    image: {BASE}\n    {EVER}\n")
    for stopped in (False, True):
        if stopped:
            field.stop("foreign")
        with pytest.raises(Conflict, match="foreign-a-1"):
            field.do("network.remove", networks=("foreign_default",))
    with pytest.raises(Conflict, match="the engine's own"):
        field.do("network.remove", networks=("bridge",))
    assert {"bridge", "foreign_default"} <= field.network_names()


REMOVALS: list[tuple[str, str, Callable[[Field, str], object], Callable[[Field], set[str]]]] = [
    ("volume", "volumes", lambda f, n: f.volume(n), lambda f: f.volume_names()),
    ("network", "networks", lambda f, n: f.network(n), lambda f: f.network_names()),
    (
        "image",
        "images",
        lambda f, n: f.image(f"{n}:latest"),
        lambda f: {t.removesuffix(":latest") for i in f.resources.images() for t in i.tags},
    ),
]


@pytest.mark.parametrize(("noun", "field_name", "make", "there"), REMOVALS)
def test_several_go_together_and_what_is_gone_already_is_said(
    field: Field, noun: str, field_name: str, make: Any, there: Any
) -> None:
    for name in ("one", "two"):
        make(field, name)
    events = list(field.events(f"{noun}.remove", **{field_name: ("one", "gone", "two", "one")}))
    assert not there(field) & {"one", "two"}
    notes = [e.text for e in events if isinstance(e, Note)]
    assert any("gone is gone already" in text for text in notes)
    assert any(text.startswith(f"$ docker {noun} rm one") for text in notes)
    row = field.ctx.store.events.last(1)[0]
    assert (row.action, row.outcome) == (f"{noun}.remove", "ok")
    assert row.detail.startswith(f"$ docker {noun} rm")
    with pytest.raises(NotFound):
        field.do(f"{noun}.remove", **{field_name: ("one",)})


def test_removals_destroy_so_that_fronts_ask_first() -> None:
    for noun in ("image", "volume", "network"):
        operation = registry.find(f"{noun}.remove")
        assert operation.destroys
        assert not operation.previews
    for noun in ("image", "volume", "network", "cache"):
        operation = registry.find(f"{noun}.prune")
        assert operation.destroys
        assert operation.previews


# Events


def test_what_happened_is_told_with_kind_and_name(field: Field) -> None:
    project = field.up("foreign", f"services:\n  a:\n    image: {BASE}\n    {EVER}\n")
    field.ctx.engine.compose_down(project)
    rows = field.do("engine.events", since=600.0).rows
    told = {(r.kind, r.action, r.name) for r in rows}
    assert ("container", "start", "foreign-a-1") in told
    assert ("container", "destroy", "foreign-a-1") in told
    assert ("network", "create", "foreign_default") in told
    assert {r.kind for r in field.do("engine.events", since=600.0, kind=("network",)).rows} == {"network"}
    assert all("foreign" in r.name for r in field.do("engine.events", since=600.0, filter="^foreign").rows)


def test_events_are_followed_until_it_is_cancelled(field: Field) -> None:
    operation, cancel = registry.find("engine.events"), Cancel()
    seen: list[HappeningRow] = []
    ended: list[BaseException] = []
    came = threading.Event()

    def follow() -> None:
        try:
            for event in operation.run(field.ctx, operation.request(follow=True, since=600.0), cancel):
                assert isinstance(event, Rows)
                seen.extend(row for row in event.rows if isinstance(row, HappeningRow))
                if any(r.action == "start" for r in seen):
                    came.set()
        except BaseException as error:
            ended.append(error)
            came.set()

    thread = threading.Thread(target=follow)
    thread.start()
    field.up("foreign", f"services:\n  a:\n    image: {BASE}\n    {EVER}\n")
    assert came.wait(20)
    cancel.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert [type(e) for e in ended] == [Cancelled]
    assert any(r.name == "foreign-a-1" for r in seen)
