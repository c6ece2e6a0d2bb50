from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.generation.dotenv import dump, parse
from tests.unit.generation.conftest import Config

GNARLY = {
    "PLAIN": "value",
    "EMPTY": "",
    "SPACES": "  two words  ",
    "TAB": "a\tb",
    "HASH": "a # no comment",
    "HASH_FIRST": "#start",
    "DOLLAR": "pa$word and ${HOME} and $$",
    "SINGLE": "it's",
    "DOUBLE": 'say "hi"',
    "BOTH": 'it\'s "both" $HOME',
    "BACKSLASH": "C:\\new\\table",
    "BACKSLASH_LAST": "ends with \\",
    "BACKSLASHES_LAST": "\\\\",
    "BACKSLASH_QUOTE": "a\\'b\\\"c",
    "QUOTE_LAST": "'",
    "LINES": "first\nsecond 'quoted'\n\nlast\n",
    "LINES_PLAIN": "-----BEGIN KEY-----\nabc+/=\n-----END KEY-----\n",
    "CARRIAGE": "a\r\nb",
    "CONTROL": "bell\x07escape\x1b[0m",
    "OCTAL": "\\0134 \\n \\x41",
    "DIGITS_AFTER": "'\\7'",
    "UNICODE": "žluťoučký 🐎 naïve",
    "EQUALS": "a=b==",
    "EXPORT": "export X=1",
    "JSON": '{"a": "b\'c", "d": [1, 2]}',
    "BACKTICK": "`id` $(id)",
    "PERCENT": "%d%s",
    "INTERPOLATION": "${OTHER:-x} ${OTHER:?y}",
}


def test_every_value_comes_back() -> None:
    assert parse(dump(GNARLY)) == GNARLY


def test_compose_reads_every_value_as_it_was(tmp_path: Path, compose_config: Config) -> None:
    (tmp_path / ".env").write_text(dump(GNARLY))
    names = "\n".join(f"      {name}: ${{{name}}}" for name in GNARLY)
    (tmp_path / "compose.yml").write_text(f"services:\n  a:\n    image: x:1\n    environment:\n{names}\n")
    environment = compose_config(tmp_path)["services"]["a"]["environment"]
    # `config` prints what can be read as a compose file again: every dollar doubled.
    assert {k: v.replace("$$", "$") for k, v in environment.items()} == GNARLY


def test_reads_what_people_write() -> None:
    text = (
        "\ufeff# a comment\r\n\r\n"
        "export TOKEN = abc  # why\r\n"
        "  URL=http://x/#fragment\n"
        "EMPTY=\n"
        "COMMENTED=# nothing\n"
        "SINGLE='raw \\n $X' # more\n"
        'DOUBLE="tab\\there \\"q\\" \\$5"\n'
        'KEY="-----BEGIN-----\nline two\n-----END-----"\n'
        "AFTER=1\n"
        "TWICE=a\nTWICE=b\n"
        "spring.datasource.url=jdbc:x\n"
        "LAST=no newline"
    )
    assert parse(text) == {
        "TOKEN": "abc",
        "URL": "http://x/#fragment",
        "EMPTY": "",
        "COMMENTED": "",
        "SINGLE": "raw \\n $X",
        "DOUBLE": 'tab\there "q" $5',
        "KEY": "-----BEGIN-----\nline two\n-----END-----",
        "AFTER": "1",
        "TWICE": "b",
        "spring.datasource.url": "jdbc:x",
        "LAST": "no newline",
    }


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("A=1\nno equals here\n", 2, "NAME=value"),
        ("A=1\n\n1B=2\n", 3, "'1B' is not a variable name"),
        ("=x\n", 1, "NAME=value"),
        ("A='open\nB=2\n", 1, "is not closed"),
        ('A="x\ny" rest\n', 2, "after the closing quote"),
        ('A="a\nb"\nB C=1\n', 3, "NAME=value"),
        ("- item\n", 1, "NAME=value"),
    ],
)
def test_a_bad_line_is_named_without_its_value(text: str, line: int, why: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(text.replace("rest", "hunter2"), field="--env-file")
    assert f"Line {line} " in caught.value.what
    assert why in caught.value.what
    assert "hunter2" not in caught.value.what
    assert caught.value.field == "--env-file"


@pytest.mark.parametrize("name", ["", "1A", "A B", "A\nB", "A=B", "A-B"])
def test_a_name_that_compose_cannot_refer_to_is_not_written(name: str) -> None:
    with pytest.raises(InvalidInput):
        dump({name: "x"})


def test_nul_is_not_written() -> None:
    with pytest.raises(InvalidInput, match="NUL"):
        dump({"A": "a\0b"})
