"""The filter line: terms that all must hold, regular expressions, and what is said of a wrong one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from machete_tui.core.query import Query


@dataclass(frozen=True)
class Row:
    name: str
    status: str = "running"
    health: str = ""
    kind: str = "service"
    stack: str = ""
    team: str = ""
    image: str = ""
    ports: str = ""


ROWS = (
    Row("shop", health="healthy", stack="node/next", team="storefront", image="machete/shop-web:14, redis:7"),
    Row("billing", "degraded", "unhealthy", stack="python/django", team="finance", ports="20082->8000"),
    Row("reports", "stopped", stack="ruby/sinatra", team="finance"),
    Row("monitoring", kind="project", image="grafana/grafana:11", ports="3001->3000"),
    Row("cache", "failed", kind="container", image="redis:7.2"),
)
LABELS = {"shop": [{"tier": "front"}, {"tier": "back"}], "monitoring": [{"tier": "ops", "keep": ""}]}


def names(text: str) -> list[str]:
    query = Query.parse(text)
    assert query.error == ""
    return [
        r.name
        for r in ROWS
        if query(r, lambda r=r: f"{r.name} {r.status} of {r.team}", lambda r=r: LABELS.get(r.name, ()))  # type: ignore[misc]
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [r.name for r in ROWS]),
        ("shop", ["shop"]),
        ("SHOP", []),
        ("!shop", ["billing", "reports", "monitoring", "cache"]),
        ("running of store", ["shop"]),
        ("^(shop|cache)", ["shop", "cache"]),
        ("status:running", ["shop", "monitoring"]),
        ("status:run", ["shop", "monitoring"]),
        ("status:failed,degraded", ["billing", "cache"]),
        ("!status:running", ["billing", "reports", "cache"]),
        ("kind:project", ["monitoring"]),
        ("kind:service team:fin", ["billing", "reports"]),
        ("kind:service team:fin !status:stopped", ["billing"]),
        ("stack:node", ["shop"]),
        ("health:none", ["reports", "monitoring", "cache"]),
        ("image:redis", ["shop", "cache"]),
        ('"image:redis:7$"', ["shop"]),
        ("port:3000", ["monitoring"]),
        ("label:tier=front", ["shop"]),
        ("label:tier", ["shop", "monitoring"]),
        ("label:keep=", ["monitoring"]),
        ("!label:tier", ["billing", "reports", "cache"]),
        ("label:tier=front kind:project", []),
        ("name:o kind:service", ["shop", "reports"]),
        ("redis:7", []),
        ("http://x", []),
        ("status:running !mon", ["shop"]),
    ],
)
def test_what_is_shown(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "("),
        ("status:runing", "no status 'runing': one of pending"),
        ("status:", "status: needs a value"),
        ("kind:pod", "no kind 'pod': one of service, project, container"),
        ("statsu:running", "did you mean status:running?"),
        ("image:[", "["),
        ("status:running (", "("),
        ("lable:a=b", "did you mean label:a=b?"),
    ],
)
def test_a_wrong_one_is_said(text: str, said: str) -> None:
    assert said in Query.parse(text).error
