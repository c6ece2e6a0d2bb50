from pathlib import Path

import pytest

from machete_tui.ui.wizard.folders import complete, expand, look, nearest


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / "package.json").write_text("{}")
    (tmp_path / "shop" / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "ship" / "src").mkdir(parents=True)
    (tmp_path / "Api").mkdir()
    (tmp_path / "Api" / "Api.csproj").write_text("<Project/>")
    (tmp_path / ".cache").mkdir()
    (tmp_path / "notes.txt").write_text("")
    return tmp_path


def test_a_folder_tells_what_its_sub_folders_are(tree: Path) -> None:
    seen = look(str(tree))
    assert [(e.name, e.tells) for e in seen.folders] == [
        ("Api", ("Api.csproj",)),
        ("ship", ()),
        ("shop", ("Dockerfile", "package.json", "Git")),
    ]
    assert seen.summary == "3 folders, 1 file"
    assert look(str(tree / "shop")).summary == "Dockerfile, package.json · Git · 2 files"
    assert look(str(tree / "ship" / "src")).summary == "empty"


def test_hidden_folders_come_last_and_only_when_asked_for(tree: Path) -> None:
    assert [e.name for e in look(str(tree), hidden=True).folders] == ["Api", "ship", "shop", ".cache"]


def test_what_cannot_be_read_is_said(tree: Path) -> None:
    assert look(str(tree / "gone")).error == "there is no such folder"
    assert look(str(tree / "notes.txt")).error == "this is a file, not a folder"


def test_a_link_that_leads_nowhere_or_round_does_no_harm(tree: Path) -> None:
    (tree / "dangling").symlink_to(tree / "gone")
    (tree / "round").symlink_to(tree)
    assert "round" in [e.name for e in look(str(tree)).folders]
    assert look(str(tree / "round" / "round")).error == ""


def test_typing_lists_the_nearest_folder(tree: Path) -> None:
    assert nearest(f"{tree}/sh") == (str(tree), "sh")
    assert nearest(f"{tree}/shop") == (str(tree / "shop"), "")
    assert nearest(f"{tree}/shop/") == (str(tree / "shop"), "")
    assert nearest(f"{tree}/gone/deeper") == (f"{tree}/gone/deeper", "")


def test_completion_grows_to_the_first_match(tree: Path) -> None:
    assert complete(f"{tree}/sh") == f"{tree}/ship/"
    assert complete(f"{tree}/sho") == f"{tree}/shop/"
    assert complete(f"{tree}/.c") == f"{tree}/.cache/"
    assert complete(f"{tree}/zzz") is None
    assert complete(f"{tree}/shop") is None
    assert complete("") is None


def test_paths_are_made_absolute(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    monkeypatch.setenv("HOME", str(tree / "shop"))
    assert expand("ship/../shop") == str(tree / "shop")
    assert expand("~") == str(tree / "shop")
    assert expand("  ") == ""
