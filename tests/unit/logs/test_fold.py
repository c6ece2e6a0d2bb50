from __future__ import annotations

import pytest

from machete_tui.logs.fold import folded, unfolded


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"level":"info","ts":1.5,"msg":"request","path":"/x","status":200}', "request path=/x status=200"),
        (
            '{"time":"2026","message":"hello world","user":{"id":1,"name":"a b"}}',
            'hello world user={"id":1,"name":"a b"}',
        ),
        ('{"msg":"two\\nlines","ok":true,"none":null,"s":"a b"}', 'two⏎lines ok=true none=null s="a b"'),
        ('{"a":1,"b":[1,2]}', "a=1 b=[1,2]"),
        ('{"level":{"x":1}}', 'level={"x":1}'),
    ],
)
def test_folded(text: str, line: str) -> None:
    assert folded(text) == line


@pytest.mark.parametrize("text", ["plain", "", "{", "{}", "[1,2]", '"text"', "{'a':1}", "{" * 100_000])
def test_what_is_no_object_is_left(text: str) -> None:
    assert folded(text) is None


def test_unfolded() -> None:
    assert unfolded('{"a":{"b":1},"c":"ü"}') == ["{", '  "a": {', '    "b": 1', "  },", '  "c": "ü"', "}"]
    assert unfolded("plain") == ["plain"]
