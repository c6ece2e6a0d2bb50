"""What a prune takes, and above all what it never takes, on every engine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, Conflict
from machete_tui.core.events import Advance, Note, Result
from machete_tui.core.results import jsonable
from machete_tui.operations import registry
from tests.operations.field import BASE, EVER, Field, ids, taken

PROJECT = "com.docker.compose.project"


# Images


def test_an_image_without_a_name_goes_and_its_bytes_come_back(field: Field) -> None:
    old = field.untagged()
    before = field.resources.usage().layers

    plan = field.prune("image.prune")
    assert taken(plan) == {old.id}
    assert not plan.done
    assert old.id in field.image_ids(), "a preview removes nothing"

    done = field.prune("image.prune", yes=True)
    assert done.done
    assert taken(done) == {old.id}
    assert done.failed == ()
    assert old.id not in field.image_ids()
    assert done.back == plan.back == before - field.resources.usage().layers


def test_a_dry_run_wins_over_yes(field: Field) -> None:
    old = field.untagged()
    assert not field.prune("image.prune", yes=True, dry_run=True).done
    assert old.id in field.image_ids()


def test_named_images_go_only_with_all(field: Field) -> None:
    named = field.image("tool:1")
    assert named.id not in taken(field.prune("image.prune"))
    plan = field.prune("image.prune", all=True)
    assert named.id in taken(plan)
    assert "tool:1" in plan.command


def test_images_of_containers_stay_also_of_stopped_ones(field: Field) -> None:
    running, stopped = field.image("runs:1"), field.image("stands:1")
    field.up(
        "foreign", f"services:\n  a:\n    image: runs:1\n    {EVER}\n  b:\n    image: stands:1\n    {EVER}\n"
    )
    field.stop("foreign")
    field.ctx.engine.start(
        next(c.id for c in field.ctx.engine.containers(project="foreign") if c.image == "runs:1")
    )
    # The name of a container's image is taken by another: what it runs has no name now.
    renamed = field.image("stands:1", "another")

    plan = field.prune("image.prune", all=True, yes=True)

    assert taken(plan) & {running.id, stopped.id} == set()
    assert renamed.id in taken(plan), "nothing was made of the one that has the name now"
    assert {running.id, stopped.id} <= field.image_ids()


def test_images_kept_for_rollback_stay_though_no_container_is_there(field: Field) -> None:
    kept = [field.release_image("shop", n) for n in (1, 2, 3)]
    field.service("shop", live=3, r1=kept[0], r2=kept[1], r3=kept[2])

    for named in (False, True):
        plan = field.prune("image.prune", all=named, yes=True)
        assert taken(plan) & ids(kept) == set()
    assert ids(kept) <= field.image_ids()
    assert any("rollback" in reason for reason in plan.reasons)
    assert any("live" in reason for reason in plan.reasons)


def test_a_kept_release_without_its_tag_is_known_by_its_id(field: Field) -> None:
    kept = field.release_image("shop", 1)
    field.service("shop", live=1, r1=kept)
    field.image("machete/shop-web:1", "the name is another's now")
    assert kept.id not in taken(field.prune("image.prune", all=True, yes=True))
    assert kept.id in field.image_ids()


def test_builds_that_no_release_kept_go_without_all(field: Field) -> None:
    dropped, kept = field.release_image("shop", 1), field.release_image("shop", 2)
    field.service("shop", live=2, gone1=dropped, r2=kept)
    plan = field.prune("image.prune")
    assert taken(plan) == {dropped.id}
    assert plan.items[0].why == "of shop, kept for no release"


def test_what_only_a_kept_releases_compose_file_names_stays(field: Field) -> None:
    own, backing, other = (
        field.release_image("shop", 1),
        field.image("database:16"),
        field.image("database:15"),
    )
    field.service("shop", live=1, r1=own, compose="services:\n  db:\n    image: 'database:16' # pinned\n")
    plan = field.prune("image.prune", all=True, yes=True)
    assert backing.id not in taken(plan)
    assert other.id in taken(plan)
    assert backing.id in field.image_ids()


def test_variables_in_a_compose_file_are_put_in_and_unknown_ones_keep_all_that_may_be_meant(
    field: Field,
) -> None:
    own = field.release_image("shop", 1)
    exact, wrong, maybe = field.image("tool:7"), field.image("tool:8"), field.image("registry.local/any:3")
    compose = (
        "services:\n  a:\n    image: tool:${TAG:-8}\n  b:\n    image: registry.local/any:${NOBODY_KNOWS}\n"
    )
    service = field.service("shop", live=1, r1=own, compose=compose)
    (field.ctx.settings.release_dir(service.name, 1) / ".env").write_text("TAG=7\n")
    plan = field.prune("image.prune", all=True)
    assert taken(plan) & {exact.id, maybe.id} == set()
    assert wrong.id in taken(plan)


def test_bases_of_the_live_release_stay(field: Field) -> None:
    own, base = field.release_image("shop", 1), field.image("compiler:3")
    field.service("shop", live=1, r1=own)
    folder = field.ctx.settings.release_dir("shop", 1)
    (folder / "web.Dockerfile").write_text("FROM --platform=linux/amd64 compiler:3 AS build\nFROM busybox\n")
    assert base.id not in taken(field.prune("image.prune", all=True))


def test_stand_ins_stay_and_what_was_built_on_them_does_not_count_as_one(field: Field) -> None:
    labels = {"io.machete.stand-in": "true", "io.machete.stand-in.for": "python"}
    stand_in = field.image("machete.local/python:3.12", "a", **labels)
    official = field.image("python:3.12-slim", "b", **labels)
    built = field.image("somebody/app:1", "c", **labels)
    plan = field.prune("image.prune", all=True, yes=True)
    assert taken(plan) & {stand_in.id, official.id} == set()
    assert built.id in taken(plan)
    assert {stand_in.id, official.id} <= field.image_ids()


def test_releases_that_another_state_directory_knows_stay(field: Field) -> None:
    foreign = field.release_image("elsewhere", 4)
    plan = field.prune("image.prune", all=True, yes=True)
    assert foreign.id not in taken(plan)
    assert foreign.id in field.image_ids()


def test_a_deployment_at_work_keeps_its_images_and_refuses_all(field: Field) -> None:
    building, old = field.release_image("shop", 2), field.untagged()
    field.service("shop", live=1, r1=field.release_image("shop", 1))
    with field.ctx.store.lock("shop", "deploy by ana (pid 1)"):
        assert taken(field.prune("image.prune", yes=True)) == {old.id}
        spare = field.image("tool:1")
        preview = field.prune("image.prune", all=True)
        assert "deploy by ana" in preview.warning
        with pytest.raises(Conflict, match="shop"):
            field.prune("image.prune", all=True, yes=True)
        assert {building.id, spare.id} <= field.image_ids()


def test_only_what_was_shown_goes(field: Field) -> None:
    seen, later = field.untagged(), field.untagged()
    done = field.prune("image.prune", yes=True, only=(seen.id,))
    assert taken(done) == {seen.id}
    assert later.id in field.image_ids()
    assert seen.id not in field.image_ids()


def test_an_image_taken_into_use_meanwhile_is_left_and_said(field: Field) -> None:
    first, second = field.image("tool:1"), field.image("tool:2")
    operation = registry.find("image.prune")
    stream = operation.run(field.ctx, operation.request(all=True, yes=True), Cancel())
    done = None
    for event in stream:
        if isinstance(event, Note):
            field.up("late", f"services:\n  a:\n    image: tool:2\n    {EVER}\n")
        elif isinstance(event, Result):
            done = event.value.data
    assert done is not None
    assert taken(done) == {first.id} | (taken(done) - {second.id})
    assert [name for name, _ in done.failed] == ["tool:2"]
    assert second.id in field.image_ids()
    assert first.id not in field.image_ids()


def test_an_image_that_went_meanwhile_is_no_failure_of_the_rest(field: Field) -> None:
    field.image("tool:1")
    last = field.image("tool:2")
    done = None
    for event in field.events("image.prune", all=True, yes=True):
        if isinstance(event, Note):
            field.resources.remove_image("tool:1")
        elif isinstance(event, Result):
            done = event.value.data
    assert done is not None
    assert last.id in taken(done)
    assert ("tool:1") in [name for name, _ in done.failed]


def test_bytes_of_images_that_share_layers_among_themselves(field: Field) -> None:
    first = field.image("family:1", "x" * 50_000)
    field.ctx.engine.tag("family:1", "family:also")
    second = field.image("family:2", "y" * 70_000)
    before = field.resources.usage().layers
    done = field.prune("image.prune", all=True, yes=True)
    assert taken(done) >= {first.id, second.id}
    assert done.back == before - field.resources.usage().layers
    assert field.ctx.engine.image("family:also") is None


def test_a_prune_says_its_command_and_stands_in_the_audit_trail(field: Field) -> None:
    old = field.untagged()
    events = list(field.events("image.prune", yes=True))
    assert any(isinstance(e, Note) and e.text.startswith("$ docker image rm") for e in events)
    assert [e.done for e in events if isinstance(e, Advance)] == [1]
    row = field.ctx.store.events.last(1)[0]
    assert (row.action, row.outcome) == ("image.prune", "ok")
    assert "1 removed" in row.detail
    assert old.short in row.detail
    assert "docker image rm" in row.detail


def test_a_preview_is_no_event(field: Field) -> None:
    field.untagged()
    for action in ("image.prune", "volume.prune", "network.prune", "cache.prune"):
        field.prune(action)
    assert field.ctx.store.events.last(5) == []


def test_a_cancelled_prune_tells_what_was_gone_by_then(field: Field) -> None:
    field.untagged(), field.untagged()
    operation, cancel = registry.find("image.prune"), Cancel()
    stream = operation.run(field.ctx, operation.request(yes=True), cancel)
    next(event for event in stream if isinstance(event, Advance))
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(stream)
    row = field.ctx.store.events.last(1)[0]
    assert row.outcome == "cancelled"
    assert row.detail.startswith("1 removed")


def test_nothing_to_prune_says_so(field: Field) -> None:
    document = field.do("image.prune")
    assert "no image to remove" in document.text
    assert document.data.items == ()
    assert json.loads(json.dumps(jsonable(document)))["items"] == []


# Volumes


def test_only_anonymous_volumes_without_all(field: Field) -> None:
    nameless, named = field.anonymous(), field.volume("somebody_data")
    plan = field.prune("volume.prune")
    assert taken(plan) == {nameless}
    assert {nameless, named} <= field.volume_names(), "a preview removes nothing"
    done = field.prune("volume.prune", yes=True)
    assert taken(done) == {nameless}
    assert named in field.volume_names()
    assert nameless not in field.volume_names()


def test_all_takes_named_ones_that_nobody_holds(field: Field) -> None:
    named = field.volume("somebody_data")
    gone = field.volume("oldproject_data", **{PROJECT: "oldproject"})
    plan = field.prune("volume.prune", all=True)
    assert taken(plan) == {named, gone}
    assert "oldproject" in next(i.why for i in plan.items if i.id == gone)


def test_volumes_of_stopped_containers_stay(field: Field) -> None:
    project = field.up(
        "foreign",
        f"services:\n  a:\n    image: {BASE}\n    {EVER}\n    volumes: [data:/data]\nvolumes: {{data: }}\n",
    )
    field.stop("foreign")
    plan = field.prune("volume.prune", all=True, yes=True)
    assert "foreign_data" not in taken(plan)
    assert "foreign_data" in field.volume_names()
    field.ctx.engine.compose_down(project)


def test_volumes_of_a_foreign_project_that_has_containers_stay_though_none_mounts_them(field: Field) -> None:
    compose = f"services:\n  a:\n    image: {BASE}\n    {EVER}\n"
    field.up("foreign", f"{compose}    volumes: [data:/data]\nvolumes: {{data: }}\n")
    project = field.up("foreign", compose)
    assert field.do("volume.list").rows[0].used_by == ()
    for stopped in (False, True):
        if stopped:
            field.stop("foreign")
        plan = field.prune("volume.prune", all=True, yes=True)
        assert "foreign_data" not in taken(plan)
    assert "foreign_data" in field.volume_names()
    # The project is gone with its containers: now nobody holds it.
    field.ctx.engine.compose_down(project)
    assert "foreign_data" in taken(field.prune("volume.prune", all=True))


def test_volumes_of_a_stopped_service_stay_with_no_container_at_all(field: Field) -> None:
    own = field.volume("shop_data", **{PROJECT: "shop"})
    labelled = field.volume("else_data", **{"io.machete.service": "shop"})
    claimed = field.volume("outside")
    field.service("shop", live=1, r1=field.release_image("shop", 1))
    field.claim("shop", claimed)
    for named in (False, True):
        assert taken(field.prune("volume.prune", all=named, yes=True)) & {own, labelled, claimed} == set()
    assert {own, labelled, claimed} <= field.volume_names()


def test_a_volume_that_only_an_older_kept_release_names_stays(field: Field) -> None:
    old = field.volume("archive")
    compose = "services:\n  web:\n    volumes: ['archive:/data']\nvolumes:\n  archive: {external: true}\n"
    field.service("shop", live=2, r1=field.release_image("shop", 1), compose=compose)
    assert old not in taken(field.prune("volume.prune", all=True, yes=True))
    assert old in field.volume_names()


def test_what_a_removed_service_left_on_purpose_stays(field: Field) -> None:
    left = field.volume("shop_data", **{PROJECT: "shop"})
    field.ctx.settings.service_dir("shop").mkdir(parents=True)
    plan = field.prune("volume.prune", all=True, yes=True)
    assert left not in taken(plan)
    assert left in field.volume_names()
    assert any("removed service shop" in reason for reason in plan.reasons)


def test_a_volume_taken_into_use_meanwhile_is_left_and_said(field: Field) -> None:
    field.volume("first"), field.volume("second")
    done = None
    for event in field.events("volume.prune", all=True, yes=True):
        if isinstance(event, Note):
            compose = f"services:\n  a:\n    image: {BASE}\n    {EVER}\n    volumes: [vol:/d]\n"
            field.up("late", compose + "volumes: {vol: {external: true, name: second}}\n")
        elif isinstance(event, Result):
            done = event.value.data
    assert done is not None
    assert [name for name, _ in done.failed] == ["second"]
    assert "second" in field.volume_names()
    assert "first" not in field.volume_names()


# Networks


def test_a_network_that_nobody_is_in_goes(field: Field) -> None:
    lost = field.network("lost")
    plan = field.prune("network.prune")
    assert [item.name for item in plan.items] == [lost]
    assert lost in field.network_names()
    done = field.prune("network.prune", yes=True)
    assert done.done
    assert lost not in field.network_names()
    assert {"bridge", "host", "none"} <= field.network_names()


def test_a_network_of_stopped_containers_stays_and_they_start_again(field: Field) -> None:
    project = field.up("foreign", f"services:\n  a:\n    image: {BASE}\n    {EVER}\n")
    field.stop("foreign")
    plan = field.prune("network.prune", yes=True)
    assert [item.name for item in plan.items] == []
    assert "foreign_default" in field.network_names()
    (container,) = field.ctx.engine.containers(project="foreign")
    field.ctx.engine.start(container.id)
    assert field.ctx.engine.container(container.id).container.state == "running"
    field.ctx.engine.compose_down(project)


def test_networks_of_services_and_of_living_projects_stay(field: Field) -> None:
    of_service = field.network("shop_back", **{PROJECT: "shop"})
    field.service("shop", live=1, r1=field.release_image("shop", 1))
    field.up("foreign", f"services:\n  a:\n    image: {BASE}\n    {EVER}\n")
    of_project = field.network("foreign_back", **{PROJECT: "foreign"})
    plan = field.prune("network.prune", yes=True)
    assert plan.items == ()
    assert {of_service, of_project, "foreign_default"} <= field.network_names()


# Build cache


def test_a_fresh_cache_is_kept_and_all_of_it_goes_when_told(field: Field) -> None:
    field.image("built:1")
    field.resources.remove_image("built:1")
    assert field.prune("cache.prune", yes=True).items == ()
    records = {r.id for r in field.resources.usage().cache}
    assert records

    plan = field.prune("cache.prune", unused_for=0.0)
    shared = {r.id for r in field.resources.usage().cache if r.shared or r.in_use}
    assert taken(plan)
    assert not taken(plan) & shared
    done = field.prune("cache.prune", unused_for=0.0, yes=True)
    left = {r.id for r in field.resources.usage().cache}
    assert taken(done) == taken(plan)
    assert not taken(done) & left
    assert done.back == plan.back


# All of it at once


def test_nothing_that_is_needed_is_lost_by_pruning_everything(field: Field) -> None:
    live, back = field.release_image("shop", 2), field.release_image("shop", 1)
    database = field.image("database:16")
    field.service("shop", live=2, r1=back, r2=live, compose="services:\n  db:\n    image: database:16\n")
    data = field.volume("shop_data", **{PROJECT: "shop"})
    field.claim("shop", data)
    foreign = field.up(
        "foreign",
        f"services:\n  a:\n    image: {BASE}\n    {EVER}\n    volumes: [data:/data]\nvolumes: {{data: }}\n",
    )
    field.stop("foreign")
    litter = field.image("litter:1")
    for action in ("image.prune", "volume.prune"):
        field.prune(action, all=True, yes=True)
    field.prune("network.prune", yes=True)
    field.prune("cache.prune", unused_for=0.0, yes=True)

    assert {live.id, back.id, database.id} <= field.image_ids()
    assert litter.id not in field.image_ids()
    assert {data, "foreign_data"} <= field.volume_names()
    assert "foreign_default" in field.network_names()
    for _ in field.ctx.engine.compose_up(foreign, Cancel()):
        pass
    assert {c.state for c in field.ctx.engine.containers(project="foreign")} == {"running"}


def test_disk_use_counts_what_the_prunes_take(field: Field) -> None:
    field.image("litter:1"), field.anonymous()
    rows = {row.kind: row for row in field.do("system.df").rows}
    assert rows["images"].back == field.prune("image.prune", all=True).back
    assert rows["volumes"].back == field.prune("volume.prune", all=True).back
    assert rows["images"].size >= rows["images"].back > 0
    assert rows["volumes"].count == 1
    assert replace(rows["containers"]).count == 0


def test_an_image_that_is_given_a_name_meanwhile_keeps_it(field: Field) -> None:
    old, other = field.untagged(), field.untagged()
    done = None
    for event in field.events("image.prune", yes=True):
        if isinstance(event, Note):
            field.ctx.engine.tag(old.id, "precious:1")
        elif isinstance(event, Result):
            done = event.value.data
    assert done is not None
    assert taken(done) == {other.id}
    assert any("precious:1" in why for _, why in done.failed)
    assert field.ctx.engine.image("precious:1") is not None


def test_a_tag_that_is_another_images_by_now_is_not_touched(field: Field) -> None:
    field.image("moving:1", "old")
    new = None
    for event in field.events("image.prune", all=True, yes=True):
        if isinstance(event, Note):
            new = field.image("moving:1", "new")
    assert new is not None
    found = field.ctx.engine.image("moving:1")
    assert found is not None
    assert found.id == new.id
