"""Base images: what stands in for what, and what is built, tagged and left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import LABEL_STAND_IN
from machete_tui.core.errors import BuildFailed, NotFound
from machete_tui.core.events import Note, StepStarted
from machete_tui.engines.memory import Behaviour
from machete_tui.engines.packages_memory import MemoryMachine
from machete_tui.operations import image_table, images
from tests.operations.machines import Ground


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path, MemoryMachine(folder=tmp_path / "bases"))


@pytest.mark.parametrize(
    ("ref", "base", "name"),
    [
        ("python:3.12-slim", "python", "machete.local/python:3.12-slim"),
        ("python:3.12-slim-bookworm", "python", "machete.local/python:3.12-slim-bookworm"),
        ("python:3.12-alpine3.20", "python", "machete.local/python:3.12-alpine3.20"),
        ("python", "python-full", "machete.local/python:latest"),
        ("docker.io/library/python:3.13", "python-full", "machete.local/python:3.13"),
        ("node:22-slim@sha256:0123", "node", "machete.local/node:22-slim"),
        ("node:20", "node-full", "machete.local/node:20"),
        ("mirror.lan:5000/library/node:22-alpine", "node", "machete.local/node:22-alpine"),
        ("php:8.4-apache-bookworm", "php-apache", "machete.local/php:8.4-apache-bookworm"),
        ("php:8.3-fpm", "php-fpm", "machete.local/php:8.3-fpm"),
        ("php:8.4", "php", "machete.local/php:8.4"),
        ("eclipse-temurin:21-jre-noble", "jre", "machete.local/eclipse-temurin:21-jre-noble"),
        ("eclipse-temurin:21", "jdk", "machete.local/eclipse-temurin:21"),
        ("postgres:16-alpine", "postgres", "machete.local/postgres:16-alpine"),
        ("mysql:8.4", "mysql", "machete.local/mysql:8.4"),
        ("alpine:3.20", "busybox", "machete.local/alpine:3.20"),
        ("ubuntu", "debian", "machete.local/ubuntu:latest"),
        (
            "gcr.io/distroless/static-debian12:nonroot",
            "distroless",
            "machete.local/distroless/static-debian12:nonroot",
        ),
        ("machete.local/redis:7", "redis", "machete.local/redis:7"),
    ],
)
def test_a_stand_in_is_chosen_by_repository_and_variant(ref: str, base: str, name: str) -> None:
    found = image_table.find(ref)
    assert found is not None
    assert found.name == base
    assert images.stand_in_for(ref) == name


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("mongo:8", "MongoDB is in no Debian release"),
        ("mcr.microsoft.com/dotnet/sdk:8.0", ".NET is in no Debian release"),
        ("gradle:8-jdk21", "Debian's Gradle is too old"),
        ("acme/shop:1", "no stand-in is known for acme/shop"),
        ("bitnami/postgres:17", "no stand-in is known for bitnami/postgres"),
        ("python:3.13-windowsservercore", "no stand-in is known for python"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_line(ref: str, why: str) -> None:
    assert images.stand_in_for(ref) is None
    assert images.why_no_stand_in(ref).startswith(why)
    assert "\n" not in images.why_no_stand_in(ref)


def test_every_target_of_the_table_is_a_stage_of_the_dockerfile() -> None:
    folder = Path(image_table.__file__).parent.parent / "templates" / "bases"
    lines = (folder / "Dockerfile").read_text().splitlines()
    stages = {line.split(" AS ")[1] for line in lines if line.startswith("FROM ")}
    assert {base.target for base in image_table.BASES} <= stages


def test_every_official_name_of_the_table_finds_its_own_image() -> None:
    for base in image_table.BASES:
        for tag in base.tags:
            assert image_table.find(tag) is base, tag


def test_the_dockerfile_is_one_that_the_oldest_engine_builds_without_a_registry() -> None:
    text = (Path(image_table.__file__).parent.parent / "templates" / "bases" / "Dockerfile").read_text()
    assert "syntax=" not in text
    assert "<<" not in text
    assert "COPY --link" not in text.replace("no COPY --link", "")
    stages = {"machete.local/root:trixie"}
    for line in text.splitlines():
        if line.startswith("FROM "):
            _, start, _, stage = line.split()
            assert start in stages, line
            stages.add(stage)


def test_bootstrap_makes_the_root_once_and_says_what_is_inside(ground: Ground) -> None:
    listing = ground.do("image.bootstrap", names=("redis", "postgres"))
    assert ground.error is None
    assert [(row.name, row.built) for row in listing.rows] == [("redis", True), ("postgres", True)]
    image = ground.engine.image("machete.local/redis:7")
    assert image is not None
    assert image.labels[LABEL_STAND_IN] == "true"
    assert image.labels[f"{LABEL_STAND_IN}.package"] == "redis-server"
    assert ground.machine.roots == 1
    assert ground.engine.image("redis:7") is None
    assert not [i for i in ground.engine.images() if any("draft" in tag for tag in i.tags)]


def test_bootstrap_again_changes_nothing(ground: Ground) -> None:
    ground.do("image.bootstrap", names=("redis",))
    before = ground.engine.images()
    ground.do("image.bootstrap", names=("redis",))
    assert not [e for e in ground.events if isinstance(e, StepStarted)]
    assert ground.engine.images() == before


def test_bootstrap_is_made_anew_on_request(ground: Ground) -> None:
    ground.do("image.bootstrap", names=("redis",))
    ground.do("image.bootstrap", names=("redis",), refresh=True)
    assert [e.step for e in ground.events if isinstance(e, StepStarted)] == ["base:root", "base:redis"]
    assert ground.machine.roots == 2


def test_official_names_never_take_the_place_of_an_official_image(ground: Ground) -> None:
    ground.engine.add_image("redis:7")
    official = ground.engine.image("redis:7")
    ground.do("image.bootstrap", names=("redis",), as_official=True)
    assert ground.engine.image("redis:7") == official
    assert "redis:7 is an image of its own here and was left as it is" in ground.said
    standing_in = ground.engine.image("redis:7-alpine")
    assert standing_in is not None
    assert standing_in.labels[LABEL_STAND_IN] == "true"


def test_official_names_move_from_an_old_stand_in_to_a_new_one(ground: Ground) -> None:
    ground.do("image.bootstrap", names=("redis",), as_official=True)
    ground.ctx.clock.sleep(2 * 86400)  # other package lists: another image
    ground.do("image.bootstrap", names=("redis",), as_official=True, refresh=True)
    new, official = ground.engine.image("machete.local/redis:7"), ground.engine.image("redis:7")
    assert new is not None
    assert official is not None
    assert official.id == new.id


def test_a_reference_is_made_under_its_own_tag(ground: Ground) -> None:
    ground.do("image.bootstrap", names=("python:3.9-slim",), as_official=True)
    assert ground.engine.image("machete.local/python:3.9-slim") is not None
    assert ground.engine.image("python:3.9-slim") is not None
    assert ground.engine.image("python:3.13-slim") is None
    assert "machete.local/python:3.9-slim stands in: python3" in ground.said


def test_an_unknown_name_is_refused_before_anything_is_made(ground: Ground) -> None:
    ground.do("image.bootstrap", names=("redis", "mongo"))
    assert isinstance(ground.error, NotFound)
    assert "MongoDB is in no Debian release" in ground.error.what
    assert ground.engine.images() == []


def test_listing_makes_nothing(ground: Ground) -> None:
    listing = ground.do("image.bootstrap", list=True)
    assert len(listing.rows) == len(image_table.BASES)
    assert not any(row.built for row in listing.rows)
    assert ground.engine.images() == []
    assert ground.machine.roots == 0


def test_ensure_makes_what_is_missing_and_leaves_what_is_there(ground: Ground) -> None:
    first = list(images.ensure(ground.ctx, ["redis:7", "python:3.12-slim", "mongo:8"], Cancel()))
    assert [e.step for e in first if isinstance(e, StepStarted)] == ["base:root", "base:redis", "base:python"]
    assert "mongo:8: MongoDB is in no Debian release" in [e.text for e in first if isinstance(e, Note)]
    assert ground.engine.image("machete.local/python:3.12-slim") is not None
    assert list(images.ensure(ground.ctx, ["redis:7", "python:3.12-slim"], Cancel())) == []


def test_ensure_needs_no_build_for_another_tag_of_the_same_image(ground: Ground) -> None:
    list(images.ensure(ground.ctx, ["python:3.12-slim"], Cancel()))
    again = list(images.ensure(ground.ctx, ["python:3.11-slim-bookworm"], Cancel()))
    assert not [e for e in again if isinstance(e, StepStarted)]
    assert ground.engine.image("machete.local/python:3.11-slim-bookworm") is not None


def test_bootstrap_is_in_the_audit_trail(ground: Ground) -> None:
    ground.do("image.bootstrap", names=("redis",))
    row = ground.ctx.store.events.last(1)[0]
    assert (row.action, row.outcome, row.detail) == ("image.bootstrap", "ok", "redis")


def test_a_build_that_fails_is_tried_once_more_and_then_told(ground: Ground) -> None:
    ground.engine.behave(
        "machete.local/draft:redis", Behaviour(build_error="E: Unable to fetch some archives")
    )
    ground.do("image.bootstrap", names=("redis",))
    assert isinstance(ground.error, BuildFailed)
    assert "redis could not be built, trying once more: E: Unable to fetch some archives" in ground.said
    assert ground.engine.image("machete.local/redis:7") is None
    assert ground.ctx.store.events.last(1)[0].outcome == "failed"
