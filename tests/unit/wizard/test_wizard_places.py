from pathlib import Path

import pytest

from machete_tui.core.errors import Conflict, InvalidInput
from machete_tui.ui.wizard import reader
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.places import source_problem, step_of
from machete_tui.ui.wizard.source import SourceDraft


@pytest.mark.parametrize(
    ("field", "step"),
    [
        ("--port", 2),
        ("--name", 1),
        ("components", 1),
        ("components[0].volumes", 1),
        ("--allow-mount", 2),
        ("--env", 3),
        ("--env-file", 3),
        ("SOURCE", 0),
        ("--branch", 0),
        ("", None),
        ("PORT-OF-CALL", None),
    ],
)
def test_an_error_leads_to_the_step_of_its_field(field: str, step: int | None) -> None:
    assert step_of(Conflict("x", field=field)) == step


@pytest.mark.parametrize(
    ("source", "field", "at"),
    [
        (SourceDraft(choice="git"), "--branch", "ref"),
        (SourceDraft(choice="git"), "--path", "subpath"),
        (SourceDraft(choice="git"), "--token-file", "token_file"),
        (SourceDraft(choice="git"), "SOURCE", "url"),
        (SourceDraft(choice="git"), "", "url"),
        (SourceDraft(choice="folder"), "", "folder"),
        (SourceDraft(choice="template"), "", "template"),
    ],
)
def test_an_error_of_reading_stands_at_what_was_entered(source: SourceDraft, field: str, at: str) -> None:
    assert source_problem(InvalidInput("x", "y", field=field), source).field == at


def test_a_folder_given_as_git_url_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as told:
        reader.parse_url(str(tmp_path))
    assert f"file://{tmp_path}" in told.value.mend
    assert reader.parse_url("https://git.example.org/a.git").kind == "git"


def test_a_template_is_deployed_from_where_it_was_copied_to() -> None:
    source = SourceDraft(choice="template", template="node-web", into="/srv/mine")
    assert reader.location(Draft(source=source)).endswith("starters/node-web")
    assert reader.location(Draft(source=source, copied="/srv/mine")) == "/srv/mine"
