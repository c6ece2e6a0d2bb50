from __future__ import annotations

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.headless.arguments import Options, build, parse, visible
from machete_tui.headless.help import actions, effect, example, explain
from machete_tui.headless.values import Wrong, size, span
from machete_tui.operations import registry
from tests.unit.headless.headless_helpers import action


def given(*words: str) -> object:
    values, options = parse(action("probe.all"), words)
    return build(action("probe.all"), values, options)


def test_every_kind_of_argument_reaches_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_ENV", "a=b c")
    request = given(
        *("--port", "20080", "src", "--cpus=1.5", "one", "--memory", "256m", "--since", "10m", "two"),
        *("--env", "A=1", "--env", "FROM_ENV", "--env=C=", "--mode", "slow", "--owner", "shop"),
        *("--follow", "--no-watch", "--dry-run"),
    )
    assert repr(request) == (
        "Everything(source='src', words=('one', 'two'), port=20080, cpus=1.5, memory=268435456, since=600.0, "
        "env=('A=1', 'FROM_ENV=a=b c', 'C='), mode='slow', owner='shop', follow=True, watch=False, "
        "dry_run=True, secret='')"
    )


def test_words_after_two_dashes_are_words() -> None:
    request = given("--port", "1", "--", "--port", "--help")
    assert (request.source, request.words, request.port) == ("--port", ("--help",), 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        ((), "SOURCE", "probe.all needs SOURCE: folder"),
        ((".", "--port", "many"), "--port", "--port: 'many' is no whole number"),
        ((".", "--port", "9" * 30), "--port", "is no whole number"),
        ((".", "--port", "٣"), "--port", "is no whole number"),
        ((".", "--port"), "--port", "--port: needs a value"),
        ((".", "--cpus", "nan"), "--cpus", "--cpus: 'nan' is no number"),
        ((".", "--memory", "lots"), "--memory", "write it like 256m"),
        ((".", "--since", "yesterday"), "--since", "write it like 30s"),
        ((".", "--env", "=x"), "--env", "'=' is no NAME=VALUE"),
        ((".", "--env", "NOT_SET_ANYWHERE"), "--env", "NOT_SET_ANYWHERE has no value"),
        ((".", "--mode", "fsat"), "--mode", "did you mean fast?"),
        ((".", "--follow=yes"), "--follow", "--follow: takes no value"),
        ((".", "--prot", "1"), "--prot", "probe.all knows no --prot"),
        ((".", "--por", "1"), "--por", "probe.all knows no --por"),
        ((".", "--secret", "x"), "--secret", "probe.all knows no --secret"),
        (("a\0b",), "SOURCE", "NUL"),
    ],
)
def test_a_wrong_argument_is_named(words: tuple[str, ...], field: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        given(*words)
    assert caught.value.field == field
    assert said in caught.value.what
    assert caught.value.mend
    assert "\n" not in caught.value.what


def test_a_word_too_many_is_named() -> None:
    with pytest.raises(InvalidInput, match="no place for 'b': it takes NAME") as caught:
        parse(action("probe.drop"), ["a", "b"])
    assert caught.value.field == "b"


def test_a_flag_of_every_action_sets_the_field_of_that_name() -> None:
    drop = action("probe.drop")
    values, options = parse(drop, ["shop", "--yes", "--json"])
    assert options == Options(json=True, yes=True)
    assert build(drop, values, options).yes is True
    assert [a.name for a in visible(drop)] == ["name", "volumes"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("0", 0), ("512", 512), ("1k", 1024), ("256m", 256 << 20), ("1.5GiB", 3 << 29), ("2TB", 2 << 40)],
)
def test_sizes(text: str, wanted: int) -> None:
    assert size(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("90", 90), ("500ms", 0.5), ("1h30m", 5400), ("2d", 172800), ("1.5h", 5400)]
)
def test_spans(text: str, wanted: float) -> None:
    assert span(text) == wanted


@pytest.mark.parametrize("text", ["", " ", "m", "10x", "1h30", "-5s", "1e3", "٣s", "10 m"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(Wrong):
        span(text)


@pytest.mark.parametrize("text", ["", "m", "-1", "1q", "1 m m", "0x10"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(Wrong):
        size(text)


def test_the_page_of_an_action_says_all_of_it() -> None:
    page = explain(action("probe.all"))
    for part in (
        "usage: machete-tui --run probe.all SOURCE [WORD …] [OPTIONS]",
        "--mode {fast,slow}   how (default: fast)",
        "--cpus CPUS          cores (default: 0.5)",
        "--env K=V            variable, repeatable",
        "It changes things.",
        "130  cancelled",
        "machete-tui --run probe.all . --port 20080",
    ):
        assert part in page
    assert "secret" not in page.replace("tracebacks", "")
    assert "asks first" in effect(action("probe.drop"))
    assert effect(action("probe.list")).startswith("It only reads.")
    assert example(action("probe.drop")) == "machete-tui --run probe.drop shop"
    assert "build failed" not in explain(action("probe.list"))


def test_pages_fit_a_terminal_of_80_columns() -> None:
    every = registry.every()
    pages = [actions(every, 80), *(explain(operation, 80) for operation in every)]
    assert [line for page in pages for line in page.splitlines() if len(line) > 80] == []
    assert [o.name for o in every if o.help[:1].isupper()] == []
