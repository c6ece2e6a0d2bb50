"""What is said of a source and of a port before anything is deployed."""

import subprocess
from pathlib import Path

import pytest

from machete_tui import context
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.context import Context
from machete_tui.core.errors import Cancelled, InvalidInput, MacheteError
from machete_tui.core.events import Result
from machete_tui.core.models import PortLease
from machete_tui.core.results import Listing
from machete_tui.core.settings import Settings
from machete_tui.operations import registry
from machete_tui.operations.reading import Branches, port_advice, read_source
from machete_tui.operations.sources import parse_source


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return context.in_memory(Settings(state_dir=tmp_path / "state"), FrozenClock())


@pytest.fixture
def remote(tmp_path: Path) -> str:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "index.html").write_text("<h1>shop</h1>")
    for arguments in (
        ("init", "-q", "-b", "trunk"),
        ("add", "."),
        ("-c", "user.name=ana", "-c", "user.email=ana@example.org", "commit", "-q", "-m", "one"),
        ("branch", "a-first"),
        ("tag", "v1"),
    ):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True)
    return f"file://{folder}"


def branches(ctx: Context, source: str) -> Listing[object]:
    *_, last = registry.find("source.branches").run(ctx, Branches(source), Cancel())
    assert isinstance(last, Result)
    assert isinstance(last.value, Listing)
    return last.value


def test_the_default_branch_comes_first_and_tags_last(ctx: Context, remote: str) -> None:
    rows = branches(ctx, remote).rows
    assert [(r.name, r.kind, r.default) for r in rows] == [  # type: ignore[attr-defined]
        ("trunk", "branch", True),
        ("a-first", "branch", False),
        ("v1", "tag", False),
    ]


def test_a_remote_that_is_none_is_an_error_and_not_an_empty_list(ctx: Context, tmp_path: Path) -> None:
    with pytest.raises(MacheteError):
        branches(ctx, f"file://{tmp_path}/nothing")
    with pytest.raises(InvalidInput):
        branches(ctx, "ext::sh -c true")


def test_reading_leaves_nothing_behind(ctx: Context, remote: str) -> None:
    found = read_source(ctx, parse_source(remote), Cancel())
    assert [c.kind for c in found.components] == ["static"]
    assert found.name == "shop"
    assert list(ctx.settings.state_dir.glob("read-*")) == []


def test_reading_that_is_cancelled_or_fails_leaves_nothing_behind(
    ctx: Context, remote: str, tmp_path: Path
) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        read_source(ctx, parse_source(remote), cancel)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput):
        read_source(ctx, parse_source(str(tmp_path / "empty")), Cancel())
    assert list(ctx.settings.state_dir.glob("read-*")) == []


def test_ports_that_are_held_are_said_with_their_holder(ctx: Context) -> None:
    ctx.store.ports.lease(PortLease(20000, "blog", "web"))
    ctx.store.ports.lease(PortLease(20001, note="for later"))
    advice = port_advice(ctx, 20000, "shop")
    assert (advice.lowest, advice.kept, advice.taken) == (20002, 0, "port 20000 is held by blog")
    assert port_advice(ctx, 20001, "shop").taken == "port 20001 is held by a reservation"
    assert port_advice(ctx, 20002, "shop").taken == ""


def test_a_service_keeps_its_own_port(ctx: Context) -> None:
    ctx.store.ports.lease(PortLease(20000, "shop", "web"))
    advice = port_advice(ctx, 20000, "shop")
    assert (advice.lowest, advice.kept, advice.taken) == (20001, 20000, "")
