"""Rows of what was made elsewhere: what belongs to what, and how it is called when it is not well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from machete_tui.core.engine import (
    LABEL_COMPOSE_SERVICE,
    LABEL_PROJECT,
    LABEL_SERVICE,
    Container,
    ContainerState,
    Health,
    Published,
    Sample,
)
from machete_tui.operations.foreign import LABEL_ONEOFF, container_row, foreign_rows, grouped
from machete_tui.ui.preferred import ListView, load


def box(
    name: str,
    state: str = "running",
    status: str = "Up 3 hours",
    health: str = "",
    labels: Mapping[str, str] | None = None,
    ports: tuple[Published, ...] = (),
    image: str = "busybox",
) -> Container:
    return Container(
        f"id-{name}",
        name,
        image,
        "",
        cast(ContainerState, state),
        status,
        cast(Health, health),
        0.0,
        labels or {},
        ports,
    )


def part(
    project: str, name: str, state: str = "running", status: str = "Up 3 hours", **more: str
) -> Container:
    labels = {LABEL_PROJECT: project, LABEL_COMPOSE_SERVICE: name, **more}
    return box(f"{project}-{name}-1", state, status, labels=labels)


def test_what_belongs_to_what() -> None:
    containers = [
        box("shop-web-1", labels={LABEL_SERVICE: "shop", LABEL_PROJECT: "shop"}),
        part("blog", "web"),
        part("blog", "db"),
        box("lone"),
        box("lost", labels={LABEL_SERVICE: "gone", LABEL_PROJECT: "gone"}),
    ]
    rows = foreign_rows({"shop"}, containers, {})
    assert [(r.kind, r.name) for r in rows] == [
        ("project", "blog"),
        ("project", "gone"),
        ("container", "lone"),
    ]
    assert sorted(grouped(containers, {"shop"})) == sorted(
        ["service:shop", "project:blog", "project:gone", *(f"container:{c.id}" for c in containers)]
    )


@pytest.mark.parametrize(
    ("state", "status", "health", "expected", "reason"),
    [
        ("running", "Up 2 days", "", "running", ""),
        ("running", "Up 2 days (unhealthy)", "unhealthy", "degraded", "it is unhealthy"),
        ("paused", "Up 2 days (Paused)", "", "paused", ""),
        ("restarting", "Restarting (1) 3 seconds ago", "", "degraded", "it keeps restarting"),
        ("exited", "Exited (0) 2 hours ago", "", "stopped", ""),
        ("exited", "Exited (143) 2 hours ago", "", "stopped", ""),
        ("exited", "Exited (3) 2 hours ago", "", "failed", "it ended with 3"),
        ("exited", "odd words", "", "stopped", ""),
        ("created", "Created", "", "stopped", ""),
        ("dead", "Dead", "", "failed", "it is dead"),
    ],
)
def test_a_container_in_words_of_services(
    state: str, status: str, health: str, expected: str, reason: str
) -> None:
    row = container_row(box("one", state, status, health))
    assert (row.status, row.reason) == (expected, reason)


@pytest.mark.parametrize(
    ("parts", "expected", "reason", "up"),
    [
        ((("web", "running", "Up 1 hour"), ("db", "running", "Up 1 hour")), "running", "", (2, 2)),
        (
            (("web", "running", "Up 1 hour"), ("job", "exited", "Exited (0) 1 hour ago")),
            "running",
            "",
            (1, 1),
        ),
        (
            (("web", "running", "Up 1 hour"), ("db", "exited", "Exited (137) 1 hour ago")),
            "degraded",
            "db is stopped",
            (1, 2),
        ),
        (
            (("web", "running", "Up 1 hour"), ("db", "exited", "Exited (2) 1 hour ago")),
            "degraded",
            "db ended with 2",
            (1, 2),
        ),
        (
            (("web", "exited", "Exited (0) 1 hour ago"), ("db", "exited", "Exited (0) 2 hours ago")),
            "stopped",
            "",
            (0, 2),
        ),
        ((("web", "exited", "Exited (1) 1 hour ago"),), "failed", "web ended with 1", (0, 1)),
        ((("web", "paused", "Up 1 hour (Paused)"),), "paused", "", (0, 1)),
        (
            (("web", "paused", "Up 1 hour (Paused)"), ("db", "running", "Up 1 hour")),
            "degraded",
            "web is paused",
            (1, 2),
        ),
    ],
)
def test_a_project_by_its_parts(
    parts: tuple[tuple[str, str, str], ...], expected: str, reason: str, up: tuple[int, int]
) -> None:
    (row,) = foreign_rows(frozenset(), [part("blog", *p) for p in parts], {})
    assert (row.status, row.reason, (row.containers, row.wanted)) == (expected, reason, up)


def test_one_off_runs_do_not_make_a_project_unwell() -> None:
    run = part("blog", "migrate", "exited", "Exited (1) 1 hour ago", **{LABEL_ONEOFF: "True"})
    (row,) = foreign_rows(frozenset(), [part("blog", "web"), run], {})
    assert (row.status, row.wanted) == ("running", 1)


def test_ports_images_and_usage_are_those_of_all_containers() -> None:
    labels = {LABEL_PROJECT: "blog", LABEL_COMPOSE_SERVICE: "web"}
    web = box(
        "w", labels=labels, ports=(Published("0.0.0.0", 8080, 80), Published("127.0.0.1", 53, 53, "udp"))
    )
    db = box("a", labels={**labels, LABEL_COMPOSE_SERVICE: "db"}, image="postgres:17", status="Up 5 minutes")
    (row,) = foreign_rows(frozenset(), [db, web], {web.id: Sample(1.5, 10), db.id: Sample(2.0, 30)})
    assert row.image == "busybox, postgres:17"
    assert row.ports == "53->53/udp, 8080->80"
    assert row.address == "127.0.0.1:8080"
    assert (row.cpu, row.memory, row.uptime) == (3.5, 40.0, 300.0)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"columns": "no", "sort": 3, "flat": "yes", "x": 1}'])
def test_what_was_kept_and_says_nothing_counts_as_not_chosen(text: str) -> None:
    assert load(text, {"name", "cpu"}) == ListView()


def test_what_was_kept_comes_back_without_columns_that_are_gone() -> None:
    view = ListView(("cpu", "gone"), "cpu", True, "status:failed", True, True, True)
    assert load(view.dump(), {"name", "cpu"}) == ListView(
        ("cpu",), "cpu", True, "status:failed", True, True, True
    )
    assert ListView().dump() == ""
