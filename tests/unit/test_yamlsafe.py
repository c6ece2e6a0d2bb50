from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput, NotFound
from machete_tui.core.yamlsafe import LIMIT, load, load_file


def refused(text: str | bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        load(text, "x.yml")
    assert caught.value.field == "x.yml"
    return caught.value.what


def test_values_follow_yaml_1_2() -> None:
    text = (
        "a: no\nb: on\nc: 22:22\nd: true\ne: 0o17\nf: 0x1f\ng: 1e3\nh: ~\ni: '7'\nj: 2024-01-02\nk:\nl: 010\n"
    )
    assert load(text, "x").data == {
        "a": "no",
        "b": "on",
        "c": "22:22",
        "d": True,
        "e": 15,
        "f": 31,
        "g": 1000.0,
        "h": None,
        "i": "7",
        "j": "2024-01-02",
        "k": None,
        "l": 10,
    }


def test_each_value_keeps_its_line_and_its_text() -> None:
    loaded = load("# head\nsteps:\n  - action: a\n    with:\n      version: 3.10\n  - action: b\n", "x")
    assert loaded.line("steps", 0, "with", "version") == 5
    assert loaded.line("steps", 1, "action") == 6
    assert loaded.line("steps", 1, "missing", "deeper") == 6
    assert loaded.texts[("steps", 0, "with", "version")] == "3.10"
    assert load("", "x").data is None
    assert load("", "x").line("steps") == 1


def test_aliases_and_merges_are_written_out() -> None:
    loaded = load("base: &b {x: 1, y: 2}\none:\n  <<: *b\n  y: 3\ntwo: *b\n", "x")
    assert loaded.data == {"base": {"x": 1, "y": 2}, "one": {"x": 1, "y": 3}, "two": {"x": 1, "y": 2}}


def test_a_bomb_is_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "aliases" in refused("\n".join(rows))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yml line 3: the key 'a' stands there twice"),
        ("a: &a\n  b: *a\n", "x.yml line 1: an anchor that contains itself"),
        ("a: &a [1, *a]\n", "x.yml line 1: an anchor that contains itself"),
        ("a: &a {<<: *a}\n", "x.yml line 1: an anchor that contains itself"),
        ("ok: 1\nx: !!python/object/apply:os.system [id]\n", "x.yml line 2: the tag !!python/object/apply"),
        ("x: !foo bar\n", "x.yml line 1: the tag !foo is not accepted"),
        ("[a]: 1\n", "x.yml line 1: a key must be plain text"),
        ("a: 1\n b: 2\n", "x.yml line 2: "),
        ("a: 1\n---\nb: 2\n", "x.yml line 2: "),
        ("a: 1\n\tb: 2\n", "x.yml line 2: "),
        ("a: *nowhere\n", "x.yml line 1: "),
        ("a: !!int many\n", "x.yml line 1: 'many' is no int"),
        ("a: \x00\n", "x.yml line 1: "),
        ("a:\n" + "[" * 5000, "x.yml line "),
        ("a: " + "[" * 100 + "]" * 100, "x.yml line 1: nested deeper"),
        (b"ok: 1\nname: \xff\xfe\n", "x.yml line 2: not UTF-8"),
        ("x" * (LIMIT + 1), "x.yml is larger than 256 kB"),
    ],
)
def test_what_is_refused_is_named_with_its_line(text: str | bytes, said: str) -> None:
    assert refused(text).startswith(said)


def test_a_big_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "big.yml"
    with path.open("wb") as stream:
        stream.truncate(10 << 30)
    with pytest.raises(InvalidInput, match="larger than"):
        load_file(path)
    with pytest.raises(NotFound, match=r"there is no file gone\.yml"):
        load_file(tmp_path / "gone.yml", "gone.yml")
