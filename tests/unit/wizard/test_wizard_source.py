import dataclasses

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.ui.wizard.source import Scheme, SourceDraft, check


def fields(source: SourceDraft) -> list[str]:
    return [p.field for p in check(source)]


def test_each_choice_asks_for_its_own_field() -> None:
    assert fields(SourceDraft()) == ["folder"]
    assert fields(SourceDraft(choice="git")) == ["url"]
    assert fields(SourceDraft(choice="template")) == ["template", "into"]
    assert fields(SourceDraft(folder="/srv/shop")) == []


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("https://git.example.org/shop.git", "http"),
        ("ssh://git@git.example.org/shop.git", "ssh"),
        ("git@git.example.org:shop.git", "ssh"),
        ("file:///srv/git/shop.git", "other"),
        ("/srv/git/shop.git", "other"),
    ],
)
def test_the_url_decides_which_credentials_make_sense(url: str, scheme: Scheme) -> None:
    assert SourceDraft(choice="git", url=url).scheme == scheme


@pytest.mark.parametrize(
    "url", ["https://me:s3cret@git.example.org/a.git", "https://abcdef0123456789abcd@git.example.org/a.git"]
)
def test_a_secret_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    (problem,) = check(SourceDraft(choice="git", url=url))
    assert problem.field == "url"
    assert "s3cret" not in problem.text
    assert "abcdef" not in problem.text


def test_a_token_typed_where_a_name_belongs_is_refused() -> None:
    source = SourceDraft(choice="git", url="https://git.example.org/a.git", token_env="ghp-not/a/name")
    assert fields(source) == ["token_env"]
    both = dataclasses.replace(source, token_env="GIT_TOKEN", token_file="/run/token")
    assert fields(both) == ["token_file"]


def test_what_the_parser_of_sources_refuses_is_told_at_the_url() -> None:
    def parse(url: str) -> None:
        raise InvalidInput("transport ext is refused", "use https or ssh", field="SOURCE")

    (problem,) = check(SourceDraft(choice="git", url="ext::sh -c x"), parse)
    assert (problem.field, problem.text) == ("url", "transport ext is refused: use https or ssh")


def test_sub_folders_stay_inside_the_repository() -> None:
    base = SourceDraft(choice="git", url="https://git.example.org/a.git")
    assert fields(dataclasses.replace(base, subpath="services/api")) == []
    for wrong in ("/etc", "../other", "a/../../b"):
        assert fields(dataclasses.replace(base, subpath=wrong)) == ["subpath"]
    assert fields(dataclasses.replace(base, ref="--upload-pack=x")) == ["ref"]


def test_credentials_do_not_make_another_source() -> None:
    one = SourceDraft(choice="git", url="https://git.example.org/a.git")
    assert one.key == dataclasses.replace(one, token_env="GIT_TOKEN", folder="/srv/shop").key
    assert one.key != dataclasses.replace(one, ref="next").key
