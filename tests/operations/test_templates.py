"""The templates that come with the program, and copying one into a folder."""

from pathlib import Path

import pytest

from machete_tui import context
from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import FrozenClock
from machete_tui.core.errors import Conflict, InvalidInput, NotFound
from machete_tui.core.events import Result
from machete_tui.core.results import Done, Listing
from machete_tui.core.settings import Settings
from machete_tui.operations import registry
from machete_tui.operations.templates import ABOUT, CreateFromTemplate, ListTemplates, Starter, starters


@pytest.fixture(autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACHETE_STATE_DIR", str(tmp_path_factory.mktemp("state")))


def run(name: str, request: object) -> object:
    ctx = context.in_memory(Settings(), FrozenClock())
    events = list(registry.find(name).run(ctx, request, Cancel()))
    if name == "template.create":
        assert [e.action for e in ctx.store.events.last()] == [name]
    last = events[-1]
    assert isinstance(last, Result)
    return last.value


def test_every_template_is_listed_with_what_it_is() -> None:
    listing = run("template.list", ListTemplates())
    assert isinstance(listing, Listing)
    rows: tuple[Starter, ...] = listing.rows
    assert [r.name for r in rows] == [
        "node-redis",
        "node-web",
        "python-postgres",
        "python-web",
        "static-site",
    ]
    for row in rows:
        assert row.about
        assert ABOUT not in row.holds
        assert row.holds


def test_a_template_is_copied_without_its_description(tmp_path: Path) -> None:
    done = run("template.create", CreateFromTemplate("node-web", str(tmp_path / "deep" / "shop")))
    assert isinstance(done, Done)
    assert sorted(p.name for p in (tmp_path / "deep" / "shop").iterdir()) == ["package.json", "server.js"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "mine.txt").write_text("keep")
    with pytest.raises(Conflict, match="holds something"):
        run("template.create", CreateFromTemplate("node-web", str(tmp_path / "shop")))
    with pytest.raises(Conflict, match="is a file"):
        run("template.create", CreateFromTemplate("node-web", str(tmp_path / "shop" / "mine.txt")))
    assert [p.name for p in (tmp_path / "shop").iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="cannot write"):
        run("template.create", CreateFromTemplate("node-web", str(tmp_path / "file" / "shop")))


def test_an_unknown_template_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as told:
        run("template.create", CreateFromTemplate("cobol", str(tmp_path / "shop")))
    assert "node-web" in told.value.mend


def test_no_template_names_a_registry() -> None:
    for starter in starters():
        for path in Path(starter.folder).rglob("*"):
            if path.is_file():
                assert '"resolved"' not in path.read_text(encoding="utf-8")
